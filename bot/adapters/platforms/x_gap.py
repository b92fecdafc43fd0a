"""Catching up by search: what mentions no longer show is read forward, in windows of time that can be read whole.

X pages from newest to oldest only. Reading a long gap from its newest end would need all of it in memory, or all of it
again for each batch; a window costs its own pages only, and the cursor keeps what was reached.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.adapters.platforms.x_cursor import Cursor, Gap
from bot.adapters.platforms.x_fetch import MOST_POSTS, PAGE_SIZE, Found, in_order, read_since
from bot.adapters.platforms.x_ids import first_id_at, instant_of
from bot.adapters.platforms.x_wire import Page
from bot.domain.errors import Broken
from bot.domain.ids import DAY, HOUR, SECOND
from bot.ports import Batch, Missed

WIDEST = 7 * DAY
SHORTEST = SECOND
"""Milliseconds that a window may span."""
FEW = 2 * PAGE_SIZE
"""Posts in a window after which the next one may be four times as wide: as dense, it still fits into `MOST_PAGES`."""

Search = Callable[[int, int, str | None], Awaitable[Page]]
"""Fetches one page: newer than the first id, up to and with the second, at this page token."""


class Windows:
    """Reads what search shows, oldest part first; what it learns of a gap is kept until the end of the process.

    A window that holds more than `MOST_PAGES` was read from its newest end, in vain but for the marks: ids between
    which there is one batch. Later windows end at them, so that nothing is read in vain twice, however the posts lie.
    """

    def __init__(self) -> None:
        self._width = WIDEST
        self._marks: set[int] = set()

    async def read(self, search: Search, after: int, upto: int) -> Found:
        """Return the oldest posts between two ids, all there are up to `newest`; empty windows are passed over.

        What was learned stays when X interrupts (`Paced`, `Unavailable`), so that each try gets further.
        """
        while True:
            self._marks = {mark for mark in self._marks if mark > after}
            top = min(upto, first_id_at(instant_of(after) + self._width), *self._marks)
            found = await read_since(partial(_turn, search, top), after)
            if not found.ended and found.oldest > after + 1:
                self._learn(found, after, top)
                continue
            if found.items <= FEW:
                self._width = min(WIDEST, 4 * self._width)
            if found.items or top >= upto:
                return replace(found, newest=top)
            after = top

    def _learn(self, found: Found, after: int, top: int) -> None:
        """Keep where the batches end, and guess from what the pages covered how wide a window fits."""
        if found.oldest > top:
            raise Broken("X's search shows what it was not asked for")
        ids = sorted((int(post.id) for post in found.posts), reverse=True)
        self._marks |= {found.oldest - 1, *(last - 1 for last in ids[MOST_POSTS - 1 :: MOST_POSTS])}
        covered = instant_of(top) - instant_of(found.oldest)
        self._width = max(SHORTEST, min(covered, instant_of(top) - instant_of(after)) // 2)


async def _turn(search: Search, upto: int, after: int, token: str | None) -> Page:
    return await search(after, upto, token)


def left_by(since: Cursor, mentions: Found, quotes: Found | None, starts: tuple[int, int]) -> Gap | None:
    """Return what a look left unread, with what was left before; `starts` are the ids that sources were read back to.

    What was shown an hour before the last look was read then, however old the newest known post is.
    """
    gap = since.gap
    if mentions.may_fall_short and not since.fresh:
        gap = _joined(gap, mentions.gap(_after(since, mentions, starts[0]), since.mentions))
    if quotes and not quotes.ended:
        gap = _joined(gap, quotes.gap(_after(since, quotes, starts[1]), since.quotes))
    return gap


def _after(since: Cursor, found: Found, start: int) -> int:
    read = first_id_at(since.looked - HOUR)
    # A last look later than what X shows was written by a clock gone wrong: nothing follows from it.
    return max(start, read) if read < found.oldest else start


def _joined(gap: Gap | None, other: Gap | None) -> Gap | None:
    return gap.joined(other) if gap else other


def filled(since: Cursor, gap: Gap, found: Found, upto: int, missed: Missed | None) -> Batch:
    """Hand on what was found of a gap, of which only what lies up to `upto` can be searched yet."""
    posts = in_order(since, found.posts)
    kept = posts[:MOST_POSTS]
    reached = int(kept[-1].id) if len(posts) > MOST_POSTS else found.newest
    left = Gap(after=reached, upto=gap.upto) if reached < gap.upto else None
    cursor = replace(since, gap=left).write()
    more = left is not None and reached < upto
    return Batch(posts=tuple(kept), cursor=cursor, unreadable=found.unreadable, more=more, missed=missed)


def waiting(since: Cursor) -> Batch:
    """Leave the gap for the next sweep; what is new goes on meanwhile."""
    return Batch(posts=(), cursor=since.write())


def given_up(since: Cursor, missed: Missed) -> Batch:
    """Go on without the gap: no search brings it any more."""
    return Batch(posts=(), cursor=replace(since, gap=None).write(), missed=missed)
