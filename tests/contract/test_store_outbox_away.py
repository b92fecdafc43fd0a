"""What waits in a lane while the place it goes to is away, and in which order it comes when that place is back."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import pytest

from bot.domain.work import Pace, Work
from tests.contract.cases import an_effect
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

MINUTE = 60_000
LANE = "slack:C1"
ROW = pytest.mark.parametrize("row", ["OUT-01"])


async def take(desk: DeskMemory, limit: int = 100, **paces: Pace) -> list[Work]:
    return list((await desk.outbox.take(limit, MINUTE, paces)).work)


async def comes_in(desk: DeskMemory, *asked: tuple[str, int]) -> None:
    """Ask for work one after the other, a second apart: its key and its urgency."""
    for key, urgency in asked:
        await desk.outbox.add([an_effect(key, lane=LANE, urgency=urgency)])
        desk.clock.pass_time(seconds=1)


async def fails(desk: DeskMemory, minutes: int = 2) -> None:
    """Let everything be tried in vain once a minute, for so long; after that `probe` is tried before all others."""
    for _ in range(minutes + 1):
        desk.clock.pass_time(seconds=20)
        for work in await take(desk):
            await desk.outbox.later(work, 30_000 if work.key == "probe" else 39_000, "Slack is away", away=True)
        desk.clock.pass_time(seconds=35)


async def the_rest(desk: DeskMemory) -> list[str]:
    """Return what comes now, one by one, as it is done."""
    found = []
    while some := await take(desk, limit=1):
        found.append(some[0].key)
        await desk.outbox.done(some[0])
    return found


async def first_through(desk: DeskMemory) -> str:
    """Let one piece of work be done; the others that are due stay where they are."""
    (first,) = await take(desk, limit=1)
    await desk.outbox.done(first)
    return first.key


@ROW
async def test_when_something_comes_through_again_what_waited_comes_by_severity_then_by_age(
    desk: DeskMemory, row: str
) -> None:
    await comes_in(desk, ("low", 0), ("normal", 1), ("high", 2), ("late normal", 1), ("late high", 2), ("probe", 1))
    await fails(desk, minutes=30)
    assert await first_through(desk) == "probe"
    await comes_in(desk, ("new and high", 2), ("emergency", 3))
    order = ["emergency", "high", "late high", "normal", "low", "late normal", "new and high"]
    assert await the_rest(desk) == order


async def test_each_fourth_is_the_oldest_so_that_it_does_not_wait_for_all_that_is_more_severe(desk: DeskMemory) -> None:
    await comes_in(desk, *((f"low{n}", 0) for n in range(3)), *((f"high{n}", 2) for n in range(9)), ("probe", 2))
    await fails(desk)
    assert await first_through(desk) == "probe"
    order = await the_rest(desk)
    assert order[:8] == ["high0", "high1", "high2", "low0", "high3", "high4", "high5", "low1"]
    assert sorted(order) == sorted([*(f"low{n}" for n in range(3)), *(f"high{n}" for n in range(9))])


async def test_emergencies_that_waited_come_before_all_others_and_the_oldest_of_them_first(desk: DeskMemory) -> None:
    await comes_in(desk, ("old", 1), *((f"e{n}", 3) for n in range(6)), ("probe", 0))
    await fails(desk)
    assert await first_through(desk) == "probe"
    assert await the_rest(desk) == [*(f"e{n}" for n in range(6)), "old"]


async def test_of_very_many_the_most_severe_comes_first_though_it_was_tried_last(desk: DeskMemory) -> None:
    await comes_in(desk, ("high", 2), ("probe", 1))
    for work in await take(desk):
        await desk.outbox.later(work, 100_000 if work.key == "high" else 1_000, "Slack is away", away=True)
    desk.clock.pass_time(seconds=2)
    await desk.outbox.add([an_effect(f"n{n}", lane=LANE, urgency=0) for n in range(1_500)])
    desk.clock.pass_time(seconds=90)
    assert await first_through(desk) == "probe"
    assert [work.key for work in await take(desk, limit=2)] == ["high", "n0"]


async def test_what_was_never_tried_because_its_turn_did_not_come_is_put_in_order_too(desk: DeskMemory) -> None:
    await comes_in(desk, ("tried", 1), ("probe", 1))
    await fails(desk)
    (probe,) = await take(desk)
    await comes_in(desk, ("untried", 1), ("severe and untried", 2))
    await desk.outbox.done(probe)
    assert await the_rest(desk) == ["severe and untried", "tried", "untried"]


async def test_a_piece_that_fails_by_itself_while_others_come_through_keeps_its_wait(desk: DeskMemory) -> None:
    await comes_in(desk, ("poison", 3))
    for number in range(200):
        await comes_in(desk, (f"other{number}", 0))
        for work in await take(desk):
            if work.key == "poison":
                await desk.outbox.later(work, 50_000, "refused", away=True)
            else:
                await desk.outbox.done(work)
    (waits,) = [work for work in await fails_once(desk) if work.key == "poison"]
    assert waits.tries <= 6, "200 seconds, a try each 50"


async def fails_once(desk: DeskMemory) -> list[Work]:
    desk.clock.pass_time(minutes=1)
    return await take(desk)


async def test_work_that_waits_for_its_hour_or_for_a_reason_of_its_own_is_not_woken(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect("tomorrow", lane=LANE, after=24 * 60 * MINUTE), an_effect("not yet", lane=LANE)])
    for work in await take(desk):
        await desk.outbox.later(work, 600 * MINUTE, "not yet")
    await comes_in(desk, ("a", 1), ("probe", 1))
    await fails(desk)
    assert await first_through(desk) == "probe"
    assert await the_rest(desk) == ["a"]


async def test_an_outage_leaves_no_trace_once_all_is_done_or_nobody_waits_any_more(desk: DeskMemory) -> None:
    await comes_in(desk, ("probe", 1))
    await first_through(desk)
    empty = {key for key in await desk.everything() if b":op:" not in key}
    await comes_in(desk, ("a", 1), ("probe", 2))
    await fails(desk)
    await first_through(desk)
    await the_rest(desk)
    assert {key for key in await desk.everything() if b":op:" not in key} == empty
    await comes_in(desk, ("c", 1))
    (work,) = await take(desk)
    await desk.outbox.later(work, 1, "Slack is away", away=True)
    desk.clock.pass_time(seconds=1)
    (work,) = await take(desk)
    await desk.outbox.set_aside(work, "for a person")
    assert await desk.client.exists(desk.shard.key("closed")) == 0


async def test_a_lane_that_is_told_to_slow_down_keeps_its_order(desk: DeskMemory) -> None:
    await comes_in(desk, ("high", 2), ("old", 1), ("new", 1))
    (high,) = await take(desk, limit=1)
    await desk.outbox.later(high, 30_000, "Slack asked to wait", pause_lane=True)
    assert await take(desk) == []
    desk.clock.pass_time(seconds=31)
    assert await the_rest(desk) == ["high", "old", "new"]


async def test_of_a_short_while_away_nothing_is_made(desk: DeskMemory) -> None:
    await comes_in(desk, ("low", 0), ("high", 2))
    for work in await take(desk):
        await desk.outbox.later(work, {"low": 1_000, "high": 20_000}[work.key], "Slack is away", away=True)
    desk.clock.pass_time(seconds=2)
    assert await first_through(desk) == "low"
    assert await take(desk) == []
    desk.clock.pass_time(seconds=20)
    assert await the_rest(desk) == ["high"]


async def test_what_is_asked_for_again_while_the_place_is_away_keeps_its_age(desk: DeskMemory) -> None:
    await comes_in(desk, ("z first", 1), ("a second", 1), ("probe", 1))
    await fails(desk)
    await desk.outbox.add([an_effect("a second", lane=LANE), an_effect("z first", lane=LANE)])
    found = {work.key: work for work in await take(desk)}
    for key in ("a second", "z first"):
        await desk.outbox.later(found[key], 50_000, "Slack is away", away=True)
    await desk.outbox.done(found["probe"])
    assert await the_rest(desk) == ["z first", "a second"]
