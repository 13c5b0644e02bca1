"""The edges of the house, and the one place where all is put together."""
