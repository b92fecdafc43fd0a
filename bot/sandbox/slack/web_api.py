"""The Web API's front door: reads a call in any of Slack's wire forms, checks it, answers in Slack's shape."""

import json
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.slack.chat_methods import CHAT
from bot.sandbox.slack.conversation_methods import CONVERSATIONS
from bot.sandbox.slack.interactions import checked_answer
from bot.sandbox.slack.limits import Rate
from bot.sandbox.slack.methods import Method, Methods, need_scope
from bot.sandbox.slack.people_methods import PEOPLE
from bot.sandbox.slack.refusals import Refusal, rate_limited
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.view_methods import VIEWS
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.traffic import Call

METHODS: Methods = {**CHAT, **VIEWS, **PEOPLE, **CONVERSATIONS}
_SOCKET = "apps.connections.open"


class WebApi:
    """Answers `/api/<method>`; every call is in the traffic, with what the app was told."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def serve(self, request: web.Request) -> web.StreamResponse:
        workspace, name, started = self._workspace, request.match_info["method"], time.perf_counter()
        workspace.base_url = workspace.base_url or str(request.url.origin())
        await self._slow_down()
        arguments: Json = {}
        status, answer, headers = 200, {}, {}
        try:
            arguments = await arguments_of(request)
            answer = {"ok": True, **self._answer(name, request.headers, arguments)}
        except Refusal as refusal:
            status, answer = refusal.status, refusal.answer()
            headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
        lost = answer["ok"] and name in METHODS and METHODS[name].posts and workspace.weather.take("slack_lose_answers")
        await self._slow_down()
        workspace.traffic.record(
            Call(
                side="slack",
                method=name,
                status=0 if lost else status,
                ok=bool(answer["ok"]),
                error="answer_lost" if lost else str(answer.get("error", "")),
                ms=(time.perf_counter() - started) * 1_000,
                who="bot",
                request=arguments,
                response=answer,
            ),
        )
        if lost and request.transport is not None:
            request.transport.close()
        return web.json_response(answer, status=status, headers={**headers, **self._scopes()})

    def _answer(self, name: str, headers: Mapping[str, str], arguments: Json) -> Json:
        workspace = self._workspace
        if workspace.weather.slack_down:
            raise Refusal("service_unavailable", status=503)
        if name not in METHODS:
            raise Refusal("unknown_method", req_method=name)
        method = METHODS[name]
        self._check_token(method, headers, arguments)
        if name != _SOCKET and workspace.weather.take("slack_429"):
            raise rate_limited(1)
        need_scope(workspace, method.scope)
        for stranger in method.check(arguments):
            workspace.complain(f"{name} does not know the argument {stranger!r}.")
        if method.rate is not None:
            workspace.limits.count(name, method.rate)
        return method.answer(workspace, arguments)

    def _check_token(self, method: Method, headers: Mapping[str, str], arguments: Json) -> None:
        token = headers.get("Authorization", "").removeprefix("Bearer ") or str(arguments.get("token", ""))
        app = self._workspace.app
        if method.token == "none":  # noqa: S105 -- the kind of a token
            return
        if not token:
            raise Refusal("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise Refusal("invalid_auth")
        if token != {"bot": app.bot_token, "app": app.app_token}[method.token]:
            raise Refusal("not_allowed_token_type")

    async def _slow_down(self) -> None:
        if self._workspace.weather.slow_ms:
            await self._workspace.clock.sleep(self._workspace.weather.slow_ms / 2_000)

    def _scopes(self) -> dict[str, str]:
        return {"x-oauth-scopes": ",".join(sorted(self._workspace.app.scopes)), "x-slack-req-id": "sandbox"}


class ResponseUrls:
    """Answers `/response/<token>`: an app's later answers to a click or command."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def serve(self, request: web.Request) -> web.StreamResponse:
        status, answer, body = 200, {"ok": True}, {}
        try:
            body = await arguments_of(request)
            self._workspace.limits.count("response_url", Rate(60))
            known = self._workspace.tickets.redeem_response(request.match_info["token"])
            self._do(known, body)
        except Refusal as refusal:
            status, answer = refusal.status, refusal.answer()
        self._workspace.traffic.record(
            Call(
                side="slack",
                method="response_url",
                status=status,
                ok=bool(answer["ok"]),
                error=str(answer.get("error", "")),
                who="bot",
                request=body,
                response=answer,
            ),
        )
        return web.json_response(answer, status=status)

    def _do(self, known: Json, body: Json) -> None:
        workspace, user, channel, ts = self._workspace, known["user"], known["channel"], known["ts"]
        thread_ts = str(body.get("thread_ts") or "")
        if not ts or not (body.get("replace_original") or body.get("delete_original")):
            workspace.interactions.answer(user, channel, body, thread_ts=thread_ts)
        elif known["ephemeral"]:
            self._change_whisper(user, ts, body)
        elif body.get("delete_original"):
            workspace.history.delete(channel, ts)
        else:
            workspace.history.change(channel, ts, *checked_answer(body))

    def _change_whisper(self, user: str, ts: str, body: Json) -> None:
        shown = self._workspace.history.whispered(user, ts)
        if shown is None:
            raise Refusal("message_not_found", status=404)
        if body.get("delete_original"):
            self._workspace.history.forget_whisper(user, shown)
        else:
            self._workspace.history.change_whisper(user, shown, *checked_answer(body))


async def arguments_of(request: web.Request) -> Json:
    """The arguments of a call, from query, form or JSON body alike; raises Slack's refusals for what cannot be read."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body: Any = json.loads(await request.read() or b"{}")
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        return {**arguments, **body}
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return {**arguments, **dict((await request.post()).items())}
    return arguments
