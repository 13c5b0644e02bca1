"""Story tests: what somebody answers in a flow, kept as a file, and played with the engine in many ways."""
