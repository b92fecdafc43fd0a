"""The control API of the pretend Slack: act from a seat, look at what it sees, do what administrators do."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from bot.sandbox.control_forms import SEAT_VERBS, Asking, ChannelChange, GroupChange, Json, WorkerChange
from bot.sandbox.control_kit import answered, form
from bot.sandbox.errors import NotThere, SandboxError
from bot.sandbox.slack.interactions import Interaction
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.seats import Seat
from bot.sandbox.slack.workspace import Workspace


class SlackControl:
    """Endpoints under /control/seats and /control/slack."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def routes(self) -> list[web.RouteDef]:
        slack = "/control/slack"
        return [
            web.get("/control/seats", _checked(self.seats)),
            web.get("/control/seats/{user}", _checked(self.seat)),
            *(web.post(f"/control/seats/{{user}}/{name}", self._verb(name, asks)) for name, asks in SEAT_VERBS.items()),
            web.get(f"{slack}/channels/{{id}}", _checked(self.channel)),
            web.patch(f"{slack}/channels/{{id}}", _checked(self.change_channel)),
            web.patch(f"{slack}/groups/{{id}}", _checked(self.change_group)),
            web.patch(f"{slack}/people/{{id}}", _checked(self.change_person)),
        ]

    def state(self) -> Json:
        """People, groups, channels without their messages, and what the app did wrong."""
        state = self._workspace.state
        return {
            "people": list(state.people.values()),
            "groups": list(state.groups.values()),
            "channels": list(state.channels.values()),
            "complaints": self._workspace.complaints,
            "sockets": self._workspace.socket.connections,
        }

    async def seats(self, _request: web.Request) -> Json:
        people = self._workspace.state.people.values()
        return {"seats": [person for person in people if not person["is_bot"]]}

    async def seat(self, request: web.Request) -> Json:
        """What a person sees: modals, messages for their eyes only, home tab, direct messages, unread counts."""
        seat = self._seat(request)
        return {
            "user": seat.user,
            "modals": seat.modals,
            "ephemerals": seat.ephemerals,
            "home": seat.home,
            "dms": seat.dms,
            "unread": seat.unread,
        }

    async def channel(self, request: web.Request) -> Json:
        """A channel's messages, oldest first; with `thread_ts` one thread."""
        channel = request.match_info["id"]
        found = self._channel(channel)
        thread = request.query.get("thread_ts")
        messages = self._workspace.thread(channel, thread) if thread else self._workspace.messages(channel)
        return {"channel": found, "messages": messages}

    async def change_channel(self, request: web.Request) -> Json:
        wanted = await form(request, ChannelChange)
        channel = request.match_info["id"]
        found = self._channel(channel)
        for user in (*wanted.join, *wanted.leave):
            self._workspace.directory.person(user)
        if wanted.archived is not None:
            self._workspace.archive(channel, archived=wanted.archived)
        if wanted.shared is not None:
            self._workspace.share(channel, shared=wanted.shared)
        if wanted.name is not None:
            self._workspace.rename(channel, wanted.name)
        for user in wanted.join:
            self._workspace.join(channel, user)
        for user in wanted.leave:
            self._workspace.leave(channel, user)
        return {"channel": found}

    async def change_group(self, request: web.Request) -> Json:
        wanted = await form(request, GroupChange)
        group = request.match_info["id"]
        for user in wanted.users:
            self._workspace.directory.person(user)
        self._workspace.set_group(group, wanted.users)
        return {"group": self._workspace.directory.group(group)}

    async def change_person(self, request: web.Request) -> Json:
        wanted = await form(request, WorkerChange)
        user = request.match_info["id"]
        changed = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
        self._workspace.set_person(user, **changed)
        return {"person": self._workspace.directory.person(user)}

    def _verb(self, name: str, asking: type[Asking]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def act(request: web.Request) -> Json:
            seat = self._seat(request)
            given = msgspec.structs.asdict(await form(request, asking))
            given |= given.pop("overrides", {})
            result = getattr(seat, name)(**given)
            return _shown(await result if isinstance(result, Awaitable) else result)

        return _checked(act)

    def _seat(self, request: web.Request) -> Seat:
        user = request.match_info["user"]
        if user not in self._workspace.state.people:
            raise NotThere(f"Nobody here is called {user}. There are: {', '.join(self._workspace.state.people)}.")
        return self._workspace.seat(user)

    def _channel(self, channel: str) -> Json:
        found = self._workspace.state.channels.get(channel)
        if found is None:
            raise NotThere(f"There is no channel {channel}. There are: {', '.join(self._workspace.state.channels)}.")
        return found


def _shown(result: Any) -> Json:
    if isinstance(result, Interaction):
        return dataclasses.asdict(result)
    return {"result": result}


def _checked(answer: Callable[[web.Request], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Slack's own refusals are mistakes here too."""

    async def translated(request: web.Request) -> Json:
        try:
            return await answer(request)
        except Refusal as refusal:
            raise SandboxError(f"Slack says {refusal.error}.") from None

    return answered(translated)
