"""The connection on which Slack speaks to us: opened, watched, and opened anew whenever it is gone.

The SDK goes on by itself in some cases and not in others: it tries an address that works only once again and again
(pinned in tests/integration/test_slack_away.py). So whatever it does, a client without a connection is replaced.
"""

import asyncio
from contextlib import suppress

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.adapters.slack_chat import SlackCalls
from bot.domain.errors import Broken, Unavailable
from bot.logs import Log

CONNECT_WITHIN = 10.0
CLOSE_WITHIN = 5.0
FINISH_WITHIN = 3.0
"""Seconds that clicks being worked on have at the end: Slack waits no longer for an answer."""
PING_EVERY = 5
"""Seconds; a peer that went silent is noticed after one and a half of them."""
LOOK_EVERY = 0.5
SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
"""Seconds between tries: Slack allows few new connections a minute, and somebody waits for the desk."""


class SlackSocket:
    """Hands what comes from Slack to the app for as long as it runs."""

    def __init__(self, app: AsyncApp, token: str, calls: SlackCalls, log: Log) -> None:
        """Nothing is opened yet; `token` is the app-level one."""
        self._app = app
        self._token = token
        self._calls = calls
        self._log = log
        self._handler: AsyncSocketModeHandler | None = None
        self._busy: set[asyncio.Future[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set, then let what was begun be answered. Raises `Broken` for a refused token."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen())
            await stop.wait()
            if self._busy:
                await asyncio.wait(self._busy, timeout=FINISH_WITHIN)
            listening.cancel()

    async def close_async(self) -> None:
        """Let go of the connection, at once; safe to call twice."""
        handler, self._handler = self._handler, None
        if handler:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_WITHIN):
                    await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt says no types

    async def _listen(self) -> None:
        failures, heard = 0, False
        while True:
            try:
                await self._connected()
                failures, heard = 0, True
                await self._until_lost()
                self._log.warning("slack_connection_lost")
            except Unavailable as error:
                self._log.warning("slack_unreachable", reason=type(error).__name__, tries=failures)
            except Broken as error:
                if not heard:
                    raise Broken(
                        f"Slack refuses SLACK_APP_TOKEN ({error}). Make an app-level token with connections:write "
                        "under Basic Information on the app's page at api.slack.com/apps."
                    ) from None
                self._log.error("slack_refuses_us", reason=str(error), tries=failures)
            finally:
                # Also when cancelled: the client's own tasks do not end by themselves.
                await self.close_async()
            await asyncio.sleep(min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** min(failures, 10)))
            failures += 1

    async def _connected(self) -> None:
        """Open a connection with a client of its own. Raises `Unavailable`, or `Broken` where the token is refused."""
        client = self._calls.client
        answer = await self._calls.call(
            "apps.connections.open", lambda: client.apps_connections_open(app_token=self._token)
        )
        handler = AsyncSocketModeHandler(self._app, self._token, web_client=client, ping_interval=PING_EVERY)
        handler.client.socket_mode_request_listeners[:] = [self._hear]
        handler.client.wss_uri = str(answer["url"])
        self._handler = handler
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt says no types
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unavailable(f"no connection to Slack: {type(error).__name__}") from None

    async def _until_lost(self) -> None:
        """Return when the connection is gone at two looks running: between two of Slack's own it is away briefly."""
        missing = 0
        while missing < 2 and self._handler:
            await asyncio.sleep(LOOK_EVERY)
            missing = 0 if await self._handler.client.is_connected() else missing + 1

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._busy.add(done)
        try:
            if self._handler:
                await self._handler.handle(client, request)  # type: ignore[arg-type]  # Bolt names the subclass
        finally:
            self._busy.discard(done)
            done.set_result(None)
