"""POST /2/tweets in all weathers: the eight ways in which an answer can fail to tell the truth."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.weather import Weather, XLate
from bot.sandbox.x import writes
from bot.sandbox.x.asked import Asked
from bot.sandbox.x.problems import forbidden, unavailable
from bot.sandbox.x.rules import DUPLICATE
from bot.sandbox.x.spoiling import HTML_PAGE
from bot.sandbox.x.switches import PostFault
from bot.sandbox.x.wire import post_json

Answer = web.Response | None
"""None: cut the connection."""

FOREVER = 86_400.0


@dataclass(frozen=True)
class Posting:
    """Publishes, or does not, and answers as the weather says."""

    async def publish(self, asked: Asked, weather: Weather) -> Answer:
        switches = asked.network.switches
        if switches.post_fault is not PostFault.NO:
            fault = switches.post_fault
            self._spend(asked, weather)
            return await _FAULTS[fault](asked)
        created = writes.create(asked)
        honest = web.json_response({"data": post_json(asked.network, created, ())}, status=201)
        late = weather.x_late
        if late is XLate.NO:
            return honest
        seconds = weather.x_late_seconds
        self._spend(asked, weather)
        return await _late(late, asked, honest, seconds)

    def _spend(self, asked: Asked, weather: Weather) -> None:
        """Count a fault down; the last one brings fine weather back."""
        switches = asked.network.switches
        if switches.fault_times == 0:
            return
        switches.fault_times -= 1
        if switches.fault_times == 0:
            switches.post_fault = PostFault.NO
            weather.set(x_late=XLate.NO)


async def _refuse(_asked: Asked) -> Answer:
    raise unavailable()


async def _cut(_asked: Asked) -> Answer:
    return None


async def _hang(_asked: Asked) -> Answer:
    # real time: only a client that gives up, or the server's end, ends this
    await asyncio.sleep(FOREVER)
    return None


_FAULTS: dict[PostFault, Callable[[Asked], Awaitable[Answer]]] = {
    PostFault.REFUSE_503: _refuse,
    PostFault.CUT: _cut,
    PostFault.HANG: _hang,
}


async def _late(late: XLate, asked: Asked, honest: web.Response, seconds: float) -> Answer:
    if late is XLate.CUT:
        return None
    if late is XLate.HTML_503:
        return web.Response(status=503, text=HTML_PAGE, content_type="text/html")
    if late is XLate.DUPLICATE:
        raise forbidden(DUPLICATE)
    await asked.network.clock.sleep(seconds)
    return honest
