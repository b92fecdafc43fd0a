"""Who people are, who is on duty, and how a yes is sealed."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.ids import Instant, UserId
from bot.domain.people import Person, Side


class Directory(Protocol):
    """Who people are, looked up in Slack and the policy."""

    async def person(self, user: UserId, *, live: bool = False) -> Person:
        """Return the person; with `live`, as Slack says it now and not from memory.

        Raises `Refused` for guests, bots, strangers and the deactivated, `Unavailable` if unsure, and `Broken` where
        Slack does not let us ask.
        """
        ...

    async def side_of(self, user: UserId, side: Side) -> bool:
        """Return whether the person works here and stands on that side right now. Raises as `person`, not `Refused`."""
        ...

    async def in_group(self, user: UserId, group: str) -> bool:
        """Return whether the person is in that user group right now, not from a cache."""
        ...


class Duty(Protocol):
    """Who is on call, by the schedules of the policy and what people changed in them."""

    async def on_duty(self, schedule: str, at: Instant) -> Sequence[UserId]:
        """Return everybody on duty at an instant, perhaps nobody. Raises `Broken` for a schedule that is not there."""
        ...

    async def owner(self, schedule: str) -> UserId:
        """Return who is asked when nobody is on duty. Raises `Broken` for a schedule that is not there."""
        ...


class Signer(Protocol):
    """Seals approvals with a key that is not in the store."""

    def seal(self, text: str) -> str: ...

    def holds(self, text: str, seal: str) -> bool: ...
