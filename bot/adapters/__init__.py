"""The adapters keep the promises of `bot.ports` with real things: Redis, Slack, the platforms."""
