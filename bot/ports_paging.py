"""What paging needs from outside: a line to one person, a second way to reach them, and who is in a group."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.ids import ChannelId, UserId


class Direct(Protocol):
    """Where one person is written to without others reading it."""

    async def line(self, user: UserId) -> ChannelId:
        """Return the direct messages with this person. Raises `Broken` where Slack will have none with them."""
        ...


class Pager(Protocol):
    """A second way to reach a person, used where Slack does not take a page within a minute."""

    @property
    def name(self) -> str:
        """Return what the way is called in a sentence, as “text message”."""
        ...

    async def page(self, user: UserId, text: str, *, mark: str) -> bool:
        """Send it once for each mark; return whether this way knows the person. Raises `Unavailable`."""
        ...


class Groups(Protocol):
    """The user groups of Slack."""

    async def members(self, group: str) -> Sequence[UserId]:
        """Return who is in a group right now. Raises `Unavailable` if unsure."""
        ...
