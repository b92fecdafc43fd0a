"""Bugs planted into random schedules only: each breaks one promise of approving, and the oracle must see it.

They show that the oracle can see: a check that cannot fail proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.approving import approval, demand, hold
from bot.domain.approving.demand import Demand, Ruling
from bot.domain.approving.hold import Holds, Wish
from bot.domain.approving.limits import Terms
from bot.domain.approving.rules import Rulebook
from bot.domain.cases import conversation
from bot.domain.cases.case import Case, Decision
from bot.domain.ids import Instant, UserId
from bot.domain.replies.draft import Approval, Draft
from bot.services import delivery
from tests.fault import planting
from tests.fault.schedules_run import REAL, Ended, Parts, run


async def nobody_left(*_: object) -> str:
    return ""


def each_yes_counts(_case: Case, draft: Draft) -> tuple[Approval, ...]:
    return draft.approvals


def nothing_is_voided(decision: Decision, *_: object) -> Decision:
    return decision


def the_same_digest(case: Case, draft: Draft) -> str:
    return f"{case.id} {draft.rev}".encode().hex().ljust(64, "0")


def one_person_fills_all(wanted: Demand, given: Any) -> tuple[tuple[str, UserId | None], ...]:
    return tuple((place, next((user for user in given if place in given[user]), None)) for place in wanted.places)


def only_what_holds_now(self: Terms, case: Case, draft: Draft, now: Instant) -> Ruling:
    return self.book.judge(case, draft, now)


def only_what_held_then(self: Terms, case: Case, draft: Draft, now: Instant) -> Ruling:
    return draft.ruling or self.book.judge(case, draft, now)


def nothing_is_held(_self: Holds, _case: Case) -> tuple[()]:
    return ()


def any_wish_will_do(wishes: tuple[Wish, ...]) -> bool:
    return bool(wishes)


def never_outlived(*_: object, **__: object) -> None:
    return None


def last_rule_first(self: Rulebook, case: Case, draft: Draft, now: Instant) -> Ruling:
    return _JUDGE(replace(self, rules=self.rules[::-1]), case, draft, now)


def unknown_is_ordinary(self: Rulebook, why: str) -> Ruling:
    return Ruling(rule="ordinary", why=why, demand=Demand.of({"pr": 1}))


_JUDGE = Rulebook.judge


@dataclass(frozen=True, slots=True)
class Bug:
    """One planted bug: what is said of a schedule that shows it, and within how many seeds it must be seen."""

    name: str
    words: tuple[str, ...]
    within: int
    swaps: Sequence[planting.Swap] = ()
    parts: Parts = REAL
    first: int = 0
    """The seed to begin with: a few before the first that shows it, so that the suite need not wait."""


_RULING = "ruling"

BUGS: tuple[Bug, ...] = (
    Bug("who wrote it may approve it", ("UNAPPROVED",), 60, [(Case, "contributors", frozenset())]),
    Bug(
        "a yes to other words counts",
        ("UNAPPROVED",),
        60,
        [(approval, "digest", the_same_digest), (conversation, "_void_after", nothing_is_voided)],
    ),
    Bug("who has left counts", ("UNAPPROVED",), 150, [(delivery, "who_left", nobody_left)], first=90),
    Bug("nobody looks at holds", ("HELD",), 60, [(Holds, "covering", nothing_is_held)]),
    Bug("a hold may overtake", ("HELD",), 2_500, parts=replace(REAL, standing_counts=False), first=215),
    Bug("one side lifts a hold", ("HELD",), 100, [(hold, "_both_sides", any_wish_will_do)]),
    Bug("an old yes outlives a hold", ("STALE",), 1_000, [(delivery.hold, "outlived", never_outlived)], first=130),
    Bug("one person stands in two places", ("UNAPPROVED",), 100, [(demand, "seated", one_person_fills_all)]),
    Bug("only the rules of now count", ("UNAPPROVED",), 150, [(Terms, _RULING, only_what_holds_now)]),
    Bug("only the rules of then count", ("UNAPPROVED",), 150, [(Terms, _RULING, only_what_held_then)]),
    Bug("the last rule that fits decides", ("UNAPPROVED",), 60, [(Rulebook, "judge", last_rule_first)]),
    Bug("what no rule takes is ordinary", ("UNAPPROVED",), 150, [(Rulebook, "strictest", unknown_is_ordinary)]),
    Bug("a limit that is off is used", ("UNAPPROVED",), 600, parts=replace(REAL, switches_count=False), first=325),
    Bug("a withdrawn point is used", ("WITHDRAWN",), 400, parts=replace(REAL, objects=False), first=340),
    Bug("a withdrawal may be overtaken", ("WITHDRAWN",), 60, parts=replace(REAL, points_count=False), first=2_640),
    Bug("a yes lives for ever", ("STALE",), 300, [(Case, "approval_life", 10**9)], first=85),
    Bug("nothing can be undone", ("EARLY",), 20, [(Case, "undo", 0)]),
    Bug("the mark of a sensitive reply is lost", ("UNAPPROVED",), 300, [(Case, "is_sensitive", False)]),
)


def first_found(bug: Bug) -> Ended | None:
    """Return the first schedule in which the oracle sees what the bug does."""
    seeds = range(bug.first, bug.first + bug.within)
    return planting.first_found(lambda seed: run(seed, bug.parts), seeds, bug.swaps, bug.words)
