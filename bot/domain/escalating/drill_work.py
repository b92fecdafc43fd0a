"""The work of a drill: its pages as ever, in lanes of their own, and its end; no card, no notes, no alarm."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.cases import effects
from bot.domain.cases.case import Case
from bot.domain.cases.events import Event, Fact
from bot.domain.escalating.drill import end_key, is_drill, longest
from bot.domain.escalating.escalation_work import Ask, asks
from bot.domain.job import Effect, Job

_OF_PAGES = frozenset({Job.PAGE_STEP, Job.PAGE, Job.REFRESH_PAGES, Job.SETTLE_PAGES, Job.TELL_PERSON})
_OWN_LANES = frozenset({Job.PAGE, Job.TELL_PERSON})
"""Nothing of a drill stands before a real page to the same person."""


def follow(before: Case | None, case: Case, events: tuple[Event, ...]) -> tuple[Effect, ...]:
    """Return the work of a commit, for a drill and for everything else."""
    if not is_drill(case):
        return effects.follow_change(before, case, events)
    found = [ask for event in events for ask in (*_paging(case, event), *_ending(case, event))]
    return tuple(replace(effects.asked(case, ask), urgency=1) for ask in found)


def _paging(case: Case, event: Event) -> Iterable[Ask]:
    for ask in asks(case, event):
        if ask.job in _OWN_LANES:
            yield replace(ask, lane=f"drill:{ask.args.get('to', 'owners')}")
        elif ask.job in _OF_PAGES:
            yield ask


def _ending(case: Case, event: Event) -> Iterable[Ask]:
    """Look at the end of a drill when it may have come, and tell what was measured when it has."""
    running = case.escalation
    if running is None:
        return
    key = end_key(case.id)
    if event.fact is Fact.ESCALATED:
        yield Ask(job=Job.END_DRILL, key=key, after=longest(running.plan))
    if event.fact is Fact.ACKNOWLEDGED and running.held_until is not None:
        yield Ask(job=Job.END_DRILL, key=key)
    if event.fact in (Fact.STEP_REACHED, Fact.STEP_SKIPPED) and running.due_at is None:
        yield Ask(job=Job.END_DRILL, key=key, after=running.plan.repeat_after)
    if event.fact is Fact.CLOSED:
        yield Ask(job=Job.TELL_DRILL, key=f"drill:{case.id}:told", lane="slack:ops", args={"at": str(event.at)})
