"""What paging needs from outside: a line to one person, and who is in a group."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.ids import ChannelId, UserId


class Direct(Protocol):
    """Where one person is written to without others reading it."""

    async def line(self, user: UserId) -> ChannelId:
        """Return the direct messages with this person. Raises `Broken` where Slack will have none with them."""
        ...


class Groups(Protocol):
    """The user groups of Slack."""

    async def members(self, group: str) -> Sequence[UserId]:
        """Return who is in a group right now. Raises `Unavailable` if unsure."""
        ...
