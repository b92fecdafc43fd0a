"""Reading what is new: pages from newest to oldest until the last known post, handed on oldest first."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.adapters.platforms.x_ids import first_id_at
from bot.adapters.platforms.x_wire import Page
from bot.domain.errors import Broken
from bot.domain.post import Post
from bot.ports import Batch

PAGE_SIZE = 100
MOST_POSTS = 500
"""Posts in one batch: five full pages; the oldest come first, the rest with the next call."""
MOST_PAGES = 50
"""Mentions end after 8 pages (X keeps 800); search has no such end."""
SEARCH_REACH = 7 * 86_400 - 3_600
"""Seconds that recent search looks back (seven days), with an hour to spare: an older `since_id` is refused."""

Turn = Callable[[int, str | None], Awaitable[Page]]
"""Fetches one page: newer than this id (0: no bound), at this page token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The newest post known of each source; 0 where nothing was seen yet. `fresh` is the very first look."""

    mentions: int = 0
    quotes: int = 0
    fresh: bool = False

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """Raises `Broken` for what this adapter did not write."""
        if text is None:
            return cls(fresh=True)
        try:
            stored = json.loads(text)
            return cls(mentions=int(stored["mentions"]), quotes=int(stored["quotes"]))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Broken("the cursor for X cannot be read") from error

    def write(self) -> str:
        return json.dumps({"mentions": str(self.mentions), "quotes": str(self.quotes)})


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
    found = sorted(_once((*mentions.posts, *(quotes.posts if quotes else ()))), key=lambda post: int(post.id))
    if len(found) > MOST_POSTS:
        last = int(found[MOST_POSTS - 1].id)
        reached = Cursor(mentions=max(since.mentions, last), quotes=max(since.quotes, last) if quotes else since.quotes)
        return Batch(posts=tuple(found[:MOST_POSTS]), cursor=reached.write(), more=True)
    reached = Cursor(mentions=mentions.newest, quotes=quotes.newest if quotes else since.quotes)
    unreadable = (*mentions.unreadable, *(quotes.unreadable if quotes else ()))
    return Batch(posts=tuple(found), cursor=reached.write(), unreadable=unreadable)


def search_floor(since: int, now: float) -> int:
    """Return the oldest id that recent search accepts as `since_id`; `now` is epoch seconds."""
    return max(since, first_id_at(int((now - SEARCH_REACH) * 1000))) if since else 0


def _once(posts: Iterable[Post]) -> Iterable[Post]:
    return {post.id: post for post in posts}.values()
