"""The filtered stream: rules, one connection, a line per matching post, keep-alive lines, nothing sent again later."""

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.changes import RESYNC, Changes, Subscription
from bot.sandbox.traffic import Call, Traffic
from bot.sandbox.weather import Weather
from bot.sandbox.x.asked import Asked
from bot.sandbox.x.network import Network
from bot.sandbox.x.posts import Post
from bot.sandbox.x.problems import Json, Problem, invalid
from bot.sandbox.x.search import parse
from bot.sandbox.x.wire import when

KEEP_ALIVE_SECONDS = 20
"""X sends an empty line at least every 20 seconds."""

MOST_RULES = 25
MALFORMED_LINE = b'{"data": {"id": "17, \r\n'


@dataclass(kw_only=True)
class Streams:
    """Rules and the one open connection that X allows a small app."""

    network: Network
    changes: Changes
    weather: Weather
    traffic: Traffic
    rules: dict[str, Json] = field(default_factory=dict)
    _open: dict[asyncio.Event, web.Request] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1_700_000_000_000_000_001))

    def connected(self) -> int:
        """How many streams are open."""
        gone = [
            ended
            for ended, request in self._open.items()
            if request.transport is None or request.transport.is_closing()
        ]
        for ended in gone:
            del self._open[ended]
        return len(self._open)

    def drop(self) -> None:
        """Close every stream, as X does when it restarts; nothing is sent again."""
        for ended in self._open:
            ended.set()

    def list_rules(self, asked: Asked) -> Json:
        asked.check_query("ids")
        wanted = {part for part in asked.query.get("ids", "").split(",") if part}
        rows = [rule for rule in self.rules.values() if not wanted or rule["id"] in wanted]
        return {
            **({"data": rows} if rows else {}),
            "meta": {"sent": when(self.network.clock.now()), "result_count": len(rows)},
        }

    def change_rules(self, asked: Asked) -> Json:
        asked.check_query("dry_run")
        body = asked.body if isinstance(asked.body, dict) else {}
        if set(body) not in ({"add"}, {"delete"}):
            raise invalid('The body of a rules request is {"add": […]} or {"delete": {…}}.')
        dry = asked.query.get("dry_run") == "true"
        return self._add(body["add"], dry=dry) if "add" in body else self._delete(body["delete"], dry=dry)

    def check(self, asked: Asked) -> None:
        """Raises X's 429 when another stream is open already."""
        asked.check_query("backfill_minutes")
        if self.connected():
            body = {
                "title": "ConnectionException",
                "detail": "This stream is currently at the maximum allowed connection limit.",
                "connection_issue": "TooManyConnections",
                "type": "https://api.twitter.com/2/problems/streaming-connection",
                "status": 429,
            }
            raise Problem(429, body)

    async def serve(self, asked: Asked, headers: dict[str, str]) -> web.StreamResponse:
        """Write lines until the client goes or falls too far behind, the stream is dropped or X goes down."""
        response = web.StreamResponse(headers={**headers, "Content-Type": "application/json; charset=utf-8"})
        response.enable_chunked_encoding()
        ended = asyncio.Event()
        self._open[ended] = asked.request
        try:
            with self.changes.subscribe() as subscription:
                await response.prepare(asked.request)
                await response.write(b"\r\n")
                self.changes.publish("x_stream", {"connected": self.connected()})
                await self._write_lines(response, asked, subscription, ended)
        except ConnectionError:
            pass  # the client went first
        finally:
            self._open.pop(ended, None)
            self.changes.publish("x_stream", {"connected": self.connected()})
        response.force_close()
        return response

    async def _write_lines(
        self, response: web.StreamResponse, asked: Asked, subscription: Subscription, ended: asyncio.Event
    ) -> None:
        closing = asyncio.ensure_future(ended.wait())
        quiet = self._quiet()
        try:
            while not closing.done() and not self._down():
                coming = asyncio.ensure_future(subscription.get())
                waiting: set[asyncio.Future[Any]] = {coming, quiet, closing}
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if quiet.done():
                    # By the clock alone: most of what changes makes no line.
                    await response.write(b"\r\n")
                    quiet = self._quiet()
                if not coming.done():
                    coming.cancel()
                    continue
                change = coming.result()
                if change["topic"] == RESYNC:
                    return  # what this reader has not had is gone: X never leaves a line out, it hangs up
                if line := self._line(asked, change):
                    await response.write(line)
        finally:
            closing.cancel()
            quiet.cancel()

    def _quiet(self) -> asyncio.Future[None]:
        return asyncio.ensure_future(self.network.clock.sleep(KEEP_ALIVE_SECONDS))

    def _line(self, asked: Asked, change: dict[str, Any]) -> bytes:
        if change["topic"] == "x_spoil_stream":
            return MALFORMED_LINE
        if change["topic"] not in ("x_post", "x_edited"):
            return b""
        post = self.network.posts.get(change["payload"]["id"])
        matching = self._matching(post) if post is not None and asked.sees(post) else []
        if post is None or not matching:
            return b""
        answer = asked.posts_answer([post], [], single=True) | {"matching_rules": matching}
        self.traffic.record(Call(side="x", method="stream line", status=200, who="app", response=answer))
        return json.dumps(answer).encode() + b"\r\n"

    def _matching(self, post: Post) -> list[Json]:
        return [
            {"id": rule["id"], "tag": rule.get("tag", "")}
            for rule in self.rules.values()
            if parse(self.network, rule["value"])(post)
        ]

    def _down(self) -> bool:
        return self.weather.x_down or self.network.switches.unreachable

    def _add(self, rows: Any, *, dry: bool) -> Json:
        added: list[Json] = []
        if not isinstance(rows, list) or len(rows) + len(self.rules) > MOST_RULES:
            raise invalid(f"$.add: a list is expected, and at most {MOST_RULES} rules in all")
        for row in rows:
            if not isinstance(row, dict) or not isinstance(row.get("value"), str):
                raise invalid("$.add: each rule needs a value")
            parse(self.network, row["value"])
            if any(rule["value"] == row["value"] for rule in self.rules.values()):
                raise invalid(f"Duplicate rule: {row['value']}", value=row["value"])
            added.append(
                {"id": str(next(self._numbers)), "value": row["value"], **({"tag": row["tag"]} if "tag" in row else {})}
            )
        if not dry:
            self.rules |= {rule["id"]: rule for rule in added}
        summary = {"created": len(added), "not_created": 0, "valid": len(added), "invalid": 0}
        return {"data": added, "meta": {"sent": when(self.network.clock.now()), "summary": summary}}

    def _delete(self, wanted: Any, *, dry: bool) -> Json:
        given = wanted if isinstance(wanted, dict) else {}
        ids, values = given.get("ids", []), given.get("values", [])
        if not isinstance(ids, list) or not isinstance(values, list) or not (ids or values):
            raise invalid('$.delete: {"ids": […]} or {"values": […]} expected')
        ids = [str(rule_id) for rule_id in ids] + [
            rule["id"] for rule in self.rules.values() if rule["value"] in values
        ]
        deleted = [rule_id for rule_id in ids if rule_id in self.rules]
        for rule_id in [] if dry else deleted:
            del self.rules[rule_id]
        summary = {"deleted": len(deleted), "not_deleted": len(ids) - len(deleted)}
        return {"meta": {"sent": when(self.network.clock.now()), "summary": summary}}
