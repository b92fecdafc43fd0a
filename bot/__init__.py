"""Replydesk: customers' complaints become Slack cards; an approved reply is published once."""
