"""The pretend X's v2 API over HTTP: admits, counts, spoils and records each request, and hands it to an endpoint."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from bot.sandbox.traffic import Call, Traffic
from bot.sandbox.weather import Weather
from bot.sandbox.x import reads, writes
from bot.sandbox.x.asked import Asked
from bot.sandbox.x.limits import RateLimits
from bot.sandbox.x.network import Network
from bot.sandbox.x.oauth import HOSTS, Caller, Door
from bot.sandbox.x.posting import Posting
from bot.sandbox.x.problems import Json, Problem, forbidden, invalid, not_found_page, too_many, unavailable, wrong_auth
from bot.sandbox.x.rules import RuleBroken
from bot.sandbox.x.spoiling import HTML_PAGE, spoiled
from bot.sandbox.x.stream import Streams

PREFIX = "/x"
USER_AUTH = "OAuth 1.0a User Context, OAuth 2.0 User Context"
APP_AUTH = "OAuth 2.0 Application-Only"

Who = Literal["any", "user", "app"]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One row of the API: its path as X's reference writes it, its limit's name, who may call it, and what answers."""

    method: str
    path: str
    limit: str
    who: Who = "any"
    answer: Callable[[Asked], Json]


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A request as it came in; `started` is of the monotonic clock."""

    row: Endpoint
    request: web.Request
    body: bytes = b""
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, kw_only=True)
class XApi:
    """The API over one network; `routes` are mounted on the sandbox's server."""

    network: Network
    weather: Weather
    traffic: Traffic
    door: Door
    limits: RateLimits
    streams: Streams
    posting: Posting = field(default_factory=Posting)

    def routes(self) -> list[web.RouteDef]:
        table = [web.route(row.method, _pattern(row.path), self._handler(row)) for row in ENDPOINTS]
        rules = [
            Endpoint(
                method="GET",
                path="/2/tweets/search/stream/rules",
                limit="rules",
                who="app",
                answer=self.streams.list_rules,
            ),
            Endpoint(
                method="POST",
                path="/2/tweets/search/stream/rules",
                limit="rules",
                who="app",
                answer=self.streams.change_rules,
            ),
        ]
        stream = Endpoint(method="GET", path="/2/tweets/search/stream", limit="stream", who="app", answer=_nothing)
        return [
            *(web.route(row.method, _pattern(row.path), self._handler(row)) for row in rules),
            web.route("GET", _pattern(stream.path), self._stream_handler(stream)),
            *table,
            web.route("*", PREFIX + "/{rest:.*}", self._unknown),
        ]

    def _handler(self, row: Endpoint) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            begun = Begun(row=row, request=request, body=await request.read())
            await asyncio.sleep(self.weather.slow_ms / 1000)
            if self.network.switches.unreachable:
                return self._cut(begun, "unreachable")
            headers: dict[str, str] = {}
            caller: Caller | None = None
            try:
                caller = self._admit(row, request, headers)
                asked = Asked(request=request, network=self.network, caller=caller, body=_parsed(row, begun.body))
                response = await self._answered(row, asked)
            except Problem as problem:
                response = self._refusal(problem)
            except RuleBroken as broken:
                response = self._refusal(
                    forbidden(broken.sentence) if broken.status == 403 else invalid(broken.sentence)
                )
            if response is None:
                return self._cut(begun, "cut")
            response.headers.update(headers)
            self._record(begun, response.status, caller, _body_of(response))
            return response

        return handle

    def _admit(self, row: Endpoint, request: web.Request, headers: dict[str, str]) -> Caller:
        """Weather, key, kind of key and limit, in X's order; fills in the headers of the answer."""
        if self.weather.x_down:
            raise unavailable()
        path = request.raw_path.partition("?")[0]
        urls = [f"http://{request.host}{path}", *(host + path.removeprefix(PREFIX) for host in HOSTS)]
        caller = self.door.admit(request.headers.get("Authorization", ""), request.method, urls, request.query.items())
        if row.who not in ("any", caller.kind):
            given = APP_AUTH if caller.kind == "app" else "OAuth 1.0a User Context"
            raise wrong_auth(given, USER_AUTH if row.who == "user" else APP_AUTH)
        day_limit = self.network.switches.day_limit
        if self.weather.take("x_429"):
            headers.update(self.limits.spent(row.limit, caller.kind, day_limit=day_limit))
            raise too_many()
        allowed, counted = self.limits.take(row.limit, caller.kind, day_limit=day_limit)
        headers.update(counted)
        if not allowed:
            raise too_many()
        return caller

    async def _answered(self, row: Endpoint, asked: Asked) -> web.Response | None:
        """None when the weather wants the connection cut."""
        if row.limit == "create":
            return await self.posting.publish(asked, self.weather)
        answer = row.answer(asked)
        if row.limit == "mentions" and self.network.spoiled:
            someone = next(account for account in self.network.people.all() if account is not self.network.brand)
            return spoiled(self.network.spoiled.pop(0), answer, self.network.new_id(), someone.id)
        return web.json_response(answer)

    def _stream_handler(self, row: Endpoint) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            begun = Begun(row=row, request=request)
            if self.network.switches.unreachable:
                return self._cut(begun, "unreachable")
            headers: dict[str, str] = {}
            try:
                caller = self._admit(row, request, headers)
                asked = Asked(request=request, network=self.network, caller=caller)
                self.streams.check(asked)
            except Problem as problem:
                refusal = self._refusal(problem)
                refusal.headers.update(headers)
                self._record(begun, refusal.status, None, problem.body)
                return refusal
            self._record(begun, 200, caller, {})
            return await self.streams.serve(asked, headers)

        return handle

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        row = Endpoint(method=request.method, path=request.path.removeprefix(PREFIX), limit="none", answer=_nothing)
        problem = not_found_page()
        self._record(Begun(row=row, request=request), problem.status, None, problem.body)
        return self._refusal(problem)

    def _refusal(self, problem: Problem) -> web.Response:
        if self.weather.x_html_errors:
            return web.Response(status=problem.status, text=HTML_PAGE, content_type="text/html")
        return web.json_response(problem.body, status=problem.status, content_type="application/problem+json")

    def _cut(self, begun: Begun, why: str) -> web.Response:
        """Drop the connection without an answer."""
        self._record(begun, 0, None, {"error": why})
        if begun.request.transport is not None:
            begun.request.transport.abort()
        return web.Response()

    def _record(self, begun: Begun, status: int, caller: Caller | None, answer: Mapping[str, Any]) -> None:
        row, request = begun.row, begun.request
        who = {None: "", "user": "@" + self.network.brand.handle, "app": "app"}[caller.kind if caller else None]
        asked: Json = {"path": request.path.removeprefix(PREFIX), "query": dict(request.query)}
        if begun.body:
            asked["json"] = writable(_loose(begun.body))
        error = str(answer.get("detail") or answer.get("error") or "") if not 200 <= status < 300 else ""
        self.traffic.record(
            Call(
                side="x",
                method=f"{row.method} {row.path}",
                status=status,
                ok=200 <= status < 300,
                error=error,
                ms=(time.monotonic() - begun.started) * 1000,
                who=who,
                request=asked,
                response=writable(dict(answer)),
            )
        )


def _nothing(_asked: Asked) -> Json:
    return {}


ENDPOINTS = (
    Endpoint(method="GET", path="/2/users/me", limit="me", who="user", answer=reads.me),
    Endpoint(method="GET", path="/2/users/by/username/:username", limit="user", answer=reads.user_by_name),
    Endpoint(method="GET", path="/2/users/:id/mentions", limit="mentions", answer=reads.mentions_of),
    Endpoint(method="GET", path="/2/users/:id/tweets", limit="timeline", answer=reads.timeline_of),
    Endpoint(method="GET", path="/2/users/:id", limit="user", answer=reads.user_by_id),
    Endpoint(method="GET", path="/2/tweets/search/recent", limit="search", answer=reads.search),
    Endpoint(method="GET", path="/2/tweets", limit="lookup", answer=reads.lookup),
    Endpoint(method="POST", path="/2/tweets", limit="create", who="user", answer=_nothing),
    Endpoint(method="GET", path="/2/tweets/:id/quote_tweets", limit="quotes", answer=reads.quotes_of),
    Endpoint(method="GET", path="/2/tweets/:id", limit="lookup", answer=reads.one_post),
    Endpoint(method="DELETE", path="/2/tweets/:id", limit="delete", who="user", answer=writes.delete),
)


def _pattern(path: str) -> str:
    return PREFIX + path.replace(":id", "{id}").replace(":username", "{username}")


def _parsed(row: Endpoint, body: bytes) -> Any:
    if row.method != "POST":
        return None
    try:
        return json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise invalid("The request body is not JSON.") from None


def _loose(body: bytes) -> Any:
    """The body for the record, whatever it is."""
    try:
        return json.loads(body)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return body[:500].decode("utf-8", "replace")


def writable(value: Any) -> Any:
    """The same JSON value with broken halves of emoji replaced, so that it can be written to a file."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _body_of(response: web.Response) -> Json:
    if response.content_type not in ("application/json", "application/problem+json"):
        return {"body": f"{response.content_type}, {len(response.text or '')} characters"}
    try:
        answer = json.loads(response.text or "{}")
    except json.JSONDecodeError:
        return {"body": "broken JSON"}
    return answer if isinstance(answer, dict) else {}
