"""Reading what is new: pages from newest to oldest until the last known post, handed on oldest first."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.adapters.platforms.x_ids import first_id_at, instant_of
from bot.adapters.platforms.x_wire import Page
from bot.domain.cases.post import Post
from bot.domain.errors import Broken
from bot.domain.ids import MINUTE, PostId
from bot.ports import Batch

PAGE_SIZE = 100
MOST_POSTS = 500
"""Posts in one batch: five full pages; the oldest come first, the rest with the next call."""
MOST_PAGES = 50
"""Mentions end after 8 pages (X keeps 800); search has no such end."""
SEARCH_REACH = 7 * 86_400 - 3_600
"""Seconds that recent search looks back (seven days), with an hour to spare: an older `since_id` is refused."""

LATE = 2 * MINUTE
"""Milliseconds that a post may show itself later than one with a higher id (X's search needs up to half a minute)."""
MOST_SEEN = 2_000
"""Ids kept in a cursor; beyond that (1,000 posts a minute) the look back is shorter."""

Turn = Callable[[int, str | None], Awaitable[Page]]
"""Fetches one page: newer than this id (0: no bound), at this page token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The newest post known of each source; 0 where nothing was seen yet. `fresh` is the very first look.

    X shows some posts late, with an id below one that it showed before. So each look begins `LATE` before the newest
    post, and `seen` holds the ids that were handed on since then.
    """

    mentions: int = 0
    quotes: int = 0
    seen: frozenset[PostId] = frozenset()
    fresh: bool = False

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """Raises `Broken` for what this adapter did not write."""
        if text is None:
            return cls(fresh=True)
        try:
            stored = json.loads(text)
            seen = frozenset(PostId(str(int(found))) for found in stored.get("seen", ()))
            return cls(mentions=int(stored["mentions"]), quotes=int(stored["quotes"]), seen=seen)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Broken("the cursor for X cannot be read") from error

    def write(self) -> str:
        seen = sorted(self.seen, key=int)
        return json.dumps({"mentions": str(self.mentions), "quotes": str(self.quotes), "seen": seen})

    def since(self, newest: int, now: float) -> int:
        """Return the id to look back to; `now` is epoch seconds. A quiet account reads nothing twice."""
        if not newest:
            return 0
        floor = max(_late(round(now * 1000)), _late(instant_of(newest)))
        if len(self.seen) >= MOST_SEEN:
            floor = max(floor, min(map(int, self.seen)))
        return min(newest, floor)

    def moved(self, *, mentions: int, quotes: int, handed_on: Iterable[Post]) -> "Cursor":
        """Return the cursor after these posts."""
        floor = _late(instant_of(max(mentions, quotes)))
        ids = sorted((found for found in self.seen.union(post.id for post in handed_on) if int(found) > floor), key=int)
        return Cursor(mentions=mentions, quotes=quotes, seen=frozenset(ids[-MOST_SEEN:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that one source had since its cursor."""

    posts: tuple[Post, ...] = ()
    unreadable: tuple[str, ...] = ()
    newest: int = 0


async def read_since(turn: Turn, since: int, *, first_page_only: bool) -> Found:
    """Read pages back to `since`. All of them are needed before the oldest is known, so none is handed on alone."""
    posts: list[Post] = []
    unreadable: list[str] = []
    newest, token = since, None
    for _ in range(MOST_PAGES):
        page = await turn(since, token)
        posts.extend(page.posts)
        unreadable.extend(page.unreadable)
        newest, token = max(newest, page.newest), page.token
        if token is None or first_page_only:
            return Found(posts=tuple(posts), unreadable=tuple(unreadable), newest=newest)
    return Found(posts=tuple(posts), unreadable=(*unreadable, "more_than_can_be_read"), newest=newest)


def batch(since: Cursor, mentions: Found, quotes: Found | None) -> Batch:
    """Join the sources oldest first. Without quotes (not readable this time) their cursor stays where it is."""
    once = {post.id: post for post in (*mentions.posts, *(quotes.posts if quotes else ())) if post.id not in since.seen}
    found = sorted(once.values(), key=lambda post: int(post.id))
    kept = found[:MOST_POSTS]
    top_mention, top_quote = mentions.newest, quotes.newest if quotes else since.quotes
    if more := len(found) > MOST_POSTS:
        last = int(kept[-1].id)
        top_mention, top_quote = min(top_mention, last), min(top_quote, last)
    cursor = since.moved(mentions=max(since.mentions, top_mention), quotes=max(since.quotes, top_quote), handed_on=kept)
    unreadable = () if more else (*mentions.unreadable, *(quotes.unreadable if quotes else ()))
    return Batch(posts=tuple(kept), cursor=cursor.write(), unreadable=unreadable, more=more)


def search_floor(since: int, now: float) -> int:
    """Return the oldest id that recent search accepts as `since_id`; `now` is epoch seconds."""
    return max(since, first_id_at(int((now - SEARCH_REACH) * 1000))) if since else 0


def _late(milliseconds: int) -> int:
    return first_id_at(milliseconds - LATE)
