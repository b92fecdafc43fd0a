"""The one place that touches Bolt: takes what Slack sends, finds the flow by table, and answers.

The acknowledgement goes out when the act is durable. Few listeners, each matching everything of its kind:
the table decides, and what is in no table is refused in a sentence.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import Broken, DeskError, Refused, Unavailable, Unreadable
from bot.domain.ids import HOUR
from bot.logs import Log
from bot.ports import Memory
from bot.views import modals
from handlers.kit import NOT_OURS, Answer, Body, Kit, first_action, read_click, read_form
from handlers.tables import Tables, read_asked

ANYTHING = re.compile(r"[\s\S]*")
ANSWER_WITHIN = 1.8
"""Seconds for one act; Slack gives 3 before it tells the person that the app is not there."""
TELL_WITHIN = 1.0
"""Seconds for saying why not, out of what is left of them."""
EVENT_KEPT = 2 * HOUR
"""Slack delivers an event again for up to an hour."""

NOT_NOW = (
    "A part of the desk did not answer in time. Look at the card: if it has not changed, this was not recorded and "
    "nothing will be sent because of it. Please try again."
)

NOT_LET = (
    "Slack does not let the desk do this ({reason}). Look at the card: if it has not changed, this was not recorded. "
    "Trying again will not help; please tell whoever runs the desk."
)
SLACKS_NAME = re.compile(r"[a-z_]{1,60}")
"""How Slack writes its errors; anything else is not shown to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the desk lives: what comes from elsewhere is refused. `site` is the address of the workspace."""

    team_id: str
    app_id: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """Connects the flows' tables to Bolt."""

    kit: Kit
    home: Home
    memory: Memory
    log: Log
    tables: Tables
    tell_ops: Callable[[str], Awaitable[None]]
    """Tell the people who run the desk, once, that Slack refuses something; takes Slack's name for the reason."""

    def open(self, app: AsyncApp) -> None:
        """Register the listeners."""
        app.action(ANYTHING)(self.on_click)
        app.view(ANYTHING)(self.on_form)
        app.command("/desk")(self.on_command)
        app.event(ANYTHING)(self.on_event)

    async def on_click(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        if await self._answer(body, self._click(body), lambda sentence: self.kit.tell(body, sentence)):
            await ack()

    async def on_form(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**(await self._form(body) or {}))

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        answers: list[str] = []

        async def keep(sentence: str) -> None:
            answers.append(sentence)

        await self._answer(body, self._command(body, answers), keep)
        await (ack(response_type="ephemeral", text="\n".join(answers)) if any(answers) else ack())

    async def on_event(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await self._answer(body, self._event(body), _nobody)
        await ack()

    async def _click(self, body: Body) -> None:
        self._only_here(body)
        control = self.tables.controls.get(str(first_action(body).get("action_id")))
        if control:
            await control(body)
            return
        click = read_click(body)
        flow = self.tables.clicks.get(click.name)
        if flow is None:
            raise Refused(NOT_OURS)
        await flow(click)

    async def _form(self, body: Body) -> Answer:
        try:
            self._only_here(body)
            form = read_form(body)
        except DeskError as error:
            return _told(error)
        flow = self.tables.forms.get(str(body["view"].get("callback_id")))
        if flow is None:
            return _told(Refused(NOT_OURS))
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await flow(form)
        except Refused as no:
            return self.kit.at_field(form, no)
        except (DeskError, TimeoutError) as error:
            self.log.warning("form_failed", reason=type(error).__name__)
            return _field_error(form.blocks, await self._why_not(error))

    async def _command(self, body: Body, answers: list[str]) -> None:
        if body.get("team_id") != self.home.team_id or body.get("api_app_id") != self.home.app_id:
            raise Refused("This desk belongs to another workspace.")
        word, asked = read_asked(body)
        answers.append(await self.tables.answer(word, asked))

    async def _event(self, body: Body) -> None:
        event = body.get("event")
        on_event = self.tables.events.get(str(event.get("type"))) if isinstance(event, Mapping) else None
        if on_event and await self.memory.first_time(f"event:{body.get('event_id')}", EVENT_KEPT):
            await on_event(body)

    def _only_here(self, body: Body) -> None:
        """Refuse people of other workspaces and payloads for other apps, by the raw payload."""
        team = (body.get("team") or {}).get("id")
        user_team = (body.get("user") or {}).get("team_id", team)
        if body.get("api_app_id") != self.home.app_id:
            raise Unreadable("a payload for another app")
        if team != self.home.team_id or user_team != self.home.team_id:
            raise Refused("Only members of this workspace can work at this desk.")

    async def _answer(self, body: Body, act: Awaitable[None], tell: Callable[[str], Awaitable[None]]) -> bool:
        """Do it within the time, or say in a sentence why not.

        Returns whether to acknowledge: not where nothing was done and Slack was too far away to say so. Slack itself
        then tells the person that there was trouble, and nobody believes that it is done.
        """
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await act
        except Refused as no:
            return await self._say(tell, no.sentence)
        except Unreadable as error:
            self.log.warning("act_unreadable", reason=type(error).__name__, interaction=str(body.get("type", ""))[:40])
        except (Unavailable, Broken, TimeoutError) as error:
            self.log.warning("act_failed", reason=type(error).__name__)
            told = await self._say(tell, await self._why_not(error))
            return told and not isinstance(error, Broken)
        return True

    async def _why_not(self, error: Exception) -> str:
        """Return the sentence for what failed; where Slack refuses us, the people who run the desk hear of it too."""
        if not isinstance(error, Broken):
            return NOT_NOW
        reason = str(error) if SLACKS_NAME.fullmatch(str(error)) else "unreadable"
        try:
            async with asyncio.timeout(TELL_WITHIN):
                await self.tell_ops(reason)
        except (DeskError, TimeoutError) as failed:
            self.log.warning("ops_not_told", reason=type(failed).__name__)
        return NOT_LET.format(reason=reason)

    async def _say(self, tell: Callable[[str], Awaitable[None]], sentence: str) -> bool:
        try:
            async with asyncio.timeout(TELL_WITHIN):
                await tell(sentence)
        except (DeskError, TimeoutError) as error:
            self.log.warning("sentence_not_shown", reason=type(error).__name__)
            return isinstance(error, Refused | Broken)
        return True


async def _nobody(sentence: str) -> None:
    """Say nothing: opening the home tab has no place for a sentence of its own."""


def _told(error: DeskError) -> Answer:
    sentence = error.sentence if isinstance(error, Refused) else NOT_OURS
    return {"response_action": "update", "view": modals.told(sentence)}


def _field_error(blocks: Mapping[str, str], sentence: str) -> Answer:
    """Keep the form open with everything that was typed, and say why at its first field."""
    first = blocks.get("reply") or next(iter(blocks.values()), "")
    return {"response_action": "errors", "errors": {first: sentence}} if first else None
