"""Looking for what is new on one account of X: mentions, quotes, and by search what mentions do not show any more."""

from collections.abc import Awaitable, Callable, Mapping
from typing import cast
from urllib.parse import urlencode

from bot.adapters.platforms import x_fetch, x_gap
from bot.adapters.platforms.x_client import Answer, XClient
from bot.adapters.platforms.x_cursor import Cursor, Gap, settled
from bot.adapters.platforms.x_fetch import Found
from bot.adapters.platforms.x_fields import Json
from bot.adapters.platforms.x_ids import first_id_at, instant_of
from bot.adapters.platforms.x_outcome import readable
from bot.adapters.platforms.x_wire import EXPANSIONS, POST_FIELDS, USER_FIELDS, Page, Reader
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import SECOND, Instant
from bot.ports import Batch, Missed

ASKED: Mapping[str, list[str]] = {
    "expansions": EXPANSIONS,
    "tweet_fields": POST_FIELDS,
    "user_fields": USER_FIELDS,
}
"""What a post is asked for with, wherever it is read."""
SEARCH_PAGE = "https://x.com/search?"
REFUSALS = 3
"""Sweeps in which X must refuse the search before a gap is given up: one refusal may be X's own trouble."""


class Looking:
    """Reads batches for one account. `now` gives epoch seconds.

    A look reads mentions and quotes back to the last known post. X ends mentions after 800 without a word; what lies
    beyond is a gap in the cursor, and is filled by search before the next look, as far as X's pace allows.
    """

    def __init__(self, reader: Reader, client: Callable[[], XClient], now: Callable[[], float]) -> None:
        self._reader = reader
        self._client = client
        self._now = now
        self._windows = x_gap.Windows()
        self._refusals = 0
        self.quotes_readable = True

    async def fetch(self, since: Cursor) -> Batch:
        """Return the next batch. Raises `Unavailable` or `Broken`."""
        if since.gap and 0 <= self._milliseconds() - since.looked < x_fetch.LOOK_EVERY:
            return await self._fill(since, since.gap)
        return await self._look(since)

    async def _look(self, since: Cursor) -> Batch:
        now = self._now()
        start = since.since(since.mentions, now)
        quotes_start = x_fetch.search_floor(since.since(since.quotes, now), now)
        mentions = await x_fetch.read_since(self._mentions, start, first_page_only=since.fresh)
        quotes = await self._quotes(quotes_start, since)
        gap = x_gap.left_by(since, mentions, quotes, (start, quotes_start))
        missed = self._older_than_search(since) if quotes and not gap else None
        return x_fetch.batch(since, mentions, quotes, now=self._milliseconds(), gap=gap, missed=missed)

    async def _fill(self, since: Cursor, gap: Gap) -> Batch:
        """Search for the oldest part of a gap, as far as search has settled."""
        floor = x_fetch.search_floor(1, self._now())
        after, upto = max(gap.after, floor), min(gap.upto, settled(self._milliseconds()))
        whole = self._missed(gap.after or floor, gap.upto)
        if gap.upto <= after:
            return x_gap.given_up(since, whole)
        if upto <= after:
            return x_gap.waiting(since)
        try:
            found = await self._windows.read(self._everything, after, upto)
        except Broken:
            self._refusals += 1
            return x_gap.given_up(since, whole) if self._refusals >= REFUSALS else x_gap.waiting(since)
        except Unavailable:
            return x_gap.waiting(since)
        self._refusals = 0
        too_old = self._missed(gap.after, floor) if 0 < gap.after < floor else None
        return x_gap.filled(since, gap, found, upto, too_old)

    def _older_than_search(self, since: Cursor) -> Missed | None:
        """Return the time that no search reaches where nobody looked for so long; quotes of then are missing."""
        floor = x_fetch.search_floor(1, self._now())
        return self._missed(looked, floor) if 0 < (looked := first_id_at(since.looked)) < floor else None

    def _missed(self, after: int, upto: int) -> Missed:
        since, until = Instant(instant_of(after)), Instant(instant_of(upto))
        words = f"@{self._reader.account.handle} since_time:{since // SECOND} until_time:{until // SECOND + 1}"
        return Missed(since=since, until=until, url=SEARCH_PAGE + urlencode({"q": words, "f": "live"}))

    async def _mentions(self, since: int, token: str | None) -> Page:
        call = self._client().get_users_mentions(
            self._reader.account.id,
            user_auth=True,
            max_results=x_fetch.PAGE_SIZE,
            since_id=since or None,
            pagination_token=token,
            **ASKED,
        )
        return await self._page(call)

    async def _quotes(self, start: int, since: Cursor) -> Found | None:
        """Quotes that do not name us; None where they cannot be read, now or with this access."""
        if not self.quotes_readable:
            return None
        try:
            return await x_fetch.read_since(self._quoting, start, first_page_only=since.fresh)
        except Broken:
            self.quotes_readable = False
            return None
        except Unavailable:
            return None

    async def _quoting(self, since: int, token: str | None) -> Page:
        return await self._search(self._of_quotes(), since, None, token)

    async def _everything(self, since: int, upto: int, token: str | None) -> Page:
        handle = self._reader.account.handle
        naming = f"@{handle} -is:retweet -from:{handle}"
        query = f"{naming} OR {self._of_quotes()}" if self.quotes_readable else naming
        return await self._search(query, since, upto + 1, token)

    async def _search(self, query: str, since: int, before: int | None, token: str | None) -> Page:
        call = self._client().search_recent_tweets(
            query,
            user_auth=True,
            max_results=x_fetch.PAGE_SIZE,
            since_id=since or None,
            until_id=before,
            next_token=token,
            **ASKED,
        )
        return await self._page(call)

    def _of_quotes(self) -> str:
        handle = self._reader.account.handle
        kind = f"is:quote -is:retweet -from:{handle}"
        return f'url:"x.com/{handle}/status" {kind} OR url:"twitter.com/{handle}/status" {kind}'

    async def _page(self, call: Awaitable[object]) -> Page:
        """Raises `Broken` for an answer that is no page: an empty one still has `meta`."""
        body: Json = readable(cast("Answer", await call))
        if not isinstance(body.get("meta"), dict) and not isinstance(body.get("data"), list):
            raise Broken("X's answer is no page of posts")
        return self._reader.page(body)

    def _milliseconds(self) -> int:
        return round(self._now() * SECOND)
