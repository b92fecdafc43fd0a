"""By what a case can be found: worked out from the case alone, so that index and case cannot disagree."""

from bot.domain.case import Case
from bot.domain.lifecycle import DONE, Status

LIVE = frozenset(Status) - DONE


def unique_keys(case: Case) -> frozenset[str]:
    """Return the names that belong to one case only: each post it holds, and its conversations while it lives.

    A conversation is given up when the case is closed for good, so that a later post opens a follow-up case.
    """
    posts = {f"post:{case.platform}:{post_id}" for post in case.posts for post_id in post.ids}
    if case.status is Status.CLOSED:
        return frozenset(posts)
    return frozenset(posts | {conversation_key(case.platform, case.account, p.conversation_id) for p in case.posts})


def conversation_key(platform: str, account: str, conversation_id: str) -> str:
    return f"conversation:{platform}:{account}:{conversation_id}"


def post_key(platform: str, post_id: str) -> str:
    return f"post:{platform}:{post_id}"


def author_list(handle: str) -> str:
    """Return the list of one customer's cases."""
    return f"author:{handle.casefold()}"


def lists(case: Case) -> frozenset[str]:
    """Return the lists the case stands in, each ordered by when the case was opened."""
    names = {f"status:{case.status}", author_list(case.first_post.author.handle)}
    if case.owner and case.status not in DONE:
        names.add(f"owner:{case.owner}")
    if case.status is Status.IN_REVIEW:
        names.add(f"review:{case.rule.side}")
    if case.handover:
        names.add(f"handover:{case.handover.to}")
    if case.status in LIVE:
        names.add("open")
        names.add(f"channel:{case.card.channel if case.card else case.route.channel}:{case.status}")
    return frozenset(names)
