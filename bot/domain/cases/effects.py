"""The work that a fact causes, in the imperative: committed together with the fact, done later by the relay.

Equal keys merge: ten changes in a second are one card update. Work is checked against the case as it is
when it is done, so an effect that has become pointless does nothing.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.domain import drawing
from bot.domain.approving import approval
from bot.domain.cases.case import Case
from bot.domain.cases.events import OF_NO_CASE, Event, Fact
from bot.domain.cases.post import ReplyPolicy
from bot.domain.escalating.escalation_work import Ask, asks
from bot.domain.ids import SECOND, Instant
from bot.domain.job import NO_CASE
from bot.domain.job import Effect as Effect  # noqa: PLC0414 -- where work is made, its shape is looked for
from bot.domain.job import Job as Job  # noqa: PLC0414 -- as above
from bot.domain.people import Side
from bot.domain.replies.draft import Draft, DraftState
from bot.domain.timing import targets
from bot.domain.timing.clocks import SET_CLOCKS, Clock

COUNT_AFTER = 15 * SECOND
"""How often a card that counts posts is drawn at most."""
FIRST = 3
"""The urgency that overtakes everything below it, however long that has waited."""


def slack_lane(channel: str) -> str:
    return f"slack:{channel}"


def platform_lane(case: Case) -> str:
    return f"platform:{case.platform}:{case.account}"


def follow(case: Case, events: tuple[Event, ...]) -> tuple[Effect, ...]:
    """Return the work that these facts cause, given the case as it is after them."""
    effects = [effect for event in events for effect in _causes(case, event)] + _check_target(case, events)
    if any(event.fact not in _NOT_ON_CARD for event in events):
        effects.insert(0, card(case))
    return tuple(effects)


def follow_change(before: Case | None, case: Case, events: tuple[Event, ...]) -> tuple[Effect, ...]:
    """Return the work of a commit: what its facts cause, and the card of a case that has counted one more post."""
    if before is None or before.echoed == case.echoed or events:
        return follow(case, events)
    return (replace(card(case), after=COUNT_AFTER, urgency=0),)


def card(case: Case) -> Effect:
    """Bring the card up to date; one that somebody works with comes first, whatever a flood brings."""
    at_work = case.card is not None and case.owner is not None
    return Effect(
        job=Job.REFRESH_CARD,
        case_id=case.id,
        key=f"card:{case.id}",
        lane=slack_lane(_channel(case)),
        urgency=FIRST if at_work else case.severity.level.urgency,
    )


_NOT_ON_CARD = OF_NO_CASE | {Fact.CARD_POSTED}

_NOTED = (
    frozenset(Fact)
    - OF_NO_CASE
    - {
        Fact.CASE_OPENED,
        Fact.CARD_POSTED,
        Fact.CARD_LOST,
        Fact.REPLY_CLEARED,
        Fact.SEND_STARTED,
        Fact.SEND_PUT_OFF,
        Fact.REPLY_LOOKED_FOR,
        Fact.CLOSED,
        Fact.PAGED,
        Fact.ACKNOWLEDGEMENT_ENDING,
    }
)


def _causes(case: Case, event: Event) -> list[Effect]:
    found = [make(case, event) for make in _WORK.get(event.fact, ())]
    found += [asked(case, ask) for ask in asks(case, event)]
    if event.fact in _NOTED:
        found.append(_note(case, event))
    return [effect for effect in found if effect is not None]


def asked(case: Case, ask: Ask) -> Effect:
    return Effect(
        job=Job(ask.job),
        case_id=case.id,
        key=ask.key,
        lane=ask.lane,
        after=ask.after,
        urgency=case.severity.level.urgency,
        args=ask.args,
    )


def _note(case: Case, event: Event) -> Effect:
    return Effect(
        job=Job.NOTE,
        case_id=case.id,
        key=f"note:{case.id}:{case.changes}:{event.fact}",
        lane=slack_lane(_channel(case)),
        urgency=case.severity.level.urgency,
        args={"fact": event.fact, "by": event.by, "detail": event.detail, "at": str(event.at), "rev": str(event.rev)},
    )


def tell_limits(day: str, at: Instant) -> Effect:
    """Tell PR what the limits were used for on a day."""
    args = {"day": day, "at": str(at)}
    return Effect(job=Job.TELL_LIMITS, case_id=NO_CASE, key=f"limits:{day}", lane="slack:limits", urgency=0, args=args)


def check_post(case: Case) -> Effect:
    """Look at the customer's posts again, because somebody is about to act on them."""
    return Effect(job=Job.CHECK_POST, case_id=case.id, key=f"post:{case.id}", lane=f"look:{case.account}", urgency=2)


def _check_post(case: Case, event: Event) -> Effect:  # noqa: ARG001 -- one shape for every row of the table
    return check_post(case)


def _announce(case: Case, event: Event, to: str, who: tuple[str, ...] = ()) -> Effect:
    return Effect(
        job=Job.ANNOUNCE,
        case_id=case.id,
        key=f"announce:{case.id}:{case.changes}:{to}",
        lane="slack:announce",
        urgency=case.severity.level.urgency,
        args={
            "fact": event.fact,
            "by": event.by,
            "detail": event.detail,
            "to": to,
            "who": ",".join(who or (to,)),
            "at": str(event.at),
            "rev": str(event.rev),
        },
    )


TEAM = "team"
"""Whom an announcement goes to, where it is not a side."""


def _tell_late(case: Case, event: Event) -> Effect | None:
    """Tell those who can still keep it: the approvers, or the team; a warning is the owner's where there is one."""
    approving = event.detail == Clock.APPROVAL
    if event.fact is Fact.TARGET_NEAR and case.owner and not approving:
        return None
    return _ask_pr(case, event) if approving else _announce(case, event, TEAM)


def _tell_late_service(case: Case, event: Event) -> Effect | None:
    """Tell service as well where its yes is what is missing."""
    return _ask_service(case, event) if event.detail == Clock.APPROVAL else None


def _check_target(case: Case, events: tuple[Event, ...]) -> list[Effect]:
    """Look at the targets when a clock may have begun: once for all facts of one commit."""
    began = [event.at for event in events if event.fact in SET_CLOCKS]
    after = targets.soonest(case, began[-1]) if began else None
    if after is None:
        return []
    urgency = case.severity.level.urgency
    key, lane = f"target:{case.id}", "timer:all"
    return [Effect(job=Job.CHECK_TARGET, case_id=case.id, key=key, lane=lane, after=after, urgency=urgency)]


def _offer(case: Case, event: Event) -> Effect | None:
    return _announce(case, event, case.handover.to) if case.handover else None


def _ask_pr(case: Case, event: Event) -> Effect | None:
    """Tell PR that a reply waits for it; groups have no channel of their own, so they are named there."""
    who = tuple(factor for factor in approval.open_for(case) if factor != Side.SERVICE)
    return _announce(case, event, Side.PR, who) if who else None


def _ask_service(case: Case, event: Event) -> Effect | None:
    return _announce(case, event, Side.SERVICE) if Side.SERVICE in approval.open_for(case) else None


def _timer(job: Job, key: str, after: Callable[[Case], int]) -> Callable[[Case, Event], Effect | None]:
    def make(case: Case, event: Event) -> Effect:
        return Effect(
            job=job,
            case_id=case.id,
            key=key.format(case=case.id, rev=event.rev),
            lane="timer:all",
            after=after(case),
            args={"rev": str(event.rev)},
        )

    return make


def _send(case: Case, event: Event) -> Effect | None:
    draft = _draft(case, event)
    target = case.post(draft.target) if draft else None
    if draft is None or target is None or target.reply_policy is not ReplyPolicy.API:
        return None
    return _sending(case, event.rev, RESEND_AFTER if event.fact is Fact.SEND_STOPPED else case.undo)


def _sending(case: Case, rev: int, after: int) -> Effect:
    return Effect(
        job=Job.SEND_REPLY,
        case_id=case.id,
        key=f"send:{case.id}:{rev}",
        lane=platform_lane(case),
        after=after,
        urgency=case.severity.level.urgency,
        args={"rev": str(rev)},
    )


def send_again(case: Case) -> Effect | None:
    """Look at once at a reply that waits to leave, because what it waited for may be over."""
    draft = case.draft
    target = case.post(draft.target) if draft else None
    if draft is None or target is None or target.reply_policy is not ReplyPolicy.API:
        return None
    return _sending(case, draft.rev, 0) if draft.state in _WAITING else None


def _draft(case: Case, event: Event) -> Draft | None:
    return case.draft if case.draft and case.draft.rev == event.rev and case.draft.state in _WAITING else None


RESEND_AFTER = 5 * SECOND
"""The pause before a reply that provably did not leave is tried again."""

READ_BACK_AFTER = 3 * SECOND
"""The platform's own timeline needs a moment to show what it accepted."""

_WAITING = frozenset({DraftState.APPROVED})

_watch = _timer(Job.WATCH_SENDING, "sending:{case}:{rev}", lambda case: case.timing.look_grace)
_look = _timer(Job.LOOK_FOR_REPLY, "look:{case}:{rev}", lambda case: case.timing.look_grace)
_read_back = _timer(Job.CHECK_REPLY, "check:{case}:{rev}", lambda _: READ_BACK_AFTER)
_draft_clock = _timer(Job.EXPIRE_DRAFT, "expire:{case}:{rev}", lambda case: case.draft_life)
_approval_clock = _timer(Job.EXPIRE_DRAFT, "approval:{case}:{rev}", lambda case: case.approval_life)
_lease = _timer(Job.CHECK_CLAIM, "lease:{case}", lambda case: case.timing.claim_lease)
_archive = _timer(Job.ARCHIVE, "archive:{case}", lambda case: case.timing.archive_after)


def _ask_people(case: Case, event: Event) -> Effect:  # noqa: ARG001 -- one shape for every row of the table
    """Draw the card again when people are asked to look: by then the desk itself may be unable to."""
    return drawing.later(card(case), key=f"ask:{case.id}:{case.changes}", after=case.timing.ask_after)


def _wake(case: Case, event: Event) -> Effect:
    return Effect(
        job=Job.WAKE,
        case_id=case.id,
        key=f"wake:{case.id}:{case.changes}",
        lane="timer:all",
        after=max(0, (case.snoozed_until or event.at) - event.at),
    )


_WORK: dict[Fact, tuple[Callable[[Case, Event], Effect | None], ...]] = {
    Fact.CUSTOMER_WROTE: (_lease,),
    Fact.CLAIMED: (_lease,),
    Fact.TAKEN_OVER: (_lease,),
    Fact.REASSIGNED: (_lease,),
    Fact.HANDOVER_ACCEPTED: (_lease,),
    Fact.REOPENED: (_lease,),
    Fact.HANDED_OVER: (_offer,),
    Fact.SNOOZED: (_wake,),
    Fact.WOKEN: (_lease,),
    Fact.SUBMITTED: (_ask_pr, _ask_service, _draft_clock),
    Fact.APPROVAL_VOIDED: (_ask_pr, _ask_service, _draft_clock),
    Fact.CHANGES_ASKED: (_lease,),
    Fact.REJECTED: (_lease,),
    Fact.RECALLED: (_lease,),
    Fact.DRAFT_EXPIRED: (_lease,),
    Fact.APPROVED: (_check_post,),
    Fact.REPLY_CLEARED: (_send, _approval_clock),
    Fact.LIMIT_USED: (_check_post,),
    Fact.SEND_HURRIED: (_send,),
    # Whatever becomes of the work that sends, this comes back to see that it ended.
    Fact.SEND_STARTED: (_watch,),
    Fact.SEND_STOPPED: (_send,),
    Fact.REPLY_UNCONFIRMED: (_look, _ask_people),
    Fact.REPLY_REFUSED: (_lease,),
    Fact.REPLY_SENT: (_read_back,),
    Fact.RESOLVED: (_archive,),
    Fact.DISMISSED: (_archive,),
    Fact.TARGET_NEAR: (_tell_late, _tell_late_service),
    Fact.TARGET_MISSED: (_tell_late, _tell_late_service),
}


def _channel(case: Case) -> str:
    return case.card.channel if case.card else case.route.channel
