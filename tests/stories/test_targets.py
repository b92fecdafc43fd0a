"""Promises kept and missed, over nights, weekends, holidays and changes of the clock: each word is said once.

The market is in London, at work from 8:00 to 12:30 and 13:15 to 19:00, on Saturdays from 10:00 to 16:00. An ordinary case
has four hours until the first response, with a warning half an hour before; an approval two; silence three.
"""

import asyncio
from datetime import datetime

import pytest

from bot.wiring import build
from tests.chairs import COMPLAINT
from tests.world import World

NEAR, MISSED = "TargetNear", "TargetMissed"


async def begins_at(desk: World, moment: str) -> None:
    """Let time pass until a moment, which lies ahead."""
    now = await desk.desk.outside.redis.memory.now()
    ahead = datetime.fromisoformat(moment).timestamp() - now / 1000
    assert ahead > 0
    await desk.pass_time(seconds=ahead)


async def spoken(desk: World, case) -> list[tuple[str, str]]:
    """Return what was said about targets: the fact and the clock, oldest first."""
    await desk.settled()
    lines = await desk.desk.outside.redis.journal.lines(case.id)
    return [(str(one["fact"]), str(one["detail"])) for one in lines if one["fact"] in (NEAR, MISSED)]


def about_first(said: list[tuple[str, str]]) -> list[str]:
    return [fact for fact, clock in said if clock == "first response"]


@pytest.mark.parametrize(
    ("opens", "warns", "ends"),
    [
        pytest.param("2027-06-08T09:00+01:00", 3.5 + 0.75, 4.75, id="an ordinary Tuesday, with lunch"),
        pytest.param("2027-06-08T17:00+01:00", 2 + 13 + 1.5, 17, id="over a night"),
        pytest.param("2027-06-12T14:00+01:00", 2 + 40 + 1.5, 44, id="over a Sunday"),
        pytest.param("2027-03-27T14:00+00:00", 2 + 63 + 1.5, 67, id="over Easter, spring forward and a holiday"),
        pytest.param("2027-10-30T14:00+01:00", 2 + 41 + 1.5, 45, id="over the Sunday that has 25 hours"),
    ],
)
async def test_a_first_response_is_warned_of_and_missed_in_business_time(desk, opens, warns, ends):
    await begins_at(desk, opens)
    case = await desk.customer().posts(COMPLAINT)
    await desk.pass_time(hours=warns, minutes=-1)
    assert about_first(await spoken(desk, case)) == []
    await desk.pass_time(minutes=1, seconds=5)
    assert about_first(await spoken(desk, case)) == [NEAR]
    await desk.pass_time(hours=ends - warns, minutes=-1)
    assert about_first(await spoken(desk, case)) == [NEAR]
    await desk.pass_time(minutes=1)
    assert about_first(await spoken(desk, case)) == [NEAR, MISSED]
    await desk.shows(case, "*overdue* since")
    for _ in range(7):
        await desk.pass_time(days=1)
        assert about_first(await spoken(desk, case)) == [NEAR, MISSED]


async def test_a_warning_is_the_owners_and_a_miss_the_teams(desk):
    await begins_at(desk, "2027-06-08T13:30+01:00")
    case = await desk.customer().posts(COMPLAINT)
    # Claimed an hour later, so that the claim itself has not run out by the time of the miss.
    await desk.pass_time(hours=1)
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.shows(case, "Reply due")
    await desk.pass_time(hours=2, minutes=31)
    await desk.notes(case, "The target for “first response” is near. <@UANA>")
    await desk.settled()
    told = [m["text"] for m in desk.sandbox.slack.messages("C0CARE")]
    assert not any("“first response” is near" in text and case.id in text and "Open the card" in text for text in told)
    await desk.pass_time(minutes=30)
    await desk.announced(
        f"{case.id}: :alarm_clock: The target for “first response” was missed. <@UANA> has it.", "C0CARE"
    )


async def test_a_case_that_nobody_has_is_the_teams_from_the_warning_on(desk):
    await begins_at(desk, "2027-06-08T13:30+01:00")
    case = await desk.customer().posts(COMPLAINT)
    await desk.pass_time(hours=3, minutes=31)
    await desk.announced(
        f"{case.id}: :hourglass_flowing_sand: The target for “first response” is near. Nobody has it yet.", "C0CARE"
    )


async def test_a_late_approval_is_told_to_the_approvers(desk):
    await begins_at(desk, "2027-06-08T13:30+01:00")
    case = await desk.in_review()
    await desk.shows(case, "Approval due")
    await desk.pass_time(hours=1, minutes=31)
    await desk.announced(f"{case.id}: :hourglass_flowing_sand: The target for “approval” is near.")
    await desk.pass_time(minutes=30)
    await desk.announced(f"{case.id}: :alarm_clock: The target for “approval” was missed.")


async def test_an_answer_pauses_everything_until_the_customer_writes(desk):
    await begins_at(desk, "2027-06-08T09:00+01:00")
    case = await desk.answered()
    await desk.shows(case, "paused, the customer has the word")
    await desk.pass_time(days=2)
    assert await spoken(desk, case) == []
    await desk.customer().writes_again(case)
    await desk.hides(case, "paused")
    await desk.pass_time(hours=6, minutes=45, seconds=5)
    said = await spoken(desk, case)
    assert ("TargetMissed", "next response") in said
    assert about_first(said) == []


async def test_passing_a_case_around_buys_no_time(desk):
    await begins_at(desk, "2027-06-08T13:30+01:00")
    case = await desk.claimed()
    await desk.pass_time(hours=1)
    assert await desk.seat("ana").clicks("Release", case) == ""
    await desk.pass_time(hours=1)
    assert await desk.seat("ben").clicks("Claim", case) == ""
    await desk.restart()
    await desk.pass_time(hours=2, seconds=5)
    assert MISSED in about_first(await spoken(desk, case))


async def test_a_desk_that_was_away_at_the_end_says_so_once_when_it_is_back(desk):
    await begins_at(desk, "2027-06-08T13:30+01:00")
    case = await desk.customer().posts(COMPLAINT)
    await desk.settled()
    await desk.crash()
    await desk.pass_time(hours=5)
    await desk.start()
    assert about_first(await spoken(desk, case)) == [MISSED]
    await desk.restart()
    assert about_first(await spoken(desk, case)) == [MISSED]


async def test_two_processes_say_it_once(desk):
    second = build(desk.desk.outside)
    second.relay.paces = {}
    stop = asyncio.Event()
    working = asyncio.create_task(second.relay.run(stop))
    await begins_at(desk, "2027-06-08T13:30+01:00")
    cases = [await desk.customer(name).posts(COMPLAINT) for name in ("mia_travels", "theo_bakes", "priya_codes")]
    for _ in range(10):
        await desk.pass_time(minutes=30, seconds=1)
        await desk.settled()
    stop.set()
    await working
    for case in cases:
        said = await spoken(desk, case)
        assert sorted(said) == sorted(set(said))
        # Time does not wait for the second one: where its look came late, only the miss was left to say.
        assert about_first(said) in ([NEAR, MISSED], [MISSED])


async def test_a_clock_that_jumps_says_nothing_twice(desk):
    await begins_at(desk, "2027-06-08T13:30+01:00")
    case = await desk.customer().posts(COMPLAINT)
    await desk.pass_time(hours=3, minutes=31)
    said = await spoken(desk, case)
    assert about_first(said) == [NEAR]
    desk.clock.pass_time(ms=-2 * 3_600_000)
    desk.desk.outside.wake.set()
    assert await spoken(desk, case) == said
    await desk.pass_time(hours=4)
    assert about_first(await spoken(desk, case)) == [NEAR, MISSED]


async def test_an_emergency_does_not_wait_for_the_morning(desk):
    await begins_at(desk, "2027-06-13T03:00+01:00")
    case = await desk.customer().posts("@LumenShop your lamp caught fire and my son was injured")
    await desk.shows(case, "around the clock")
    await desk.pass_time(minutes=31)
    assert about_first(await spoken(desk, case))[-1:] == [MISSED]


async def test_ones_own_cases_are_listed_by_what_is_due(desk):
    await begins_at(desk, "2027-06-08T09:00+01:00")
    later = await desk.claimed()
    sooner = await desk.customer("theo_bakes").posts("@LumenShop I will sue you, your lamp is dangerous")
    assert await desk.seat("ana").clicks("Claim", sooner) == ""
    told = await desk.seat("ana").asks("mine")
    assert told.index(sooner.id) < told.index(later.id)
    assert "reply due" in told
