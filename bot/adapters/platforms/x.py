"""X behind the port `Platform`: read mentions and quotes, publish one reply, look up what became of posts."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlencode, urlsplit

from bot.adapters.platforms import x_outcome
from bot.adapters.platforms.connection import Connection
from bot.adapters.platforms.x_client import API_URL, Answer, CallFailed, Keys, Wire, XClient
from bot.adapters.platforms.x_cursor import Cursor
from bot.adapters.platforms.x_fields import Json
from bot.adapters.platforms.x_ids import is_id
from bot.adapters.platforms.x_limits import Limits
from bot.adapters.platforms.x_looking import ASKED, Looking
from bot.adapters.platforms.x_outcome import readable
from bot.adapters.platforms.x_stream import XStream
from bot.adapters.platforms.x_text import MAXIMUM, weighted_length
from bot.adapters.platforms.x_wire import POST_FIELDS, Reader, X
from bot.domain.cases.post import Post
from bot.domain.errors import Broken, Paced, Refused, Unavailable
from bot.domain.ids import AccountId, PlatformName, PostId
from bot.domain.replies.reply import NotSent, Outcome, OwnPost, RefusedByPlatform, Reply
from bot.domain.text.wording import TextRule
from bot.ports import Account, Batch, Gone

READ_SECONDS = 20.0
FETCH_SECONDS = 120.0
"""Seconds that all the pages of one sweep may take together."""
MOST_IDS = 100
"""Posts in one look-up (X's reference)."""
INTENT = "https://x.com/intent/tweet?"
REQUIRED = ("api_key", "api_secret", "access_token", "access_secret")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class XPlatform:
    """One brand account on X. `now` gives epoch seconds; it is used for X's own limits only.

    An async context manager, or `close()` it. `api_url` may point to a pretend X.
    """

    def __init__(
        self, *, account: Account, keys: Keys, api_url: str = API_URL, now: Callable[[], float] = time.time
    ) -> None:
        self._account = account
        self.wire = Wire(keys, api_url=api_url, limits=Limits(now))
        self.reader = Reader(account, avatar_host=avatar_host(api_url))
        self.looking = Looking(self.reader, self._client, now)

    @property
    def name(self) -> PlatformName:
        return X

    @property
    def account(self) -> Account:
        return self._account

    @property
    def text_rule(self) -> TextRule:
        return TextRule(maximum=MAXIMUM, count=weighted_length)

    @property
    def quotes_readable(self) -> bool:
        """Whether this app's access lets it search for quotes; X's first no is remembered until the next start."""
        return self.looking.quotes_readable

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self.wire.close()

    async def whoami(self) -> Account:
        body = await self._read(self._client().get_me(user_auth=True))
        data = body.get("data")
        if not isinstance(data, dict) or not is_id(data.get("id")):
            raise Broken("X does not say whose credentials these are")
        return Account(
            id=AccountId(str(data["id"])), handle=str(data.get("username", "")), name=str(data.get("name", ""))
        )

    async def fetch(self, cursor: str | None) -> Batch:
        since = Cursor.read(cursor)
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                return await self.looking.fetch(since)
        except TimeoutError:
            raise Unavailable("X was too slow for one sweep") from None

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post | Gone]:
        wanted = list(dict.fromkeys(ids))
        found: dict[PostId, Post | Gone] = {i: Gone(reason="not a post of X") for i in wanted if not is_id(i)}
        known = [i for i in wanted if is_id(i)]
        for start in range(0, len(known), MOST_IDS):
            found |= await self._look_up_versions(known[start : start + MOST_IDS])
        return found

    async def reply(self, reply: Reply, within: float, start_by: float = math.inf) -> Outcome:
        if not is_id(reply.target):
            return RefusedByPlatform(reason="This reply has no post of X to go under.")
        if within <= 0:
            return NotSent(reason="there was no time left for the call")
        client = XClient(self.wire, within, start_by)
        try:
            answer: Answer = await client.create_tweet(
                text=reply.text, in_reply_to_tweet_id=reply.target, user_auth=True
            )
        except Paced as paced:
            return NotSent(reason=str(paced), retry_after=paced.retry_after)
        except CallFailed as failure:
            return x_outcome.of_failure(failure)
        return x_outcome.of_answer(answer, self._account.handle)

    async def own_posts(self, since: PostId | None) -> Sequence[OwnPost]:
        body = await self._read(
            self._client().get_users_tweets(
                self._account.id,
                user_auth=True,
                max_results=100,
                since_id=since if since and is_id(since) else None,
                tweet_fields=POST_FIELDS,
            )
        )
        return self.reader.own_posts(body)

    def by_hand_url(self, target: PostId, text: str) -> str:
        return INTENT + urlencode({"in_reply_to": target, "text": text})

    async def _look_up_versions(self, ids: list[PostId]) -> Mapping[PostId, Post | Gone]:
        """Look up one lot; a post that was edited since is looked up again in its newest version."""
        body = await self._look_up_once(ids)
        found = self.reader.looked_up(body)
        if newer := self.reader.newer_versions(body):
            newest = self.reader.looked_up(await self._look_up_once(list(newer.values())))
            found |= {old: newest[new] for old, new in newer.items() if new in newest}
        return {i: found[i] for i in ids if i in found}

    async def _look_up_once(self, ids: list[PostId]) -> Json:
        return await self._read(self._client().get_tweets(ids, user_auth=True, **ASKED))

    def _client(self) -> XClient:
        return XClient(self.wire, READ_SECONDS)

    async def _read(self, call: Awaitable[object]) -> Json:
        return readable(cast("Answer", await call))


def connect(account: Account, settings: Mapping[str, str]) -> Connection:
    """Connect an account. `settings` are the fields of `Keys`, and `api_url`; without `bearer_token` no stream."""
    if missing := [name for name in REQUIRED if not settings.get(name)]:
        raise Refused(f"X needs these settings too: {', '.join(f'X_{name.upper()}' for name in missing)}.")
    keys = Keys(**{name: settings[name] for name in REQUIRED}, bearer_token=settings.get("bearer_token", ""))
    account = replace(account, handle=account.handle.removeprefix("@"))
    platform = XPlatform(account=account, keys=keys, api_url=settings.get("api_url") or API_URL)
    stream = XStream(platform.wire, platform.reader) if keys.bearer_token else None
    return Connection(platform=platform, stream=stream, close=platform.close)


def avatar_host(api_url: str) -> str:
    """Return the host that may serve pictures beside X's own: a pretend X on this machine, nothing else."""
    parts = urlsplit(api_url)
    return parts.netloc if parts.hostname in LOOPBACK else ""
