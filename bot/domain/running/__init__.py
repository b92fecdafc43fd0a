"""The desk looks after itself."""
