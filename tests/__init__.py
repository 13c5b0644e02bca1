"""What the house promises, tried: conversations, the store, the wire, the browser."""
