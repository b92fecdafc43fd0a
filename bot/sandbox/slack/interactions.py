"""People's clicks, forms and commands: sent to the app, and what its acknowledgement makes happen."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import SandboxError
from bot.sandbox.slack.blocks import problems_of_blocks
from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.history import History
from bot.sandbox.slack.inputs import refused
from bot.sandbox.slack.payloads import Payloads
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.socket_mode import Delivery, SocketMode
from bot.sandbox.slack.state import Json, State
from bot.sandbox.slack.tickets import Tickets
from bot.sandbox.slack.views import Views, wire_view


@dataclass(frozen=True, slots=True)
class Interaction:
    """How a click, form or command went.

    `errors` are the sentences under the fields of a form. `error` is "" or what the person sees go wrong:
    `operation_timeout`, `dispatch_failed` (both "trouble connecting"), `not_sent` (the form or dialog kept it back).
    """

    acknowledged: bool
    ms: float = 0.0
    body: Json | None = None
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""


NOT_SENT = "not_sent"


@dataclass(frozen=True, kw_only=True)
class Interactions:
    """Sends interactions over Socket Mode and carries out what the app answers in its ack."""

    state: State
    directory: Directory
    history: History
    views: Views
    tickets: Tickets
    payloads: Payloads
    socket: SocketMode
    complain: Callable[[str], None]

    async def actions(self, payload: Json) -> Interaction:
        """A `block_actions` payload; an answer inside its ack means nothing to Slack."""
        return _plain(await self.socket.deliver("interactive", payload))

    async def submit(self, user: str, view: Json, *, twice: bool = False) -> Interaction:
        """Send a filled-in form, unless the form itself refuses what was typed."""
        errors = refused(view["blocks"], view["state"]["values"])
        if errors:
            return Interaction(acknowledged=False, errors=errors, error=NOT_SENT)
        payloads = [self._submission(user, view) for _ in range(2 if twice else 1)]
        deliveries = await asyncio.gather(
            *(self.socket.deliver("interactive", payload, accepts=True) for payload in payloads),
        )
        answered = [self._answered(view, delivery) for delivery in deliveries]
        return answered[0]

    async def closed(self, user: str, view: Json, *, cleared: bool) -> Interaction:
        """The person closed a form; the app hears of it only where it asked to."""
        if not view["notify_on_close"]:
            return Interaction(acknowledged=False, error=NOT_SENT)
        payload = self.payloads.interaction("view_closed", user, "")
        del payload["trigger_id"]
        return _plain(
            await self.socket.deliver("interactive", {**payload, "view": wire_view(view), "is_cleared": cleared})
        )

    async def command(self, user: str, command: str, text: str, channel: str, base_url: str) -> Interaction:
        """A slash command; the ack may answer with text and blocks, for the person alone or for all."""
        found = self.state.channels[channel]
        url = self.tickets.new_response_url(base_url, user=user, channel=channel, ts="", ephemeral=True)
        trigger = self.tickets.new_trigger(user)
        payload = self.payloads.command(user, found, command=command, text=text, trigger=trigger, response_url=url)
        delivery = await self.socket.deliver("slash_commands", payload, accepts=True)
        if delivery.body:
            try:
                self.answer(user, channel, delivery.body)
            except Refusal as refusal:
                self.complain(f"The ack of {command} is wrong: {refusal.answer()}")
        return _plain(delivery)

    def answer(self, user: str, channel: str, body: Json, *, thread_ts: str = "") -> None:
        """Show what the app answered: only to the person, or in the channel; wrong blocks are refused."""
        text, blocks = checked_answer(body)
        if body.get("response_type") == "in_channel":
            self.history.post(channel, self.author(), text, blocks=blocks, thread_ts=thread_ts)
        else:
            self.history.whisper(user, channel, text, blocks, thread_ts=thread_ts)

    def author(self) -> Json:
        """The app as the author of a message."""
        app = self.directory.app
        return {"user": app.bot_user_id, "bot_id": app.bot_id, "app_id": app.id}

    def _submission(self, user: str, view: Json) -> Json:
        payload = self.payloads.interaction("view_submission", user, self.tickets.new_trigger(user))
        return {**payload, "view": wire_view(view), "response_urls": []}

    def _answered(self, view: Json, delivery: Delivery) -> Interaction:
        body: Json = delivery.body or {}
        if not delivery.acknowledged or view["id"] not in self.state.views:
            return _plain(delivery)
        action = body.get("response_action", "")
        if action == "errors":
            return self._shown_errors(view, delivery, body.get("errors", {}))
        try:
            self._act(view, action, body)
        except Refusal as refusal:
            self.complain(f"The ack of view_submission is wrong: {refusal.answer()}")
            return Interaction(delivery.acknowledged, delivery.ms, delivery.body, error=refusal.error)
        return _plain(delivery)

    def _act(self, view: Json, action: str, body: Json) -> None:
        if action == "update":
            self.views.update(view["id"], body.get("view", {}))
        elif action == "push":
            self.views.push(view["user"], body.get("view", {}))
        elif action == "clear":
            self.views.close_all(view["user"])
        elif action == "":
            self.views.close(view["id"])
        else:
            raise Refusal("invalid_response_action")

    def _shown_errors(self, view: Json, delivery: Delivery, errors: Any) -> Interaction:
        fields = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        strangers = sorted(set(errors) - fields) if isinstance(errors, dict) else ["(no object)"]
        if strangers or not errors:
            self.complain(f"Errors for fields that this form does not have: {', '.join(strangers)}")
        return Interaction(delivery.acknowledged, delivery.ms, delivery.body, errors=dict(errors or {}))


def checked_answer(body: Json) -> tuple[str, list[Json]]:
    """Text and blocks of an answer to a click or command; raises Slack's refusals."""
    text, blocks = str(body.get("text") or ""), body.get("blocks") or []
    problems = problems_of_blocks(blocks)
    if problems:
        raise Refusal("invalid_blocks", messages=problems)
    if not text and not blocks:
        raise Refusal("no_text")
    return text, blocks


def _plain(delivery: Delivery) -> Interaction:
    return Interaction(delivery.acknowledged, delivery.ms, delivery.body, error=delivery.error)


def shown_to(history: History, user: str, channel: str, ts: str) -> Json:
    """The message or ephemeral message that a person sees under this ts; SandboxError when there is none."""
    whispered = history.whispered(user, ts)
    if whispered is not None:
        return whispered
    try:
        return history.find(channel, ts)
    except Refusal:
        raise SandboxError(f"There is no message {ts} in {channel} for {user}.") from None
