"""Socket Mode: single-use addresses, up to ten connections, envelopes and their acknowledgements within 3 seconds."""

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.background import Background
from bot.sandbox.slack.people import App
from bot.sandbox.slack.state import Json
from bot.sandbox.traffic import Call, Traffic
from bot.sandbox.weather import Weather

ACK_SECONDS = 3.0
MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
LEAVE_SECONDS = 10.0
PING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it fared; `error` is "", `operation_timeout` (no ack in time) or `dispatch_failed` (nobody there)."""

    acknowledged: bool
    ms: float
    body: Json | None = None
    error: str = ""


@dataclass(eq=False)
class Connection:
    """One open WebSocket of the app; a leaving one gets envelopes only when no other is left, a deaf one never."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    gone: "asyncio.Future[None]"
    leaving: bool = False
    deaf: bool = False
    mute: bool = False


class SocketMode:
    """The app's open connections; hands envelopes out in turn and matches acks by envelope id."""

    def __init__(
        self,
        *,
        app: App,
        clock: SandboxClock,
        traffic: Traffic,
        changes: Changes,
        weather: Weather,
        complain: Callable[[str], None],
    ) -> None:
        self._app = app
        self._clock = clock
        self._traffic = traffic
        self._changes = changes
        self._weather = weather
        self._complain = complain
        self._background = Background()
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._turn = 0
        self.opened = 0
        self.most_at_once = 0
        self.ping_seconds = PING_SECONDS
        weather.when_dropped(self.drop)

    @property
    def connections(self) -> int:
        return len(self._connections)

    def new_ticket(self) -> str:
        """A ticket for one connection within 30 seconds."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = self._clock.now()
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint."""
        issued = self._tickets.pop(request.query.get("ticket", ""), None)
        if issued is None or self._clock.now() - issued > TICKET_SECONDS:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        socket = web.WebSocketResponse(autoping=False, timeout=1.0)
        await socket.prepare(request)
        if self.connections >= MOST_CONNECTIONS:
            await socket.send_json(self._goodbye("too_many_websockets"))
            await socket.close()
            return socket
        self.opened += 1
        connection = Connection(socket, request.transport, asyncio.get_running_loop().create_future())
        self._connections.append(connection)
        self.most_at_once = max(self.most_at_once, self.connections)
        pinging = asyncio.ensure_future(self._ping(connection))
        try:
            await self._converse(connection)
        except ConnectionError:
            pass  # the app went first
        finally:
            pinging.cancel()
            await asyncio.wait([pinging])
            self._forget(connection)
        return socket

    async def deliver(self, kind: str, payload: Json, *, accepts: bool = False, **more: Any) -> Delivery:
        """Send one envelope and wait for its ack; in the weather of double delivery it goes out twice."""
        if self._weather.slow_ms:
            await self._clock.sleep(self._weather.slow_ms / 1_000)
        copies = 2 if self._weather.double_delivery else 1
        told = [self._deliver_once(kind, payload, accepts=accepts, **more) for _ in range(copies)]
        results = await asyncio.gather(*told)
        return min(results, key=lambda delivery: (not delivery.acknowledged, delivery.ms))

    async def refresh(self, reason: str = "refresh_requested", number: int | None = None) -> None:
        """Ask each connection, or one, to reconnect (or say `warning`); it is closed 10 s later."""
        for connection in self._chosen(number):
            await self._send(connection, self._goodbye(reason))
            if reason != "warning":
                connection.leaving = True
                self._background.start(self._part_with(connection))

    def deafen(self, number: int = 0, *, answers_pings: bool = True) -> None:
        """Forget one connection and leave it open: nothing is sent on it any more, as in slackapi/bolt-python#1529."""
        [connection] = self._chosen(number)
        connection.deaf = True
        connection.mute = not answers_pings

    def drop(self, number: int | None = None) -> None:
        """Cut every connection, or one, without a goodbye."""
        for connection in self._chosen(number):
            if connection.transport is not None:
                connection.transport.abort()
            self._forget(connection)

    async def close(self) -> None:
        await self._background.close()
        for connection in list(self._connections):
            await connection.socket.close()

    async def _converse(self, connection: Connection) -> None:
        await connection.socket.send_json(
            {
                "type": "hello",
                "num_connections": self.connections,
                "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18_060},
                "connection_info": {"app_id": self._app.id},
            },
        )
        self._changes.publish("socket", {"connections": self.connections})
        async for message in connection.socket:
            if message.type == WSMsgType.TEXT:
                self._hear(message.data)
            elif message.type == WSMsgType.PING and not connection.mute:
                await connection.socket.pong(message.data)

    async def _ping(self, connection: Connection) -> None:
        """Ping as Slack does; real time, because a connection lives in it."""
        with suppress(ConnectionError):
            while not connection.socket.closed:
                if not connection.deaf:
                    await connection.socket.ping(b"Ping from sandbox")
                await asyncio.sleep(self.ping_seconds)

    def _hear(self, text: str) -> None:
        ack = _ack_in(text)
        if ack is None:
            self._complain("The app sent something over Socket Mode that is no ack with an envelope_id.")
            return
        waiting = self._waiting.get(ack["envelope_id"])
        if waiting is None or waiting.done():
            late = Call(side="socket", method="ack", status=0, ok=False, error="late_or_repeated_ack", response=ack)
            self._traffic.record(late)
        else:
            waiting.set_result(ack.get("payload"))

    async def _deliver_once(self, kind: str, payload: Json, *, accepts: bool, **more: Any) -> Delivery:
        envelope_id = str(uuid.uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": accepts,
            "payload": payload,
            **more,
        }
        started = self._clock.now()
        self._waiting[envelope_id] = answer = asyncio.get_running_loop().create_future()
        try:
            sent = await self._send_to_one(envelope)
            done = sent and await self._clock.done_within(answer, ACK_SECONDS)
        finally:
            del self._waiting[envelope_id]
        error = "" if done else "operation_timeout" if sent else "dispatch_failed"
        body = answer.result() if done else None
        delivery = Delivery(done, (self._clock.now() - started) * 1_000, body or None, error)
        self._note(kind, envelope, delivery, accepts=accepts)
        return delivery

    async def _send_to_one(self, envelope: Json) -> bool:
        while candidates := self._in_turn():
            self._turn += 1
            if await self._send(candidates[self._turn % len(candidates)], envelope):
                return True
        return False

    def _chosen(self, number: int | None) -> list[Connection]:
        return list(self._connections) if number is None else [self._in_turn()[number]]

    def _in_turn(self) -> list[Connection]:
        hearing = [connection for connection in self._connections if not connection.deaf]
        return [connection for connection in hearing if not connection.leaving] or hearing

    async def _send(self, connection: Connection, message: Json) -> bool:
        try:
            await connection.socket.send_json(message)
        except (ConnectionError, RuntimeError):
            self._forget(connection)
            return False
        return True

    async def _part_with(self, connection: Connection) -> None:
        await self._clock.done_within(connection.gone, LEAVE_SECONDS)
        await connection.socket.close()

    def _forget(self, connection: Connection) -> None:
        if not connection.gone.done():
            connection.gone.set_result(None)
        if connection in self._connections:
            self._connections.remove(connection)
            self._changes.publish("socket", {"connections": self.connections})

    def _goodbye(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}

    def _note(self, kind: str, envelope: Json, delivery: Delivery, *, accepts: bool) -> None:
        payload = envelope["payload"]
        if delivery.body and not accepts:
            self._complain(f"The ack of {payload.get('type', kind)} carries an answer that Slack ignores.")
        self._traffic.record(
            Call(
                side="socket",
                method=kind,
                status=200 if delivery.acknowledged else 0,
                ok=delivery.acknowledged,
                error=delivery.error,
                ms=delivery.ms,
                who=str(payload.get("user", {}).get("id", "") if isinstance(payload.get("user"), dict) else ""),
                request=envelope,
                response=delivery.body or {},
            ),
        )


def _ack_in(text: str) -> Json | None:
    """The ack in a WebSocket message, or None for anything else."""
    try:
        ack = json.loads(text)
    except ValueError:
        return None
    right = isinstance(ack, dict) and isinstance(ack.get("envelope_id"), str)
    return ack if right and isinstance(ack.get("payload"), dict | None) else None
