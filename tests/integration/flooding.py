"""A flood in the story's language: who writes what in each second, what the calendar does meanwhile, how the books stand."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field, replace

from bot.domain.ids import CaseId
from bot.jobs.calendar import Calendar, Tick
from bot.process import AUDIT_EVERY, _ticks
from tests.reading import Json, all_text
from tests.world import Shown, World

A_SECOND = 100
"""Posts in each second of the flood."""
SWEEP_EVERY = 60.0
"""Seconds between two looks at X, as shipped."""
STEPS = 10
"""Pieces of a second: the desk's pace at Slack is 1.05 s, and a clock that jumped by whole seconds would make it late."""
SLOGANS = tuple(f"the {name} lamps are a fraud, give everybody their money back" for name in "abcdefghijkl")
COUNTED = re.compile(r"and ([0-9,]+) more")


class Ticker:
    """The rows of the desk's own calendar, by the sandbox's clock instead of the machine's."""

    def __init__(self, desk: World) -> None:
        rows = (*_ticks(desk.desk, look_at_once=False), Tick(name="audit", every=AUDIT_EVERY, do=desk.desk.audit.look))
        self._rows = [replace(row, every=SWEEP_EVERY) if row.name.startswith("sweep:") else row for row in rows]
        self._calendar = Calendar((), desk.desk.outside.log)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._now = desk.sandbox.clock.now
        self._due = {row.name: self._now() + row.every for row in self._rows}

    def ticks(self) -> None:
        """Begin what is due and is not being done yet; what fails is logged, as the calendar does it."""
        for row in self._rows:
            doing = self._running.get(row.name)
            if self._due[row.name] <= self._now() and (doing is None or doing.done()):
                self._due[row.name] += row.every
                self._running[row.name] = asyncio.create_task(self._calendar._do(row))

    async def rests(self) -> None:
        """Wait until all that began is done."""
        await asyncio.gather(*self._running.values())


@dataclass
class Flood:
    """What was written, second by second: copied slogans, a few loud people, and some with words of their own."""

    desk: World
    posts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the first second now."""
        self.ticker = Ticker(self.desk)
        self.began = self._ends = self.desk.sandbox.clock.now()

    @property
    def lasts(self) -> float:
        """Return for how many seconds of the sandbox's clock it has been going on."""
        return self.desk.sandbox.clock.now() - self.began

    def writes(self, author: str, text: str) -> str:
        post = self.desk.x.replay(author, author, f"@LumenShop {text}", lang="en")
        self.posts.append(post.id)
        return post.id

    def second(self, number: int) -> None:
        for place in range(A_SECOND):
            who = number * A_SECOND + place
            if place < 70:
                self.writes(f"copy{who}", SLOGANS[place % len(SLOGANS)])
            elif place < 96:
                self.writes(f"loud{place % 5}", f"nobody answers me, call number {who}")
            else:
                self.writes(f"own{who}", f"my order {who} has not come")

    async def passes(self) -> None:
        """Let a second pass by and by, once the desk has taken in what was written; what is due is done all along."""
        self.ticker.ticks()
        await self.taken_in(self.posts[-1])
        for _ in range(STEPS):
            await self.desk.settled()
            self._ends += 1 / STEPS
            await self.desk.pass_time(seconds=max(0.0, self._ends - self.desk.sandbox.clock.now()))

    async def taken_in(self, post: str) -> CaseId:
        """Wait until a case holds this post, and return its number."""
        store = self.desk.desk.outside.redis.store
        return await self.desk.until_async(lambda: store.holder(f"post:x:{post}"), f"a case that holds {post}")

    async def shown(self, post: str) -> Shown:
        """Return the case of a post as it stands in Slack now."""
        case = await self.desk.case(await self.taken_in(post))
        assert case.card, f"{case.id} is not shown"
        return Shown(id=case.id, channel=case.card.channel, ts=case.card.ts, post=post)

    def waited(self, shown: Shown) -> float:
        """Return the seconds of the sandbox's clock between a post and its card."""
        return float(shown.ts) - self.desk.x.get(shown.post).created_at


@dataclass(frozen=True)
class Books:
    """What X had, against what Slack shows, what is counted, and what waits for Slack."""

    received: int
    unheld: int
    shown: int
    counted: int
    on_cards: int
    waiting: int
    queued: int

    def __str__(self) -> str:
        """Return the sum in words."""
        return f"received {self.received} = shown {self.shown} + grouped {self.counted} + waiting {self.waiting}"


async def read_books(desk: World) -> Books:
    """Read X's posts, Slack's messages, and the store's cases; `on_cards` is what the cards themselves say is counted."""
    redis = desk.desk.outside.redis
    posts = [post.id for post in desk.x.mentioning("LumenShop") if post.source != "app"]
    holders = await redis.store._shard.values("unique", [f"post:x:{post}" for post in posts])
    of_posts = {CaseId(one.decode()) for one in holders if one}
    cases = [await desk.case(case_id) for case_id in of_posts]
    cards = {_number(card): card for card in desk.cards()}
    return Books(
        received=len(posts),
        unheld=holders.count(None),
        shown=len(of_posts & cards.keys()),
        counted=sum(case.echoed for case in cases),
        on_cards=sum(map(counted_on, cards.values())),
        waiting=len(of_posts - cards.keys()),
        queued=len(await cards_waiting(desk) & of_posts - cards.keys()),
    )


def counted_on(card: Json) -> int:
    """Return how many more posts a card says it stands for."""
    found = COUNTED.search(all_text(card["blocks"]))
    return int(found[1].replace(",", "")) if found else 0


def _number(card: Json) -> str:
    return str(card["text"]).split(" ")[0].rstrip(":,.")


async def cards_waiting(desk: World) -> set[str]:
    """Return the cases whose card waits in the outbox."""
    shard = desk.desk.outside.redis.outbox._shard
    keys = [key.decode() async for key, _ in shard._client.hscan_iter(shard.key("work"), count=1_000)]
    return {key.removeprefix("card:") for key in keys if key.startswith("card:")}


async def memory_used(desk: World) -> str:
    """Return how full the store is, what waits in its lanes, and which kinds of keys take most of it."""
    shard = desk.desk.outside.redis.outbox._shard
    kinds: Counter[str] = Counter()
    keys = [key async for key in shard._client.scan_iter(count=1_000)]
    asking = shard._client.pipeline(transaction=False)
    for key in keys:
        asking.memory_usage(key, samples=0)
    for key, size in zip(keys, await asking.execute(), strict=True):
        name = key.decode().partition(":")[2].partition(":")[2]
        kinds[name.partition(":")[0]] += size or 0
    largest = ", ".join(f"{kind} {size / 1e6:.2f} MB" for kind, size in kinds.most_common(5))
    return f"{await desk.desk.outside.redis.memory.fullness():.1%}; {largest}"
