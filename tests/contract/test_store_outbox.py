"""The promises of `Outbox`: due work first, under lease, paced, merged, and nothing lost."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import msgspec
import pytest

from bot.adapters.redis_outbox import LONGEST_LEASE
from bot.domain.errors import LeaseLost
from bot.domain.ids import CaseId, Nonce
from bot.domain.work import Pace, Work
from tests.contract.cases import an_effect
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

MINUTE = 60_000
HOUR = 60 * MINUTE


async def take(desk: DeskMemory, limit: int = 10, lease: int = MINUTE, **paces: Pace) -> list[Work]:
    return list((await desk.outbox.take(limit, lease, paces)).work)


async def keys(desk: DeskMemory, limit: int = 10, **paces: Pace) -> list[str]:
    return [work.key for work in await take(desk, limit, **paces)]


async def test_work_comes_as_it_was_asked_for(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card", lane="slack:C1", urgency=2, ts="17.5", words="a 'b' \"c\" ü 🎈")])
    taken = await desk.outbox.take(1, MINUTE, {})
    (work,) = taken.work
    assert work == Work(
        key="card",
        job="refresh_card",
        case_id=CaseId("C-1"),
        lane="slack:C1",
        nonce=work.nonce,
        due=work.due,
        lease_until=type(work.due)(taken.now + MINUTE),
        tries=1,
        urgency=2,
        args={"ts": "17.5", "words": "a 'b' \"c\" ü 🎈"},
    )
    assert len(work.nonce) == 32


async def test_nothing_to_do_says_so(desk: DeskMemory) -> None:
    taken = await desk.outbox.take(10, MINUTE, {})
    assert (taken.work, taken.next_due) == ((), None)


async def test_work_for_later_waits_for_its_time(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("remind", after=HOUR)])
    early = await desk.outbox.take(10, MINUTE, {})
    assert early.work == ()
    assert early.next_due
    assert HOUR - MINUTE < early.next_due - early.now <= HOUR
    desk.clock.pass_time(hours=1)
    assert await keys(desk) == ["remind"]


async def test_the_most_severe_comes_first(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"u{urgency}", urgency=urgency) for urgency in (1, 3, 0, 2)])
    assert await keys(desk) == ["u3", "u2", "u1", "u0"]


async def test_what_has_waited_for_a_minute_is_overtaken_by_emergencies_only(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("old and low", urgency=0)])
    desk.clock.pass_time(ms=MINUTE + 1)
    await desk.outbox.add([an_effect("new and high", urgency=2)])
    await desk.outbox.add([an_effect("emergency", urgency=3)])
    assert await keys(desk, limit=2) == ["emergency", "old and low"]


@pytest.mark.parametrize("row", ["OUT-01"])
async def test_what_was_put_back_comes_by_when_it_is_tried_again_and_only_new_emergencies_overtake_it(
    desk: DeskMemory, row: str
) -> None:
    await desk.outbox.add([an_effect("low", urgency=0), an_effect("high", urgency=2)])
    for work in await take(desk):
        await desk.outbox.later(work, {"low": 1_000, "high": 2_000}[work.key], "Slack is away")
    desk.clock.pass_time(ms=MINUTE)
    await desk.outbox.add([an_effect("new and high", urgency=2), an_effect("emergency", urgency=3)])
    assert await keys(desk) == ["emergency", "low", "high", "new and high"]


async def test_lanes_take_turns(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"a{n}", lane="slack:A") for n in range(50)])
    desk.clock.pass_time(seconds=1)
    await desk.outbox.add([an_effect(f"{lane}{n}", lane=f"slack:{lane}") for lane in "BC" for n in range(2)])
    got = await keys(desk, limit=6)
    assert [key[0].upper() for key in got] == ["A", "B", "C", "A", "B", "C"]


async def test_a_long_lane_does_not_starve_a_short_one_when_little_is_taken_at_a_time(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"a{n}", lane="slack:A") for n in range(50)])
    desk.clock.pass_time(seconds=1)
    await desk.outbox.add([an_effect("b", lane="slack:B")])
    got = []
    for _ in range(2):
        got += await take(desk, limit=1)
        desk.clock.pass_time(ms=1)
        await desk.outbox.done(got[-1])
    assert {work.lane for work in got} == {"slack:A", "slack:B"}


async def test_work_under_lease_is_nobody_elses(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"k{n}") for n in range(20)])
    found = await asyncio.gather(*(keys(desk, limit=3) for _ in range(15)))
    got = [key for part in found for key in part]
    assert sorted(got) == sorted(f"k{n}" for n in range(20))


async def test_a_lease_that_ran_out_can_be_taken_again_and_the_try_is_counted(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card")])
    (first,) = await take(desk)
    assert await take(desk) == []
    desk.clock.pass_time(ms=MINUTE + 1)
    (second,) = await take(desk)
    assert (second.key, second.tries, second.due) == ("card", 2, first.due)
    assert second.nonce != first.nonce


async def test_who_lost_the_lease_can_neither_finish_nor_delay_nor_set_aside(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card")])
    (lost,) = await take(desk)
    desk.clock.pass_time(ms=MINUTE + 1)
    (held,) = await take(desk)
    before = await desk.everything()
    for settle in (
        lambda: desk.outbox.done(lost),
        lambda: desk.outbox.later(lost, 1, "no"),
        lambda: desk.outbox.set_aside(lost, "no"),
        lambda: desk.outbox.done(replace(held, nonce=Nonce(""))),
    ):
        with pytest.raises(LeaseLost):
            await settle()
    assert await desk.everything() == before


async def falls_silent(desk: DeskMemory, work: Work) -> None:
    desk.clock.pass_time(ms=MINUTE + 1)


async def falls_silent_and_is_asked_again(desk: DeskMemory, work: Work) -> None:
    await falls_silent(desk, work)
    await desk.outbox.add([an_effect(work.key)])


async def falls_silent_and_the_next_is_told_to_wait(desk: DeskMemory, work: Work) -> None:
    await falls_silent(desk, work)
    (again,) = await take(desk)
    await desk.outbox.later(again, 0, "Paced")


async def has_no_answer(desk: DeskMemory, work: Work) -> None:
    await desk.outbox.later(work, 0, "Slack is away", away=True)


async def is_told_to_wait(desk: DeskMemory, work: Work) -> None:
    await desk.outbox.later(work, 0, "Paced")


async def is_asked_again_and_told_to_wait(desk: DeskMemory, work: Work) -> None:
    await desk.outbox.add([an_effect(work.key)])
    await is_told_to_wait(desk, work)


async def is_asked_again_and_done(desk: DeskMemory, work: Work) -> None:
    await desk.outbox.add([an_effect(work.key)])
    await desk.outbox.done(work)


@pytest.mark.parametrize(
    ("became", "doubtful"),
    [
        (falls_silent, True),
        (falls_silent_and_is_asked_again, True),
        (falls_silent_and_the_next_is_told_to_wait, True),
        (has_no_answer, True),
        (is_told_to_wait, False),
        (is_asked_again_and_told_to_wait, False),
        (is_asked_again_and_done, False),
    ],
)
async def test_work_says_whether_an_earlier_try_may_still_come_through(
    desk: DeskMemory, became: Callable[[DeskMemory, Work], Awaitable[None]], doubtful: bool
) -> None:
    await desk.outbox.add([an_effect("card")])
    (first,) = await take(desk)
    assert not first.doubtful
    await became(desk, first)
    (second,) = await take(desk)
    assert second.doubtful == doubtful


async def test_done_work_is_gone_without_a_trace(desk: DeskMemory) -> None:
    empty = await desk.everything()
    await desk.outbox.add([an_effect("card")])
    (work,) = await take(desk)
    await desk.outbox.done(work)
    with pytest.raises(LeaseLost):
        await desk.outbox.done(work)
    left = {key for key in await desk.everything() if b":op:" not in key and not key.endswith((b":clock", b":gates"))}
    assert left == set(empty)


async def test_equal_keys_are_one_piece_of_work_with_the_newest_words_and_the_earliest_time(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card", after=HOUR, words="old"), an_effect("card", after=MINUTE, words="new")])
    await desk.outbox.add([an_effect("card", after=2 * HOUR, words="newest")])
    assert await desk.outbox.waiting("slack:C1") == 1
    desk.clock.pass_time(ms=MINUTE)
    assert [work.args for work in await take(desk)] == [{"words": "newest"}]


async def test_what_is_asked_for_while_it_is_being_done_is_done_once_more(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card", words="first")])
    (first,) = await take(desk)
    await desk.outbox.add([an_effect("card", words="second")])
    await desk.outbox.add([an_effect("card", words="third")])
    assert await take(desk) == []
    await desk.outbox.done(first)
    (again,) = await take(desk)
    assert (again.args, again.tries) == ({"words": "third"}, 1)
    await desk.outbox.done(again)
    assert await desk.outbox.waiting("slack:C1") == 0


async def test_what_is_asked_for_again_survives_the_death_of_who_does_it(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card", words="first")])
    await take(desk)
    await desk.outbox.add([an_effect("card", words="second", after=HOUR)])
    desk.clock.pass_time(ms=MINUTE + 1)
    (retaken,) = await take(desk)
    await desk.outbox.done(retaken)
    assert await take(desk) == []
    desk.clock.pass_time(hours=1)
    assert [work.args for work in await take(desk)] == [{"words": "second"}]


async def test_later_waits_and_keeps_counting(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card"), an_effect("neighbour")])
    card, neighbour = await take(desk)
    await desk.outbox.later(card, HOUR, "not now")
    await desk.outbox.done(neighbour)
    assert await take(desk) == []
    desk.clock.pass_time(hours=1)
    assert [(work.key, work.tries) for work in await take(desk)] == [("card", 2)]


async def test_own_failures_are_counted_apart_from_waits(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card")])
    for fault in (False, False, True, False, True):
        (card,) = await take(desk)
        await desk.outbox.later(card, MINUTE, "not now", fault=fault)
        await desk.outbox.add([an_effect("card", after=MINUTE)])
        desk.clock.pass_time(minutes=1)
    assert [(work.tries, work.faults) for work in await take(desk)] == [(6, 2)]


async def test_work_of_an_earlier_version_has_no_failures_of_its_own(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card")])
    record = msgspec.msgpack.decode((await desk.shard.table("work"))[b"card"])
    del record["faults"]
    await desk.client.hset(desk.shard.key("work"), "card", msgspec.msgpack.encode(record))
    assert [(work.tries, work.faults) for work in await take(desk)] == [(1, 0)]


async def test_asked_for_again_the_earlier_time_wins_over_later(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card")])
    (card,) = await take(desk)
    await desk.outbox.add([an_effect("card", after=MINUTE)])
    await desk.outbox.later(card, HOUR, "not now")
    desk.clock.pass_time(ms=MINUTE + 1)
    assert await keys(desk) == ["card"]


async def test_a_paused_lane_waits_and_the_others_go_on(desk: DeskMemory) -> None:
    await desk.outbox.add(
        [an_effect("a1", lane="slack:A"), an_effect("a2", lane="slack:A"), an_effect("b", lane="slack:B")]
    )
    (first,) = await take(desk, limit=1)
    await desk.outbox.later(first, 30_000, "Slack asked us to wait", pause_lane=True)
    await desk.outbox.add([an_effect("a3", lane="slack:A", urgency=3)])
    paused = await desk.outbox.take(10, MINUTE, {})
    assert [work.key for work in paused.work] == ["b"]
    desk.clock.pass_time(seconds=30)
    assert sorted(await keys(desk)) == ["a1", "a2", "a3"]


async def test_a_lane_keeps_its_pace_across_processes(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"k{n}") for n in range(10)])
    pace = Pace(every=1000, burst=3)
    assert len(await take(desk, slack=pace)) == 3
    other = desk.following(desk.follow)
    assert await take(other, slack=pace) == []
    waiting = await desk.outbox.take(10, MINUTE, {"slack": pace})
    assert waiting.next_due
    assert 0 < waiting.next_due - waiting.now <= 1000
    desk.clock.pass_time(ms=1000)
    assert len(await take(desk, slack=pace)) == 1
    desk.clock.pass_time(seconds=60)
    assert len(await take(desk, slack=pace)) == 3


async def test_over_a_long_time_no_more_starts_than_the_pace_allows(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"k{n}") for n in range(60)])
    started = 0
    for _ in range(300):
        for work in await take(desk, slack=Pace(every=1000, burst=2)):
            started += 1
            await desk.outbox.done(work)
        desk.clock.pass_time(ms=100)
    assert 30 <= started <= 33


async def test_when_the_clock_goes_back_leases_paces_and_due_work_do_not_hang(desk: DeskMemory) -> None:
    pace = Pace(every=1000, burst=1)
    desk.clock.pass_time(hours=5)
    await desk.outbox.add([an_effect("leased", lane="slack:A"), an_effect("paced", lane="slack:A")])
    await desk.outbox.add([an_effect("due", lane="other:B", urgency=0), an_effect("timer", lane="other:B", after=HOUR)])
    assert await keys(desk, limit=1, slack=pace) == ["leased"]
    desk.clock.pass_time(hours=-5)
    got = await keys(desk, slack=pace)
    assert "due" in got
    desk.clock.pass_time(seconds=2)
    got += await keys(desk, slack=pace)
    desk.clock.pass_time(seconds=2)
    got += await keys(desk, slack=pace)
    assert sorted(got) == ["due", "leased", "paced"]


async def test_a_pace_from_the_future_is_forgotten(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card")])
    await desk.client.hset(desk.shard.key("paces"), "slack:C1", str(await desk.memory.now() + HOUR))
    assert await keys(desk, slack=Pace(every=1000, burst=2)) == ["card"]


async def test_a_lease_has_a_longest_length(desk: DeskMemory) -> None:
    with pytest.raises(ValueError, match="lease"):
        await desk.outbox.take(1, LONGEST_LEASE + 1, {})


async def test_a_key_that_moves_to_another_lane_is_in_one_lane_only(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("card", lane="slack:A")])
    await desk.outbox.add([an_effect("card", lane="slack:B")])
    assert (await desk.outbox.waiting("slack:A"), await desk.outbox.waiting("slack:B")) == (0, 1)
