"""What customers do: write, write again, edit, delete. And what that does to work that depended on it."""

from dataclasses import replace

from bot.domain.approving import approval
from bot.domain.cases.case import POSTS_KEPT, Case, Decision, Level, Route, Severity, Timing
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status, Verb
from bot.domain.cases.ownership import free
from bot.domain.cases.post import Post
from bot.domain.ids import DESK, CaseId, Instant, later
from bot.domain.replies.draft import Change, DraftState
from bot.domain.text.words import shorten
from bot.domain.timing.clocks import Targets

CHANGE_SHOWN = 300
"""Characters of the customer's words, before and now, that an approver is shown when they changed."""

_UNSENT = frozenset({DraftState.SUBMITTED, DraftState.APPROVED})


def open_case(
    case_id: CaseId,
    post: Post,
    *,
    route: Route,
    severity: Severity,
    timing: Timing,
    now: Instant,
    follows: CaseId | None = None,
    targets: Targets | None = None,
    first_contact: bool | None = None,
    seats: tuple[str, ...] = (),
) -> Decision:
    """Open a case for a customer's first post."""
    case = Case(
        id=case_id,
        platform=post.platform,
        account=post.account,
        route=route,
        timing=timing,
        severity=severity,
        open_complaint=severity.negative,
        opened_at=now,
        posts=(post,),
        follows=follows,
        targets=targets,
        first_contact=first_contact,
        seats=seats,
    )
    return Decision.of(case, Event(fact=Fact.CASE_OPENED, at=now, by=DESK))


def customer_wrote(
    case: Case, post: Post, severity: Severity, now: Instant, targets: Targets | None = None
) -> Decision:
    """Let a further post join: it wakes the case, and a reply that is not out yet goes back to the approver.

    `targets` are what is promised from now on, where the matter has become more urgent.
    """
    if case.post(post.id) is not None:
        return Decision.unchanged(case)
    joined = replace(
        _woken(case, now),
        posts=_kept(_in_order((*case.posts, post))),
        severity=_worse(case.severity, severity),
        open_complaint=case.open_complaint or severity.negative,
        targets=targets or case.targets,
    )
    urgent = severity.level.value if severity.level is Level.EMERGENCY else ""
    wrote = Event(fact=Fact.CUSTOMER_WROTE, at=now, by=DESK, detail=urgent)
    return _void_after(Decision.of(joined, wrote), "the customer wrote again", now, _change("", post.text))


def _woken(case: Case, now: Instant) -> Case:
    """Return the case as somebody's to answer again: no snooze, no wish to dismiss it, no resolution."""
    woken = replace(case.moved(Verb.CUSTOMER_WRITES), snoozed_until=None, dismissal=None)
    if case.status is Status.RESOLVED:
        woken = replace(free(woken), resolution=None, resolved_at=None)
    if woken.status is Status.CLAIMED:
        woken = replace(woken, lease_until=later(now, case.timing.claim_lease))
    return woken


def post_edited(
    case: Case, post: Post, now: Instant, severity: Severity | None = None, targets: Targets | None = None
) -> Decision:
    """Take over the new words of an edited post; an approval of a reply to the old ones no longer counts.

    `severity` is that of the new words. They never make a case less urgent; where they make it an emergency, they wake
    it as a further post would. What was deleted stays blank, also when an old copy of the post is delivered late.
    """
    old = next((p for p in case.posts if set(p.ids) & set(post.ids)), None)
    if old is None or old.deleted_at or (old.text, old.id) == (post.text, post.id):
        return Decision.unchanged(case)
    ids = tuple(dict.fromkeys((*old.ids, *post.earlier_ids)))
    fresh = replace(post, earlier_ids=tuple(i for i in ids if i != post.id), edited_at=now)
    doubtful = old.text != post.text
    weighed = _worse(case.severity, severity) if severity and doubtful else case.severity
    urgent = weighed.level is Level.EMERGENCY and case.severity.level is not Level.EMERGENCY
    edited = replace(
        _woken(case, now) if urgent and case.status is not Status.CLOSED else case,
        posts=tuple(fresh if p is old else p for p in case.posts),
        severity=replace(weighed, negative=weighed.negative or doubtful),
        open_complaint=case.open_complaint or urgent or (doubtful and case.answered_at is None),
        targets=targets or case.targets,
    )
    event = Event(fact=Fact.POST_EDITED, at=now, by=DESK, detail=weighed.level.value if urgent else "")
    return _void_after(Decision.of(edited, event), "the customer edited the post", now, _change(old.text, post.text))


def post_deleted(case: Case, post: Post, reason: str, now: Instant) -> Decision:
    """Blank a post that is gone, also where words of it were kept for approvers; an unsent reply to it is withdrawn."""
    if post.deleted_at:
        return Decision.unchanged(case)
    blank = replace(post, text="", deleted_at=now, author=replace(post.author, name="", avatar_url=""))
    gone = replace(
        case,
        posts=tuple(blank if p is post else p for p in case.posts),
        drafts=tuple(replace(draft, changed=None) if draft.changed else draft for draft in case.drafts),
    )
    decision = Decision.of(gone, Event(fact=Fact.POST_DELETED, at=now, by=DESK, detail=reason))
    draft = gone.draft
    waiting = gone.status in (Status.IN_REVIEW, Status.APPROVED)
    if draft and waiting and draft.state in _UNSENT and draft.target in post.ids:
        after = approval.withdraw(decision.case, "the customer deleted the post", now)
        return Decision(case=after.case, events=(*decision.events, *after.events))
    return decision


def _void_after(decision: Decision, reason: str, now: Instant, changed: Change) -> Decision:
    """Void what was approved before this, unless it has left already."""
    after = approval.void(decision.case, reason, now, changed)
    return Decision(case=after.case, events=(*decision.events, *after.events)) if after.events else decision


def _change(before: str, now: str) -> Change:
    return Change(before=shorten(before, CHANGE_SHOWN), now=shorten(now, CHANGE_SHOWN))


def _worse(before: Severity, now: Severity) -> Severity:
    """Return the more urgent one; a complaint in either makes the case a complaint."""
    worse = max(before, now, key=lambda severity: severity.level.urgency)
    return replace(worse, negative=before.negative or now.negative)


def _in_order(posts: tuple[Post, ...]) -> tuple[Post, ...]:
    """Sort posts by when they were written: what was missed in a flood comes after what is newer."""
    return tuple(sorted(posts, key=lambda post: post.created_at))


def _kept(posts: tuple[Post, ...]) -> tuple[Post, ...]:
    """Keep the first post and the newest ones."""
    return posts if len(posts) <= POSTS_KEPT else (posts[0], *posts[-(POSTS_KEPT - 1) :])
