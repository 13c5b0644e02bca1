"""The conversation language: what an admin writes, and the engine that asks it."""
