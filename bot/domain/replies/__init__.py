"""A reply from its first draft until it is published."""
