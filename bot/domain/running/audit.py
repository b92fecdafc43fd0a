"""What the auditor finds: work that nobody does, accounts that nobody reads, cases that everybody forgot. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.cases import effects
from bot.domain.cases.case import Case
from bot.domain.cases.effects import Effect
from bot.domain.cases.lifecycle import Status
from bot.domain.escalating import drill
from bot.domain.escalating.drill import is_drill
from bot.domain.ids import HOUR, MINUTE, Instant
from bot.domain.job import Job
from bot.domain.replies.draft import DraftState
from bot.domain.timing import targets
from bot.domain.timing.hours import Hours

OVERDUE = 5 * MINUTE
"""Work that has been due for so long is stuck: the relay looks several times a second."""
MANY_TRIES = 12
"""With pauses of up to a minute, so many tries are about ten minutes without success."""
SERVED = 3 * MINUTE
"""A channel in which something was begun so lately waits for Slack's pace, or for a wait that Slack asked for."""
STALE = 10 * MINUTE
"""A platform is read each minute by itself, and each hour at the least (`REPLYDESK_POLL_SECONDS`)."""
LATE_STEP = 2 * MINUTE
NO_CARD = 5 * MINUTE
FORGOTTEN = HOUR
NEVER = Instant(0)
NAMED = 5
"""Lanes, accounts or cases that a finding names."""


class Trouble(StrEnum):
    """What can be wrong with the desk itself."""

    STUCK_WORK = "stuck_work"
    BEHIND = "behind"
    SET_ASIDE = "set_aside"
    STALE_CURSOR = "stale_cursor"
    UNWATCHED = "unwatched"
    LATE_STEP = "late_step"
    LOST_WORK = "lost_work"
    NO_CARD = "no_card"
    ORPHAN = "orphan"


CRITICAL = frozenset({Trouble.STUCK_WORK, Trouble.STALE_CURSOR, Trouble.LATE_STEP})
"""While one of these lasts, customers or pages wait and nobody may see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One lane of the queue: how much waits in it, since when its first is due, how often that was tried.

    `served` is about when something of it was last begun, 0 where nothing comes through or nobody knows.
    """

    name: str
    waiting: int
    due: Instant
    tries: int
    served: Instant = NEVER

    def is_behind(self, now: Instant) -> bool:
        """Say whether more waits for a channel than Slack takes, while one after the other goes there."""
        return self.name.startswith("slack:") and self.tries < MANY_TRIES and self.served >= now - SERVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The queue as it stands, and how much work was set aside."""

    now: Instant
    lanes: tuple[Lane, ...] = ()
    aside: int = 0


Findings = dict[Trouble, tuple[str, ...]]
"""For each trouble what it was found in: lanes, accounts or cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """What was found in cases, which are read in pages: in the last pass over all of them, and so far in this one.

    What one page was found with lasts until a whole pass has not found it any more.
    """

    whole: Findings = field(default_factory=dict)
    part: Findings = field(default_factory=dict)

    def with_page(self, found: Findings, *, last: bool) -> "Passes":
        part = joined(self.part, found)
        return Passes(whole=part) if last else Passes(whole=self.whole, part=part)

    @property
    def findings(self) -> Findings:
        return joined(self.whole, self.part)


def joined(one: Findings, other: Findings) -> Findings:
    """Return the findings of both, each named once and no more of them than are told."""
    troubles = dict.fromkeys((*one, *other))
    return {
        trouble: tuple(dict.fromkeys((*one.get(trouble, ()), *other.get(trouble, ()))))[:NAMED] for trouble in troubles
    }


def of_queue(queue: Queue) -> Findings:
    """Return work that is overdue or was tried too often, what waits for Slack's pace, and what was set aside."""
    late = [lane for lane in queue.lanes if lane.due <= queue.now - OVERDUE or lane.tries >= MANY_TRIES]
    behind = [f"{lane.name} ({lane.waiting})" for lane in late if lane.is_behind(queue.now)]
    stuck = [f"{lane.name} ({lane.waiting})" for lane in late if not lane.is_behind(queue.now)]
    aside = [f"{queue.aside} piece{'s' if queue.aside > 1 else ''} of work"] if queue.aside else []
    return _found({Trouble.STUCK_WORK: stuck, Trouble.BEHIND: behind, Trouble.SET_ASIDE: aside})


def of_reading(read: Mapping[str, Instant | None], poll: int, now: Instant) -> Findings:
    """Return accounts that were not read for long; `poll` is the time between two looks, None was never read."""
    return _found({Trouble.STALE_CURSOR: _stale(read, poll, now)})


def of_watching(read: Mapping[str, Instant | None], every: int, now: Instant) -> Findings:
    """Return accounts of ours that were not looked at for long; `every` is the time between two looks."""
    return _found({Trouble.UNWATCHED: _stale(read, every, now)})


def _stale(read: Mapping[str, Instant | None], every: int, now: Instant) -> list[str]:
    return [name for name, at in read.items() if at is not None and at < now - max(STALE, 3 * every)]


def of_case(case: Case, hours: Hours, now: Instant) -> Iterable[Trouble]:
    """Yield what is wrong with a case by itself; what went wrong in a drill is told by its result."""
    if is_drill(case):
        return
    running = case.escalation
    if running and running.is_open:
        next_at = running.held_until if running.held_until is not None else running.due_at
        if next_at is not None and next_at < now - LATE_STEP:
            yield Trouble.LATE_STEP
    if case.card is None and case.opened_at < now - NO_CARD:
        yield Trouble.NO_CARD
    waits = case.status is Status.NEW and case.owner is None and case.handover is None
    if waits and case.opened_at < now - FORGOTTEN and not wanted(case, hours, now):
        yield Trouble.ORPHAN


def wanted(case: Case, hours: Hours, now: Instant) -> tuple[Effect, ...]:
    """Return the work that must be there for a case as it stands: without it, nothing would ever happen next."""
    if is_drill(case):
        return (*_step(case, now), *_end_of_drill(case, now))
    return (*_target(case, hours, now), *_lease(case, now), *_step(case, now), *_end_of_ack(case, now), *_draft(case))


def _target(case: Case, hours: Hours, now: Instant) -> Iterable[Effect]:
    at = targets.next_look(case, hours)
    if at is not None:
        yield _timer(case, Job.CHECK_TARGET, f"target:{case.id}", at - now)


def _lease(case: Case, now: Instant) -> Iterable[Effect]:
    if case.status is Status.CLAIMED and case.lease_until is not None:
        yield _timer(case, Job.CHECK_CLAIM, f"lease:{case.id}", case.lease_until - now)


def _step(case: Case, now: Instant) -> Iterable[Effect]:
    running = case.escalation
    if running and running.is_waiting and running.due_at is not None:
        args = {"round": str(running.round), "step": str(running.step)}
        key = f"step:{case.id}:{running.number}:{running.round}.{running.step}"
        yield _timer(case, Job.PAGE_STEP, key, running.due_at - now, args)


def _end_of_ack(case: Case, now: Instant) -> Iterable[Effect]:
    running = case.escalation
    if running and running.is_open and running.held_until is not None:
        args = {"number": str(running.number)}
        yield _timer(case, Job.END_ACK, f"ackend:{case.id}:{running.number}", running.held_until - now, args)


def _end_of_drill(case: Case, now: Instant) -> Iterable[Effect]:
    running = case.escalation
    if running and running.is_open:
        left = drill.ends_at(running) - now if running.is_waiting else 0
        yield _timer(case, Job.END_DRILL, drill.end_key(case.id), left)


def _draft(case: Case) -> Iterable[Effect]:
    draft = case.draft
    if draft and case.status is Status.IN_REVIEW and draft.state is DraftState.SUBMITTED:
        yield _timer(case, Job.EXPIRE_DRAFT, f"expire:{case.id}:{draft.rev}", 0, {"rev": str(draft.rev)})
    if case.status is Status.APPROVED and (sending := effects.send_again(case)):
        yield sending


def _timer(case: Case, job: Job, key: str, after: int, args: dict[str, str] | None = None) -> Effect:
    return Effect(job=job, case_id=case.id, key=key, lane="timer:all", after=max(0, after), args=args or {})


def _found(found: Mapping[Trouble, list[str]]) -> Findings:
    return {trouble: tuple(names) for trouble, names in found.items() if names}
