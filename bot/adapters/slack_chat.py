"""Slack as the desk writes to it: one call at a time, nothing posted twice by a retry, every wait said aloud."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack_search import MARK, marked
from bot.domain.errors import Broken, Paced, Unavailable
from bot.domain.ids import ChannelId, Instant, MessageTs, UserId
from bot.ports import Json, Message

CALL_TIMEOUT = 8.0
"""Seconds for one call; Slack itself answers most within one."""
PASSING = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
    }
)
"""Answers of Slack that pass by themselves."""
TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired"})
OPEN_ALREADY = frozenset({"exchanged_trigger_id", "trigger_exchanged"})
CHANGED_MEANWHILE = frozenset({"hash_conflict", "not_found", "view_not_found"})
"""Answers about a form that a person was quicker with; both spellings of Slack's where there are two."""


def open_session() -> aiohttp.ClientSession:
    """Return the one session all calls share: without it each call opens a connection of its own."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT), connector=aiohttp.TCPConnector(limit=20)
    )


def open_client(token: str | None, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a client that never repeats a call by itself: the SDK would post again when only the answer was lost."""
    return AsyncWebClient(token=token, base_url=base_url, session=session, retry_handlers=[])


class SlackCalls:
    """Makes calls, and turns what goes wrong into the desk's own errors. Waits asked for are kept per method."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], float] = time.monotonic) -> None:
        """Keep the client; nothing is called yet. `now` gives the seconds by which waits that Slack asks for end."""
        self.client = client
        self._now = now
        self._not_before: dict[str, float] = {}

    async def call(self, method: str, make: Callable[[], Awaitable[Any]]) -> Mapping[str, Any]:
        """Return the answer's data. Raises `Paced`, `Unavailable`, or `Broken` with Slack's own error name."""
        data = (await self.answer(method, make)).data
        if not isinstance(data, dict):
            raise Unavailable(f"Slack's answer to {method} is no JSON")
        return data

    async def answer(self, method: str, make: Callable[[], Awaitable[Any]]) -> AsyncSlackResponse:
        """Return the whole answer, headers too. Raises as `call` does."""
        self._wait_is_over(method)
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                answer: AsyncSlackResponse = await make()
        except SlackApiError as error:
            raise self._translated(method, error) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"Slack did not answer {method}: {type(error).__name__}") from None
        return answer

    def _wait_is_over(self, method: str) -> None:
        left = self._not_before.get(method, 0.0) - self._now()
        if left > 0:
            raise Paced(f"Slack asked to wait with {method}", left)

    def _translated(self, method: str, error: SlackApiError) -> Unavailable | Broken:
        answer = error.response
        status = getattr(answer, "status_code", 0)
        if status == 429:
            wait = float(answer.headers.get("Retry-After", "1"))
            return self._paced(method, wait)
        reason = str(answer.get("error", "")) if isinstance(answer.data, dict) else ""
        if status >= 500 or reason in PASSING or not reason:
            return Unavailable(f"Slack could not do {method}: {reason or status}")
        return Broken(reason)

    def _paced(self, method: str, wait: float) -> Paced:
        if method not in ("chat.postMessage", "chat.postEphemeral"):
            self._not_before[method] = self._now() + wait
        return Paced(f"Slack asked to wait with {method}", wait)


class SlackChat:
    """Keeps the port `Chat`."""

    def __init__(self, calls: SlackCalls, site: str = "") -> None:
        """Share one set of calls with the others that talk to Slack; `site` is the address of the workspace."""
        self._calls = calls
        self._client = calls.client
        self._site = site
        self._links: dict[tuple[str, str], str] = {}

    async def post(
        self,
        channel: ChannelId,
        message: Message,
        *,
        mark: str,
        thread: MessageTs | None = None,
        start_by: float = math.inf,
    ) -> MessageTs:
        _in_time(start_by)
        answer = await self._calls.call(
            "chat.postMessage",
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=list(message.blocks) or None,  # type: ignore[arg-type]  # plain dicts are what is sent
                thread_ts=thread,
                metadata={"event_type": MARK, "event_payload": {"mark": mark}},
                unfurl_links=False,
                unfurl_media=False,
            ),
        )
        return MessageTs(str(answer["ts"]))

    async def find(
        self, channel: ChannelId, mark: str, *, since: Instant, thread: MessageTs | None = None
    ) -> MessageTs | None:
        async for ts in marked(self._calls, channel, mark, since=since, thread=thread):
            return ts
        return None

    async def update(self, channel: ChannelId, ts: MessageTs, message: Message, *, start_by: float = math.inf) -> None:
        _in_time(start_by)
        await self._calls.call(
            "chat.update",
            lambda: self._client.chat_update(
                channel=channel,
                ts=ts,
                text=message.text,
                blocks=list(message.blocks),  # type: ignore[arg-type]  # plain dicts are what is sent
            ),
        )

    async def whisper(self, channel: ChannelId, user: UserId, text: str) -> None:
        if str(channel) == str(user):
            await self._calls.call(
                "chat.postMessage",
                lambda: self._client.chat_postMessage(channel=user, text=text, unfurl_links=False, unfurl_media=False),
            )
            return
        await self._calls.call(
            "chat.postEphemeral", lambda: self._client.chat_postEphemeral(channel=channel, user=user, text=text)
        )

    async def link(self, channel: ChannelId, ts: MessageTs) -> str:
        """Return the address of a message; while Slack is away, as Slack itself forms it: mail names it."""
        if (channel, ts) not in self._links:
            try:
                answer = await self._calls.call(
                    "chat.getPermalink", lambda: self._client.chat_getPermalink(channel=channel, message_ts=ts)
                )
            except Unavailable:
                if not self._site:
                    raise
                return f"{self._site.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
            if len(self._links) > 10_000:
                self._links.clear()
            self._links[channel, ts] = str(answer["permalink"])
        return self._links[channel, ts]


class SlackDirect:
    """Keeps the port `Direct`."""

    def __init__(self, calls: SlackCalls) -> None:
        """Share one set of calls with the others that talk to Slack."""
        self._calls = calls
        self._lines: dict[UserId, ChannelId] = {}

    async def line(self, user: UserId) -> ChannelId:
        if user not in self._lines:
            client = self._calls.client
            answer = await self._calls.call("conversations.open", lambda: client.conversations_open(users=user))
            if len(self._lines) > 10_000:
                self._lines.clear()
            self._lines[user] = ChannelId(str(answer["channel"]["id"]))
        return self._lines[user]


class SlackScreens:
    """Keeps the port `Screens`."""

    def __init__(self, calls: SlackCalls) -> None:
        """Share one set of calls with the others that talk to Slack."""
        self._calls = calls
        self._client = calls.client

    async def open(self, trigger_id: str, view: Json) -> None:
        try:
            await self._calls.call(
                "views.open", lambda: self._client.views_open(trigger_id=trigger_id, view=dict(view))
            )
        except Broken as error:
            if str(error) in TOO_LATE:
                raise Unavailable("the form could not be opened within Slack's 3 seconds") from None
            # The same click came twice, and its form is open.
            if str(error) not in OPEN_ALREADY:
                raise

    async def update(self, view_id: str, view_hash: str, view: Json) -> None:
        try:
            await self._calls.call(
                "views.update", lambda: self._client.views_update(view_id=view_id, hash=view_hash, view=dict(view))
            )
        except Broken as error:
            # Closed, or changed by a later choice: there is nothing left to bring up to date.
            if str(error) not in CHANGED_MEANWHILE:
                raise

    async def home(self, user: UserId, view: Json) -> None:
        await self._calls.call("views.publish", lambda: self._client.views_publish(user_id=user, view=dict(view)))


def _in_time(start_by: float) -> None:
    if time.monotonic() > start_by:
        raise Unavailable("the desk was held up before it could speak to Slack")
