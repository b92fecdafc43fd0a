"""Who is paged at which hour: nights in which clocks change, leap days, and business hours that are the market's own.

The instants were worked out by hand from the rules of each zone; the desk is only asked whom it pages.
"""

from dataclasses import replace

import pytest

from bot.domain.escalating.plan import Habit, Plan, Step
from bot.domain.ids import UserId
from bot.domain.on_call.oncall import Schedule
from bot.domain.on_call.rotation import Layer, Unit
from bot.domain.policy import EscalationRule, Paging
from bot.domain.timing.wall_clock import read_day, read_time
from tests.pagers import begins_at

OTTO, KIM, PAT = UserId("UOTTO"), UserId("UKIM"), UserId("UPAT")
ONCE = Habit(delays=(0,))


def by_turns(zone: str, handover: str, begins: str):
    """Return house rules in which Otto and Kim take turns of a day, Otto first, and whoever has it is paged."""
    layer = Layer(
        name="daily",
        people=(OTTO, KIM),
        zone=zone,
        every=1,
        unit=Unit.DAYS,
        handover=read_time(handover),
        begins=read_day(begins),
    )
    turns = Schedule(name="turns", zone=zone, layers=(layer,), owner=PAT)
    plan = EscalationRule(plan=Plan(name="turns", steps=(Step(schedule="turns"),), last_resort=PAT))

    def changed(policy):
        return replace(policy, schedules={"turns": turns}, paging=Paging(rules=(plan,), usual=ONCE))

    return changed


async def whom_it_pages(desk, author="mia_travels") -> list[str]:
    """Return whom the desk pages first for a case that is escalated now."""
    case = await desk.customer(author).posts()
    await desk.seat("ana").asks(f"escalate {case.id} help")
    await desk.settled()
    await desk.until_async(lambda: _paged(desk, case), "a page")
    return [page.to for page in (await desk.case(case)).escalation.pages if page.step == 0]


async def _paged(desk, case) -> bool:
    return any(page.sent_at for page in (await desk.case(case)).escalation.pages)


@pytest.mark.parametrize(
    ("zone", "handover", "day_before", "a_minute_before"),
    [
        pytest.param("Europe/Berlin", "02:30", "2030-03-30", "2030-03-31T00:59+00:00", id="Berlin skips the hand-over"),
        pytest.param("Europe/Berlin", "02:30", "2030-10-26", "2030-10-27T00:29+00:00", id="Berlin has it twice"),
        pytest.param("Europe/London", "01:30", "2030-03-30", "2030-03-31T00:59+00:00", id="London skips the hand-over"),
        pytest.param("Europe/London", "01:30", "2030-10-26", "2030-10-27T00:29+00:00", id="London has it twice"),
        pytest.param("America/New_York", "02:30", "2030-03-09", "2030-03-10T06:59+00:00", id="New York skips it"),
        pytest.param("America/New_York", "01:30", "2030-11-02", "2030-11-03T05:29+00:00", id="New York has it twice"),
        pytest.param("Australia/Lord_Howe", "02:15", "2030-10-05", "2030-10-05T15:29+00:00", id="half an hour skipped"),
        pytest.param("Australia/Lord_Howe", "01:45", "2030-04-06", "2030-04-06T14:44+00:00", id="half an hour twice"),
        pytest.param("America/Santiago", "00:30", "2030-09-07", "2030-09-08T03:59+00:00", id="Santiago at midnight"),
        pytest.param(
            "America/Santiago", "23:30", "2030-04-05", "2030-04-07T02:29+00:00", id="Santiago before midnight"
        ),
        pytest.param("Europe/Berlin", "09:00", "2030-03-30", "2030-03-31T06:59+00:00", id="nine o'clock stays, spring"),
        pytest.param("Europe/Berlin", "09:00", "2030-10-26", "2030-10-27T07:59+00:00", id="nine o'clock stays, autumn"),
    ],
)
async def test_pages_go_over_to_the_next_at_the_hand_over_on_the_wall(
    desk, zone, handover, day_before, a_minute_before
):
    """Grafana OnCall issue 3261: shifts moved by an hour when the clocks changed."""
    desk.house = by_turns(zone, handover, day_before)
    await desk.restart()
    await begins_at(desk, a_minute_before)
    assert await whom_it_pages(desk) == [OTTO]
    await desk.pass_time(minutes=1)
    assert await whom_it_pages(desk, "theo_bakes") == [KIM]
    await desk.pass_time(hours=2)
    assert await whom_it_pages(desk, "priya_codes") == [KIM], "also after an hour that came twice"


async def test_turns_of_a_day_go_on_over_a_leap_day(desk):
    desk.house = by_turns("Europe/Berlin", "09:00", "2028-02-28")
    await desk.restart()
    await begins_at(desk, "2028-02-28T12:00+01:00")
    found = []
    for author in ("mia_travels", "theo_bakes", "priya_codes"):
        found += await whom_it_pages(desk, author)
        await desk.pass_time(days=1)
    assert found == [OTTO, KIM, OTTO]


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        pytest.param("2030-06-04T07:30+00:00", OTTO, id="half past eight on a summer morning, before eight in UTC"),
        pytest.param("2030-06-04T18:30+00:00", KIM, id="half past seven on a summer evening, before seven in UTC"),
        pytest.param("2030-12-03T07:30+00:00", KIM, id="half past seven on a winter morning"),
        pytest.param("2030-12-03T18:30+00:00", OTTO, id="half past six on a winter evening"),
        pytest.param("2030-06-09T12:00+00:00", KIM, id="a Sunday"),
        pytest.param("2030-12-25T12:00+00:00", KIM, id="Christmas Day"),
        pytest.param("2030-04-22T12:00+00:00", KIM, id="Easter Monday"),
        pytest.param("2030-06-04T11:45+00:00", KIM, id="the lunch break"),
    ],
)
async def test_plans_by_business_hours_go_by_the_clock_of_the_market(desk, moment, who):
    """Grafana OnCall issue 5512: working hours were those of UTC."""
    day, night = Plan(name="day", steps=(Step(people=(OTTO,)),)), Plan(name="night", steps=(Step(people=(KIM,)),))
    rules = EscalationRule(plan=day, hours="open"), EscalationRule(plan=night, hours="closed")
    desk.house = lambda policy: replace(policy, paging=Paging(rules=rules, usual=ONCE))
    await desk.restart()
    await begins_at(desk, moment)
    assert await whom_it_pages(desk) == [who]
