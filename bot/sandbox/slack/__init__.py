"""The pretend Slack: Web API, Socket Mode, block rules, seats for people; start reading at `workspace.py`."""
