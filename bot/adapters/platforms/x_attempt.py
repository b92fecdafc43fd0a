"""One call's connection to X: whether bytes may be on their way, and how to make sure that no more of them go."""

import math
import socket
import struct
from contextvars import ContextVar
from typing import Any

import aiohttp
from aiohttp.connector import Connection

_DROP_UNSENT = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: what the kernel still holds is thrown away when the socket is closed."""


class Attempt:
    """How far one call got: once it has a connection, bytes may be on their way."""

    def __init__(self, start_by: float = math.inf) -> None:
        self.start_by = start_by
        self.connected = False
        self._transport: Any = None

    def runs_over(self, connection: Connection) -> None:
        self._transport = connection.transport

    def sever(self) -> None:
        """End the connection at once; bytes that have not reached X, in our hands or the kernel's, never will.

        Closing it instead would go on delivering them for as long as the network takes to come back.
        """
        if self._transport is None:
            return
        held = self._transport.get_extra_info("socket")
        if held is not None and held.fileno() >= 0:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_UNSENT)
        self._transport.abort()


class Severable(aiohttp.TCPConnector):
    """Tells the attempt that asks for a connection which one it got; `attempts` holds the one of the running task."""

    def __init__(self, *, limit: int) -> None:
        # X's end drops idle connections: a kept one can die under a reply and leave it in doubt.
        super().__init__(limit=limit, force_close=True)
        self.attempts: ContextVar[Attempt | None] = ContextVar("attempts", default=None)

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Connection:  # noqa: ASYNC109 -- aiohttp's signature
        connection = await super().connect(req, traces, timeout)
        if attempt := self.attempts.get():
            attempt.runs_over(connection)
        return connection
