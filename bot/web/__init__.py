"""The web channel: the citizen's chat page and the staff's web room."""
