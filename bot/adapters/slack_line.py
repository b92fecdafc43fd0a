"""One connection on which Slack speaks to us: what it sends is handed on, and we notice when it has gone deaf.

The SDK's own client is not used for this: it closes the old connection before it opens the new one, which loses the
clicks being worked on, and a connection on which Slack has fallen silent counts as connected for ever
(slackapi/bolt-python#1529).
"""

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

CONNECT_WITHIN = 10.0
CLOSE_WITHIN = 1.0
PING = b"replydesk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a line may be quiet, in seconds, before it is given up."""

    ping_every: float = 5.0
    pong_within: float = 12.0
    """More than two pings: a peer that is gone without a word."""
    speak_within: float = 30.0
    """Slack pings each connection by itself; its own client for Node gives up after these 30 s as well."""
    leave_within: float = 20.0
    """Slack closes a connection about 10 s after it asked for a new one; longer than that we keep none."""
    pause: float = 1.0
    longest_pause: float = 30.0
    """Between tries: Slack allows few new connections a minute, and somebody waits for the desk."""


class Ending(StrEnum):
    """Why a line ended."""

    CLOSED = "closed"
    NO_PONG = "no_pong"
    SILENT = "silent"
    LEFT = "left"


Hear = Callable[["Line", SocketModeRequest], None]


class Line:
    """One open WebSocket; ends by itself when it is closed, silent, or was asked to leave and had its time."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, hear: Hear, patience: Patience) -> None:
        """Nothing is read yet; `hear` must return at once."""
        self.greeted: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Done when Slack said hello, with the number of the app's connections; cancelled when it never did."""
        self.leaving = asyncio.Event()
        """Set when a new line is wanted in this one's place: it is ending, or Slack asked for it."""
        self.ending = Ending.CLOSED
        self._socket = socket
        self._hear = hear
        self._patience = patience
        self._spoke = self._ponged = _now()
        self._leave_at = math.inf

    @property
    def is_good(self) -> bool:
        """Whether Slack greeted it and nobody wants another in its place."""
        return self.greeted.done() and not self.greeted.cancelled() and not self.leaving.is_set()

    @property
    def was_asked(self) -> bool:
        """Whether Slack asked for another line in its place, while this one is heard."""
        return self._leave_at < math.inf

    async def run(self) -> None:
        """Read until the end; afterwards the connection is closed."""
        reading = asyncio.ensure_future(self._read())
        try:
            while not reading.done():
                await asyncio.wait({reading}, timeout=self._patience.ping_every)
                if self._is_over():
                    break
                with suppress(ConnectionError):
                    await self._socket.ping(PING)
            if reading.done():
                reading.result()
        finally:
            self.leaving.set()
            self.greeted.cancel()
            reading.cancel()
            await asyncio.wait({reading})
            await self.close()

    async def say(self, message: Mapping[str, Any]) -> bool:
        """Send it, and return whether it left; a line that is ending takes nothing any more."""
        if self._socket.closed:
            return False
        try:
            await self._socket.send_str(json.dumps(message))
        except ConnectionError:
            return False
        return True

    async def close(self) -> None:
        """Close, without waiting long for the other side; safe to call twice."""
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._socket.close()

    def _is_over(self) -> bool:
        now = _now()
        if now - self._ponged > self._patience.pong_within:
            self.ending = Ending.NO_PONG
        elif now - self._spoke > self._patience.speak_within:
            self.ending = Ending.SILENT
        elif now > self._leave_at:
            self.ending = Ending.LEFT
        else:
            return False
        return True

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message.type == aiohttp.WSMsgType.PONG:
                self._ponged = _now()
                continue
            self._spoke = _now()
            if message.type == aiohttp.WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type == aiohttp.WSMsgType.TEXT:
                self._take(message.data)
            elif message.type != aiohttp.WSMsgType.BINARY:
                return

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(message, dict):
            return
        kind = message.get("type")
        if kind == "hello":
            if not self.greeted.done():
                self.greeted.set_result(int(message.get("num_connections") or 1))
        elif kind == "disconnect":
            self._leave_at = min(self._leave_at, _now() + self._patience.leave_within)
            self.leaving.set()
        elif request := SocketModeRequest.from_dict(message):
            self._hear(self, request)


async def open_line(client: AsyncWebClient, url: str, hear: Hear, patience: Patience) -> Line:
    """Return a line that is connected and not yet read. Raises `aiohttp.ClientError`, `OSError`, `TimeoutError`."""
    assert client.session, "the desk's client shares one session"
    async with asyncio.timeout(CONNECT_WITHIN):
        socket = await client.session.ws_connect(
            url, autoping=False, proxy=client.proxy, timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN)
        )
    return Line(socket, hear, patience)


def _now() -> float:
    return asyncio.get_running_loop().time()
