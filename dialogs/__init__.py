"""What is said and decided: values and pure functions, without a clock, a file, a network or a log."""
