"""What cannot be done or read is set aside: seen, counted, brought back or given up, and in nobody's way."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import pytest

from bot.domain.errors import Broken
from bot.domain.ids import UserId
from bot.domain.work import Pace, Work
from tests.contract.cases import an_effect
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

MINUTE = 60_000


async def take(desk: DeskMemory, limit: int = 10, lease: int = MINUTE, **paces: Pace) -> list[Work]:
    return list((await desk.outbox.take(limit, lease, paces)).work)


async def keys(desk: DeskMemory, limit: int = 10, **paces: Pace) -> list[str]:
    return [work.key for work in await take(desk, limit, **paces)]


async def test_what_is_set_aside_is_kept_where_people_see_it_and_can_come_back(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("poison", words="x")])
    (work,) = await take(desk)
    await desk.outbox.set_aside(work, "it fails every time")
    assert await take(desk) == []
    (aside,) = await desk.outbox.set_aside_list()
    assert (aside.key, aside.reason, aside.job, aside.case_id) == (
        "poison",
        "it fails every time",
        "refresh_card",
        "C-1",
    )
    assert (await desk.journal.counts())["set_aside"] == 1
    assert await desk.outbox.bring_back("poison", UserId("U1"))
    assert not await desk.outbox.bring_back("poison", UserId("U1"))
    (back,) = await take(desk)
    assert (back.args, back.tries) == ({"words": "x"}, 1)


async def test_what_is_given_up_is_gone_for_good(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("poison")])
    await desk.outbox.set_aside((await take(desk))[0], "no")
    assert await desk.outbox.give_up("poison", UserId("U1"))
    assert await desk.outbox.set_aside_list() == ()
    desk.clock.pass_time(days=1)
    assert await take(desk) == []


async def test_work_set_aside_does_not_swallow_what_was_asked_for_meanwhile(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card")])
    (work,) = await take(desk)
    await desk.outbox.add([an_effect("card", words="new")])
    await desk.outbox.set_aside(work, "no")
    assert [one.args for one in await take(desk)] == [{"words": "new"}]


@pytest.mark.parametrize("bytes_", [b"junk", b"", b"\x80", b"\xc1", b"\x81\xa3job\xa1x"])
async def test_bytes_that_are_no_work_are_set_aside_and_the_rest_goes_on(desk: DeskMemory, bytes_: bytes) -> None:
    await desk.outbox.add([an_effect("poison"), an_effect("sound")])
    await desk.client.hset(desk.shard.key("work"), "poison", bytes_)
    assert await keys(desk) == ["sound"]
    assert [(one.key, one.reason) for one in await desk.outbox.set_aside_list()] == [("poison", "unreadable")]
    with pytest.raises(Broken, match="given up"):
        await desk.outbox.bring_back("poison")
    assert await desk.outbox.give_up("poison")


async def test_arguments_that_cannot_be_read_are_set_aside(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("poison", words="x"), an_effect("sound")])
    raw = await desk.client.hget(desk.shard.key("work"), "poison")
    assert raw
    await desk.client.hset(desk.shard.key("work"), "poison", raw.replace(b'{"words"', b'["words"'))
    assert await keys(desk) == ["sound"]
    assert [one.key for one in await desk.outbox.set_aside_list()] == ["poison"]


async def test_a_damaged_lane_does_not_stop_the_others(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("bad", lane="slack:BAD"), an_effect("good", lane="slack:GOOD")])
    await desk.client.delete(desk.shard.key("lane", "slack:BAD"))
    await desk.client.set(desk.shard.key("lane", "slack:BAD"), "of the wrong kind")
    assert await keys(desk) == ["good"]
    assert (await desk.journal.counts())["set_aside"] == 1


async def test_a_reason_with_half_a_character_is_kept_as_far_as_it_goes(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("poison")])
    await desk.outbox.set_aside((await take(desk))[0], "bad \ud83d words")
    assert [one.reason for one in await desk.outbox.set_aside_list()] == ["bad ? words"]


async def test_beyond_a_thousand_the_oldest_is_given_up_counted_and_written_down(desk: DeskMemory) -> None:
    names = [f"poison{number:04}" for number in range(1_003)]
    await desk.outbox.add([an_effect(name) for name in names])
    while work := await take(desk, 200):
        for one in sorted(work, key=lambda one: one.key):
            await desk.outbox.set_aside(one, "it fails every time")
    kept = await desk.outbox.set_aside_list()
    assert len(kept) == 1_000
    assert (await desk.journal.counts())["given_up"] == 3
    newest = await desk.client.xrevrange(desk.shard.key("journal"), count=5)
    assert b"too many are set aside" in b"".join(fields[b"detail"] for _, fields in newest)
    for one in kept:
        await desk.outbox.give_up(one.key)
    assert await desk.client.zcard(desk.shard.key("asides")) == 0
