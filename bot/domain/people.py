"""The people at the desk and the sides they stand on."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import UserId


class Side(StrEnum):
    """The two sides that answer together."""

    SERVICE = "service"
    PR = "pr"

    @property
    def label(self) -> str:
        return {"service": "customer service", "pr": "PR"}[self.value]

    @property
    def other(self) -> "Side":
        return Side.PR if self is Side.SERVICE else Side.SERVICE


def factor_label(factor: str) -> str:
    """Return what a side or a user group is called in a sentence in Slack."""
    return Side(factor).label if factor in set(Side) else f"<!subteam^{factor}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who acts at the desk, as looked up on our side at that moment.

    `groups` are those user groups of theirs that an approval rule or a limit names.
    """

    id: UserId
    sides: frozenset[Side]
    name: str = ""
    groups: frozenset[str] = frozenset()

    @property
    def factors(self) -> frozenset[str]:
        """Return everything this person can say yes as."""
        return frozenset(side.value for side in self.sides) | self.groups

    def side_for(self, preferred: Side) -> Side:
        """Return the preferred side if the person stands on it or on none, else the one they have."""
        return preferred if preferred in self.sides else next(iter(sorted(self.sides)), preferred)
