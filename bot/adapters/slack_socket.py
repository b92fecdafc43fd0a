"""What Slack sends, heard on two connections at a time: one goes on while the other is replaced or has gone deaf.

Slack sends each envelope on one of them. One that came twice is done once all the same: clicks, forms and commands
carry an op id, events are remembered by theirs.
"""

import asyncio
import json
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.adapters.slack_chat import SlackCalls
from bot.adapters.slack_line import CONNECT_WITHIN, Line, Patience, open_line
from bot.domain.errors import Broken, Unavailable
from bot.logs import Log

LINES = 2
MOST_CONNECTIONS = 8
"""From more connections of the app on, a second line is given up: Slack allows 10, and another process may need one."""
FINISH_WITHIN = 3.0
"""Seconds that clicks being worked on have at the end: Slack waits no longer for an answer."""
GOOD_AFTER = 5.0
"""Seconds from which on a line counts as having worked; the pauses start anew then."""
MOST_AT_ONCE = 200
"""Envelopes worked on at a time; what comes on top is not acknowledged, so that Slack says that it failed."""


class SlackSocket:
    """Hands what comes from Slack to the app for as long as it runs."""

    def __init__(self, app: AsyncApp, token: str, calls: SlackCalls, log: Log) -> None:
        """Nothing is opened yet; `token` is the app-level one."""
        self.patience = Patience()
        self._app = app
        self._token = token
        self._calls = calls
        self._log = log
        self._lines: dict[Line, asyncio.Future[None]] = {}
        self._busy: set[asyncio.Future[None]] = set()

    @property
    def connections(self) -> int:
        """How many lines Slack has greeted and not asked to leave."""
        return sum(line.is_good for line in self._lines)

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set, then let what was begun be answered. Raises `Broken` for a refused token."""
        first = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                places = [group.create_task(self._keep(place, first)) for place in range(LINES)]
                await stop.wait()
                if self._busy:
                    await asyncio.wait(self._busy, timeout=FINISH_WITHIN)
                for task in places:
                    task.cancel()
        finally:
            await self.close_async()

    async def close_async(self) -> None:
        """Let go of every connection, at once; safe to call twice."""
        tasks = [*self._lines.values(), *self._busy]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _keep(self, place: int, first: asyncio.Event) -> None:
        """Keep one line open; the second waits for the first, so that a refused token is said once."""
        if place:
            await first.wait()
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            try:
                line = await self._opened(spare=place > 0)
                first.set()
                await line.leaving.wait()
                if not line.was_asked:
                    self._log.warning("slack_connection_lost", reason=str(line.ending))
            except Unavailable as error:
                self._log.warning("slack_unreachable", reason=type(error).__name__, tries=failures)
            except Broken as error:
                if not first.is_set():
                    raise Broken(
                        f"Slack refuses SLACK_APP_TOKEN ({error}). Make an app-level token with connections:write "
                        "under Basic Information on the app's page at api.slack.com/apps."
                    ) from None
                self._log.error("slack_refuses_us", reason=str(error), tries=failures)
            failures = 0 if asyncio.get_running_loop().time() - began > GOOD_AFTER else failures + 1
            await asyncio.sleep(self._pause(failures))

    def _pause(self, failures: int) -> float:
        """Return the seconds to wait: none after a line that was good for long, as when Slack asks for a new one."""
        if not failures:
            return 0.0
        return min(self.patience.longest_pause, self.patience.pause * 2.0 ** min(failures - 1, 10))

    async def _opened(self, *, spare: bool) -> Line:
        """Return a line that Slack greeted. Raises `Unavailable`, or `Broken` where the token is refused."""
        client = self._calls.client
        answer = await self._calls.call(
            "apps.connections.open", lambda: client.apps_connections_open(app_token=self._token)
        )
        try:
            line = await open_line(client, str(answer["url"]), self._hear, self.patience)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unavailable(f"no connection to Slack: {type(error).__name__}") from None
        reading = asyncio.ensure_future(line.run())
        self._lines[line] = reading
        reading.add_done_callback(lambda _: self._ended(line))
        await asyncio.wait({line.greeted}, timeout=CONNECT_WITHIN)
        if not line.is_good:
            reading.cancel()
            raise Unavailable("Slack did not greet us")
        if spare and line.greeted.result() > MOST_CONNECTIONS:
            reading.cancel()
            raise Unavailable("the app has enough connections")
        return line

    def _ended(self, line: Line) -> None:
        reading = self._lines.pop(line)
        if not reading.cancelled() and (error := reading.exception()):
            self._log.warning("slack_line_failed", reason=type(error).__name__)

    def _hear(self, line: Line, request: SocketModeRequest) -> None:
        if len(self._busy) >= MOST_AT_ONCE:
            self._log.warning("slack_too_busy", count=len(self._busy))
            return
        task = asyncio.ensure_future(self._answer(line, request))
        self._busy.add(task)
        task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Future[None]) -> None:
        self._busy.discard(task)
        # Bolt stumbles over payloads that Slack would never send; the next one is heard all the same.
        if not task.cancelled() and (error := task.exception()):
            self._log.warning("envelope_failed", reason=type(error).__name__)

    async def _answer(self, line: Line, request: SocketModeRequest) -> None:
        """Let the app handle it; the acknowledgement takes another line where its own has ended meanwhile."""
        response: BoltResponse = await run_async_bolt_app(self._app, request)
        if response.status != 200:
            return
        message = {"envelope_id": request.envelope_id, **_payload(response)}
        for candidate in dict.fromkeys((line, *self._lines)):
            if await candidate.say(message):
                return
        self._log.warning("acknowledgement_lost", envelope=request.envelope_id)


def _payload(response: BoltResponse) -> dict[str, Any]:
    """Return what travels with the acknowledgement: an answer of Bolt's, or nothing."""
    if not response.body:
        return {}
    kind = response.headers.get("content-type", [""])[0]
    return {"payload": json.loads(response.body) if kind.startswith("application/json") else {"text": response.body}}
