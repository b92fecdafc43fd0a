"""A hundred posts a second on a store of 64 MB, with Slack at one message a second: nothing is lost, people are heard.

Posts come by the live feed, the sweep looks once a minute, and X counts what is read, as in life.
`REPLYDESK_FLOOD_SECONDS=600` makes it the whole ten minutes, with an emergency in each, and goes on until all is shown.
"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.domain.errors import Full
from bot.sandbox.changes import QUEUE_LIMIT
from bot.services.room import MARK
from tests.integration.flooding import A_SECOND, Flood, cards_waiting, memory_used, read_books
from tests.servers import Server, a_server
from tests.world import OUT, World, a_world

SECONDS = int(os.environ.get("REPLYDESK_FLOOD_SECONDS", "25"))
EMERGENCY_EVERY = min(60, SECONDS)
WHOLE = 60
SOON = 2.0
"""Seconds by the sandbox's clock within which an emergency is shown, however much waits."""


@pytest.fixture
def server() -> Iterator[Server]:
    with a_server("--maxmemory", "64mb") as server:
        yield server


async def test_in_a_flood_nothing_is_lost_the_most_severe_comes_first_and_people_are_heard(server, tmp_path: Path):
    async with a_world(server.url, "flood", tmp_path, limits=True) as desk:
        await listening(desk)
        case, flood = await desk.in_review(), Flood(desk)
        for number in range(SECONDS):
            flood.second(number)
            burning = an_emergency(flood, number)
            if number == SECONDS // 2:
                assert await desk.seat("pat").approves(case) == ""
            await flood.passes()
            if burning:
                await it_is_seen_and_claimed(flood, burning)
            if number % 60 == 59:
                print(f"{flood.lasts:.1f} s: {len(flood.posts)} posts; {await memory_used(desk)}")
        await flood.ticker.rests()
        await the_books_agree(flood)
        if SECONDS >= WHOLE:
            await everything_is_shown_in_the_end(flood)
        await desk.pass_time(seconds=31)
        await desk.reply_out()
        assert desk.published() == [OUT]


async def listening(desk: World) -> None:
    """Start the desk again, with the live feed open."""
    desk.more_settings["REPLYDESK_STREAM"] = "true"
    await desk.restart()
    await desk.until(lambda: desk.sandbox.streams.connected() == 1, "the live feed")


def an_emergency(flood: Flood, number: int) -> str:
    """Write one in the middle of each minute."""
    if number % EMERGENCY_EVERY != EMERGENCY_EVERY // 2:
        return ""
    return flood.writes(f"mia{number}", f"lamp {number} of yours caught fire, my child is in hospital")


async def it_is_seen_and_claimed(flood: Flood, burning: str) -> None:
    shown = await flood.shown(burning)
    assert "EMERGENCY" in flood.desk.card_text(shown)
    assert flood.waited(shown) <= SOON
    print(f"an emergency is shown after {flood.waited(shown):.2f} s")
    assert await flood.desk.seat("ben").clicks("Claim", shown) == ""


async def the_books_agree(flood: Flood) -> None:
    """Hold what X has against what Slack shows, what is counted, and what waits."""
    books = await read_books(flood.desk)
    print(f"{books}; {await memory_used(flood.desk)}")
    assert books.unheld == 0
    assert books.received == len(flood.posts) + 1 >= SECONDS * A_SECOND
    assert books.received == books.shown + books.counted + books.waiting
    assert books.queued == books.waiting > SECONDS
    assert await flood.desk.desk.outside.redis.memory.fullness() < MARK


async def everything_is_shown_in_the_end(flood: Flood) -> None:
    """Let time pass without new posts until nothing waits, and believe the cards alone."""
    desk = flood.desk
    ended = flood.lasts
    while waiting := await cards_waiting(desk):
        for _ in range(60):
            await flood.passes()
        print(f"{flood.lasts:.0f} s: {len(waiting)} waited; {await memory_used(desk)}")
    await flood.ticker.rests()
    books = await read_books(desk)
    print(f"{books}, {flood.lasts - ended:.0f} s later")
    assert books.waiting == books.unheld == 0
    assert books.received == books.shown + books.on_cards
    assert books.on_cards == books.counted


async def test_a_live_feed_that_cannot_keep_up_is_opened_again_and_misses_nothing(server, tmp_path: Path):
    async with a_world(server.url, "flood", tmp_path, limits=True) as desk:
        await listening(desk)
        await desk.sweep()  # the very first look takes the newest page only
        flood = Flood(desk)
        for number in range(QUEUE_LIMIT // 2 + 1):
            # The pretend X speaks of each author and of each post.
            flood.writes(f"own{number}", f"my order {number} has not come")
        for post in flood.posts:
            await flood.taken_in(post)
        opened = partial(desk.sandbox.traffic.calls, "GET /2/tweets/search/stream")
        await desk.until(lambda: len(opened()) == 2 and desk.sandbox.streams.connected() == 1, "the live feed again")


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
