"""What was promised, against the clock: when each target is due, and the warning and the word when one is missed.

Each clock brings at most one warning and one miss, whenever and however often it is looked at: what people were told
stands in the case.
"""

from dataclasses import dataclass, replace

from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.ids import DESK, Instant
from bot.domain.timing.clocks import Clock, Running, told
from bot.domain.timing.hours import Hours, around_the_clock

_ANSWERS = (Clock.FIRST_RESPONSE, Clock.NEXT_RESPONSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A running clock with its target: `limit` in milliseconds of business time, warning and end as instants.

    With `around_the_clock` business time is plain time.
    """

    running: Running
    limit: int
    warn_at: Instant
    at: Instant
    around_the_clock: bool = False

    @property
    def clock(self) -> Clock:
        return self.running.clock

    @property
    def next_word(self) -> Instant | None:
        """Return when there is something to say about it, None when all was said."""
        if self.running.missed:
            return None
        return self.at if self.running.warned else self.warn_at


def dues(case: Case, hours: Hours) -> tuple[Due, ...]:
    """Return every target that runs, the soonest first; `hours` are those of the case's market."""
    if case.targets is None:
        return ()
    open_hours = around_the_clock() if case.targets.around_the_clock else hours
    found = [
        Due(
            running=running,
            limit=limit,
            warn_at=open_hours.after(running.since, max(0, limit - case.targets.warn_before)),
            at=open_hours.after(running.since, limit),
            around_the_clock=case.targets.around_the_clock,
        )
        for running in case.clocks
        if (limit := case.targets.limit(running.clock)) is not None
    ]
    return tuple(sorted(found, key=lambda due: due.at))


def reply_due(case: Case, hours: Hours) -> Due | None:
    """Return by when the customer should have our reply, None while nothing was promised or nobody waits."""
    return next((due for due in dues(case, hours) if due.clock in _ANSWERS), None)


def approval_due(case: Case, hours: Hours) -> Due | None:
    """Return by when somebody should have decided on the reply."""
    return next((due for due in dues(case, hours) if due.clock is Clock.APPROVAL), None)


def next_look(case: Case, hours: Hours) -> Instant | None:
    """Return when there is something to say about any clock; None when there never will be, as the case stands."""
    return min((at for due in dues(case, hours) if (at := due.next_word) is not None), default=None)


def check(case: Case, hours: Hours, now: Instant) -> Decision:
    """Say about one clock what has to be said by now: that its target is near, or that it was missed.

    A miss makes the warning pointless. What is over, or was said before, is not said.
    """
    ripe = [due for due in dues(case, hours) if due.next_word is not None and due.next_word <= now]
    if not ripe:
        return Decision.unchanged(case)
    due = ripe[0]
    missed = due.at <= now
    known = replace(case, clocks=told(case.clocks, due.running, missed=missed))
    fact = Fact.TARGET_MISSED if missed else Fact.TARGET_NEAR
    return Decision.of(known, Event(fact=fact, at=now, by=DESK, detail=due.clock.value))


def soonest(case: Case, now: Instant) -> int | None:
    """Return after how many milliseconds a look can be worth its while at the earliest, None where nothing runs.

    Business time never goes faster than time, so this needs no hours: whoever looks then asks `next_look`.
    """
    targets = case.targets
    if targets is None:
        return None
    waits = [
        running.since + limit - (0 if running.warned else targets.warn_before) - now
        for running in case.clocks
        if not running.missed and (limit := targets.limit(running.clock)) is not None
    ]
    return max(0, min(waits)) if waits else None
