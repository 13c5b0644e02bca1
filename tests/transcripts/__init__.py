"""Conversations as they are really said, and their player."""
