"""Escalate a case and answer for it: start, take a step, page, acknowledge, resume, end.

Every verb looks at the case as it is. What is over, answered or done by somebody else changes nothing.
"""

from dataclasses import replace

from bot.domain.cases.case import Case, Decision, Level
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import STATUS_WORDS
from bot.domain.errors import Refused
from bot.domain.escalating.attention import ATTENDED, Escalation
from bot.domain.escalating.page import OPEN, Page, PageState, Target
from bot.domain.escalating.plan import Ack, Plan, Trigger, reminder_lead
from bot.domain.ids import DESK, MINUTE, Instant, UserId, later
from bot.domain.people import Person
from bot.domain.text.wording import brief


def start(case: Case, plan: Plan, trigger: Trigger, reason: str, *, by: UserId, policy: str, now: Instant) -> Decision:
    """Begin to page. For the desk itself, a case that is escalated already stays as it is; a person is told so."""
    running = case.escalation
    if case.status not in ATTENDED:
        if by == DESK:
            return Decision.unchanged(case)
        raise Refused(f"Nobody is paged for {case.id}: {STATUS_WORDS[case.status]}. Reopen it if there is more to do.")
    events: list[Event] = []
    if running and running.is_open:
        if by == DESK:
            return Decision.unchanged(case)
        refuse_twice(case, running, plan, now)
        events.append(_event(Fact.ESCALATION_ENDED, DESK, f"<@{by}> asked for others: {plan.name}", now))
    begun = Escalation(
        number=(running.number if running else 0) + 1,
        plan=plan,
        policy=policy,
        trigger=trigger,
        reason=brief(reason),
        by=by,
        started_at=now,
        due_at=later(now, plan.steps[0].after if plan.steps else 0),
    )
    events.append(_event(Fact.ESCALATED, by, begun.reason, now))
    return Decision.of(replace(case, escalation=begun), *events)


def refuse_twice(case: Case, running: Escalation, plan: Plan, now: Instant) -> None:
    """Raise `Refused` where the case is being escalated, unless somebody has it and others are asked for."""
    if running.is_waiting:
        raise Refused(
            f"{case.id} is escalated already ({running.plan.name}) and nobody has acknowledged it yet. "
            "The card says who was paged and who is next. Press Acknowledge if you have it."
        )
    if running.plan.name == plan.name:
        raise Refused(f"{case.id} is escalated already. {who_has_it(running, now)}")


def take_step(case: Case, round_: int, step: int, targets: tuple[Target, ...], now: Instant) -> Decision:
    """Put those whom a step found into the ledger, and set the time of the next step."""
    running = due_step(case, round_, step, now)
    if running is None:
        return Decision.unchanged(case)
    after = running.fired(targets, now)
    found = sum(1 for target in targets if not target.refusal)
    if after.reached_at == now and found:
        event = _event(Fact.STEP_REACHED, DESK, f"{name_of(running, step)}: {_count(found)}", now, step + 1)
    else:
        why = "; ".join(dict.fromkeys(target.refusal for target in targets if target.refusal)) or "nobody is there"
        event = _event(Fact.STEP_SKIPPED, DESK, f"{name_of(running, step)}: {brief(why)}", now, step + 1)
    return Decision.of(replace(case, escalation=after), event)


def due_step(case: Case, round_: int, step: int, now: Instant) -> Escalation | None:
    """Return the escalation whose step this is, where it is to be taken now."""
    running = case.escalation
    if running is None or not running.is_waiting or (running.round, running.step) != (round_, step):
        return None
    return running if running.due_at is not None and running.due_at <= now else None


def may_page(case: Case, number: int, key: str) -> Page | None:
    """Return the page where it still matters."""
    running = case.escalation
    if running is None or running.number != number or not running.is_waiting:
        return None
    page = running.page(key)
    return page if page and page.state in OPEN else None


def rests_under_hold(case: Case) -> bool:
    """Say whether its pages wait while a hold is on: a missed target asks for a reply, and none can leave.

    An emergency, the PR line and whoever asks by name need a person all the same.
    """
    running = case.escalation
    asks_for_reply = running is not None and running.trigger is Trigger.TARGET_MISSED
    return asks_for_reply and case.severity.level is not Level.EMERGENCY


def not_paged(case: Case, number: int, key: str, *, state: PageState, why: str, now: Instant) -> Decision:
    """Note with its reason that somebody was not paged; where nobody of a step was, the next step comes at once."""
    page = may_page(case, number, key)
    if page is None or case.escalation is None:
        return Decision.unchanged(case)
    after = case.escalation.with_page(replace(page, state=state, note=brief(why))).hurried(now)
    return Decision.of(replace(case, escalation=after), _event(Fact.PAGE_HELD, DESK, brief(why), now))


def acknowledge(case: Case, by: Person, number: int, now: Instant) -> Decision:
    """Take the escalation on. Who comes late is told what happened."""
    running = case.escalation
    if running is None or running.number != number:
        raise Refused(f"That escalation of {case.id} is over. Look at the card for where the case stands.")
    if not running.is_open:
        raise Refused(f"That is over: {running.ended_why}. Nothing is left to acknowledge.")
    if running.held_until is not None:
        raise Refused(who_has_it(running, now, by.id))
    if any(ack.by == by.id for ack in running.acks):
        raise Refused("You acknowledged it already. Somebody of the other side has to as well, and is being paged.")
    ack = Ack(by=by.id, at=now, sides=tuple(sorted(by.sides)))
    after = running.answered(ack, running.plan.leases.at(case.severity.level.urgency))
    detail = "" if after.held_until else "the other side is still to answer"
    return Decision.of(replace(case, escalation=after), _event(Fact.ACKNOWLEDGED, by.id, detail, now))


def who_has_it(running: Escalation, now: Instant, reader: UserId | None = None) -> str:
    """Return who acknowledged it, how long ago, and until when that holds."""
    ack = running.acks[-1] if running.acks else None
    if ack is None:
        return "Nobody has acknowledged it yet."
    ago = max(0, now - ack.at) // MINUTE
    left = max(0, (running.held_until or now) - now) // MINUTE
    who = "You" if ack.by == reader else f"<@{ack.by}>"
    when = f"{ago} min ago" if ago else "just now"
    return f"{who} acknowledged it {when}. That holds for {left} more min, longer with every sign of life on the case."


def remind(case: Case, now: Instant) -> Decision:
    """Say before its end that an acknowledgement runs out."""
    running = case.escalation
    if running is None or running.held_until is None or running.reminded or remind_at(case) > now:
        return Decision.unchanged(case)
    after = replace(running, reminded=True)
    return Decision.of(replace(case, escalation=after), _event(Fact.ACKNOWLEDGEMENT_ENDING, DESK, "", now))


def remind_at(case: Case) -> Instant:
    """Return when the reminder is due, for an escalation that somebody holds."""
    running = case.escalation
    if running is None or running.held_until is None:
        return Instant(0)
    return Instant(running.held_until - reminder_lead(running.plan.leases.at(case.severity.level.urgency)))


def lapse(case: Case, now: Instant) -> Decision:
    """End an acknowledgement without a sign of life: paging goes on at the step it had reached."""
    running = case.escalation
    if running is None or running.held_until is None or running.held_until > now:
        return Decision.unchanged(case)
    gone = _event(Fact.ACKNOWLEDGEMENT_ENDED, DESK, "there was no further sign of life", now)
    return Decision.of(replace(case, escalation=running.resumed(now)), gone)


def name_of(running: Escalation, step: int) -> str:
    """Return what a step is called in a sentence."""
    steps = len(running.plan.steps)
    return f"step {step + 1} of {steps}" if step < steps else "the last resort"


def _count(found: int) -> str:
    return "one page goes out" if found == 1 else f"{found} pages go out"


def _event(fact: Fact, by: UserId, detail: str, now: Instant, step: int = 0) -> Event:
    return Event(fact=fact, at=now, by=by, detail=detail, rev=step)
