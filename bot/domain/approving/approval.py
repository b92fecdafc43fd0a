"""Yes or no to a reply: bound to the exact words, by people who did not write them.

An approval holds a digest of everything the approver saw. Whatever changes afterwards gives another
digest, so the old yes no longer counts for anything. How many of whom it takes is said by the rules:
by those the reply was handed in under and by those of now, and the stricter holds.
"""

import hashlib
from dataclasses import replace

from bot.domain.approving.demand import Demand, People, Ruling, in_words, is_met, open_factors, would_help
from bot.domain.approving.limits import PLAIN_TERMS, Terms
from bot.domain.approving.rules import ORDINARY
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Event, Fact, Ground
from bot.domain.cases.lifecycle import Status, Verb, step
from bot.domain.cases.ownership import renewed
from bot.domain.cases.post import ReplyPolicy
from bot.domain.errors import Refused, RefusedField
from bot.domain.ids import DESK, Digest, Instant, UserId
from bot.domain.people import Person, factor_label
from bot.domain.replies.draft import Approval, Change, Draft, DraftState, Seal
from bot.domain.text.wording import brief

SHOWN_DIGEST = 16
"""Hex digits of the digest that a button carries: enough to tell one showing from another."""

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


def ground(case: Case) -> Ground | None:
    """Return what an act on the newest reply is about, for the record; None where there is no reply."""
    draft = case.draft
    return Ground(words=digest(case, draft)[:SHOWN_DIGEST], rule=ruling_of(draft).rule) if draft else None


def _event(fact: Fact, case: Case, by: UserId, now: Instant, detail: str = "") -> Event:
    """Return a fact about the newest reply of a case, with what it is about."""
    rev = case.draft.rev if case.draft else 0
    return Event(fact=fact, at=now, by=by, rev=rev, detail=detail, ground=ground(case))


def sealed_text(case: Case, approval: Approval) -> str:
    """Return what the seal of an approval is made over."""
    return "|".join((case.id, approval.digest, approval.by, ",".join(approval.factors), str(approval.at)))


def ruling_of(draft: Draft) -> Ruling:
    """Return what the reply was handed in under; one from before there were rules takes one yes of PR."""
    return draft.ruling or ORDINARY


def standing(case: Case, draft: Draft) -> tuple[Approval, ...]:
    """Return the approvals of exactly what would leave now."""
    return _given_to(draft, digest(case, draft)) if draft.approvals else ()


def _given_to(draft: Draft, exactly: Digest) -> tuple[Approval, ...]:
    return tuple(given for given in draft.approvals if given.digest == exactly)


def people(approvals: tuple[Approval, ...]) -> People:
    return {given.by: frozenset(given.factors) for given in approvals}


def open_for(case: Case) -> tuple[str, ...]:
    """Return the sides and groups that the reply still waits for."""
    if case.draft is None or case.status is not Status.IN_REVIEW:
        return ()
    return open_factors(ruling_of(case.draft).demand, people(standing(case, case.draft)))


def approve(
    case: Case,
    by: Person,
    rev: int,
    shown: str,
    *,
    now: Instant,
    seal: Seal,
    looked_twice: bool = False,
    terms: Terms = PLAIN_TERMS,
) -> Decision:
    """Count one person's yes; the last one needed clears the reply for sending.

    `looked_twice` says that the approver has ticked the concerns about its words, where there are any.
    """
    step(case.status, Verb.APPROVE)
    draft, exactly = _as_shown(case, rev, shown)
    ruling, valid = terms.ruling(case, draft, now), _given_to(draft, exactly)
    _may_approve(case, ruling.demand, valid, by)
    if draft.concerns and not looked_twice:
        raise RefusedField(CONCERNS_FIELD, "Tick that you have checked each of these, or ask for changes.")
    unsealed = Approval(by=by.id, factors=tuple(sorted(by.factors)), digest=exactly, at=now, seal="")
    approvals = (*valid, replace(unsealed, seal=seal(sealed_text(case, unsealed))))
    about = Ground(words=exactly[:SHOWN_DIGEST], rule=ruling.rule)
    event = Event(fact=Fact.APPROVED, at=now, by=by.id, rev=rev, detail=f"reply {rev}", ground=about)
    if not is_met(ruling.demand, people(approvals)):
        return Decision.of(case.with_draft(replace(draft, ruling=ruling, changed=None, approvals=approvals)), event)
    decided = replace(
        draft,
        ruling=ruling,
        changed=None,
        approvals=approvals,
        state=DraftState.APPROVED,
        decided_by=by.id,
        decided_at=now,
    )
    cleared = Event(fact=Fact.REPLY_CLEARED, at=now, by=DESK, rev=rev, ground=about)
    return Decision.of(case.with_draft(decided, Verb.APPROVE), event, cleared)


def _may_approve(case: Case, demand: Demand, valid: tuple[Approval, ...], by: Person) -> None:
    if any(given.by == by.id for given in valid):
        raise Refused("You have already approved this; it waits for someone else.")
    given = people(valid)
    if not would_help(demand, given, by.factors):
        raise Refused(_only(open_factors(demand, given)))
    if by.id in case.contributors:
        raise Refused("You wrote part of this reply, so somebody else has to approve it.")


def _only(factors: tuple[str, ...]) -> str:
    who = in_words([factor_label(factor) for factor in factors])
    return f"Only {who} can decide on this reply. They have been told that it waits."


def hurry(case: Case, by: Person, rev: int, now: Instant) -> Decision:
    """Let somebody who approved a reply send it now, without the rest of the undo delay."""
    moved = case.moved(Verb.SEND_NOW)
    draft = _current(case, rev)
    if draft.state is not DraftState.APPROVED or draft.hurried_by:
        raise Refused("It is on its way already. The card will show what becomes of it.")
    if by.id not in {given.by for given in draft.approvals}:
        raise Refused("Only somebody who approved it can send it now. It leaves by itself when the undo delay is over.")
    event = _event(Fact.SEND_HURRIED, case, by.id, now)
    return Decision.of(moved.with_draft(replace(draft, hurried_by=by.id)), event)


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
    event = _event(fact, case, by.id, now, words)
    return Decision.of(renewed(moved, case.owner or DESK, now).with_draft(draft), event)


def recall(case: Case, by: UserId, now: Instant) -> Decision:
    """Take the reply back: its owner, its writer or whoever approved it, until sending begins."""
    draft = case.draft
    if draft and draft.state in (DraftState.SENDING, DraftState.UNCONFIRMED):
        raise Refused("Too late to undo: sending has begun. The card will show what became of it.")
    moved = case.moved(Verb.RECALL)
    if draft is None:
        raise Refused("There is no reply to take back.")
    if by not in {case.owner, case.co_owner, draft.by, *(given.by for given in draft.approvals)}:
        raise Refused(f"Only <@{case.owner}>, the writer or the approver can take it back.")
    draft = replace(draft, state=DraftState.RECALLED, approvals=(), decided_by=by, decided_at=now)
    event = _event(Fact.RECALLED, case, by, now)
    return Decision.of(renewed(moved, case.owner or by, now).with_draft(draft), event)


def expire(case: Case, rev: int, now: Instant) -> Decision:
    """Let the two clocks run out: a draft nobody decides on, an approval that was not used in time."""
    draft = case.draft
    if draft is None or draft.rev != rev:
        return Decision.unchanged(case)
    if case.status is Status.APPROVED and draft.state is DraftState.APPROVED:
        if now - (draft.decided_at or now) >= case.approval_life:
            return void(case, "the approval was not used in time", now)
        return Decision.unchanged(case)
    if case.status is Status.IN_REVIEW and now - draft.at >= case.draft_life:
        return withdraw(case, "nobody decided on it in time", now)
    return Decision.unchanged(case)


def void(case: Case, reason: str, now: Instant, changed: Change | None = None) -> Decision:
    """Drop the approvals of a reply that has not left and put it back before the approver, with what changed."""
    draft = case.draft
    if draft is None or not _stands_on_a_yes(case, draft):
        return Decision.unchanged(case)
    moved = case.moved(Verb.VOID)
    bare = replace(draft, state=DraftState.SUBMITTED, approvals=(), limit=None, hurried_by=None)
    draft = replace(bare, decided_by=None, decided_at=None, changed=changed)
    event = _event(Fact.APPROVAL_VOIDED, case, DESK, now, reason)
    return Decision.of(moved.with_draft(draft), event)


def _stands_on_a_yes(case: Case, draft: Draft) -> bool:
    if case.status is Status.IN_REVIEW:
        return bool(draft.approvals)
    return case.status is Status.APPROVED and draft.state is DraftState.APPROVED


def withdraw(case: Case, reason: str, now: Instant) -> Decision:
    """Take the reply out of the running for good: it must be written again."""
    draft = case.draft
    if draft is None:
        return Decision.unchanged(case)
    draft = replace(draft, state=DraftState.EXPIRED, approvals=(), decision_words=reason, decided_at=now, changed=None)
    event = _event(Fact.DRAFT_EXPIRED, case, DESK, now, reason)
    return Decision.of(renewed(case.moved(Verb.EXPIRE), case.owner or DESK, now).with_draft(draft), event)


def _current(case: Case, rev: int) -> Draft:
    if case.draft is None or case.draft.rev != rev:
        raise Refused("There is a newer version of this reply. Look at the card again.")
    return case.draft


def _as_shown(case: Case, rev: int, shown: str) -> tuple[Draft, Digest]:
    """Return the draft and its digest; raises `Refused` where it is not what the approver saw."""
    draft = _current(case, rev)
    target = case.post(draft.target)
    if target is None or target.deleted_at:
        raise Refused("The customer deleted the post, so there is nothing left to reply to.")
    if target.reply_policy is ReplyPolicy.NONE:
        raise Refused(f"No reply is possible there: {target.reply_policy_reason}")
    exactly = digest(case, draft)
    if len(shown) != SHOWN_DIGEST or not exactly.startswith(shown):
        raise Refused("Something changed since this card was drawn. Read it again, then decide.")
    return draft, exactly


def _may_decide(case: Case, by: Person) -> None:
    """Let everybody say no whose yes could ever count, also where their side has said yes already."""
    demand = ruling_of(case.draft).demand if case.draft else ORDINARY.demand
    if not by.factors & demand.factors:
        raise Refused(_only(tuple(dict.fromkeys(demand.places))))
