"""A pretend Slack and X in the test's process, and desks around them as processes of their own, on one folder."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.sandbox.server import Sandbox
from tests.integration.processes import Process, bot
from tests.world import APPROVAL_KEY, COMPLAINT, MANIFEST, REPLY, Json, all_text, find_control

POLICY = MANIFEST.parent / "policy.toml"
PATIENCE = 75.0
"""Seconds until something that does not come true is told."""


class Place:
    """What a story needs when the desk is a process: nothing in it can be reached but by Slack and X."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.data = folder / "data"
        scopes = json.loads(MANIFEST.read_text())["oauth_config"]["scopes"]["bot"]
        sandbox.slack.app = replace(sandbox.slack.app, scopes=frozenset(scopes))
        (folder / "policy.toml").write_text(POLICY.read_text().replace('undo = "30 s"', 'undo = "1 s"'))
        self.environment = {
            **sandbox.environment(),
            "REPLYDESK_APPROVAL_KEY": APPROVAL_KEY,
            "REPLYDESK_DATA_DIR": str(self.data),
            "REPLYDESK_POLICY_FILE": str(folder / "policy.toml"),
            "REPLYDESK_POLL_SECONDS": "5",
            "REPLYDESK_STREAM": "true",
        }

    @property
    def store(self) -> Path:
        return self.data / "store"

    def bot(self, *words: str, **settings: str | None) -> AbstractAsyncContextManager[Process]:
        """Start a command with the sandbox's settings; `settings` replace some, None takes one away."""
        return bot(*words, environment=self.with_settings(settings), folder=self.folder)

    def with_settings(self, settings: dict[str, str | None]) -> dict[str, str]:
        return {key: value for key, value in {**self.environment, **settings}.items() if value is not None}

    async def until(self, true: Callable[[], Any], what: str, seen: Callable[[], str] = str) -> Any:
        ends = asyncio.get_running_loop().time() + PATIENCE
        while not (found := true()):
            assert asyncio.get_running_loop().time() < ends, f"waited in vain for {what}; saw: {seen()}"
            await asyncio.sleep(0.02)
        return found

    async def listening(self, connections: int = 1) -> None:
        socket = self.sandbox.slack.socket
        await self.until(
            lambda: socket.connections >= connections, "a desk on the line", lambda: str(socket.connections)
        )

    def cards(self, words: str = "") -> list[Json]:
        channels = ("C0CARE", "C0PRDESK", "C0CAREDE")
        found = (m for channel in channels for m in self.sandbox.slack.messages(channel))
        top = (m for m in found if m.get("thread_ts", m["ts"]) == m["ts"] and m["text"].startswith("C-"))
        return [{**m, "channel": self._channel(m)} for m in top if words in all_text(m)]

    async def card(self, words: str) -> Json:
        """Wait for the one card that says so, and return it as it is now."""
        return dict(
            (await self.until(lambda: self.cards(words), f"a card with {words!r}", lambda: str(self.cards())))[0]
        )

    async def shows(self, card: Json, words: str) -> None:
        def now() -> str:
            return all_text(self.sandbox.slack.message(card["channel"], card["ts"]))

        await self.until(lambda: words in now(), f"{words!r} on the card", now)

    def writes(self, text: str = COMPLAINT, author: str = "mia_travels") -> str:
        return str(self.sandbox.x.post(author=author, text=text).id)

    async def clicks(self, user: str, label: str, card: Json) -> None:
        def offered() -> bool:
            try:
                find_control(self.sandbox.slack.message(card["channel"], card["ts"]), label)
            except AssertionError:
                return False
            return True

        await self.until(offered, f"{label!r} on the card", lambda: all_text(card))
        message = self.sandbox.slack.message(card["channel"], card["ts"])
        block, element, option = find_control(message, label)
        seat = self.sandbox.slack.seat(user)
        answer = await seat.click(
            card["channel"], card["ts"], element["action_id"], option=option, block_id=block["block_id"]
        )
        assert answer.acknowledged, f"{label}: {answer}"

    async def in_review(self, text: str = COMPLAINT) -> Json:
        """Post, wait for the card, claim and draft; returns the card with the reply before PR."""
        self.writes(text)
        card = await self.card(text.removeprefix("@LumenShop "))
        await self.clicks("UANA", "Claim", card)
        await self.clicks("UANA", "Draft a reply", card)
        seat = self.sandbox.slack.seat("UANA")
        modal = await seat.until_modal()
        answer = await seat.submit(modal["id"], {"reply": REPLY})
        assert answer.acknowledged, answer
        assert answer.errors == {}
        await self.shows(card, "Reply waits for approval")
        return card

    async def approved(self, text: str = COMPLAINT) -> Json:
        card = await self.in_review(text)
        await self.clicks("UPAT", "Approve and send", card)
        return card

    def published(self) -> list[str]:
        return [post.text for post in self.sandbox.x.published_by_app()]

    async def answered(self, card: Json) -> None:
        """Wait until the reply is out and the card says so."""
        await self.until(self.published, "a published reply")
        await self.shows(card, "Answered")

    def _channel(self, message: Json) -> str:
        channels = ("C0CARE", "C0PRDESK", "C0CAREDE")
        return next(c for c in channels if any(m["ts"] == message["ts"] for m in self.sandbox.slack.messages(c)))
