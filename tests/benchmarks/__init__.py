"""Measurements: how many turns a second, how long people wait, and what it costs."""
