"""What everybody may read: what people said, what came of it, and how each service keeps its word."""
