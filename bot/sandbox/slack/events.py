"""Events that the app subscribed to, delivered until acknowledged: at once, at once again, after 1 and 5 minutes."""

from typing import Any

from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.background import Background
from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.payloads import Payloads
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.state import Json, State

RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds from one delivery to the next: before the first, second and third redelivery."""

# Event type → the scope without which Slack does not send it; message events need one by the kind of channel.
NEEDS = {
    "user_change": "users:read",
    "team_join": "users:read",
    "subteam_updated": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "message_metadata_posted": "metadata.message:read",
}
CHANNEL_EVENTS = {
    "member_joined_channel",
    "member_left_channel",
    "channel_archive",
    "channel_unarchive",
    "channel_rename",
    "channel_shared",
    "channel_unshared",
    "channel_left",
}


class Events:
    """Tells the app what happened, where its manifest and scopes allow."""

    def __init__(
        self, *, state: State, clock: SandboxClock, socket: SocketMode, payloads: Payloads, directory: Directory
    ) -> None:
        self._state = state
        self._clock = clock
        self._socket = socket
        self._payloads = payloads
        self._directory = directory
        self._background = Background()

    def tell(self, kind: str, **fields: Any) -> None:
        """Send one event in the background; nothing happens when the app is not subscribed to it."""
        app = self._directory.app
        scope = f"{_prefix(fields)}:read" if kind in CHANNEL_EVENTS else NEEDS.get(kind)
        if kind in app.events and (scope is None or scope in app.scopes):
            self._start({"type": kind, **fields, "event_ts": f"{self._clock.now():.6f}"})

    def tell_message(self, channel: Json, message: Json) -> None:
        """A message event: subscribed as `message.channels`, `message.groups` or `message.im`."""
        kind = self._directory.kind(channel)
        name = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[kind]
        app = self._directory.app
        if name in app.events and f"{_SCOPES[kind]}:history" in app.scopes:
            self._start({**message, "channel": channel["id"], "channel_type": kind, "event_ts": message["ts"]})
        if message.get("metadata"):
            self._tell_metadata(channel, message)

    async def deliver(self, payload: Json) -> None:
        """Deliver an event callback until it is acknowledged or three redeliveries failed."""
        reason, tried_at = "", self._clock.now()
        for attempt, wait in enumerate((0.0, *RETRY_AFTER)):
            await self._clock.sleep(tried_at + wait - self._clock.now())
            tried_at = self._clock.now()
            sent = await self._socket.deliver("events_api", payload, retry_attempt=attempt, retry_reason=reason)
            if sent.acknowledged:
                return
            reason = "timeout" if sent.error == "operation_timeout" else "http_error"

    async def close(self) -> None:
        await self._background.close()

    def _start(self, event: Json) -> None:
        event_id = self._state.next_id("Ev")
        self._background.start(self.deliver(self._payloads.event(event, event_id, self._clock.now())))

    def _tell_metadata(self, channel: Json, message: Json) -> None:
        self.tell(
            "message_metadata_posted",
            app_id=self._directory.app.id,
            bot_id=self._directory.app.bot_id,
            user_id=message["user"],
            team_id=self._directory.team.id,
            channel_id=channel["id"],
            metadata=message["metadata"],
            message_ts=message["ts"],
        )


_SCOPES = {"channel": "channels", "group": "groups", "im": "im"}


def _prefix(fields: Json) -> str:
    return _SCOPES[str(fields.get("channel_type", "channel"))]
