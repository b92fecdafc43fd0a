"""A hundred posts a second on a store of 64 MB, with Slack at one message a second: nothing is lost, people are heard.

`REPLYDESK_FLOOD_SECONDS=600` makes it the whole ten minutes; X's own limit on reading (300 pages in 15 minutes) is left out.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.errors import Full
from bot.services.room import MARK
from tests.servers import Server, a_server
from tests.world import World, a_world

SECONDS = int(os.environ.get("REPLYDESK_FLOOD_SECONDS", "25"))
SLOGANS = tuple(f"the {name} lamps are a fraud, give everybody their money back" for name in "abcdefghijkl")


@pytest.fixture
def server() -> Iterator[Server]:
    with a_server("--maxmemory", "64mb") as server:
        yield server


@dataclass
class Flood:
    """What was written, second by second: copied slogans, a few loud people, and some with words of their own."""

    desk: World
    posts: list[str] = field(default_factory=list)

    def writes(self, author: str, text: str) -> str:
        post = self.desk.x.replay(author, author, f"@LumenShop {text}", lang="en")
        self.posts.append(post.id)
        return post.id

    def second(self, number: int) -> None:
        for place in range(100):
            who = number * 100 + place
            if place < 70:
                self.writes(f"copy{who}", SLOGANS[place % len(SLOGANS)])
            elif place < 96:
                self.writes(f"loud{place % 5}", f"nobody answers me, call number {who}")
            else:
                self.writes(f"own{who}", f"my order {who} has not come")

    async def passes(self) -> None:
        await self.desk.sweep()
        await self.desk.pass_time(seconds=1)
        await self.desk.settled()


async def test_in_a_flood_nothing_is_lost_the_most_severe_comes_first_and_people_are_heard(server, tmp_path: Path):
    async with a_world(server.url, "flood", tmp_path, limits=True) as desk:
        desk.sandbox.x_limits.counting = False
        case = await desk.in_review()
        flood, before = Flood(desk), len(desk.cards())
        for number in range(SECONDS):
            flood.second(number)
            if number == SECONDS // 2:
                burning = flood.writes("mia_travels", "your lamp caught fire, my child is in hospital")
                await flood.passes()
                await flood.passes()
                assert any("EMERGENCY" in str(card["blocks"]) for card in desk.cards())
                assert await desk.seat("pat").approves(case) == ""
                assert await desk.seat("ben").clicks("Claim", await desk.carded(burning)) == ""
            await flood.passes()
        await the_books_agree(desk, flood, before)


async def the_books_agree(desk: World, flood: Flood, before: int) -> None:
    """Hold what X has against what Slack shows, what is counted, and what waits."""
    redis = desk.desk.outside.redis
    holders = Counter([await redis.store.holder(f"post:x:{post}") for post in flood.posts])
    assert holders.pop(None, 0) == 0
    cases = [await redis.store.load(name) for name in await redis.store.listed("open", 100_000)]
    counted = sum(case.echoed for case in cases)
    of_the_flood = [case for case in cases if case.id in holders]
    shown = len(desk.cards()) - before
    waiting = len(of_the_flood) - shown
    assert waiting > SECONDS
    assert len(flood.posts) == shown + counted + waiting
    print(f"received {len(flood.posts)} = shown {shown} + grouped {counted} + waiting {waiting}")
    print(f"store: {await redis.memory.fullness():.0%} of 64 MB")
    assert await redis.memory.fullness() < MARK


async def until_refused(flood: Flood) -> None:
    for page in range(30):
        for number in range(100):
            flood.writes(f"own{page}x{number}", f"order {page} {number}?")
        await flood.desk.sweep()


async def test_a_store_that_is_nearly_full_stops_the_reader_and_nobody_else(server, tmp_path: Path):
    async with a_world(server.url, "flood", tmp_path) as desk:
        case = await desk.in_review()
        client = desk.desk.outside.redis.outbox._shard._client
        for number in range(120):
            await client.set(f"of somebody else {number}", b"x" * 100_000)
        used = (await client.info("memory"))["used_memory"]
        await client.config_set("maxmemory", int((used + 300_000) / MARK))
        flood = Flood(desk)
        with pytest.raises(Full):
            await until_refused(flood)
        assert await desk.seat("pat").approves(case) == ""
        await desk.announced("No new posts are read", "C0OPS")
        await client.config_set("maxmemory", 64_000_000)
        await desk.sweep()
        store = desk.desk.outside.redis.store
        assert [post for post in flood.posts if await store.holder(f"post:x:{post}") is None] == []
