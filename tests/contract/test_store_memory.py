"""The promises of `Memory` and of the record, on a real server."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio

from bot.domain.ids import CaseId, UserId
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

MINUTE = 60_000


async def test_what_was_remembered_is_recalled_and_what_was_not_is_none(desk: DeskMemory) -> None:
    await desk.memory.remember("cursor:x", "17 \U0001f388")
    await desk.memory.remember("empty", "")
    assert [await desk.memory.recall(name) for name in ("cursor:x", "empty", "never")] == ["17 \U0001f388", "", None]


async def test_the_first_of_many_who_bring_the_same_delivery_is_the_only_one(desk: DeskMemory) -> None:
    firsts = await asyncio.gather(*(desk.memory.first_time("event-1", MINUTE) for _ in range(30)))
    assert sorted(firsts) == [False] * 29 + [True]


async def test_after_the_time_to_keep_it_a_name_is_new_again(desk: DeskMemory) -> None:
    assert await desk.memory.first_time("event-1", MINUTE)
    desk.clock.pass_time(ms=MINUTE - 1000)
    assert not await desk.memory.first_time("event-1", MINUTE)
    desk.clock.pass_time(ms=2000)
    assert await desk.memory.first_time("event-1", MINUTE)


async def test_the_time_is_the_servers_and_can_be_moved(desk: DeskMemory) -> None:
    before = await desk.memory.now()
    desk.clock.pass_time(days=2)
    assert 0 <= await desk.memory.now() - before - 2 * 24 * 60 * MINUTE < MINUTE


async def test_a_refusal_about_no_known_case_is_recorded_all_the_same(desk: DeskMemory) -> None:
    await desk.journal.refused("C-77", UserId("U1"), "claim", "There is no case C-77.")
    await desk.journal.refused("", UserId("U1"), "open", "No.")
    assert await desk.journal.counts() == {"refused": 2}
    assert await desk.client.xlen(desk.shard.key("journal")) == 2
    assert await desk.journal.lines(CaseId("C-77")) == ()


async def test_an_item_that_cannot_be_read_is_recorded_once_and_its_reason_is_cut_short(desk: DeskMemory) -> None:
    for _ in range(3):
        await desk.journal.set_aside("x:1", "half a character " * 1000)
    await desk.journal.set_aside("x:2", "\ud83d")
    assert await desk.journal.counts() == {"set_aside": 2}
    ((_, fields), _) = await desk.client.xrange(desk.shard.key("journal"))
    assert len(fields[b"detail"]) == 1000
