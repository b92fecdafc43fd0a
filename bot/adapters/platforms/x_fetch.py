"""Reading what is new: pages from newest to oldest until the last known post, handed on oldest first."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from bot.adapters.platforms.x_cursor import Cursor, Gap
from bot.adapters.platforms.x_ids import first_id_at
from bot.adapters.platforms.x_wire import Page
from bot.domain.cases.post import Post
from bot.domain.ids import SECOND
from bot.ports import Batch, Missed

PAGE_SIZE = 100
MOST_POSTS = 500
"""Posts in one batch: five full pages; the oldest come first, the rest with the next call."""
MOST_PAGES = 10
"""Pages read in one go; mentions end after 8 (X keeps 800)."""
END_PAGES = 8
END_ITEMS = 600
"""Mentions that went so far may have ended before the last known post: hidden posts count among X's 800, and a search
too many costs one call."""
LOOK_EVERY = 30 * SECOND
"""While a gap is filled, what is new is looked for again after so many milliseconds; what a look left, at once."""
SEARCH_REACH = 7 * 86_400 - 3_600
"""Seconds that recent search looks back (seven days), with an hour to spare: an older `since_id` is refused."""

Turn = Callable[[int, str | None], Awaitable[Page]]
"""Fetches one page: newer than this id (0: no bound), at this page token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that one source had since its cursor.

    `oldest` is the lowest id that X showed, `items` counts what was left out too. Where there were more pages than
    we read in one go, they are not `ended`.
    """

    posts: tuple[Post, ...] = ()
    unreadable: tuple[str, ...] = ()
    newest: int = 0
    oldest: int = 0
    items: int = 0
    pages: int = 0
    ended: bool = True

    @property
    def may_fall_short(self) -> bool:
        """Whether mentions may have ended before the post that we read back to: they do so in silence."""
        return not self.ended or self.pages >= END_PAGES or self.items >= END_ITEMS

    def gap(self, after: int, known: int) -> Gap | None:
        """Return what lies between the id read back to and the oldest post shown, unless that one was `known`."""
        return Gap(after=after, upto=self.oldest - 1) if self.oldest > known + 1 else None


async def read_since(turn: Turn, since: int, *, first_page_only: bool = False) -> Found:
    """Read pages back to `since`. All of them are needed before the oldest is known, so none is handed on alone."""
    found, token = Found(newest=since), None
    for _ in range(MOST_PAGES):
        page = await turn(since, token)
        found, token = _with(found, page), page.token
        if token is None or first_page_only:
            return found
    return replace(found, ended=False)


def _with(found: Found, page: Page) -> Found:
    return Found(
        posts=(*found.posts, *page.posts),
        unreadable=(*found.unreadable, *page.unreadable),
        newest=max(found.newest, page.newest),
        oldest=min(found.oldest or page.oldest, page.oldest or found.oldest),
        items=found.items + page.items,
        pages=found.pages + 1,
    )


def batch(
    since: Cursor,
    mentions: Found,
    quotes: Found | None,
    *,
    now: int = 0,
    gap: Gap | None = None,
    missed: Missed | None = None,
) -> Batch:
    """Join the sources oldest first. Without quotes (not readable this time) their cursor stays where it is.

    What the pages did not reach (`gap`) is filled once this look is handed on whole; `now` is epoch milliseconds.
    """
    found = in_order(since, (*mentions.posts, *(quotes.posts if quotes else ())))
    kept = found[:MOST_POSTS]
    top_mention, top_quote = mentions.newest, quotes.newest if quotes else since.quotes
    if cut := len(found) > MOST_POSTS:
        last = int(kept[-1].id)
        top_mention, top_quote = min(top_mention, last), min(top_quote, last)
    top_mention, top_quote = max(since.mentions, top_mention), max(since.quotes, top_quote)
    cursor = Cursor(
        mentions=top_mention,
        quotes=top_quote,
        seen=since.seen_after(max(top_mention, top_quote), kept),
        looked=min(since.looked, now - LOOK_EVERY) if cut else now,
        gap=gap,
    )
    unreadable = (*mentions.unreadable, *(quotes.unreadable if quotes else ()))
    more = cut or gap is not None
    return Batch(posts=tuple(kept), cursor=cursor.write(), unreadable=unreadable, more=more, missed=missed)


def in_order(since: Cursor, posts: Iterable[Post]) -> list[Post]:
    """Return what was not handed on yet, oldest first and each once."""
    once = {post.id: post for post in posts if post.id not in since.seen}
    return sorted(once.values(), key=lambda post: int(post.id))


def search_floor(since: int, now: float) -> int:
    """Return the oldest id that recent search accepts as `since_id`; `now` is epoch seconds."""
    return max(since, first_id_at(int((now - SEARCH_REACH) * SECOND))) if since else 0
