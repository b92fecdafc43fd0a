"""Who must say yes: how many distinct people of which side or group. Of two demands the stricter always wins.

Demands are a lattice: the join of two takes, for each factor, the larger count; it never asks for less than either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.ids import UserId
from bot.domain.people import factor_label

People = Mapping[UserId, frozenset[str]]
"""Who has said yes, each with every factor (side or user group) they stood in at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """So many people for each factor; a factor is a side (`pr`, `service`) or a Slack user group (`S0LEGAL`)."""

    needs: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, needs: Mapping[str, int]) -> "Demand":
        return cls(needs=tuple(sorted((factor, count) for factor, count in needs.items() if count > 0)))

    def __or__(self, other: "Demand") -> "Demand":
        """Return the join: whoever meets it meets both."""
        mine, theirs = dict(self.needs), dict(other.needs)
        return Demand.of({factor: max(mine.get(factor, 0), theirs.get(factor, 0)) for factor in {*mine, *theirs}})

    def covers(self, other: "Demand") -> bool:
        return self == other or self | other == self

    @property
    def factors(self) -> frozenset[str]:
        return frozenset(factor for factor, _ in self.needs)

    @property
    def total(self) -> int:
        """Return how many distinct people it takes."""
        return sum(count for _, count in self.needs)

    @property
    def places(self) -> tuple[str, ...]:
        """Return one factor for each person it takes; PR stands first, because it owns the account."""
        ordered = sorted(self.needs, key=lambda need: (need[0] != "pr", need[0] != "service", need[0]))
        return tuple(factor for factor, count in ordered for _ in range(count))

    @property
    def in_words(self) -> str:
        return in_words([f"{count} of {factor_label(factor)}" for factor, count in self.needs])


def in_words(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def seated(demand: Demand, people: People) -> tuple[tuple[str, UserId | None], ...]:
    """Return each place of the demand with the person who fills it, or nobody; each person fills one place at most.

    As many places as possible are filled (bipartite matching by augmenting paths), whatever order people came in.
    """
    places = demand.places
    taken: dict[int, UserId] = {}
    for user in people:
        _seat(user, places, people, taken, set())
    return tuple((factor, taken.get(number)) for number, factor in enumerate(places))


def _seat(user: UserId, places: tuple[str, ...], people: People, taken: dict[int, UserId], tried: set[int]) -> bool:
    for number, factor in enumerate(places):
        if factor not in people[user] or number in tried:
            continue
        tried.add(number)
        if number not in taken or _seat(taken[number], places, people, taken, tried):
            taken[number] = user
            return True
    return False


def is_met(demand: Demand, people: People) -> bool:
    return all(user is not None for _, user in seated(demand, people))


def would_help(demand: Demand, people: People, factors: Iterable[str]) -> bool:
    """Say whether the yes of one more person who stands in these factors brings the demand closer."""
    more = {**people, UserId(""): frozenset(factors)}
    return _filled(demand, more) > _filled(demand, people)


def open_factors(demand: Demand, people: People) -> tuple[str, ...]:
    """Return the factors in which one more person would bring it closer, in the order of the places."""
    factors = tuple(dict.fromkeys(demand.places))
    return tuple(f for f in factors if would_help(demand, people, (f,))) if people else factors


def _filled(demand: Demand, people: People) -> int:
    return sum(user is not None for _, user in seated(demand, people))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the rules say about one reply: which rule, why, who must say yes, and its own clocks where it has any.

    `undo`, `draft_life` and `approval_life` are milliseconds; None stands for the desk's own times.
    """

    rule: str
    why: str
    demand: Demand
    policy: str = ""
    undo: int | None = None
    draft_life: int | None = None
    approval_life: int | None = None

    def __or__(self, other: "Ruling") -> "Ruling":
        """Return the stricter of both; where neither covers the other, both are named."""
        stricter = self._stricter(other)
        return replace(
            stricter,
            undo=_longer(self.undo, other.undo),
            draft_life=_shorter(self.draft_life, other.draft_life),
            approval_life=_shorter(self.approval_life, other.approval_life),
        )

    def _stricter(self, other: "Ruling") -> "Ruling":
        if self.demand.covers(other.demand):
            return self
        if other.demand.covers(self.demand):
            return other
        both = f"{self.rule} + {other.rule}", f"{self.why}; {other.why}"
        return replace(other, rule=both[0], why=both[1], demand=self.demand | other.demand)


def _longer(one: int | None, other: int | None) -> int | None:
    return max((span for span in (one, other) if span is not None), default=None)


def _shorter(one: int | None, other: int | None) -> int | None:
    return min((span for span in (one, other) if span is not None), default=None)
