"""The desk: what public servants see and do, together."""
