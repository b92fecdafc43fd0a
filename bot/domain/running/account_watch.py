"""The watch over the brand's own account: which of its posts did not go through the desk, and the news of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.cases.case import Case
from bot.domain.ids import MINUTE, CaseId, Instant, PostId
from bot.domain.job import NO_CASE, Effect, Job
from bot.domain.replies import sending
from bot.domain.replies.draft import DraftState
from bot.domain.replies.own_posts import same_reply, under_its_post
from bot.domain.replies.reply import OwnPost, same_words

OPS_PAST_DESK = "past_desk"
"""What the news is about, as `Ops` finds its words."""
NAMED = 5
"""Posts of one look that have news of their own; the rest is counted in one more."""
LATE = 2 * MINUTE
"""A platform may show a post so much later than a newer one; until then each look begins behind it."""
MOST_WAITING = 100
"""Posts that wait for a reply in doubt to be settled: as many as one look at the timeline brings."""
_LEAVING = frozenset({DraftState.SENDING, DraftState.UNCONFIRMED})
_OPEN = _LEAVING | {DraftState.APPROVED}


class Tell(StrEnum):
    """Which posts past the desk are told: all, only answers to somebody, or none (nothing is read then)."""

    ALL = "all"
    ANSWERS = "answers"
    NOTHING = "nothing"


class Origin(StrEnum):
    """Where a post on the brand's account comes from, as far as the desk can know."""

    OURS = "ours"
    OPEN = "open"
    TWICE = "twice"
    ANSWER = "answer"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the watch remembers of an account.

    Looks begin after the post `since`; `seen` stands after it and was judged already; `waiting` may still prove ours.
    """

    since: PostId | None = None
    seen: tuple[PostId, ...] = ()
    waiting: tuple[OwnPost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A post, where it comes from, and the case that holds the post it answers."""

    post: OwnPost
    origin: Origin
    case_id: CaseId = NO_CASE


def origin(case: Case | None, post: OwnPost, now: Instant) -> Origin:
    """Say where a post comes from; `case` holds the post that it answers, and must be read after the timeline.

    Whatever the desk publishes it has marked before, so a reply that is out and not written down yet is open, not
    strange. One with other words than the reply in doubt is open until a person is asked to look.
    """
    if case is None:
        return Origin.STRANGE
    if any(draft.sent_id == post.id for draft in case.drafts):
        return Origin.OURS
    if _may_be_the_reply(case, post, now):
        return Origin.OPEN
    same = [draft for draft in case.drafts if draft.state is DraftState.SENT and same_reply(case, draft, post)]
    if not same:
        return Origin.ANSWER
    return Origin.TWICE if all(draft.sent_id for draft in same) else Origin.OURS


def _may_be_the_reply(case: Case, post: OwnPost, now: Instant) -> bool:
    draft = case.draft
    if draft is None or draft.state not in _OPEN or not under_its_post(case, draft, post):
        return False
    return same_words(post.text, draft.text) or (draft.state in _LEAVING and not sending.needs_person(case, now))


def to_judge(known: Known, own: Sequence[OwnPost]) -> tuple[OwnPost, ...]:
    """Return the posts to judge, oldest first, of a look that brought these own posts, newest first."""
    judged = {*known.seen, *(post.id for post in known.waiting)}
    return (*known.waiting, *(post for post in reversed(own) if post.id not in judged))


def after(known: Known, own: Sequence[OwnPost], found: Iterable[Found], now: Instant) -> Known:
    """Return what to remember after that look."""
    young = [post.id for post in own if post.created_at > now - LATE]
    old = [post.id for post in own if post.created_at <= now - LATE]
    waiting = [one.post for one in found if one.origin is Origin.OPEN]
    since = old[0] if old else known.since
    return Known(since=since, seen=tuple(young), waiting=tuple(waiting[-MOST_WAITING:]))


def told(found: Iterable[Found], tell: Tell) -> tuple[Found, ...]:
    """Return what people hear of; posts that answer nobody only where the house wants that."""
    past = (one for one in found if one.origin in (Origin.TWICE, Origin.ANSWER, Origin.STRANGE))
    if tell is Tell.ALL:
        return tuple(past)
    return tuple(one for one in past if one.post.in_reply_to is not None) if tell is Tell.ANSWERS else ()


def look(account: str) -> Effect:
    """Look at what stands on an account of ours; `account` is its name as `platform:id`."""
    args = {"account": account}
    return Effect(job=Job.WATCH_ACCOUNT, case_id=NO_CASE, key=f"watch:{account}", lane="watch:all", args=args)


def news(account: str, found: Sequence[Found]) -> tuple[Effect, ...]:
    """Tell those who run the desk: each post once, of many the oldest and how many more there are."""
    effects = [_tell(account, one) for one in found[:NAMED]]
    if len(found) > NAMED:
        effects.append(_tell(account, found[-1], more=len(found) - NAMED - 1))
    strange = [one for one in found if one.origin is Origin.STRANGE]
    return (*effects, _warn(account, strange[0])) if strange else tuple(effects)


def _tell(account: str, found: Found, *, more: int = 0) -> Effect:
    return Effect(
        job=Job.TELL_OPS,
        case_id=found.case_id,
        key=f"ops:{OPS_PAST_DESK}:{account}:{found.post.id}",
        lane="slack:ops",
        urgency=3,
        args={"about": OPS_PAST_DESK, "origin": found.origin.value, "more": str(more or ""), **_about(account, found)},
    )


def _warn(account: str, found: Found) -> Effect:
    """Tell the last resort past Slack; under one key, so that many such posts are one alarm."""
    args = _about(account, found)
    key = f"warn:{OPS_PAST_DESK}:{account}"
    return Effect(job=Job.WARN_PAST_SLACK, case_id=NO_CASE, key=key, lane="warn:all", urgency=3, args=args)


def _about(account: str, found: Found) -> dict[str, str]:
    post = found.post
    return {"account": account, "post": post.id, "url": post.url, "at": str(post.created_at)}
