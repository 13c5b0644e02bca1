"""The whole loop in a real browser, against the real program."""
