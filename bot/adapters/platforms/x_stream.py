"""X's filtered stream behind the port `Stream`: one connection, watched by us, that fails loudly and once.

tweepy's own loop reconnects without pause when X closes, and one bad line ends it in silence (pinned in
tests/contract/test_tweepy_facts.py): here each end is an `Unavailable`, and the ingest job decides when to try again.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import cast

import aiohttp
from tweepy import StreamRule
from tweepy.asynchronous import AsyncStreamingClient
from yarl import URL

from bot.adapters.platforms.x_attempt import Attempt
from bot.adapters.platforms.x_client import CONNECT_SECONDS, Answer, OverWire, Wire
from bot.adapters.platforms.x_fields import an_object, rows
from bot.adapters.platforms.x_outcome import readable
from bot.adapters.platforms.x_wire import EXPANSIONS, POST_FIELDS, USER_FIELDS, Reader
from bot.domain.cases.post import Post
from bot.domain.errors import Broken, Paced, Unavailable

RULE_SECONDS = 20.0
SILENCE_SECONDS = 45.0
"""Seconds without a byte before the stream counts as dead: X sends an empty line at least every 20 s."""
WAITING = 200
"""Posts that may wait for the desk; beyond that X is not read, and drops us rather than our memory growing."""
LONGEST_LINE = 1024 * 1024
TAG = "replydesk"
TWEEPYS_HOST = "https://api.twitter.com"


class XStream:
    """A live feed of posts that mention or quote the account. Needs the app's bearer token.

    `unreadable` counts lines that were left out since the start.
    """

    def __init__(self, wire: Wire, reader: Reader) -> None:
        self._wire = wire
        self._reader = reader
        self.unreadable = 0

    async def listen(self, opened: Callable[[], None] | None = None) -> AsyncIterator[Post]:
        await self._ensure_rule()
        client = _Client(self._wire, opened)
        client.filter(expansions=EXPANSIONS, tweet_fields=POST_FIELDS, user_fields=USER_FIELDS)
        try:
            while True:
                if post := self._read(await client.next_line()):
                    yield post
        finally:
            await client.stop()

    def _read(self, line: bytes) -> Post | None:
        """Return the post on a line; a line that cannot be read is counted and costs nothing else."""
        try:
            body = an_object(json.loads(line))
            if "data" not in body and "errors" in body:
                raise Unavailable("X ended the stream with an error")
            return self._reader.single(body)
        except (ValueError, RecursionError):
            self.unreadable += 1
            return None

    async def _ensure_rule(self) -> None:
        """Have exactly our rule under our tag; rules with other tags are somebody else's."""
        handle = self._reader.account.handle
        wanted = f"@{handle} -is:retweet -from:{handle}"
        client = _Client(self._wire)
        body = readable(cast("Answer", await client.get_rules()))
        ours = [rule for rule in map(an_object, rows(body.get("data"))) if rule.get("tag") == TAG]
        old = [str(rule.get("id")) for rule in ours if rule.get("value") != wanted]
        if old:
            readable(cast("Answer", await client.delete_rules(old)))
        if len(old) == len(ours):
            readable(cast("Answer", await client.add_rules(StreamRule(wanted, tag=TAG))))


class _Client(OverWire, AsyncStreamingClient):  # type: ignore[misc]  # tweepy has no types
    """tweepy's streaming client whose every way of going on by itself is turned into an end."""

    def __init__(self, wire: Wire, opened: Callable[[], None] | None = None) -> None:
        super().__init__("", return_type=aiohttp.ClientResponse, max_retries=0)
        self.wire = wire
        self._opened = opened
        self.within = RULE_SECONDS
        self.session = _Session(wire)
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)
        self._stopped = False
        self._end: Exception = Unavailable("the stream of X ended")

    async def next_line(self) -> bytes:
        """Wait for a line. Raises `Unavailable` or `Broken` when the stream has ended and all lines are read."""
        line = await self._lines.get()
        if line is None:
            raise self._end
        return line

    async def stop(self) -> None:
        """End the connection and wait until it is closed."""
        self._stopped = True
        self.disconnect()
        await asyncio.wait({self.task})

    async def on_data(self, raw_data: bytes) -> None:
        await self._lines.put(raw_data)

    async def on_disconnect(self) -> None:
        """Let the reader know, unless the reader has left."""
        if not self._stopped:
            await self._lines.put(None)

    async def on_closed(self, resp: aiohttp.ClientResponse) -> None:  # noqa: ARG002 -- tweepy passes it by position
        raise Unavailable("X closed the stream")

    async def on_connection_error(self) -> None:
        raise Unavailable("the stream of X broke")

    async def on_request_error(self, status_code: int) -> None:
        if status_code in (400, 401, 403, 404):
            raise Broken(f"X refused the stream ({status_code})")
        raise Unavailable(f"X refused the stream ({status_code})")

    async def on_exception(self, exception: Exception) -> None:
        known = isinstance(exception, Unavailable | Broken)
        self._end = exception if known else Unavailable(f"the stream of X broke ({type(exception).__name__})")

    async def on_connect(self) -> None:
        """Say so, and no more: tweepy would log."""
        if self._opened:
            self._opened()

    async def on_keep_alive(self) -> None:
        """Say nothing: tweepy would log."""


class _Session:
    """What tweepy's stream takes for its own session: our session under our address, not closed by tweepy."""

    closed = False

    def __init__(self, wire: Wire) -> None:
        self.headers: dict[str, str] = {}
        self._wire = wire

    def request(
        self, method: str, url: str, *, params: Mapping[str, str], headers: object, data: object, proxy: object
    ) -> "aiohttp.client._RequestContextManager":
        """Open the stream at our address; the rest of what tweepy hands over is its own and not used."""
        del headers, data, proxy
        endpoint = f"{method} {url.removeprefix(TWEEPYS_HOST)}"
        if wait := self._wire.limits.wait(endpoint):
            raise Paced("X asks us to wait before the next stream", wait)
        return self._wire.session.request(
            method,
            URL(self._wire.api_url + url.removeprefix(TWEEPYS_HOST)),
            params=params,
            headers={"Authorization": f"Bearer {self._wire.keys.bearer_token}", "User-Agent": "Replydesk"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
            allow_redirects=False,
            read_bufsize=LONGEST_LINE,
            trace_request_ctx=Attempt(),
        )

    async def close(self) -> None:
        """Leave the shared session open."""
