"""The story language: an afternoon at the desk, with the real desk, a real store, and a pretend Slack and X.

    async def test_the_reply_leaves_once(desk):
        case = await desk.customer("mia_travels").posts("Where is my lamp?")
        await desk.seat("ana").clicks("Claim", case)
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.case import Case
from bot.domain.ids import CaseId
from bot.logs import get_log
from bot.opening import opened
from bot.process import Role, run
from bot.sandbox.server import Sandbox
from bot.sandbox.slack.seats import Seat
from bot.wiring import Desk
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE, load
from tests.servers import Shift

SEATS = {
    "ana": "UANA",
    "ben": "UBEN",
    "pat": "UPAT",
    "kim": "UKIM",
    "otto": "UOTTO",
    "gus": "UGUS",
    "fay": "UFAY",
    "del": "UDEL",
}
APPROVAL_KEY = "a key for tests only, never for use outside them"
PATIENCE = 10.0
"""Seconds of real time a story waits for something to come true before it says what it saw instead."""

Json = dict[str, Any]


@dataclass
class Shown:
    """A case as the story knows it: its number, and the message that shows it."""

    id: CaseId
    channel: str
    ts: str
    post: str


class Chair:
    """One person's seat, in words of the story."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.user = SEATS[name]
        self.seat: Seat = world.sandbox.slack.seat(self.user)

    async def clicks(self, label: str, case: Shown) -> str:
        """Click the button or menu entry with this label on the card as it is shown now; return what only they see."""
        before = len(self.seat.ephemerals)
        element, option = find_control(self.world.card(case), label)
        answer = await self.seat.click(case.channel, case.ts, element["action_id"], option=option)
        assert answer.acknowledged, f"{label}: not acknowledged: {answer}"
        return "\n".join(e["text"] for e in self.seat.ephemerals[before:])

    async def submits(self, values: Json | None = None, *, twice: bool = False) -> dict[str, str]:
        """Send the open form; return the errors shown at its fields."""
        modal = await self.seat.until_modal()
        answer = await self.seat.submit(modal["id"], values or {}, twice=twice)
        assert answer.acknowledged, f"form not acknowledged: {answer}"
        return answer.errors

    async def drafts(self, text: str, case: Shown, **values: Any) -> dict[str, str]:
        said = await self.clicks("Draft a reply", case)
        assert not said, said
        return await self.submits({"reply": text, **values})

    async def approves(self, case: Shown, label: str = "Approve and send") -> str:
        return await self.clicks(label, case)

    async def asks(self, command: str) -> str:
        answer = await self.seat.command("/desk", command)
        assert answer.acknowledged, answer
        return str((answer.body or {}).get("text", ""))


class Customer:
    """Somebody who writes to the brand."""

    def __init__(self, world: "World", handle: str) -> None:
        self.world = world
        self.handle = handle

    async def posts(self, text: str, **more: Any) -> Shown:
        """Write a post and wait until the desk shows it on a card."""
        post_id = self.writes(text, **more)
        return await self.world.carded(post_id)

    def writes(self, text: str, **more: Any) -> str:
        return str(self.world.sandbox.x.post(author=self.handle, text=text, **more).id)


class World:
    """The desk and everything around it."""

    def __init__(self, sandbox: Sandbox, redis_url: str, workspace: str, folder: Path, clock: Shift) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self._redis_url = redis_url
        self._workspace = workspace
        self._folder = folder
        self._stack = AsyncExitStack()
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self.desk: Desk

    async def start(self, role: Role = Role.ALL) -> None:
        settings = load(
            folder=self._folder,
            environment={
                **self.sandbox.environment(),
                "REDIS_URL": self._redis_url,
                "REPLYDESK_APPROVAL_KEY": APPROVAL_KEY,
                "REPLYDESK_WORKSPACE": self._workspace.lower(),
                "REPLYDESK_POLL_SECONDS": "3600",
            },
        )
        policy = load_policy(POLICY_FILE, TALKING_POINTS_FILE)
        self._stop = asyncio.Event()
        self.desk = await self._stack.enter_async_context(opened(settings, policy, get_log(), offset=self.clock))
        self._running = asyncio.create_task(run(self.desk, self._stop, role))
        if Role.LISTEN in role:
            await self.until(lambda: self.sandbox.slack.socket.connections, "a connection of the desk to Slack")

    async def stop(self) -> None:
        self._stop.set()
        if self._running:
            await self._running
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def customer(self, handle: str) -> Customer:
        return Customer(self, handle)

    def seat(self, name: str) -> Chair:
        return Chair(self, name)

    async def sweep(self) -> None:
        for ingest in self.desk.ingests:
            await ingest.sweep_once()

    async def look_at_open_cases(self) -> None:
        for ingest in self.desk.ingests:
            await ingest.check_open_cases()

    async def pass_time(self, *, seconds: int = 0, minutes: int = 0, hours: int = 0, days: int = 0) -> None:
        """Let time pass for the desk, for Slack and for X."""
        total = seconds + 60 * (minutes + 60 * (hours + 24 * days))
        self.clock.pass_time(seconds=total)
        self.sandbox.clock.advance(total)
        self.desk.outside.wake.set()

    async def case(self, shown: Shown | CaseId) -> Case:
        found = await self.desk.outside.redis.store.load(shown.id if isinstance(shown, Shown) else shown)
        assert found is not None
        return found

    def card(self, case: Shown) -> Json:
        return dict(self.sandbox.slack.message(case.channel, case.ts))

    def card_text(self, case: Shown) -> str:
        return all_text(self.card(case))

    def thread(self, case: Shown) -> list[str]:
        return [m["text"] for m in self.sandbox.slack.thread(case.channel, case.ts) if m["ts"] != case.ts]

    async def carded(self, post_id: str) -> Shown:
        """Wait until the desk shows the case of this post."""
        await self.sweep()
        redis = self.desk.outside.redis
        holder = await redis.store.holder(f"post:x:{post_id}")
        assert holder is not None, f"no case holds {post_id}"

        async def card() -> Shown | None:
            case = await redis.store.load(holder)
            if case is None or case.card is None:
                return None
            return Shown(id=holder, channel=case.card.channel, ts=case.card.ts, post=post_id)

        return await self.until_async(card, f"a card for {holder}")

    async def shows(self, case: Shown, words: str) -> None:
        """Wait until the card says so."""
        await self.until(lambda: words in self.card_text(case), f"{words!r} on the card", lambda: self.card_text(case))

    async def notes(self, case: Shown, words: str) -> None:
        await self.until(
            lambda: any(words in note for note in self.thread(case)),
            f"{words!r} in the thread",
            lambda: str(self.thread(case)),
        )

    def published(self) -> list[str]:
        """Return what stands on the brand's timeline, newest last: the truth."""
        return [post.text for post in self.sandbox.x.published_by_app()]

    async def reply_out(self, count: int = 1) -> None:
        await self.until(lambda: len(self.published()) >= count, f"{count} published", lambda: str(self.published()))

    async def until(self, true: Callable[[], Any], what: str, seen: Callable[[], str] = str) -> Any:
        async def check() -> Any:
            return true()

        return await self.until_async(check, what, seen)

    async def until_async(self, true: Callable[[], Any], what: str, seen: Callable[[], str] = str) -> Any:
        ends = asyncio.get_running_loop().time() + PATIENCE
        while not (found := await true()):
            if self._running and self._running.done():
                await self._running
            if asyncio.get_running_loop().time() > ends:
                raise AssertionError(f"waited in vain for {what}; saw: {seen()}")
            await asyncio.sleep(0.01)
        return found


@asynccontextmanager
async def a_world(redis_url: str, workspace: str, folder: Path, *, limits: bool = False) -> AsyncIterator[World]:
    async with Sandbox.running(limits=limits) as sandbox:
        world = World(sandbox, redis_url, workspace, folder, Shift())
        await world.start()
        try:
            yield world
        finally:
            await world.stop()
    assert sandbox.slack.complaints == [], "Slack found fault with a call"


def find_control(message: Json, label: str) -> tuple[Json, str | None]:
    """Return the element (and option) with this label on a message; says what there is instead."""
    seen: list[str] = []
    for element in controls(message):
        if element["type"] == "overflow":
            for option in element["options"]:
                seen.append(option["text"]["text"])
                if option["text"]["text"] == label:
                    return element, option["value"]
        elif "text" in element:
            seen.append(element["text"]["text"])
            if element["text"]["text"] == label:
                return element, None
    raise AssertionError(f"no {label!r} on the card, only {seen}")


def controls(message: Json) -> list[Json]:
    found: list[Json] = []
    for block in message.get("blocks", []):
        found.extend(block.get("elements", []) if block["type"] == "actions" else [])
        if "accessory" in block:
            found.append(block["accessory"])
    return found


def labels(message: Json) -> set[str]:
    found: set[str] = set()
    for element in controls(message):
        options = element["options"] if element["type"] == "overflow" else [element]
        found |= {o["text"]["text"] for o in options if "text" in o}
    return found


def all_text(part: Any) -> str:
    """Return every text of a message, in order."""
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return "\n".join([*own, *(all_text(value) for key, value in part.items() if not (key == "text" and own))])
    if isinstance(part, list):
        return "\n".join(all_text(item) for item in part)
    return ""
