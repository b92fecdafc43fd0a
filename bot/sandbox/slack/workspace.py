"""The pretend Slack workspace: built from its parts, asked by tests, driven by the control API and the page."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import SandboxError
from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.history import History, wire
from bot.sandbox.slack.interactions import Interactions
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.payloads import Payloads
from bot.sandbox.slack.people import Cast
from bot.sandbox.slack.seats import Seat
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.state import Json, State
from bot.sandbox.slack.tickets import Tickets
from bot.sandbox.slack.views import Views
from bot.sandbox.traffic import Traffic
from bot.sandbox.waiting import until
from bot.sandbox.weather import Weather

LONGEST_WAIT = 10.0
MOST_COMPLAINTS = 1_000


class Workspace:
    """One team with its app; the verbs here are what an administrator does, a `Seat` is what a person does.

    Set `base_url` (`http://127.0.0.1:<port>`) once the server listens: response addresses begin with it.
    """

    def __init__(
        self,
        *,
        cast: Cast,
        clock: SandboxClock,
        changes: Changes,
        traffic: Traffic,
        weather: Weather,
        limits: bool = True,
        state: State | None = None,
        base_url: str = "",
    ) -> None:
        self.clock, self.changes, self.traffic, self.weather = clock, changes, traffic, weather
        self.base_url = base_url
        self.app, self.team = cast.app, cast.team
        self.state = state or State.of_cast(cast)
        self.limits = Limits(clock, on=limits)
        self.tickets = Tickets(self.state, clock)
        self.directory = Directory(self.state, cast.team, cast.app)
        self.history = History(self.state, clock, changes, self.directory)
        self.views = Views(self.state, clock, changes, cast.team, cast.app)
        self.payloads = Payloads(self.directory)
        self.socket = SocketMode(
            app=cast.app, clock=clock, traffic=traffic, changes=changes, weather=weather, complain=self.complain
        )
        self.events = Events(
            state=self.state, clock=clock, socket=self.socket, payloads=self.payloads, directory=self.directory
        )
        self.interactions = Interactions(
            state=self.state,
            directory=self.directory,
            history=self.history,
            views=self.views,
            tickets=self.tickets,
            payloads=self.payloads,
            socket=self.socket,
            complain=self.complain,
        )

    @classmethod
    def from_snapshot(cls, snapshot: Json, **parts: Any) -> "Workspace":
        """A workspace that goes on where `snapshot()` left off; `parts` are the constructor's."""
        return cls(state=State.from_json(snapshot), **parts)

    def snapshot(self) -> Json:
        """Everything the workspace remembers, as JSON, a copy."""
        return self.state.as_json()

    async def close(self) -> None:
        """Stop redelivering events and close the sockets; the server calls it when it shuts down."""
        await self.events.close()
        await self.socket.close()

    @property
    def complaints(self) -> list[str]:
        """What the app did that Slack would quietly put up with: unknown arguments, answers nobody reads."""
        return self.state.complaints

    def complain(self, sentence: str) -> None:
        if len(self.state.complaints) < MOST_COMPLAINTS:
            self.state.complaints.append(sentence)
        self.changes.publish("complaint", {"sentence": sentence})

    def seat(self, user: str) -> Seat:
        if user not in self.state.people:
            raise SandboxError(f"Nobody here is called {user}. There are: {', '.join(self.state.people)}.")
        return Seat(self, user)

    def wire(self, message: Json) -> Json:
        return wire(message)

    def messages(self, channel: str) -> list[Json]:
        """All messages of a channel, oldest first, replies among them."""
        return self.history.of(channel)

    def message(self, channel: str, ts: str) -> Json:
        """Raises Refusal `message_not_found`."""
        return self.history.find(channel, ts)

    def thread(self, channel: str, ts: str) -> list[Json]:
        return self.history.thread(channel, ts)

    async def until(self, true: Callable[[], Any], what: str, seconds: float = LONGEST_WAIT) -> Any:
        """Wait until a condition holds, looked at after each change; its value, or SandboxError with what was seen."""
        return await until(self.changes, true, what, seconds=seconds, seen=self._seen)

    def post(self, channel: str, author: Json, text: str, *, thread_ts: str = "", **more: Any) -> Json:
        """Add a message and tell the app of it."""
        message = self.history.post(channel, author, text, thread_ts=thread_ts, **more)
        self.events.tell_message(self.state.channels[channel], wire(message))
        return message

    def archive(self, channel: str, *, by: str = "", archived: bool = True) -> None:
        found = self._channel(channel)
        found["is_archived"] = archived
        self._tell_channel("channel_archive" if archived else "channel_unarchive", found, user=by)

    def rename(self, channel: str, name: str) -> None:
        found = self._channel(channel)
        found["name"] = name
        about = {"id": channel, "name": name, "created": self.directory.wire_channel(found)["created"]}
        self._tell_channel("channel_rename", found, about=about)

    def share(self, channel: str, *, shared: bool = True, pending: bool = False) -> None:
        """Share a channel with another company or end that; `pending`: one is invited, of which Slack says nothing."""
        found = self._channel(channel)
        found["is_ext_shared"], found["is_pending_ext_shared"] = shared and not pending, pending
        if not pending:
            self._tell_channel("channel_shared" if shared else "channel_unshared", found)

    def remove_bot(self, channel: str) -> None:
        found = self._channel(channel)
        bot = self.app.bot_user_id
        found["members"] = [user for user in found["members"] if user != bot]
        self._tell_channel("channel_left", found)

    def add_bot(self, channel: str) -> None:
        self.join(channel, self.app.bot_user_id)

    def join(self, channel: str, user: str) -> None:
        found = self._channel(channel)
        if user not in found["members"]:
            found["members"].append(user)
            self._tell_channel("member_joined_channel", found, user=user, team=self.team.id)

    def leave(self, channel: str, user: str) -> None:
        found = self._channel(channel)
        if user in found["members"]:
            found["members"].remove(user)
            self._tell_channel("member_left_channel", found, user=user, team=self.team.id)

    def set_group(self, group: str, users: list[str]) -> None:
        """Change who is in a user group."""
        found = self.directory.group(group)
        before, found["users"] = set(found["users"]), list(users)
        added, removed = sorted(set(users) - before), sorted(before - set(users))
        self.changes.publish("user", {"group": found})
        self.events.tell(
            "subteam_members_changed",
            subteam_id=group,
            team_id=self.team.id,
            date_previous_update=int(self.clock.now()),
            date_update=int(self.clock.now()),
            added_users=added,
            added_users_count=len(added),
            removed_users=removed,
            removed_users_count=len(removed),
        )

    def deactivate(self, user: str, *, deleted: bool = True) -> None:
        """Take a person's account away, or give it back."""
        self.set_person(user, deleted=deleted)

    def set_person(self, user: str, **changed: Any) -> None:
        """Change facts about a person (real_name, guest, deleted, title …)."""
        person = self.directory.person(user)
        unknown = sorted(set(changed) - set(person))
        if unknown:
            raise SandboxError(f"A person has no {', '.join(unknown)}.")
        person |= changed
        self.changes.publish("user", {"user": person})
        self.events.tell("user_change", user=self.directory.wire_person(person), cache_ts=int(self.clock.now()))

    def _channel(self, channel: str) -> Json:
        try:
            return self.state.channels[channel]
        except KeyError:
            raise SandboxError(f"There is no channel {channel}. There are: {', '.join(self.state.channels)}.") from None

    def _tell_channel(self, kind: str, channel: Json, *, about: Json | None = None, **fields: Any) -> None:
        self.changes.publish("channel", {"channel": channel})
        kind_of_channel = self.directory.kind(channel)
        self.events.tell(kind, channel=about or channel["id"], channel_type=kind_of_channel, **fields)

    def _seen(self) -> str:
        calls = [f"{call.method} {call.error or 'ok'}" for call in self.traffic.calls()[-10:]]
        return f"The last calls were: {', '.join(calls) or 'none'}. Complaints: {self.complaints or 'none'}."
