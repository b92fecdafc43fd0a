"""A person's seat: what somebody in the workspace sees and does, click by click, as the page and the tests use it."""

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import SandboxError
from bot.sandbox.slack.clicks import action_of, element_in
from bot.sandbox.slack.inputs import Values, filled, first_values
from bot.sandbox.slack.interactions import NOT_SENT, Interaction, shown_to
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.views import wire_view

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace


class Seat:
    """One person's side of Slack; raises SandboxError for what that person could not do there."""

    def __init__(self, workspace: "Workspace", user: str) -> None:
        self._workspace = workspace
        self.user = user

    @property
    def modals(self) -> list[Json]:
        """The open modals, the visible one last."""
        return self._workspace.views.stack(self.user)

    @property
    def ephemerals(self) -> list[Json]:
        """What only this person was shown, oldest first: channel, ts, at, text, blocks, thread_ts, mentions."""
        return self._workspace.state.ephemerals.get(self.user, [])

    @property
    def home(self) -> Json | None:
        return self._workspace.views.home(self.user)

    @property
    def dms(self) -> list[Json]:
        """The direct messages with the bot, oldest first."""
        return self._workspace.messages(f"D0{self.user}")

    @property
    def unread(self) -> dict[str, int]:
        """Unread messages by channel."""
        return self._workspace.state.unread.get(self.user, {})

    def read(self, channel: str) -> None:
        self._workspace.history.read(self.user, channel)

    async def click(
        self,
        channel: str,
        ts: str,
        action_id: str,
        *,
        option: Any = None,
        block_id: str | None = None,
        confirm: bool = True,
    ) -> Interaction:
        """Click what the message shows now; `option` is picked in a menu, `confirm=False` says no to a dialog."""
        self._must_be_in(channel)
        message = shown_to(self._workspace.history, self.user, channel, ts)
        block, element = element_in(message["blocks"], action_id, block_id)
        if "confirm" in element and not confirm:
            return Interaction(acknowledged=False, error=NOT_SENT)
        action = action_of(block, element, option, self._workspace.clock.now())
        return await self.click_raw(channel, ts, action)

    async def click_raw(self, channel: str, ts: str, action: Json, **overrides: Any) -> Interaction:
        """Send any action as if it had been clicked; `overrides` replace parts of the payload (hostile senders)."""
        workspace = self._workspace
        payload = self._payload("block_actions")
        whispered = workspace.history.whispered(self.user, ts)
        payload["container"] = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "is_ephemeral": whispered is not None,
        }
        message = _find(workspace, channel, ts)
        if message is not None:
            payload["message"] = copy.deepcopy(workspace.wire(message))
            payload["state"] = {"values": first_values(message["blocks"])}
            if "thread_ts" in message:
                payload["container"]["thread_ts"] = message["thread_ts"]
        payload["channel"] = workspace.payloads.channel(workspace.directory.channel(channel))
        payload["response_url"] = workspace.tickets.new_response_url(
            workspace.base_url,
            user=self.user,
            channel=channel,
            ts=ts,
            ephemeral=whispered is not None,
        )
        payload["actions"] = [action]
        return await workspace.interactions.actions({**payload, **overrides})

    async def click_home(self, action_id: str, option: Any = None, *, block_id: str | None = None) -> Interaction:
        home = self.home
        if home is None:
            raise SandboxError(f"{self.user} has no home tab yet.")
        return await self._click_view(home, action_id, option, block_id)

    async def click_in_view(
        self,
        view_id: str,
        action_id: str,
        option: Any = None,
        *,
        block_id: str | None = None,
        values: Json | None = None,
    ) -> Interaction:
        """Click or pick inside an open modal; `values` is what else stands in the form at that moment."""
        view = self._open_view(view_id)
        self.fill(view_id, values or {})
        return await self._click_view(view, action_id, option, block_id)

    def fill(self, view_id: str, values: Json) -> Values:
        """Type into a form without sending it; names are block ids or action ids."""
        view = self._open_view(view_id)
        view["state"]["values"] = filled(view["blocks"], view["state"]["values"], values)
        return dict(view["state"]["values"])

    async def submit(self, view_id: str, values: Json | None = None, *, twice: bool = False) -> Interaction:
        """Fill in and send a form; `twice` is the impatient double click."""
        view = self._open_view(view_id)
        if view["submit"] is None:
            raise SandboxError("This form has no button to send it.")
        self.fill(view_id, values or {})
        return await self._workspace.interactions.submit(self.user, view, twice=twice)

    async def close(self, view_id: str, *, all_of_them: bool = False) -> Interaction:
        """Close a modal by its button, or the whole stack by the cross."""
        view = copy.deepcopy(self._open_view(view_id))
        if all_of_them or view["clear_on_close"]:
            self._workspace.views.close_all(self.user)
        else:
            self._workspace.views.close(view_id)
        return await self._workspace.interactions.closed(self.user, view, cleared=all_of_them)

    async def command(self, command: str, text: str = "", *, channel: str = "C0CARE") -> Interaction:
        """Type a slash command; SandboxError when the app has no such command."""
        self._must_be_in(channel)
        if command not in self._workspace.directory.app.commands:
            raise SandboxError(f"{command} is not a valid command. There are: {self._workspace.directory.app.commands}")
        return await self._workspace.interactions.command(self.user, command, text, channel, self._workspace.base_url)

    async def open_home(self) -> None:
        """Open the app's home tab; the app hears of it and publishes a view when it pleases."""
        self._must_be_here()
        event: Json = {
            "user": self.user,
            "channel": self._workspace.directory.direct_messages(self.user),
            "tab": "home",
        }
        if self.home is not None:
            event["view"] = wire_view(self.home)
        self._workspace.events.tell("app_home_opened", **event)

    async def says(self, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Write a message; what is typed is escaped as Slack does it."""
        if channel == f"D0{self.user}":
            self._workspace.directory.direct_messages(self.user)
        self._must_be_in(channel)
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return self._workspace.post(channel, {"user": self.user}, escaped, thread_ts=thread_ts or "")

    async def until_modal(self, true: Callable[[Json], Any] = bool) -> Json:
        """Wait until the visible modal fulfils a condition (any by default)."""
        await self._workspace.until(lambda: self.modals and true(self.modals[-1]), f"a modal for {self.user}")
        return self.modals[-1]

    async def until_ephemeral(self, n: int = 1) -> Json:
        """Wait until this person was shown n messages for their eyes only; the newest."""
        await self._workspace.until(lambda: len(self.ephemerals) >= n, f"{n} ephemeral message(s) for {self.user}")
        return self.ephemerals[-1]

    async def until_home(self, true: Callable[[Json], Any] = bool) -> Json:
        await self._workspace.until(lambda: self.home and true(self.home), f"a home tab for {self.user}")
        return self.home or {}

    async def until_dm(self, n: int = 1) -> Json:
        await self._workspace.until(lambda: len(self.dms) >= n, f"{n} direct message(s) to {self.user}")
        return self.dms[-1]

    async def _click_view(self, view: Json, action_id: str, option: Any, block_id: str | None) -> Interaction:
        self._must_be_here()
        block, element = element_in(view["blocks"], action_id, block_id)
        if option is not None and view["state"]["values"].get(block["block_id"], {}).get(action_id):
            view["state"]["values"] = filled(view["blocks"], view["state"]["values"], {block["block_id"]: option})
        payload = self._payload("block_actions")
        payload["container"] = {"type": "view", "view_id": view["id"]}
        payload["view"] = copy.deepcopy(wire_view(view))
        payload["actions"] = [action_of(block, element, option, self._workspace.clock.now())]
        return await self._workspace.interactions.actions(payload)

    def _payload(self, kind: str) -> Json:
        return self._workspace.payloads.interaction(kind, self.user, self._workspace.tickets.new_trigger(self.user))

    def _open_view(self, view_id: str) -> Json:
        for view in self.modals:
            if view["id"] == view_id:
                return view
        raise SandboxError(f"{self.user} has no modal {view_id} open, but {[view['id'] for view in self.modals]}.")

    def _must_be_here(self) -> None:
        if self._workspace.state.people[self.user]["deleted"]:
            raise SandboxError(f"{self.user} is deactivated and cannot do anything here.")

    def _must_be_in(self, channel: str) -> None:
        self._must_be_here()
        found = self._workspace.state.channels.get(channel)
        if found is None or self.user not in found["members"]:
            raise SandboxError(f"{self.user} is not in {channel}.")


def _find(workspace: "Workspace", channel: str, ts: str) -> Json | None:
    try:
        return workspace.history.find(channel, ts)
    except Refusal:
        return None
