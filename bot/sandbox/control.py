"""The sandbox's control API under /control: everything a test in another process, or the page, can do to it."""

from typing import Protocol

from aiohttp import web

from bot.sandbox.clock import SandboxClock
from bot.sandbox.control_forms import Advance, Json, TrickleChange
from bot.sandbox.control_kit import answered, form, whole_number
from bot.sandbox.control_slack import SlackControl
from bot.sandbox.control_x import XControl, shown_person
from bot.sandbox.errors import NotThere, SandboxError
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.traffic import Traffic
from bot.sandbox.trickle import Trickle
from bot.sandbox.weather import Weather
from bot.sandbox.x.network import Network
from bot.sandbox.x.stream import Streams
from bot.sandbox.x.switches import SWITCH_LABELS

FURTHEST_SECONDS = 400 * 86_400


class Parts(Protocol):
    """What the control API works on; the `Sandbox` has all of it."""

    clock: SandboxClock
    traffic: Traffic
    weather: Weather
    trickle: Trickle
    streams: Streams
    x: Network
    slack: Workspace


class Control:
    """Clock, weather, trickle, traffic and the state of everything; the two sides have their own classes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._x = XControl(parts.x, parts.streams)
        self._slack = SlackControl(parts.slack)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/state", answered(self.state)),
            web.get("/control/weather", answered(self.read_weather)),
            web.post("/control/weather", answered(self.set_weather)),
            web.delete("/control/weather", answered(self.clear_weather)),
            web.post("/control/weather/drop_socket", answered(self.drop_socket)),
            web.post("/control/clock/advance", answered(self.advance)),
            web.get("/control/trickle", answered(self.read_trickle)),
            web.post("/control/trickle", answered(self.set_trickle)),
            web.post("/control/trickle/next", answered(self.next_complaint)),
            web.get("/control/traffic", answered(self.read_traffic)),
            *self._x.routes(),
            *self._slack.routes(),
            web.route("*", "/control/{rest:.*}", answered(self.unknown)),
        ]

    async def state(self, _request: web.Request) -> Json:
        parts = self._parts
        return {
            "now": parts.clock.now(),
            "brand": shown_person(parts.x.brand),
            "x": {
                "people": [shown_person(account) for account in parts.x.people.all()],
                "posts": [self._x.shown(post) for post in parts.x.latest()][-500:],
                "streams": parts.streams.connected(),
            },
            "slack": self._slack.state(),
            "weather": self._weather(),
            "trickle": parts.trickle.describe(),
        }

    async def read_weather(self, _request: web.Request) -> Json:
        return self._weather()

    async def set_weather(self, request: web.Request) -> Json:
        """Switches of both kinds in one object; nothing is turned when one of them is wrong."""
        wanted = await form(request, dict[str, bool | int | float | str])
        beside = {name: value for name, value in wanted.items() if name in SWITCH_LABELS}
        shared = {name: value for name, value in wanted.items() if name not in SWITCH_LABELS}
        before = self._parts.x.switches.values()
        self._parts.x.switches.set(**beside)
        try:
            self._parts.weather.set(**shared)  # tells everybody, of both kinds
        except ValueError:
            self._parts.x.switches.set(**before)
            raise
        return self._weather()

    async def clear_weather(self, _request: web.Request) -> Json:
        self._parts.x.switches.clear()
        self._parts.weather.clear()
        return self._weather()

    async def drop_socket(self, _request: web.Request) -> Json:
        self._parts.weather.drop_socket()
        return {"dropped": True}

    async def advance(self, request: web.Request) -> Json:
        wanted = await form(request, Advance)
        if not 0 <= wanted.seconds <= FURTHEST_SECONDS:
            raise SandboxError(f"The clock goes forward by 0 to {FURTHEST_SECONDS} seconds at a time.")
        self._parts.clock.advance(wanted.seconds)
        self._parts.x.changes.publish("clock", {"now": self._parts.clock.now()})
        return {"now": self._parts.clock.now()}

    async def read_trickle(self, _request: web.Request) -> Json:
        return self._parts.trickle.describe()

    async def set_trickle(self, request: web.Request) -> Json:
        wanted = await form(request, TrickleChange)
        if wanted.per_minute is not None:
            self._parts.trickle.set_speed(wanted.per_minute)
        if wanted.running is not None:
            (self._parts.trickle.resume if wanted.running else self._parts.trickle.pause)()
        return self._parts.trickle.describe()

    async def next_complaint(self, _request: web.Request) -> Json:
        post_id = self._parts.trickle.next_one()
        return {"post": self._x.shown(self._parts.x.get(post_id))}

    async def read_traffic(self, request: web.Request) -> Json:
        """Newest last; `side`, `method` (exact), `after` (a call's n) and `failed=1` narrow it down."""
        side, method = request.query.get("side"), request.query.get("method")
        if side not in (None, "slack", "x", "socket"):
            raise SandboxError(f"side is slack, x or socket, not {side!r}.")
        after = whole_number(request, "after", 0)
        only_failed = request.query.get("failed") == "1"
        calls = [
            call.as_dict()
            for call in self._parts.traffic.calls(method)
            if call.n > after and side in (None, call.side) and not (only_failed and call.ok)
        ]
        return {"calls": calls}

    async def unknown(self, request: web.Request) -> Json:
        raise NotThere(f"The control API has no {request.method} {request.path}. It is described in docs/sandbox.md.")

    def _weather(self) -> Json:
        both = [*self._parts.weather.describe(), *self._parts.x.switches.describe()]
        return {"values": {row["name"]: row["value"] for row in both}, "switches": both}
