"""A crisis hold: nothing in its scope begins to leave. Anybody places one; lifting needs somebody of each side."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from bot.domain.cases.case import Case
from bot.domain.errors import Refused, RefusedField
from bot.domain.ids import DAY, Instant, UserId
from bot.domain.people import Person, Side
from bot.domain.replies.draft import Draft
from bot.domain.text.words import one_line

HoldId = NewType("HoldId", str)
"""The number people say to each other, as `H-3`."""

HOLDS = "holds"
"""The name of the shared document."""
REASON_FIELD = "reason"
REASON_LIMIT = 200
"""Characters of a reason; it stands at the top of every card in scope."""
MOST_STANDING = 20
"""Holds that stand at the same time: more than these nobody could keep in view."""
LIFTED_KEPT, LIFTED_MOST = DAY, 100
"""How long, and how many, lifted holds are remembered: no approval lives longer than a day."""


class Scope(StrEnum):
    """What a hold is about."""

    ALL = "all"
    ACCOUNT = "account"
    MARKET = "market"
    TOPIC = "topic"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a hold goes. `value` is compared with the case, `label` is what people call it."""

    scope: Scope
    value: str = ""
    label: str = ""

    @property
    def words(self) -> str:
        return "everything" if self.scope is Scope.ALL else f"{self.scope} {self.label or self.value}"

    def covers(self, case: Case) -> bool:
        return self.scope is Scope.ALL or _OF_A_CASE[self.scope](case) == self.value


def account_value(platform: str, account: str) -> str:
    return f"{platform}:{account}"


_OF_A_CASE: dict[Scope, Callable[[Case], str]] = {
    Scope.ACCOUNT: lambda case: account_value(case.platform, case.account),
    Scope.MARKET: lambda case: case.route.market,
    Scope.TOPIC: lambda case: case.route.topic,
    Scope.CASE: lambda case: case.id,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody wants the hold lifted, and stood on these sides when they said so."""

    by: UserId
    sides: frozenset[Side]
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold. While it stands, `lifted_at` is None; `wishes` are those who want it lifted."""

    id: HoldId
    reach: Reach
    reason: str
    by: UserId
    placed_at: Instant
    wishes: tuple[Wish, ...] = ()
    lifted_at: Instant | None = None

    @property
    def missing(self) -> tuple[Side, ...]:
        """Return the sides that must still agree before it is lifted."""
        return () if _both_sides(self.wishes) else tuple(side for side in Side if not self._is_filled(side))

    def _is_filled(self, side: Side) -> bool:
        """Say whether `side` needs nobody more: one who stands on both sides still leaves either to somebody else."""
        return any(side in wish.sides and side.other not in wish.sides for wish in self.wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """All holds of the desk: one shared document. `placed` counts them, for their numbers."""

    standing: tuple[Hold, ...] = ()
    lifted: tuple[Hold, ...] = ()
    placed: int = 0

    def covering(self, case: Case) -> tuple[Hold, ...]:
        """Return what holds a case now."""
        return tuple(hold for hold in self.standing if hold.reach.covers(case))

    def find(self, hold_id: str) -> Hold | None:
        """Return a hold that stands, or was lifted not long ago."""
        return next((hold for hold in (*self.standing, *self.lifted) if hold.id == hold_id), None)


def place(holds: Holds, reach: Reach, reason: str, by: Person, now: Instant) -> tuple[Holds, Hold]:
    """Return the holds with one more. Raises `Refused` where there is nothing to place."""
    reason = one_line(reason, REASON_LIMIT)
    if not reason:
        raise RefusedField(REASON_FIELD, "Say why, so that the others know: the reason stands on every card it holds.")
    if same := next((hold for hold in holds.standing if hold.reach == reach), None):
        raise Refused(f"That is on hold already: {same.id} by <@{same.by}>. Nothing in it is sent.")
    if len(holds.standing) >= MOST_STANDING:
        raise Refused(f"{MOST_STANDING} holds stand already. Lift one first, or place one on everything.")
    hold = Hold(id=HoldId(f"H-{holds.placed + 1}"), reach=reach, reason=reason, by=by.id, placed_at=now)
    return replace(holds, standing=(*holds.standing, hold), placed=holds.placed + 1), hold


def ask_lift(
    holds: Holds, hold_id: str, by: Person, now: Instant, *, gone: frozenset[UserId] = frozenset()
) -> tuple[Holds, Hold]:
    """Count one person's wish to lift it; lifted once one of PR and another of customer service want it.

    Wishes of people who are `gone` from their side meanwhile count no more.
    """
    hold = next((hold for hold in holds.standing if hold.id == hold_id), None)
    if hold is None:
        raise Refused(f"{one_line(hold_id) or 'That'} is no hold that stands. `/desk hold` lists them.")
    if not by.sides:
        raise Refused("Only people of customer service and PR can lift a hold.")
    wishes = tuple(wish for wish in hold.wishes if wish.by not in gone)
    if any(wish.by == by.id for wish in wishes):
        raise Refused(f"You want it lifted already; {hold.id} waits for {waits_for(replace(hold, wishes=wishes))}.")
    hold = replace(hold, wishes=(*wishes, Wish(by=by.id, sides=by.sides, at=now)))
    if not _both_sides(hold.wishes):
        return replace(holds, standing=tuple(hold if one.id == hold.id else one for one in holds.standing)), hold
    hold = replace(hold, lifted_at=now)
    kept = tuple(one for one in holds.lifted if now - (one.lifted_at or now) < LIFTED_KEPT)
    standing = tuple(one for one in holds.standing if one.id != hold.id)
    return replace(holds, standing=standing, lifted=(*kept, hold)[-LIFTED_MOST:]), hold


def waits_for(hold: Hold) -> str:
    """Return whom a hold still needs to be lifted, in words."""
    sides = hold.missing
    if len(sides) == 1:
        return f"somebody of {sides[0].label}"
    if hold.wishes:
        return f"somebody of {Side.PR.label} or {Side.SERVICE.label}"
    return f"one of {Side.PR.label} and one of {Side.SERVICE.label}"


def outlived(holds: Holds, case: Case, draft: Draft, *, age: int) -> Hold | None:
    """Return the lifted hold that an approval has seen and grown too old under.

    `age` is from how many milliseconds on, when the hold was lifted, an approval must be given anew.
    """
    given = draft.decided_at
    over = (hold for hold in holds.lifted if hold.reach.covers(case))
    return next((hold for hold in over if given and (hold.lifted_at or 0) - given >= age), None)


def _both_sides(wishes: tuple[Wish, ...]) -> bool:
    """Say whether one of PR and somebody else of customer service are among them."""
    of_pr = {wish.by for wish in wishes if Side.PR in wish.sides}
    of_service = {wish.by for wish in wishes if Side.SERVICE in wish.sides}
    return bool(of_pr) and bool(of_service) and len(of_pr | of_service) > 1
