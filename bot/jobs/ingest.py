"""From a platform to the desk: sweep for new posts, listen to the live feed, look after the posts of open cases."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Protocol, TypeVar

from bot.domain.cases.post import Post
from bot.domain.errors import DeskError, Paced, Unavailable
from bot.domain.ids import SECOND, PostId
from bot.jobs.lots import lots_of, side_by_side
from bot.logs import Log
from bot.ports import Batch, Gone, Journal, Memory, Missed, Platform, Sleep, Stream

T = TypeVar("T")
AT_ONCE = 16
"""Conversations taken in side by side; within one, posts keep their order."""
TOGETHER = 25
"""Posts that have nothing to do with each other and are stored together: the server takes about 2 ms for so many."""
LOTS_AT_ONCE = 3
"""Such lots under way: while the server writes one down, the next is weighed."""
ROUNDS = 20
"""Batches in one sweep; a flood goes on with the next sweep."""
LOOK_UP = 100
SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
"""Seconds between tries to open the live feed (X allows 50 in 15 minutes, the sweep goes on meanwhile)."""
HEALTHY = 60.0
"""Seconds that a feed must have lived for its end to count as the first failure again."""


async def _always() -> None:
    """Find room for whatever comes."""


async def _unheard(_missed: Missed) -> None:
    """Have nobody to tell."""


class Intake(Protocol):
    """What takes posts in. `receive` may be called again with the same post and must not mind."""

    async def receive(self, post: Post) -> object:
        """Store a post; raises `Unavailable` when it cannot now."""
        ...

    async def receive_all(self, posts: Sequence[Post]) -> Collection[PostId]:
        """Store posts that have nothing to do with each other, as far as that can be done at once; return which."""
        ...

    async def posts_to_check(self) -> Sequence[PostId]:
        """Return the posts that open cases stand on."""
        ...

    async def noticed(self, post_id: PostId, now_is: Post | Gone, platform: str) -> None:
        """Take note of a post as it is now; nothing happens where nothing changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep brought: posts taken in, items set aside, and whether more is waiting at the platform."""

    received: int = 0
    set_aside: int = 0
    more: bool = False


class Ingest:
    """Brings one account's posts to the desk. Losing nothing: the cursor moves only after the posts are stored."""

    def __init__(
        self,
        *,
        platform: Platform,
        intake: Intake,
        memory: Memory,
        journal: Journal,
        log: Log,
        stream: Stream | None = None,
        room: Callable[[], Awaitable[None]] = _always,
        missed: Callable[[Missed], Awaitable[None]] = _unheard,
        sleep: Sleep = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`room` raises `Full` where the store has no room for more posts; the cursor then stays where it is.

        `missed` is told of a time of which posts may be missing.
        """
        self._platform = platform
        self._intake = intake
        self._memory = memory
        self._journal = journal
        self._log = log
        self._stream = stream
        self._room = room
        self._missed = missed
        self._sleep = sleep
        self._chance = chance
        self._sweeping = asyncio.Lock()

    @property
    def cursor_name(self) -> str:
        return f"cursor:{self._platform.name}:{self._platform.account.id}"

    async def sweep_once(self) -> Swept:
        """Take in everything new. Raises `Unavailable` or `Broken`, and then the cursor stands where it stood."""
        async with self._sweeping:
            received = set_aside = 0
            for _ in range(ROUNDS):
                await self._room()
                batch = await self._platform.fetch(await self._memory.recall(self.cursor_name))
                poison = await self._take_in(batch.posts)
                await self._note_unreadable(batch)
                await self._note_missed(batch)
                await self._memory.remember(self.cursor_name, batch.cursor)
                received += len(batch.posts) - poison
                set_aside += poison + len(batch.unreadable)
                if not batch.more:
                    break
            # The auditor knows by this that the platform is being read.
            await self._memory.remember(f"read:{self.cursor_name}", str(await self._memory.now()))
            return Swept(received=received, set_aside=set_aside, more=batch.more)

    async def check_open_cases(self) -> int:
        """Look at the posts of open cases again and hand on what they are now; returns how many were seen."""
        ids = await self._intake.posts_to_check()
        seen = 0
        for start in range(0, len(ids), LOOK_UP):
            found = await self._platform.look_up(ids[start : start + LOOK_UP])
            for post_id, now_is in found.items():
                await self._survives(post_id, partial(self._intake.noticed, post_id, now_is, self._platform.name))
            seen += len(found)
        return seen

    async def run(self, stop: asyncio.Event) -> None:
        """Listen to the live feed until `stop` is set; without a feed, return at once."""
        if self._stream is None:
            return
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen_forever(self._stream))
            await stop.wait()
            listening.cancel()

    async def _listen_forever(self, stream: Stream) -> None:
        """Open the feed again and again; what came in between is fetched by sweeps, one at each end."""
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            opened = loop.time()
            try:
                await self._listen(stream)
                reason, asked = "ended", 0.0
            except DeskError as error:
                reason, asked = type(error).__name__, error.retry_after if isinstance(error, Paced) else 0.0
            failures = 1 if loop.time() - opened >= HEALTHY else failures + 1
            self._log.warning("stream_ended", reason=reason, tries=failures)
            await self._sweep_after_gap()
            await self._sleep(max(asked, self._pause(failures)))

    async def _listen(self, stream: Stream) -> None:
        opened = asyncio.Event()
        feed = stream.listen(opened.set)
        sweeping = asyncio.create_task(self._sweep_once_open(opened))
        try:
            number = 0
            async for post in feed:
                if number % LOOK_UP == 0:
                    await self._room()
                number += 1
                await self._survives(post.id, partial(self._intake.receive, post))
        finally:
            sweeping.cancel()
            if isinstance(feed, AsyncGenerator):
                await feed.aclose()
            await asyncio.wait({sweeping})

    async def _sweep_once_open(self, opened: asyncio.Event) -> None:
        """Fetch what was written since the sweep before: the feed begins with what is written from now on."""
        await opened.wait()
        await self._sweep_after_gap()

    async def _sweep_after_gap(self) -> None:
        try:
            await self.sweep_once()
        except DeskError as error:
            self._log.warning("sweep_failed", reason=type(error).__name__)

    async def _take_in(self, posts: Iterable[Post]) -> int:
        """Take posts in: the first of each lot together, the others one by one; returns how many were set aside."""
        lots = lots_of(posts)
        firsts = [lot[0] for lot in lots]
        stored: set[PostId] = set()

        async def together(some: Sequence[Post]) -> None:
            # One that is poison costs its neighbours the short way only: they come again one by one.
            found = await self._tried(partial(self._intake.receive_all, some))
            stored.update(() if isinstance(found, Exception) else found)

        await side_by_side([firsts[n : n + TOGETHER] for n in range(0, len(firsts), TOGETHER)], together, LOTS_AT_ONCE)
        set_aside = 0

        async def in_order(lot: Sequence[Post]) -> None:
            nonlocal set_aside
            for post in lot:
                fine = await self._survives(post.id, partial(self._intake.receive, post))
                set_aside += not fine

        left = [[post for post in lot if post.id not in stored] for lot in lots]
        await side_by_side([lot for lot in left if lot], in_order, AT_ONCE)
        return set_aside

    async def _survives(self, post_id: PostId, take: Callable[[], Awaitable[object]]) -> bool:
        """Do something with one post; a poison post is set aside, so that the rest goes on."""
        found = await self._tried(take)
        if not isinstance(found, Exception):
            return True
        reason = type(found).__name__
        self._log.warning("post_set_aside", post=post_id, reason=reason)
        await self._journal.set_aside(f"post:{self._platform.name}:{post_id}", reason)
        return False

    async def _tried(self, take: Callable[[], Awaitable[T]]) -> T | Exception:
        """Return what came of it, or what went wrong with it; where the store is away, raise `Unavailable`."""
        try:
            return await take()
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 -- the one place where the loop must survive whatever a post does
            return error

    async def _note_unreadable(self, batch: Batch) -> None:
        for reason in batch.unreadable:
            self._log.warning("post_unreadable", reason=reason)
            await self._journal.set_aside(f"post:{self._platform.name}", reason)

    async def _note_missed(self, batch: Batch) -> None:
        if missed := batch.missed:
            ends = (datetime.fromtimestamp(at // SECOND, UTC) for at in (missed.since, missed.until))
            when = "..".join(f"{end:%Y-%m-%dT%H:%M:%SZ}" for end in ends)
            self._log.warning("posts_missed", platform=self._platform.name, reason=when)
            await self._journal.set_aside(f"posts:{self._platform.name}", f"missed:{when}")
            await self._missed(missed)

    def _pause(self, failures: int) -> float:
        longest = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** min(failures - 1, 20))
        return longest * (0.5 + self._chance() / 2)
