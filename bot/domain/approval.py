"""Yes or no to a reply: bound to the exact words, by people who did not write them.

An approval holds a digest of everything the approver saw. Whatever changes afterwards gives another
digest, so the old yes no longer counts for anything.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from bot.domain.case import Case, Decision
from bot.domain.draft import Approval, Draft, DraftState
from bot.domain.errors import Refused, RefusedField
from bot.domain.events import Event, Fact
from bot.domain.ids import DESK, Digest, Instant, UserId
from bot.domain.lifecycle import Status, Verb, step
from bot.domain.ownership import renewed
from bot.domain.people import Person
from bot.domain.post import ReplyPolicy
from bot.domain.wording import brief

SHOWN_DIGEST = 16
"""Hex digits of the digest that a button carries: enough to tell one showing from another."""

Seal = Callable[[str], str]

CONCERNS_FIELD = "concerns"


def digest(case: Case, draft: Draft) -> Digest:
    """Return the SHA-256 of what the approver sees: where it goes, to whose words, exactly which bytes, which revision.

    The newest post of the case is part of it: new words of the customer make an old yes worthless.
    """
    target = case.post(draft.target)
    parts = (
        case.id,
        case.platform,
        case.account,
        draft.target,
        target.id if target else "",
        target.author.id if target else "",
        target.text if target else "",
        "deleted" if target is None or target.deleted_at else "",
        case.last_post.id,
        case.last_post.text,
        draft.text,
        draft.visibility,
        str(draft.rev),
    )
    encoded = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (p.encode() for p in parts))
    return Digest(hashlib.sha256(encoded).hexdigest())


def sealed_text(case: Case, approval: Approval) -> str:
    """Return what the seal of an approval is made over."""
    return "|".join((case.id, approval.digest, approval.by, approval.side, str(approval.at)))


def approve(
    case: Case, by: Person, rev: int, shown: str, *, now: Instant, seal: Seal, looked_twice: bool = False
) -> Decision:
    """Count one person's yes; the last one needed clears the reply for sending.

    `looked_twice` says that the approver has ticked the concerns about its words, where there are any.
    """
    step(case.status, Verb.APPROVE)
    draft = _as_shown(case, rev, shown)
    _may_decide(case, by)
    if by.id in case.contributors:
        raise Refused("You wrote part of this reply, so somebody else has to approve it.")
    if draft.concerns and not looked_twice:
        raise RefusedField(CONCERNS_FIELD, "Tick that you have checked each of these, or ask for changes.")
    exactly = digest(case, draft)
    standing = tuple(given for given in draft.approvals if given.digest == exactly)
    if any(given.by == by.id for given in standing):
        raise Refused("You have already approved this; it waits for someone else.")
    unsealed = Approval(by=by.id, side=case.rule.side, digest=exactly, at=now, seal="")
    approval = replace(unsealed, seal=seal(sealed_text(case, unsealed)))
    draft = replace(draft, approvals=(*standing, approval))
    event = Event(fact=Fact.APPROVED, at=now, by=by.id, rev=rev, detail=f"reply {rev}")
    if len(draft.approvals) < case.rule.count:
        return Decision.of(case.with_draft(draft), event)
    draft = replace(draft, state=DraftState.APPROVED, decided_by=by.id, decided_at=now)
    cleared = Event(fact=Fact.REPLY_CLEARED, at=now, by=DESK, rev=rev)
    return Decision.of(case.moved(Verb.APPROVE).with_draft(draft), event, cleared)


def ask_changes(case: Case, by: Person, rev: int, words: str, now: Instant) -> Decision:
    return _no(case, by, rev, words, now=now, verb=Verb.ASK_CHANGES)


def reject(case: Case, by: Person, rev: int, words: str, now: Instant) -> Decision:
    return _no(case, by, rev, words, now=now, verb=Verb.REJECT)


_NO = {
    Verb.ASK_CHANGES: (DraftState.CHANGES_ASKED, Fact.CHANGES_ASKED),
    Verb.REJECT: (DraftState.REJECTED, Fact.REJECTED),
}


def _no(case: Case, by: Person, rev: int, words: str, *, now: Instant, verb: Verb) -> Decision:
    moved = case.moved(verb)
    draft = _current(case, rev)
    _may_decide(case, by)
    state, fact = _NO[verb]
    words = brief(words)
    draft = replace(draft, state=state, decided_by=by.id, decided_at=now, decision_words=words, approvals=())
    event = Event(fact=fact, at=now, by=by.id, rev=rev, detail=words)
    return Decision.of(renewed(moved, case.owner or DESK, now).with_draft(draft), event)


def recall(case: Case, by: UserId, now: Instant) -> Decision:
    """Take the reply back: its owner, its writer or whoever approved it, until sending begins."""
    draft = case.draft
    if draft and draft.state in (DraftState.SENDING, DraftState.UNCONFIRMED):
        raise Refused("Too late to undo: sending has begun. The card will show what became of it.")
    moved = case.moved(Verb.RECALL)
    if draft is None:
        raise Refused("There is no reply to take back.")
    if by not in {case.owner, case.co_owner, draft.by, *(a.by for a in draft.approvals)}:
        raise Refused(f"Only <@{case.owner}>, the writer or the approver can take it back.")
    draft = replace(draft, state=DraftState.RECALLED, approvals=(), decided_by=by, decided_at=now)
    event = Event(fact=Fact.RECALLED, at=now, by=by, rev=draft.rev)
    return Decision.of(renewed(moved, case.owner or by, now).with_draft(draft), event)


def expire(case: Case, rev: int, now: Instant) -> Decision:
    """Let the two clocks run out: a draft nobody decides on, an approval that was not used in time."""
    draft = case.draft
    if draft is None or draft.rev != rev:
        return Decision.unchanged(case)
    if case.status is Status.APPROVED and draft.state is DraftState.APPROVED:
        if now - (draft.decided_at or now) >= case.timing.approval_life:
            return void(case, "the approval was not used in time", now)
        return Decision.unchanged(case)
    if case.status is Status.IN_REVIEW and now - draft.at >= case.timing.draft_life:
        return withdraw(case, "nobody decided on it in time", now)
    return Decision.unchanged(case)


def void(case: Case, reason: str, now: Instant) -> Decision:
    """Drop the approvals of a reply that has not left and put it back before the approver, with the reason."""
    draft = case.draft
    if draft is None or case.status is not Status.APPROVED or draft.state is not DraftState.APPROVED:
        return Decision.unchanged(case)
    moved = case.moved(Verb.VOID)
    draft = replace(draft, state=DraftState.SUBMITTED, approvals=(), decided_by=None, decided_at=None)
    event = Event(fact=Fact.APPROVAL_VOIDED, at=now, by=DESK, rev=draft.rev, detail=reason)
    return Decision.of(moved.with_draft(draft), event)


def withdraw(case: Case, reason: str, now: Instant) -> Decision:
    """Take the reply out of the running for good: it must be written again."""
    draft = case.draft
    if draft is None:
        return Decision.unchanged(case)
    draft = replace(draft, state=DraftState.EXPIRED, approvals=(), decision_words=reason, decided_at=now)
    event = Event(fact=Fact.DRAFT_EXPIRED, at=now, by=DESK, rev=draft.rev, detail=reason)
    return Decision.of(renewed(case.moved(Verb.EXPIRE), case.owner or DESK, now).with_draft(draft), event)


def _current(case: Case, rev: int) -> Draft:
    if case.draft is None or case.draft.rev != rev:
        raise Refused("There is a newer version of this reply. Look at the card again.")
    return case.draft


def _as_shown(case: Case, rev: int, shown: str) -> Draft:
    draft = _current(case, rev)
    target = case.post(draft.target)
    if target is None or target.deleted_at:
        raise Refused("The customer deleted the post, so there is nothing left to reply to.")
    if target.reply_policy is ReplyPolicy.NONE:
        raise Refused(f"No reply is possible there: {target.reply_policy_reason}")
    if len(shown) != SHOWN_DIGEST or not digest(case, draft).startswith(shown):
        raise Refused("Something changed since this card was drawn. Read it again, then decide.")
    return draft


def _may_decide(case: Case, by: Person) -> None:
    if case.rule.side not in by.sides:
        raise Refused(f"Only {case.rule.side.label} can decide on this reply. They have been told that it waits.")
