"""When an escalation needs which work: asked for by facts, turned into effects by `bot.domain.cases.effects`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.domain.cases.case import Case, Level
from bot.domain.cases.events import Event, Fact
from bot.domain.escalating import escalation as verbs
from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.page import Page, PageState
from bot.domain.escalating.plan import Trigger

UNANSWERED = "unanswered"
NOBODY = "nobody"
EMPTY_STEP = "empty_step"
UNREACHABLE = "unreachable"
ENDING = "ending"
"""What `tell_ops` and `tell_person` are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One piece of work: `after` in milliseconds from the fact."""

    job: str
    key: str
    lane: str = "timer:all"
    after: int = 0
    args: dict[str, str] = field(default_factory=dict)


def asks(case: Case, event: Event) -> Iterable[Ask]:
    """Yield the work that a fact causes for the escalation of a case, as that is after the fact."""
    for begin in _BEGINNINGS.get(event.fact, ()):
        yield from begin(case, event)
    running = case.escalation
    if running is not None:
        for make in _WORK.get(event.fact, ()):
            yield from make(case, running, event)


def page_lane(case: Case, page: Page) -> str:
    """Return the lane of a page: those of one person come a minute apart and so bundle; emergencies never wait."""
    urgent = case.severity.level is Level.EMERGENCY or not page.is_person
    return f"{'urgent' if urgent else 'page'}:{page.to}"


def _emergency(case: Case, event: Event) -> Iterable[Ask]:
    """Escalate at once what the customer's words make an emergency, at any hour."""
    fresh = event.fact is Fact.CASE_OPENED or event.detail == Level.EMERGENCY
    if fresh and case.severity.level is Level.EMERGENCY:
        yield _escalate(case, Trigger.EMERGENCY, "; ".join(case.severity.reasons))


def _missed(case: Case, event: Event) -> Iterable[Ask]:
    yield _escalate(case, Trigger.TARGET_MISSED, f"the target for “{event.detail}” was missed")


def _escalate(case: Case, trigger: Trigger, reason: str) -> Ask:
    args = {"trigger": trigger.value, "reason": reason}
    return Ask(job="escalate", key=f"escalate:{case.id}:{case.changes}", lane=f"urgent:{case.id}", args=args)


def _next_step(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    if running.is_waiting and running.due_at is not None:
        where = {"round": str(running.round), "step": str(running.step)}
        key = f"step:{case.id}:{running.number}:{running.round}.{running.step}"
        yield Ask(job="page_step", key=key, after=max(0, running.due_at - event.at), args=where)


def _pages(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    for page in running.pages:
        if page.state is PageState.WAITING and page.asked_at == event.at and page.step == event.rev - 1:
            yield Ask(
                job="page",
                key=f"page:{case.id}:{running.number}:{page.key}",
                lane=page_lane(case, page),
                after=max(0, page.due_at - event.at),
                args={"number": str(running.number), "page": page.key, "to": page.to},
            )


def _lease(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    if running.held_until is None:
        return
    number = {"number": str(running.number)}
    lead = verbs.remind_at(case) - event.at
    yield Ask(job="remind_ack", key=f"remind:{case.id}:{running.number}", after=max(0, lead), args=number)
    yield Ask(
        job="end_ack",
        key=f"ackend:{case.id}:{running.number}",
        after=max(0, running.held_until - event.at),
        args=number,
    )


def _correct(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:  # noqa: ARG001 -- one shape for every row
    if any(page.state in (PageState.SENT, PageState.GOING) for page in running.pages):
        number = {"number": str(running.number)}
        yield Ask(job="refresh_pages", key=f"pages:{case.id}:{running.number}", lane=f"pages:{case.id}", args=number)


def _settle(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:  # noqa: ARG001 -- one shape for every row
    """Have the ways past Slack told that somebody has it, or that it is over."""
    if any(page.second for page in running.pages):
        args = {"number": str(running.number)}
        key = f"settle:{case.id}:{running.number}"
        yield Ask(job="settle_pages", key=key, lane=f"alarm:{case.id}", args=args)


def _settle_late(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    """Settle a page that was taken in the moment in which somebody answered."""
    return () if running.is_waiting else _settle(case, running, event)


def _correct_late(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    """Correct a page that left in the moment in which somebody answered."""
    return () if running.is_waiting else _correct(case, running, event)


def _owner(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    """Tell the owner of a schedule that nobody was there."""
    step = running.at(event.rev - 1)
    if event.rev <= len(running.plan.steps):
        args = {"about": EMPTY_STEP, "schedule": step.schedule, "detail": event.detail, "at": str(event.at)}
        key = f"tell:{case.id}:{running.number}:{running.round}.{event.rev}"
        yield Ask(job="tell_person", key=key, lane="urgent:owners", args=args)


def _mender(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    """Tell the owner of a schedule that Slack delivers nothing to somebody in it."""
    schedule = running.at(event.rev - 1).schedule
    args = {"about": UNREACHABLE, "schedule": schedule, "detail": event.detail, "at": str(event.at)}
    yield Ask(job="tell_person", key=f"tell:{case.id}:{case.changes}:owner", lane="urgent:owners", args=args)


def _ackers(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    for ack in running.acks:
        args = {"about": ENDING, "to": ack.by, "at": str(event.at), "number": str(running.number)}
        yield Ask(job="tell_person", key=f"tell:{case.id}:{case.changes}:{ack.by}", lane=f"urgent:{ack.by}", args=args)


def _last(case: Case, running: Escalation, event: Event) -> Iterable[Ask]:
    """Tell those who run the desk when there is nobody left to page."""
    if event.rev <= len(running.plan.steps):
        return
    about = UNANSWERED if event.fact is Fact.STEP_REACHED else NOBODY
    key = f"ops:{case.id}:{running.number}:{running.round}:{about}"
    yield Ask(job="tell_ops", key=key, lane="slack:ops", args={"about": about, "plan": running.plan.name})


_BEGINNINGS: dict[Fact, tuple[Callable[[Case, Event], Iterable[Ask]], ...]] = {
    Fact.CASE_OPENED: (_emergency,),
    Fact.CUSTOMER_WROTE: (_emergency,),
    Fact.POST_EDITED: (_emergency,),
    Fact.TARGET_MISSED: (_missed,),
}

_WORK: dict[Fact, tuple[Callable[[Case, Escalation, Event], Iterable[Ask]], ...]] = {
    Fact.ESCALATED: (_next_step,),
    Fact.STEP_REACHED: (_pages, _next_step, _last),
    Fact.STEP_SKIPPED: (_next_step, _owner, _last),
    Fact.PAGED: (_correct_late, _settle_late),
    Fact.PAGE_REFUSED: (_mender,),
    Fact.PAGE_HELD: (_next_step,),
    Fact.ACKNOWLEDGED: (_lease, _correct, _settle),
    Fact.ACKNOWLEDGEMENT_ENDING: (_ackers,),
    Fact.ACKNOWLEDGEMENT_ENDED: (_next_step, _correct),
    Fact.ESCALATION_ENDED: (_correct, _settle),
}
