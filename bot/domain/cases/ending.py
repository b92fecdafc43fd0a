"""How a case ends, and how it comes back: dismiss, resolve, reopen, archive.

Every post that came in ends answered or dismissed with a reason, and a negative one cannot be dismissed
by one person alone.
"""

from dataclasses import replace

from bot.domain.cases.case import Case, Decision, Dismissal, Resolution
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status, Verb, step
from bot.domain.cases.ownership import owned
from bot.domain.cases.post import ReplyPolicy
from bot.domain.errors import Refused
from bot.domain.ids import DESK, Instant, later
from bot.domain.people import Person
from bot.domain.replies.draft import DraftState
from bot.domain.text.wording import brief


def dismiss(case: Case, by: Person, resolution: Resolution, reason: str, now: Instant) -> Decision:
    """End the case without a reply; a negative one waits for a second person."""
    moved = case.moved(Verb.DISMISS)
    if resolution is Resolution.ANSWERED:
        raise Refused("A case without a reply cannot end as answered. Choose another reason.")
    if case.owner and by.id not in (case.owner, case.co_owner):
        raise Refused(f"<@{case.owner}> has this case. If you must, choose “Take over…” first.")
    if case.dismissal:
        raise Refused(f"<@{case.dismissal.by}> already asked for that. Press “Agree” or “Keep it” on the card.")
    asked = Dismissal(by=by.id, resolution=resolution, reason=brief(reason), at=now)
    if case.open_complaint:
        event = Event(fact=Fact.DISMISSAL_ASKED, at=now, by=by.id, detail=_because(asked))
        return Decision.of(replace(case, dismissal=asked), event)
    return _dismissed(moved, asked, by, now)


def agree(case: Case, by: Person, now: Instant) -> Decision:
    """Let the second person agree to a dismissal."""
    asked = _asked(case)
    if asked.by == by.id:
        raise Refused("You asked for it yourself: somebody else has to agree.")
    return _dismissed(case.moved(Verb.DISMISS), asked, by, now)


def keep(case: Case, by: Person, now: Instant) -> Decision:
    """Decline (or take back) a dismissal."""
    _asked(case)
    event = Event(fact=Fact.DISMISSAL_DECLINED, at=now, by=by.id)
    return Decision.of(replace(case.moved(Verb.KEEP), dismissal=None), event)


def resolve(case: Case, by: Person, now: Instant) -> Decision:
    """End a case that was answered."""
    moved = case.moved(Verb.RESOLVE)
    if case.answered_at is None:
        raise Refused("Nothing was answered yet. Reply first, or dismiss it with a reason.")
    if case.open_complaint:
        raise Refused("The customer wrote again and has no answer yet. Reply, or dismiss it with a reason.")
    event = Event(fact=Fact.RESOLVED, at=now, by=by.id)
    ended = replace(moved, resolution=Resolution.ANSWERED, resolved_at=now)
    return Decision.of(replace(ended, snoozed_until=None, handover=None, dismissal=None), event)


def answered_by_hand(case: Case, by: Person, now: Instant) -> Decision:
    """Record that the approved reply was posted by a person on the platform itself."""
    step(case.status, Verb.SENT)
    draft = case.draft
    if draft is None or draft.state is not DraftState.APPROVED:
        raise Refused("There is no approved reply that waits to be posted by hand.")
    target = case.post(draft.target)
    if target is None or target.reply_policy is not ReplyPolicy.MANUAL:
        raise Refused("The desk publishes this reply itself. Look at the card again in a minute.")
    draft = replace(draft, state=DraftState.SENT, sent_at=now)
    event = Event(fact=Fact.ANSWERED_BY_HAND, at=now, by=by.id, rev=draft.rev)
    return Decision.of(replace(case.moved(Verb.SENT).with_draft(draft), answered_at=now, open_complaint=False), event)


def reopen(case: Case, by: Person, now: Instant) -> Decision:
    moved = case.moved(Verb.REOPEN)
    event = Event(fact=Fact.REOPENED, at=now, by=by.id)
    return Decision.of(replace(owned(moved, by, now), resolution=None, resolved_at=None), event)


def archive(case: Case, now: Instant) -> Decision:
    """Close a case that nobody has touched for its archive time."""
    if case.status is not Status.RESOLVED or now - (case.resolved_at or now) < case.timing.archive_after:
        return Decision.unchanged(case)
    return Decision.of(replace(case.moved(Verb.ARCHIVE), closed_at=now), Event(fact=Fact.CLOSED, at=now, by=DESK))


def closed_since(case: Case) -> Instant:
    """Return when a closed case was closed; cases closed before the desk wrote that down tell it by their rule."""
    return case.closed_at or later(case.resolved_at or case.opened_at, case.timing.archive_after)


def may_leave(case: Case, keep: int, now: Instant) -> bool:
    """Say whether a case has been closed for so many milliseconds that it may leave for the archive."""
    return case.status is Status.CLOSED and now - closed_since(case) >= keep


def _asked(case: Case) -> Dismissal:
    if case.dismissal is None:
        raise Refused("Nobody is asking to dismiss this case at the moment.")
    return case.dismissal


def _dismissed(case: Case, asked: Dismissal, by: Person, now: Instant) -> Decision:
    event = Event(fact=Fact.DISMISSED, at=now, by=by.id, detail=_because(asked))
    ended = replace(
        case, resolution=asked.resolution, resolved_at=now, snoozed_until=None, handover=None, dismissal=asked
    )
    return Decision.of(ended, event)


def _because(asked: Dismissal) -> str:
    words = asked.resolution.value.replace("_", " ")
    return f"{words}: {asked.reason}" if asked.reason else words
