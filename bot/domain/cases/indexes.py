"""By what a case can be found: worked out from the case alone, so that index and case cannot disagree."""

from bot.domain.approving import approval
from bot.domain.cases.case import Case
from bot.domain.cases.ending import closed_since
from bot.domain.cases.lifecycle import DONE, Status
from bot.domain.escalating.drill import is_drill
from bot.domain.escalating.page import OPEN
from bot.domain.ids import DAY, Instant
from bot.domain.replies.draft import DraftState

LIVE = frozenset(Status) - DONE
CLOSED_LIST = f"status:{Status.CLOSED}"


def unique_keys(case: Case) -> frozenset[str]:
    """Return the names that belong to one case only: each post it holds, and its conversations while it lives.

    Its posts include the newest that it counts. A conversation is given up when the case is closed for good, so that a
    later post opens a follow-up case.
    """
    if is_drill(case):
        return frozenset(case.seats)
    posts = {post_key(case.platform, post_id) for post in case.posts for post_id in post.ids}
    posts |= {post_key(case.platform, echo.post) for echo in case.echoes}
    if case.status is Status.CLOSED:
        return frozenset(posts)
    conversations = {conversation_key(case.platform, case.account, post.conversation_id) for post in case.posts}
    return frozenset(posts | conversations | set(case.seats))


def outlasts(name: str) -> bool:
    """Say whether a unique name is remembered after its case has let go of it: an old post must open no second case."""
    return name.startswith("post:")


def ended_key(platform: str, account: str, conversation_id: str) -> str:
    """Return the name under which a conversation leads to its archived case; a later post opens one that follows it."""
    return f"ended:{conversation_key(platform, account, conversation_id)}"


def ended_keys(case: Case) -> frozenset[str]:
    return frozenset(ended_key(case.platform, case.account, post.conversation_id) for post in case.posts)


def conversation_key(platform: str, account: str, conversation_id: str) -> str:
    return f"conversation:{platform}:{account}:{conversation_id}"


def post_key(platform: str, post_id: str) -> str:
    return f"post:{platform}:{post_id}"


def author_list(handle: str) -> str:
    """Return the list of one customer's cases."""
    return f"author:{handle.casefold()}"


def written_from(point: str) -> str:
    """Return the list of cases whose reply was written from this talking point and has not left."""
    return f"from:{point}"


def waits_to_leave(case: Case) -> bool:
    """Say whether a reply is before its approvers or approved, and nothing of it can have left."""
    submitted = case.draft is not None and case.draft.state in (DraftState.SUBMITTED, DraftState.APPROVED)
    return submitted and case.status in (Status.IN_REVIEW, Status.APPROVED)


def place(case: Case, name: str) -> Instant:
    """Return where the case stands in a list: closed ones by when they were closed, all others by their opening."""
    return closed_since(case) if name == CLOSED_LIST and case.status is Status.CLOSED else case.opened_at


ESCALATED_LIST = "escalated"
"""Cases that are escalated, with nobody who has acknowledged it."""


def page_list(to: str) -> str:
    """Return the list of the cases that somebody is still to be paged for."""
    return f"pages:{to}"


def day_of(at: Instant) -> str:
    """Return the day (UTC) of an instant, counted from 1970: five digits until the year 2243."""
    return f"{at // DAY:05}"


def limit_list(day: str) -> str:
    """Return the list of the cases in which a limit was used on a day."""
    return f"limit:{day}"


def lists(case: Case) -> frozenset[str]:
    """Return the lists the case stands in; each is ordered by `place`. A drill stands in none until it may leave."""
    if is_drill(case):
        return frozenset({CLOSED_LIST}) if case.status is Status.CLOSED else frozenset()
    names = {f"status:{case.status}", author_list(case.first_post.author.handle)}
    if case.owner and case.status not in DONE:
        names.add(f"owner:{case.owner}")
    names |= {f"review:{factor}" for factor in approval.open_for(case)}
    names |= {limit_list(day_of(draft.limit.at)) for draft in case.drafts if draft.limit}
    if case.escalation and case.escalation.is_waiting:
        names.add(ESCALATED_LIST)
        names |= {page_list(page.to) for page in case.escalation.pages if page.state in OPEN}
    if case.draft and case.draft.used and waits_to_leave(case):
        names.add(written_from(case.draft.used))
    if case.handover:
        names.add(f"handover:{case.handover.to}")
    if case.status in LIVE:
        names.add("open")
        names.add(f"channel:{case.card.channel if case.card else case.route.channel}:{case.status}")
    return frozenset(names)
