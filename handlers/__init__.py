"""Slack's incoming edge: one file per thing people do. Every file offers tables; `door` connects them to Bolt."""
