"""What can be read from the pretend X: who sees which post, mentions, timelines, search, and pages of them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from bot.sandbox.x.network import Network
from bot.sandbox.x.posts import Post
from bot.sandbox.x.problems import invalid

MENTIONS_REACH = 800
"""Only the newest 800 mentions can be read (X's reference, timelines)."""
TIMELINE_REACH = 3_200
SEARCH_SECONDS = 7 * 86_400

Matches = Callable[[Post], bool]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Posts newest first, and the token of the next older page."""

    posts: list[Post]
    next_token: str | None


def readable(network: Network, post: Post, reader_id: str) -> bool:
    """Whether a reader sees the post; protected people are seen by themselves only."""
    author = network.author_of(post)
    return not post.deleted and not author.suspended and (not author.protected or author.id == reader_id)


def mentions(network: Network, account_id: str, reader_id: str) -> list[Post]:
    """The newest 800 posts that name the account, newest first; reposts do not count."""
    account = network.people.by_id(account_id)
    posts = network.mentioning(account.handle) if account else []
    seen = (post for post in reversed(posts) if post.repost_of is None and readable(network, post, reader_id))
    return list(islice(seen, MENTIONS_REACH))


def own_posts(network: Network, account_id: str, reader_id: str, exclude: set[str]) -> list[Post]:
    """An account's timeline, newest first, as far as the read lag lets it be seen."""
    account = network.people.by_id(account_id)
    now = network.clock.now()
    seen = [
        post
        for post in reversed(network.timeline(account.handle) if account else [])
        if post.visible_at <= now and readable(network, post, reader_id)
    ]
    if "replies" in exclude:
        seen = [post for post in seen if post.in_reply_to is None]
    if "retweets" in exclude:
        seen = [post for post in seen if post.repost_of is None]
    return seen[:TIMELINE_REACH]


def found(network: Network, matches: Matches, reader_id: str, lies: Matches) -> list[Post]:
    """What recent search finds: seven days back, newest first, and not what was written just now.

    `lies` is asked before `matches`, which takes much longer.
    """
    now = network.clock.now()
    since, until = now - SEARCH_SECONDS, now - network.switches.search_lag_seconds
    return [
        post
        for post in reversed(network.latest())
        if lies(post) and since <= post.created_at <= until and readable(network, post, reader_id) and matches(post)
    ]


def lying(query: Mapping[str, str]) -> Matches:
    """Whether a post lies between the ids and times and behind the page that are asked for; raises 400 Problems."""
    since, until = _id(query, "since_id"), _id(query, "until_id")
    before = _token(query.get("pagination_token") or query.get("next_token"))
    start, end = _time(query, "start_time"), _time(query, "end_time")
    least = -1 if since is None else since
    most = min((number for number in (until, before) if number is not None), default=math.inf)

    def lies(post: Post) -> bool:
        return (
            least < int(post.id) < most
            and (start is None or post.created_at >= start)
            and (end is None or post.created_at < end)
        )

    return lies


def page(posts: list[Post], query: Mapping[str, str], *, least: int, most: int, default: int) -> Page:
    """Cut a list by ids, times, max_results and page token; raises 400 Problems for wrong values."""
    size = _number(query, "max_results", default, least, most)
    kept = list(filter(lying(query), posts))
    kept.sort(key=lambda post: int(post.id), reverse=True)
    shown = kept[:size]
    return Page(posts=shown, next_token=f"b{int(shown[-1].id):x}" if len(kept) > size else None)


def _number(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    given = query.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()) or not least <= int(given) <= most:
        raise invalid(
            f"The `{name}` query parameter value [{given}] is not between {least} and {most}", **{name: given}
        )
    return int(given)


def _id(query: Mapping[str, str], name: str) -> int | None:
    given = query.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 19):
        raise invalid(f"The `{name}` query parameter value [{given}] is not valid", **{name: given})
    return int(given)


def _token(token: str | None) -> int | None:
    if token is None:
        return None
    try:
        return int(token.removeprefix("b"), 16)
    except ValueError:
        raise invalid(
            f"The `pagination_token` query parameter value [{token}] is not valid", pagination_token=token
        ) from None


def _time(query: Mapping[str, str], name: str) -> float | None:
    given = query.get(name)
    if given is None:
        return None
    try:
        return datetime.strptime(given.replace(".000Z", "Z"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise invalid(
            f"The `{name}` query parameter value [{given}] is not a valid RFC3339 time", **{name: given}
        ) from None
