"""Co-production: a matter under co-design, who may move it, and how its loop is closed."""
