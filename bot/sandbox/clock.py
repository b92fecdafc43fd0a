"""The sandbox's own time: real time plus an offset, so that a test can let three seconds or a week pass at once."""

import asyncio
import time
from typing import Any


class SandboxClock:
    """Seconds since 1970 that run at the usual speed and can be pushed forward; sleepers wake when pushed past."""

    def __init__(self, *, offset: float = 0.0) -> None:
        self._wall = time.time() - time.monotonic()
        self._offset = offset
        self._sleepers: set[asyncio.Future[None]] = set()

    @property
    def offset(self) -> float:
        """How far the sandbox is ahead of the real clock, in seconds."""
        return self._offset

    def now(self) -> float:
        return self._wall + time.monotonic() + self._offset

    def advance(self, seconds: float) -> None:
        """Push time forward; raises ValueError for a step backwards."""
        if seconds < 0:
            raise ValueError("The sandbox clock only goes forward.")
        self._offset += seconds
        for sleeper in list(self._sleepers):
            if not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        await self.done_within(asyncio.get_running_loop().create_future(), seconds)

    async def done_within(self, future: "asyncio.Future[Any]", seconds: float) -> bool:
        """Wait for a future for at most so many seconds of this clock; it is never cancelled. True when it is done."""
        until = self.now() + seconds
        while not future.done() and (left := until - self.now()) > 0:
            pushed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._sleepers.add(pushed)
            try:
                await asyncio.wait({future, pushed}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._sleepers.discard(pushed)
        return future.done()
