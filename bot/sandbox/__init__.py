"""A strict pretend Slack and pretend X for the demo and the tests; it knows nothing of the rest of the product."""
