"""Who has the case: claim, release, take over, reassign, hand to the other side, snooze.

A claim is a lease: it ends by itself when nothing happens, so that a case is never stuck with someone who left.
"""

from dataclasses import replace

from bot.domain.cases.case import Case, Decision, Handover
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import DONE, Status, Verb, allowed
from bot.domain.errors import Refused
from bot.domain.ids import DESK, Instant, UserId, later
from bot.domain.people import Person, Side
from bot.domain.text.wording import brief


def claim(case: Case, by: Person, now: Instant) -> Decision:
    if case.owner and case.status not in DONE:
        refuse_second_claim(case, by)
    if case.handover and case.handover.to not in by.sides:
        raise Refused(f"This case was handed to {case.handover.to.label}: someone there accepts it.")
    return Decision.of(owned(case.moved(Verb.CLAIM), by, now), Event(fact=Fact.CLAIMED, at=now, by=by.id))


def refuse_second_claim(case: Case, by: Person) -> None:
    if case.owner == by.id:
        raise Refused("You already have this case.")
    raise Refused(f"<@{case.owner}> already has this case. If you must, choose “Take over…” in the card's menu.")


def release(case: Case, by: UserId, now: Instant) -> Decision:
    moved = case.moved(Verb.RELEASE)
    if by not in (case.owner, DESK):
        raise Refused(f"Only <@{case.owner}> can release it. You can choose “Take over…” instead.")
    return Decision.of(free(moved), Event(fact=Fact.RELEASED, at=now, by=by))


def lapse(case: Case, now: Instant) -> Decision:
    """Release a claim whose lease has run out; nothing happens when it was renewed."""
    if case.status is not Status.CLAIMED or case.lease_until is None or case.lease_until > now:
        return Decision.unchanged(case)
    gone = Event(fact=Fact.RELEASED, at=now, by=DESK, detail=f"nothing happened since <@{case.owner}> claimed it")
    return Decision.of(free(case.moved(Verb.RELEASE)), gone)


def take_over(case: Case, by: Person, now: Instant) -> Decision:
    moved = case.moved(Verb.TAKE_OVER)
    if case.owner == by.id:
        raise Refused("You already have this case.")
    event = Event(fact=Fact.TAKEN_OVER, at=now, by=by.id, detail=f"from <@{case.owner}>")
    return Decision.of(owned(moved, by, now), event)


def reassign(case: Case, by: Person, to: Person, now: Instant) -> Decision:
    moved = case.moved(Verb.REASSIGN)
    if case.owner and by.id not in (case.owner, case.co_owner):
        raise Refused(f"Only <@{case.owner}> can pass it on. You can choose “Take over…” instead.")
    if case.owner == to.id:
        raise Refused(f"<@{to.id}> already has this case.")
    event = Event(fact=Fact.REASSIGNED, at=now, by=by.id, detail=f"to <@{to.id}>")
    return Decision.of(owned(moved, to, now), event)


def hand_over(case: Case, by: Person, to: Side, reason: str, now: Instant) -> Decision:
    """Ask the other side to take the case. The owner stays accountable until somebody there accepts."""
    moved = case.moved(Verb.HAND_OVER)
    if case.owner and by.id not in (case.owner, case.co_owner):
        raise Refused(f"Only <@{case.owner}> can hand it over. You can choose “Take over…” instead.")
    if case.handover:
        raise Refused(f"It is already offered to {case.handover.to.label}; someone there has to accept it.")
    if case.owner_side is to:
        raise Refused(f"It is already with {to.label}.")
    offer = Handover(to=to, by=by.id, reason=brief(reason), at=now)
    event = Event(fact=Fact.HANDED_OVER, at=now, by=by.id, detail=f"to {to.label}: {offer.reason}")
    return Decision.of(replace(renewed(moved, by.id, now), handover=offer, snoozed_until=None), event)


def accept(case: Case, by: Person, now: Instant) -> Decision:
    if not case.handover:
        raise Refused("Nobody is handing this case over at the moment.")
    if case.handover.to not in by.sides:
        raise Refused(f"This was handed to {case.handover.to.label}: someone there has to accept it.")
    if case.owner == by.id:
        raise Refused("You already have this case.")
    before = case.owner or case.handover.by
    taken = replace(owned(case.moved(Verb.ACCEPT), by, now), owner_side=case.handover.to, hops=case.hops + 1)
    event = Event(fact=Fact.HANDOVER_ACCEPTED, at=now, by=by.id, detail=f"from <@{before}>")
    return Decision.of(replace(taken, co_owner=None if before == by.id else before), event)


def snooze(case: Case, by: Person, until: Instant, now: Instant) -> Decision:
    """Let the case rest; a claim does not run out meanwhile, nor in the moment it wakes."""
    moved = case.moved(Verb.SNOOZE)
    lease = later(until, case.timing.claim_lease) if case.owner else None
    event = Event(fact=Fact.SNOOZED, at=now, by=by.id)
    return Decision.of(replace(moved, snoozed_until=until, lease_until=lease), event)


def wake(case: Case, now: Instant) -> Decision:
    if case.snoozed_until is None or case.snoozed_until > now or not allowed(case.status, Verb.SNOOZE):
        return Decision.unchanged(case)
    lease = later(now, case.timing.claim_lease) if case.owner else None
    return Decision.of(replace(case, snoozed_until=None, lease_until=lease), Event(fact=Fact.WOKEN, at=now, by=DESK))


def renewed(case: Case, by: UserId, now: Instant) -> Case:
    """Return the case with its lease renewed, where its own people did something."""
    if by not in (case.owner, case.co_owner):
        return case
    return replace(case, lease_until=later(now, case.timing.claim_lease), snoozed_until=None)


def owned(case: Case, by: Person, now: Instant) -> Case:
    """Return the case in this person's hands, with a fresh lease; what was asked or offered before is over."""
    return replace(
        case,
        owner=by.id,
        owner_side=by.side_for(case.route.side),
        co_owner=None if case.co_owner == by.id else case.co_owner,
        claimed_at=now,
        lease_until=later(now, case.timing.claim_lease),
        handover=None,
        dismissal=None,
        snoozed_until=None,
    )


def free(case: Case) -> Case:
    """Return the case in nobody's hands."""
    return replace(
        case,
        owner=None,
        owner_side=None,
        co_owner=None,
        claimed_at=None,
        lease_until=None,
        handover=None,
        snoozed_until=None,
    )
