"""`demo --walk`: the whole story by itself, step by step, against the same pretend Slack and X. No browser."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bot.commands.demo import environment
from bot.commands.starting import CANNOT_START, read_all
from bot.domain.errors import DeskError
from bot.domain.policy import Policy
from bot.grouped import end_if_cancelled
from bot.logs import configure, get_log
from bot.opening import opened
from bot.process import run
from bot.sandbox.errors import SandboxError
from bot.sandbox.server import Sandbox

PATIENCE = 20.0
"""Seconds until a step that does not come true ends the walk."""
CHANNEL = "C0CARE"
COMPLAINT = "@LumenShop my desk lamp came with a broken switch and nobody answers my mails."
REPLY = "I'm sorry about the switch. A new lamp leaves today, please keep the old one. You'll have it on Friday."


class WalkFailed(Exception):  # noqa: N818 -- reads as the fact it is
    """A step did not come true; says which, and what was seen instead."""


def walk_through() -> int:
    """Return the exit code: 0 the whole story came true, 1 a step did not, 2 wrong settings."""
    configure("ERROR")
    with tempfile.TemporaryDirectory(prefix="walk") as folder:
        try:
            return asyncio.run(_walk(Path(folder)))
        except (WalkFailed, SandboxError, DeskError) as error:
            click.echo(f"walk: failed: {error}", err=True)
            return 1


async def _walk(folder: Path) -> int:
    shift = [0]
    async with Sandbox.running(limits=True) as sandbox:
        found = read_all({}, environment(sandbox, folder), folder)
        if found is None:
            return CANNOT_START
        stop = asyncio.Event()
        async with opened(*found, get_log(), offset=lambda: shift[0]) as desk:
            running = asyncio.create_task(run(desk, stop))
            try:
                walk = Walk(sandbox, shift, desk.outside.wake.set)
                await walk.through(found[1])
            finally:
                stop.set()
                await running
    click.echo(f"walk: ok, {walk.steps} steps, {len(sandbox.x.published_by_app())} reply published")
    return 0


class Walk:
    """Sits in every seat in turn."""

    def __init__(self, sandbox: Sandbox, shift: list[int], wake: Callable[[], None]) -> None:
        """Take the sandbox to walk in; `shift` moves the desk's time, in milliseconds."""
        self._sandbox = sandbox
        self._slack = sandbox.slack
        self._shift = shift
        self._wake = wake
        self.steps = 0

    async def through(self, policy: Policy) -> None:
        """Live through the story; raises `WalkFailed`."""
        await self._until(lambda: self._slack.socket.connections, "the desk is connected to Slack")
        post = self._sandbox.x.post(author="mia_travels", text=COMPLAINT)
        self._say("@mia_travels writes to the brand on X")
        await self._until(lambda: self._card() is not None, "the complaint stands on a card in #care")
        await self._click("UANA", "claim")
        await self._shows("<@UANA>", "Ana claims it, and the card says so")
        await self._draft()
        await self._shows("Reply waits for approval", "the card asks PR for approval of the exact words")
        await self._refused(
            "UANA", "approve", "Only PR can decide", "Ana cannot approve: she is not in PR, and it is her own"
        )
        await self._click("UPAT", "approve")
        await self._shows("Reply approved", "Pat (PR) approves; it can be undone for a while")
        self._pass(policy.timing.undo + 1_000)
        await self._until(self._sandbox.x.published_by_app, "the undo time is over and the reply is out on X")
        await self._shows("Answered", "the card says that it is answered")
        sent = self._sandbox.x.published_by_app()[0]
        self._sandbox.x.post(author="mia_travels", text="@LumenShop thank you, that was quick!", in_reply_to=sent.id)
        await self._shows("that was quick", "the customer answers, and the card wakes up")
        await self._click("UANA", "resolve")
        await self._shows("Resolved", "the case is resolved and the card has shrunk")
        if len(self._sandbox.x.replies_to(post.id)) != 1:
            raise WalkFailed("there is not exactly one reply under the customer's post")

    async def _draft(self) -> None:
        seat = self._slack.seat("UANA")
        await self._click("UANA", "draft")
        modal = await seat.until_modal()
        answer = await seat.submit(modal["id"], {"reply": f"{REPLY} " * 4})
        if "reply" not in answer.errors:
            raise WalkFailed(f"a reply that is too long was not refused: {answer}")
        self._say("a draft that is too long is refused at the field, with the count")
        answer = await seat.submit(modal["id"], {"reply": REPLY})
        if answer.errors or not answer.acknowledged:
            raise WalkFailed(f"the draft was not taken: {answer}")
        self._say("the shorter draft is taken")

    async def _click(self, user: str, action: str) -> None:
        card = self._card()
        answer = await self._slack.seat(user).click(CHANNEL, card["ts"], action) if card else None
        if answer is None or not answer.acknowledged:
            raise WalkFailed(f"the click on {action} was not acknowledged: {answer}")

    async def _refused(self, user: str, action: str, sentence: str, what: str) -> None:
        seat = self._slack.seat(user)
        before = len(seat.ephemerals)
        await self._click(user, action)
        said = [whisper["text"] for whisper in seat.ephemerals[before:]]
        if not any(sentence in words for words in said):
            raise WalkFailed(f"{what}: the refusal was not shown, only {said}")
        self._say(what)

    async def _shows(self, words: str, what: str) -> None:
        await self._until(lambda: words in str(self._card()), what)

    async def _until(self, true: Callable[[], Any], what: str) -> None:
        ends = asyncio.get_running_loop().time() + PATIENCE
        while not true():
            end_if_cancelled()
            if asyncio.get_running_loop().time() > ends:
                raise WalkFailed(f"did not come true: {what}; the card is {self._card()}")
            await asyncio.sleep(0.02)
        self._say(what)

    def _pass(self, milliseconds: int) -> None:
        self._shift[0] += milliseconds
        self._sandbox.clock.advance(milliseconds / 1000)
        self._wake()

    def _card(self) -> dict[str, Any] | None:
        messages = [m for m in self._slack.messages(CHANNEL) if m.get("metadata")]
        return dict(messages[0]) if messages else None

    def _say(self, what: str) -> None:
        self.steps += 1
        click.echo(f"{self.steps:2}  {what}")
