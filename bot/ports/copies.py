"""The promise by which messages of ours are found that stand in Slack more than once."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.ids import ChannelId, Instant, MessageTs


class Copies(Protocol):
    """Our own messages, by the mark that they were posted with. Raises `Unavailable` and `Broken` as `Chat` does."""

    async def find_all(self, channel: ChannelId, mark: str, *, since: Instant) -> Sequence[MessageTs]:
        """Return every message with this mark among the newest of the channel, newest first."""
        ...

    async def remove(self, channel: ChannelId, ts: MessageTs) -> None:
        """Delete a message of ours; one that is gone already is fine."""
        ...
