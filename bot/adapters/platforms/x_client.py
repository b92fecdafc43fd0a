"""tweepy's client on our own transport: tweepy knows X's endpoints and parameters, we make the call.

tweepy's `request` fixes the host, has no timeouts, prints tokens at DEBUG, chokes on errors that are not
JSON and hides the headers (pinned in tests/contract/test_tweepy_facts.py), so that one method is replaced.
"""

import asyncio
import json
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Protocol
from urllib.parse import quote, urlencode

import aiohttp
from oauthlib.oauth1 import Client as Signature  # type: ignore[import-untyped]  # oauthlib ships no types
from tweepy.asynchronous import AsyncClient
from yarl import URL

from bot.adapters.platforms.x_attempt import Attempt, Severable
from bot.adapters.platforms.x_limits import Limits
from bot.domain.errors import Paced, Unavailable

API_URL = "https://api.x.com"
CONNECT_SECONDS = 5.0
MOST_CONNECTIONS = 20
LARGEST_BODY = 32 * 1024 * 1024
"""Bytes. A page of 100 long posts is below 5 MB; beyond this X is not talking sense."""
CHATTY = ("tweepy", "oauthlib", "requests_oauthlib", "aiohttp", "urllib3")
"""Loggers that print tokens or whole answers at DEBUG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The brand account's credentials; they never show in a log or a traceback."""

    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_secret: str = field(repr=False)
    bearer_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call as tweepy wants it made; `route` begins with a slash."""

    method: str
    route: str
    params: Mapping[str, object] = field(default_factory=dict)
    json: object = None
    user_auth: bool = False
    start_by: float = math.inf

    @property
    def endpoint(self) -> str:
        """Return the name under which X counts this call: the route without its ids."""
        version, *parts = self.route.lstrip("/").split("/")
        return f"{self.method} /{'/'.join((version, *(':id' if part.isdigit() else part for part in parts)))}"

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whole. `wait` is how many seconds X asks us to wait before the next such call."""

    status: int
    body: bytes
    wait: float = 0.0

    def json(self) -> object:
        """Return the body as JSON values, or None where it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class CallFailed(Unavailable):
    """No answer. `left` says whether bytes may have reached X; without it, it is proved that none did."""

    def __init__(self, reason: str, *, left: bool) -> None:
        super().__init__(reason)
        self.left = left


class Transport(Protocol):
    """What makes a call."""

    async def call(self, request: Request, within: float) -> Answer: ...


class Wire:
    """The one session to X: explicit time limits, no retries, no redirects, no cookies, X's own pace."""

    def __init__(self, keys: Keys, *, api_url: str, limits: Limits) -> None:
        self.keys = keys
        self.api_url = api_url.rstrip("/")
        self.limits = limits
        self._session: aiohttp.ClientSession | None = None
        self._connector: Severable | None = None
        hush()

    async def call(self, request: Request, within: float) -> Answer:
        """Make one call in so many seconds. Raises `Paced` without calling, or `CallFailed`."""
        if wait := self.limits.wait(request.endpoint):
            raise Paced("X asks us to wait", wait)
        attempt, answered = Attempt(start_by=request.start_by), False
        self._here(attempt)
        try:
            async with asyncio.timeout(within), self._open(request, attempt) as response:
                body = await _read(response)
                answered = True
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise CallFailed(_reason(error), left=attempt.connected) from None
        finally:
            if not answered:
                attempt.sever()
        headers = {name.lower(): value for name, value in response.headers.items()}
        self.limits.learn(request.endpoint, response.status, headers, writes=request.writes)
        return Answer(status=response.status, body=body, wait=self.limits.wait(request.endpoint))

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, made on first use because it belongs to the running loop."""
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_connection_create_end.append(_connected)
            trace.on_connection_reuseconn.append(_connected)
            self._connector = Severable(limit=MOST_CONNECTIONS)
            self._session = aiohttp.ClientSession(
                connector=self._connector, cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace]
            )
        return self._session

    def _here(self, attempt: Attempt) -> None:
        """Let the connector know whose connection it makes next in this task."""
        if self.session and self._connector:
            self._connector.attempts.set(attempt)

    def _open(self, request: Request, attempt: Attempt) -> "aiohttp.client._RequestContextManager":
        pairs = sorted((name, str(value)) for name, value in request.params.items())
        query = urlencode(pairs, quote_via=quote, safe="")
        url = f"{self.api_url}{request.route}" + (f"?{query}" if query else "")
        return self.session.request(
            request.method,
            URL(url, encoded=True),
            json=request.json,
            headers={"Accept": "application/json", "Authorization": self._authorization(request, url)},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            allow_redirects=False,
            trace_request_ctx=attempt,
        )

    def _authorization(self, request: Request, url: str) -> str:
        """Sign for the address that is really called, or show the app's token."""
        if not request.user_auth:
            return f"Bearer {self.keys.bearer_token}"
        keys = self.keys
        signature = Signature(keys.api_key, keys.api_secret, keys.access_token, keys.access_secret)
        _, headers, _ = signature.sign(url, request.method)
        return str(headers["Authorization"])


class OverWire:
    """Replaces tweepy's own `request`: the whole answer comes back, whatever its status."""

    wire: Transport
    within: float
    start_by: float = math.inf

    async def request(
        self,
        method: str,
        route: str,
        params: Mapping[str, object] | None = None,
        json: object = None,
        user_auth: bool = False,  # noqa: FBT001, FBT002 -- tweepy's signature
    ) -> Answer:
        request = Request(
            method=method, route=route, params=params or {}, json=json, user_auth=user_auth, start_by=self.start_by
        )
        return await self.wire.call(request, self.within)


class XClient(OverWire, AsyncClient):  # type: ignore[misc]  # tweepy has no types
    """tweepy's v2 client for one call: cheap to make, so that each call carries its own time limit."""

    def __init__(self, wire: Transport, within: float, start_by: float = math.inf) -> None:
        # With this return type tweepy hands back what `request` returned.
        super().__init__(return_type=aiohttp.ClientResponse)
        self.wire = wire
        self.within = within
        self.start_by = start_by


def hush() -> None:
    """Keep loggers that print tokens at DEBUG above it, whatever the root logger says."""
    for name in CHATTY:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))


async def _connected(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    """Look at the clock right before the bytes go: a process that was held up must not send any more."""
    attempt: Attempt = context.trace_request_ctx
    if time.monotonic() > attempt.start_by:
        raise TimeoutError
    attempt.connected = True


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ValueError("answer too large")
    return bytes(body)


def _reason(error: Exception) -> str:
    """Name what went wrong without the address, which carries the customer's words in searches."""
    if isinstance(error, TimeoutError):
        return "X did not answer in time"
    return f"X could not be reached ({type(error).__name__})"
