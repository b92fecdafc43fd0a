"""How cases look in Slack: pure functions from what is stored to blocks."""
