"""What one update means where it came from: each file answers one kind of thing that people send."""
