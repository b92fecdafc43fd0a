"""The story language: an afternoon at the desk, with the real desk, a real store, and a pretend Slack and X.

    async def test_the_reply_leaves_once(desk):
        case = await desk.in_review("A new lamp is on its way to you.")
        await desk.seat("pat").approves(case)
        await desk.pass_time(seconds=31)
        await desk.reply_out()

People act through a `Chair`; what they do returns what only they were told, and "" means that it was done.
A click waits until the card shows its button. Nothing sleeps: everything waits for a condition.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.adapters.slack_line import Patience
from bot.adapters.slack_socket import LINES
from bot.domain.cases.case import Case
from bot.domain.ids import CaseId
from bot.domain.policy import Policy
from bot.domain.work import Taken
from bot.jobs.relay import PACES, Relay
from bot.logs import get_log
from bot.opening import opened
from bot.ports.alarm import Pager
from bot.process import Role, run
from bot.sandbox.server import Sandbox
from bot.services.delivery import Reached, nowhere
from bot.services.paging_places import Passing, unwatched
from bot.wiring import Desk
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE, load
from tests.chairs import COMPLAINT, Chair, Customer, Shown
from tests.reading import Json, all_text, controls, find_control, labels
from tests.servers import Shift

APPROVAL_KEY = "a key for tests only, never for use outside them"
MANIFEST = Path(__file__).parent.parent / "config" / "slack_manifest.json"
PATIENCE = 10.0
"""Seconds of real time a story waits for something to come true before it says what it saw instead."""
STEADY = Patience(pause=0.1, longest_pause=1.0)
"""As in life, but for the pauses between tries."""
REPLY = "Hi Mia, I'm sorry. A new lamp is on its way to you today."
OUT = "@mia_travels Hi Mia, I'm sorry. A new lamp is on its way to you today. ^AD"
"""`REPLY` as it stands on X once Ana's is published."""

__all__ = [
    "APPROVAL_KEY",
    "COMPLAINT",
    "MANIFEST",
    "OUT",
    "REPLY",
    "Json",
    "Shown",
    "World",
    "a_world",
    "all_text",
    "controls",
    "find_control",
    "labels",
]


class World:
    """The desk and everything around it."""

    def __init__(self, sandbox: Sandbox, redis_url: str, workspace: str, folder: Path, *, paced: bool) -> None:
        self.sandbox = sandbox
        self.x = sandbox.x
        self.weather = sandbox.weather
        self.clock = Shift()
        self._paces = PACES if paced else {}
        self.patience = STEADY
        self._redis_url = redis_url
        self._workspace = workspace
        self._folder = folder
        self._stack = AsyncExitStack()
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._empty_looks = 0
        self.house: Callable[[Policy], Policy] = lambda policy: policy
        """What a story changes in the house rules before the desk starts (again)."""
        self.more_settings: dict[str, str] = {}
        self.reached: Reached = nowhere
        self.passing: Passing = unwatched
        self.pagers: tuple[Pager, ...] = ()
        self.desk: Desk

    async def start(self, role: Role = Role.ALL) -> None:
        settings = load(
            folder=self._folder,
            environment={
                **self.sandbox.environment(),
                "REDIS_URL": self._redis_url,
                "REPLYDESK_APPROVAL_KEY": APPROVAL_KEY,
                "REPLYDESK_WORKSPACE": self._workspace.lower(),
                "REPLYDESK_DATA_DIR": str(self._folder),
                "REPLYDESK_POLL_SECONDS": "3600",
                "REPLYDESK_ARCHIVE": str(self._folder / "archive" / "cases.sqlite3"),
                **self.more_settings,
            },
        )
        policy = self.house(load_policy(POLICY_FILE, TALKING_POINTS_FILE))
        self._stop = asyncio.Event()
        self.desk = await self._stack.enter_async_context(
            opened(
                settings,
                policy,
                get_log(),
                offset=self.clock,
                reached=self.reached,
                passing=self.passing,
                pagers=self.pagers,
            )
        )
        self.desk.relay.paces = self._paces
        self.desk.listener.patience = self.patience
        self._watch(self.desk.relay)
        # What X and Slack ask to wait ends, and X is searched, by their clock, which stories move.
        self.desk.directory._calls._now = self.sandbox.clock.now
        for connection in self.desk.outside.connections.values():
            connection.platform.wire.limits._now = self.sandbox.clock.now
            connection.platform.looking._now = self.sandbox.clock.now
        self._running = asyncio.create_task(run(self.desk, self._stop, role))
        if Role.LISTEN in role:
            await self.until(lambda: self.desk.listener.connections == LINES, "the desk's connections to Slack")

    def _watch(self, relay: Relay) -> None:
        """Count the looks at the outbox that found nothing due."""
        take = relay._take

        async def counted(limit: int) -> Taken:
            taken = await take(limit)
            self._empty_looks += not taken.work
            return taken

        relay._take = counted

    async def stop(self) -> None:
        self._stop.set()
        running, self._running = self._running, None
        if running:
            await running
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    async def stop_relay(self) -> None:
        """Let nobody take work any more, while everything else goes on."""

        async def nothing(limit: int) -> Taken:
            return Taken(work=(), now=await self.desk.outside.redis.memory.now(), next_due=None)

        await self.settled()
        take, self.desk.relay._take = self.desk.relay._take, nothing

        async def once() -> int:
            self.desk.relay._take = take
            return 0

        self.desk.relay.once = once

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def crash(self) -> None:
        """End the desk as a lost machine would: what it was doing stays undone, and nobody is told."""
        running, self._running = self._running, None
        if running:
            await _cancelled(running)
        # Only now: as long as the desk ran, it took more work.
        await _cancelled(*self.desk.relay._running)
        await self.desk.listener.close_async()
        await self.stop()

    def customer(self, handle: str = "mia_travels") -> Customer:
        return Customer(self, handle)

    def seat(self, name: str) -> Chair:
        return Chair(self, name)

    async def claimed(self, text: str = COMPLAINT) -> Shown:
        """Return Mia's case in Ana's hands."""
        case = await self.customer().posts(text)
        assert await self.seat("ana").clicks("Claim", case) == ""
        return case

    async def in_review(self, reply: str = REPLY, text: str = COMPLAINT) -> Shown:
        """Return Mia's case with Ana's reply before PR."""
        case = await self.claimed(text)
        assert await self.seat("ana").drafts(reply, case) == {}
        await self.offers(case, "Approve and send")
        return case

    async def approved(self, reply: str = REPLY) -> Shown:
        """Return Mia's case with Ana's reply, approved by Pat and still to be undone."""
        case = await self.in_review(reply)
        assert await self.seat("pat").approves(case) == ""
        await self.offers(case, "Undo")
        return case

    async def answered(self) -> Shown:
        """Return Mia's case with the reply out."""
        case = await self.approved()
        await self.pass_time(seconds=31)
        await self.shows(case, "Answered")
        return case

    async def resolved(self) -> Shown:
        """Return Mia's case, answered and resolved by Ana."""
        case = await self.answered()
        assert await self.seat("ana").clicks("Resolve", case) == ""
        await self.shows(case, "Resolved, answered")
        return case

    async def sweep(self) -> None:
        for ingest in self.desk.ingests:
            await ingest.sweep_once()

    async def look_at_open_cases(self) -> None:
        for ingest in self.desk.ingests:
            await ingest.check_open_cases()

    async def pass_time(self, *, seconds: float = 0, minutes: int = 0, hours: int = 0, days: int = 0) -> None:
        """Let time pass for the desk, for Slack and for X."""
        total = seconds + 60 * (minutes + 60 * (hours + 24 * days))
        self.clock.pass_time(ms=round(total * 1000))
        self.sandbox.clock.advance(total)
        self.desk.outside.wake.set()

    async def case(self, shown: Shown | CaseId) -> Case:
        found = await self.desk.outside.redis.store.load(shown.id if isinstance(shown, Shown) else shown)
        assert found is not None
        return found

    async def status(self, shown: Shown) -> str:
        return str((await self.case(shown)).status)

    async def settled(self) -> None:
        """Wait until nothing is due and nothing being done: what has not happened by now will not happen by itself."""

        async def idle() -> bool:
            seen = self._empty_looks
            # The first look may have begun before what the story did last; the second cannot.
            while self._empty_looks < seen + 2 and not self.desk.relay._running and self._is_up():
                self.desk.outside.wake.set()
                await asyncio.sleep(0)
            return not self.desk.relay._running

        await self.until_async(idle, "the desk to have done what is due")

    def _is_up(self) -> bool:
        return self._running is not None and not self._running.done()

    async def story(self, shown: Shown) -> list[str]:
        """Return the journal's facts of a case, oldest first."""
        lines = await self.desk.outside.redis.journal.lines(shown.id)
        return [str(line.get("fact", "")) for line in lines]

    def card(self, case: Shown) -> Json:
        return dict(self.sandbox.slack.message(case.channel, case.ts))

    def card_text(self, case: Shown) -> str:
        return all_text(self.card(case))

    def cards(self) -> list[Json]:
        """Return every message of the desk that is no note in a thread, of all channels that have cards."""
        channels = ("C0CARE", "C0PRDESK", "C0CAREDE")
        found = (message for channel in channels for message in self.sandbox.slack.messages(channel))
        return [m for m in found if m.get("thread_ts", m["ts"]) == m["ts"] and m["text"].startswith("C-")]

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

    async def hides(self, case: Shown, words: str) -> None:
        """Wait until the card does not say so any more."""
        await self.until(lambda: words not in self.card_text(case), f"no {words!r}", lambda: self.card_text(case))

    async def offers(self, case: Shown, label: str) -> None:
        """Wait until the card has a button or menu entry with this label."""
        await self.until(
            lambda: label in labels(self.card(case)),
            f"{label!r} on the card",
            lambda: f"{sorted(labels(self.card(case)))} on {self.card_text(case)}",
        )

    async def notes(self, case: Shown, words: str) -> None:
        await self.until(
            lambda: any(words in note for note in self.thread(case)),
            f"{words!r} in the thread",
            lambda: str(self.thread(case)),
        )

    async def announced(self, words: str, channel: str = "C0PRDESK") -> None:
        """Wait until a message in a team's channel says so."""
        messages = self.sandbox.slack.messages
        await self.until(
            lambda: any(words in message["text"] for message in messages(channel)),
            f"{words!r} in {channel}",
            lambda: str([message["text"] for message in messages(channel)]),
        )

    def published(self) -> list[str]:
        """Return what the desk ever published on the brand's account, oldest first: the truth."""
        return [post.text for post in self.x.published_by_app()]

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
async def a_world(
    redis_url: str, workspace: str, folder: Path, *, limits: bool = False, patience: Patience = STEADY
) -> AsyncIterator[World]:
    """Run a desk; with `limits`, Slack's and X's limits hold and the desk keeps its own pace."""
    async with Sandbox.running(limits=limits) as sandbox:
        manifest = json.loads(MANIFEST.read_text())
        scopes = frozenset(manifest["oauth_config"]["scopes"]["bot"])
        events = frozenset(manifest["settings"]["event_subscriptions"]["bot_events"])
        sandbox.slack.socket.ping_seconds = patience.ping_every
        sandbox.slack.app = replace(sandbox.slack.app, scopes=scopes, events=events)
        world = World(sandbox, redis_url, workspace, folder, paced=limits)
        world.patience = patience
        await world.start()
        try:
            yield world
        finally:
            await world.stop()
    assert sandbox.slack.complaints == [], f"Slack found fault: {sandbox.slack.complaints}"


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
