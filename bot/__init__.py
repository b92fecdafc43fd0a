"""Replydesk: customers' complaints become Slack cards; an approved reply is published once."""

__version__ = "0.1.0"
