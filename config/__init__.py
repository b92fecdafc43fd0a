"""Settings and house rules: read, checked and handed on as plain values; imports nothing of the bot but its domain."""
