"""The promise by which the desk learns who else reads a channel."""

from typing import Protocol

from bot.domain.ids import ChannelId


class Channels(Protocol):
    """Slack's channels as they are now. Raises `Unavailable` and `Broken` as `Chat` does."""

    async def is_shared(self, channel: ChannelId) -> bool:
        """Return whether another company is in the channel, or is invited to it."""
        ...
