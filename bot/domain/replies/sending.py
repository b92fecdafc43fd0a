"""From approved to published, at most once.

The mark `SendStarted` is durable before a byte leaves. From then on only proof changes the state: the
platform's own answer, the reply seen on our timeline, or a person's word. A doubt is never resolved by
trying again blindly.
"""

from dataclasses import replace

from bot.domain.approving import approval
from bot.domain.approving.demand import is_met
from bot.domain.approving.limits import PLAIN_TERMS, Terms, limit_text
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status, Verb
from bot.domain.cases.ownership import renewed
from bot.domain.errors import Refused
from bot.domain.ids import DESK, MINUTE, SECOND, Instant, Nonce, PostId, later
from bot.domain.people import Person
from bot.domain.replies.draft import Attempt, Draft, DraftState, Holds
from bot.domain.replies.reply import NotSent, Outcome, OwnPost, RefusedByPlatform, Sent, Unconfirmed
from bot.domain.text.wording import brief

_LEFT = frozenset({DraftState.SENDING, DraftState.UNCONFIRMED})
_OPEN = _LEFT | {DraftState.APPROVED}
FIRST_PAUSE = 5 * SECOND
LONGEST_PAUSE = 5 * MINUTE
"""Between tries that provably did not leave; doubled each time."""
LOOKS_KEPT = 10
"""Looks remembered of one attempt: a reply that nobody settles is looked for every minute."""


def wait_left(case: Case, rev: int, now: Instant) -> int | None:
    """Return the milliseconds until this reply may leave; None when it is not going to."""
    draft = case.draft
    if case.status is not Status.APPROVED or draft is None or draft.rev != rev:
        return None
    if draft.state is not DraftState.APPROVED or draft.decided_at is None:
        return None
    held = min(draft.not_before or 0, draft.decided_at + case.approval_life)
    return max(0, draft.decided_at + case.undo - now, held - now)


def fault_in_approval(case: Case, draft: Draft, now: Instant, holds: Holds, terms: Terms = PLAIN_TERMS) -> str:
    """Return why the approvals, or the limit, do not cover what would leave now, or nothing."""
    if now - (draft.decided_at or 0) >= case.approval_life:
        return "the approval was not used in time"
    if draft.limit:
        return _fault_in_limit(case, draft, now, holds, terms)
    valid = tuple(
        given
        for given in approval.standing(case, draft)
        if given.by not in case.contributors and holds(approval.sealed_text(case, given), given.seal)
    )
    ruling = terms.ruling(case, draft, now)
    if is_met(ruling.demand, approval.people(valid)):
        return ""
    if is_met(approval.ruling_of(draft).demand, approval.people(valid)):
        return f"the rules became stricter: {ruling.why} (rule “{ruling.rule}”), which needs {ruling.demand.in_words}"
    return "it is no longer what was approved"


def _fault_in_limit(case: Case, draft: Draft, now: Instant, holds: Holds, terms: Terms) -> str:
    used = draft.limit
    if used is None or used.digest != approval.digest(case, draft) or not holds(limit_text(case, used), used.seal):
        return "it is no longer what was cleared"
    return terms.fault(case, draft, used, now)


def start(
    case: Case, rev: int, attempt: Attempt, holds: Holds, now: Instant, *, terms: Terms = PLAIN_TERMS
) -> Decision:
    """Mark that sending begins, or put the reply back before the approver when its approval does not hold.

    Where proof came that an earlier try is out after all, nothing leaves any more.
    """
    if wait_left(case, rev, now) != 0 or case.draft is None:
        return Decision.unchanged(case)
    if case.draft.sent_id:
        return _sent(case, case.draft, case.draft.sent_id, case.draft.sent_url, now)
    if fault := fault_in_approval(case, case.draft, now, holds, terms):
        judged = replace(case.draft, ruling=terms.ruling(case, case.draft, now))
        return approval.void(case.with_draft(judged), fault, now)
    draft = replace(case.draft, state=DraftState.SENDING, waits_for="", attempts=(*case.draft.attempts, attempt))
    event = Event(fact=Fact.SEND_STARTED, at=now, by=DESK, rev=rev, ground=approval.ground(case))
    return Decision.of(case.moved(Verb.SEND).with_draft(draft), event)


def put_off(case: Case, rev: int, until: Instant | None, reason: str, now: Instant) -> Decision:
    """Let an approved reply wait for something that is no fault of its own, and let the card say so."""
    draft = case.draft
    if draft is None or draft.rev != rev or draft.state is not DraftState.APPROVED:
        return Decision.unchanged(case)
    if (draft.not_before, draft.waits_for) == (until, reason):
        return Decision.unchanged(case)
    event = Event(fact=Fact.SEND_PUT_OFF, at=now, by=DESK, rev=rev, detail=reason)
    return Decision.of(case.with_draft(replace(draft, not_before=until, waits_for=reason)), event)


def record(case: Case, rev: int, nonce: Nonce, outcome: Outcome, now: Instant) -> Decision:
    """Write down what came of one attempt. Proof of sending is accepted whenever it comes."""
    if isinstance(outcome, Sent):
        return _proved(case, rev, nonce, outcome, now)
    draft = case.draft
    if draft is None or draft.rev != rev or not _is_last(draft, nonce):
        return Decision.unchanged(case)
    only = draft.state in _LEFT and len(draft.attempts) == 1
    match outcome:
        case Unconfirmed(reason=reason):
            return _in_doubt(case, draft, brief(reason), now)
        case RefusedByPlatform(reason=reason) if only:
            return _refused(case, draft, brief(reason), now)
        case NotSent() if only:
            return _not_sent(case, draft, outcome, now)
        case RefusedByPlatform(reason=reason) | NotSent(reason=reason):
            return unconfirmed(case, rev, brief(reason), now)


def _proved(case: Case, rev: int, nonce: Nonce, proof: Sent, now: Instant) -> Decision:
    """Take proof of sending from any attempt of this revision; proof of a second one out there is an incident."""
    draft = next((d for d in case.drafts if d.rev == rev and any(a.nonce == nonce for a in d.attempts)), None)
    if draft is None:
        return Decision.unchanged(case)
    if draft.sent_id and draft.sent_id != proof.id:
        return differs(case, rev, now, f"it is out twice: {draft.sent_id} and {proof.id}")
    if draft is case.draft and case.status is Status.APPROVED:
        return _sent(case, draft, proof.id, proof.url, now)
    return Decision.unchanged(case) if draft.sent_id else _proved_late(case, draft, proof, now)


def _proved_late(case: Case, draft: Draft, proof: Sent, now: Instant) -> Decision:
    """Keep proof that comes after people settled it by themselves, and tell them where they thought otherwise."""
    known = replace(draft, sent_id=proof.id, sent_url=proof.url)
    case = replace(case, drafts=tuple(known if d is draft else d for d in case.drafts))
    if draft.state is DraftState.SENT:
        return Decision.of(case, Event(fact=Fact.REPLY_SENT, at=now, by=DESK, rev=draft.rev, detail=proof.id))
    return differs(case, draft.rev, now, f"reply {draft.rev} is out after all: {proof.url or proof.id}")


def unconfirmed(case: Case, rev: int, reason: str, now: Instant) -> Decision:
    """Record that nobody knows whether the reply is out."""
    draft = case.draft
    if draft is None or draft.rev != rev or draft.state is not DraftState.SENDING:
        return Decision.unchanged(case)
    event = Event(fact=Fact.REPLY_UNCONFIRMED, at=now, by=DESK, rev=rev, detail=reason)
    return Decision.of(case.with_draft(replace(draft, state=DraftState.UNCONFIRMED)), event)


def _in_doubt(case: Case, draft: Draft, reason: str, now: Instant) -> Decision:
    """Take the word of the attempt's own worker that it does not know; looks before that came too early to count.

    Also where the desk had given the worker up: it was only held up, and called after all.
    """
    last = draft.attempts[-1]
    if draft.state not in _OPEN or last.ended_at is not None:
        return Decision.unchanged(case)
    ended = replace(last, ended_at=now, looks=())
    doubted = replace(draft, state=DraftState.UNCONFIRMED, attempts=(*draft.attempts[:-1], ended))
    event = Event(fact=Fact.REPLY_UNCONFIRMED, at=now, by=DESK, rev=draft.rev, detail=reason)
    return Decision.of(case.with_draft(doubted), event)


def interrupted(case: Case, rev: int, now: Instant) -> Decision:
    """Put a reply in doubt whose sending has begun so long ago that whoever was at it has gone."""
    draft = case.draft
    if draft is None or draft.rev != rev or not draft.attempts:
        return Decision.unchanged(case)
    if now - draft.attempts[-1].started_at < case.timing.look_grace:
        return Decision.unchanged(case)
    return unconfirmed(case, rev, "the desk was interrupted while sending", now)


def looked(case: Case, rev: int, found: OwnPost | None, now: Instant, *, clean: bool = True) -> Decision:
    """Take what a look at our own timeline showed; `clean` says that it showed everything, and nothing doubtful.

    Found: sent. Not found in two clean looks far enough apart, after the attempt's own worker said that its call
    is over, with the approval still alive and nothing resent yet: cleared to be sent once more. Otherwise it
    stays open until a person settles it: a worker that fell silent may only be held up, with the bytes in its hands.
    """
    draft = case.draft
    if draft is None or draft.rev != rev or draft.state is not DraftState.UNCONFIRMED:
        return Decision.unchanged(case)
    if found:
        return _sent(case, draft, found.id, found.url, now)
    attempt = draft.attempts[-1]
    if clean:
        attempt = replace(attempt, looks=(*attempt.looks, now)[-LOOKS_KEPT:])
    draft = replace(draft, attempts=(*draft.attempts[:-1], attempt))
    if draft.resends == 0 and _surely_absent(case, attempt) and _alive(case, draft, now):
        again = replace(draft, state=DraftState.APPROVED, resends=1)
        event = Event(fact=Fact.SEND_STOPPED, at=now, by=DESK, rev=rev, detail="it is not on our timeline")
        return Decision.of(case.with_draft(again), event)
    event = Event(fact=Fact.REPLY_LOOKED_FOR, at=now, by=DESK, rev=rev)
    return Decision.of(case.with_draft(draft), event)


def needs_person(case: Case, now: Instant) -> bool:
    """Say whether a reply has been in doubt for so long that a person has to look."""
    draft = case.draft
    if draft is None or draft.state is not DraftState.UNCONFIRMED:
        return False
    return now - draft.attempts[-1].started_at >= case.timing.ask_after


def settle(case: Case, by: Person, rev: int, *, there: bool, now: Instant) -> Decision:
    """Take a person's word on a reply in doubt: it is there, or it is not and goes to the approver again."""
    draft = case.draft
    if draft is None or draft.rev != rev or draft.state is not DraftState.UNCONFIRMED:
        raise Refused("That is settled already. Look at the card again.")
    if not needs_person(case, now):
        raise Refused("The desk is still looking for it by itself. It will ask on the card when it cannot tell.")
    if there:
        event = Event(fact=Fact.REPLY_SENT, at=now, by=by.id, rev=rev, detail="seen by a person")
        draft = replace(draft, state=DraftState.SENT, sent_at=now)
        return Decision.of(
            replace(case.moved(Verb.SENT).with_draft(draft), answered_at=now, open_complaint=False), event
        )
    settled = case.moved(Verb.SETTLE).with_draft(replace(draft, state=DraftState.APPROVED))
    return approval.void(settled, f"<@{by.id}> looked: it is not on the platform", now)


def differs(case: Case, rev: int, now: Instant, detail: str = "") -> Decision:
    """Record that what stands on the platform is not what was approved."""
    event = Event(fact=Fact.REPLY_DIFFERS, at=now, by=DESK, rev=rev, detail=detail)
    return Decision.of(case, event)


def _sent(case: Case, draft: Draft, post_id: PostId, url: str, now: Instant) -> Decision:
    draft = replace(draft, state=DraftState.SENT, sent_id=post_id, sent_url=url, sent_at=now)
    event = Event(fact=Fact.REPLY_SENT, at=now, by=DESK, rev=draft.rev, detail=post_id)
    return Decision.of(replace(case.moved(Verb.SENT).with_draft(draft), answered_at=now, open_complaint=False), event)


def _refused(case: Case, draft: Draft, reason: str, now: Instant) -> Decision:
    draft = replace(draft, state=DraftState.REFUSED, decision_words=reason)
    event = Event(fact=Fact.REPLY_REFUSED, at=now, by=DESK, rev=draft.rev, detail=reason)
    return Decision.of(renewed(case.moved(Verb.REFUSE), case.owner or DESK, now).with_draft(draft), event)


def _not_sent(case: Case, draft: Draft, outcome: NotSent, now: Instant) -> Decision:
    """Let it be tried again: when the platform says, and each time later, so that an outage is no storm of tries."""
    asked = int((outcome.retry_after or 0) * SECOND)
    pause = max(asked, min(LONGEST_PAUSE, FIRST_PAUSE * 2**draft.stops))
    waits = replace(draft, stops=draft.stops + 1, not_before=later(now, pause), waits_for=brief(outcome.reason))
    waits = replace(waits, state=DraftState.APPROVED, attempts=draft.attempts[:-1])
    event = Event(fact=Fact.SEND_STOPPED, at=now, by=DESK, rev=draft.rev, detail=brief(outcome.reason))
    return Decision.of(case.with_draft(waits), event)


def _is_last(draft: Draft, nonce: Nonce) -> bool:
    return bool(draft.attempts) and draft.attempts[-1].nonce == nonce


def _alive(case: Case, draft: Draft, now: Instant) -> bool:
    return now - (draft.decided_at or 0) < case.approval_life


def _surely_absent(case: Case, attempt: Attempt) -> bool:
    """Say whether it is not out and cannot come any more; never of a worker that fell silent."""
    if attempt.ended_at is None:
        return False
    spread = [at for at in attempt.looks if at - attempt.ended_at >= case.timing.look_grace]
    return len(spread) >= 2 and spread[-1] - spread[0] >= case.timing.look_gap
