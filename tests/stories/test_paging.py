"""How pages reach people: once each, in bad weather and around crashes, bundled, held back with a reason, by a second way."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.escalating.plan import Habit, Plan, Step
from bot.domain.ids import MINUTE, UserId
from bot.domain.work import Pace, Taken
from bot.services.paging_places import IN_SLACK, Place
from bot.wiring import build
from tests.chairs import Shown
from tests.mishaps import answers_lost
from tests.pagers import FIRE, TextMessages, clicks_page, everything, paged, pages, rules
from tests.reading import all_text, labels

OTTO, KIM, ANA = UserId("UOTTO"), UserId("UKIM"), UserId("UANA")
ONCE = Habit(delays=(0,))


def plan(*steps: Step, **other: object) -> Plan:
    return replace(Plan(name="test", steps=steps, last_resort=UserId("UPAT")), **other)  # type: ignore[arg-type]  # what a story cares about


class Died(BaseException):
    """What happens to a machine that loses its power."""


async def dies_while_paging(desk, place: Place) -> Shown:
    """Let the desk, which is to page Otto about a fire, lose its power when it first comes to a place."""
    reached: list[Place] = []

    async def die(here: Place) -> None:
        if here is place and not reached:
            reached.append(here)
            raise Died

    desk.house, desk.passing = rules(plan(Step(people=(OTTO,))), usual=ONCE), die
    await desk.restart()
    case = await desk.customer().posts(FIRE)
    await desk.until(lambda: reached, f"{place}")
    return case


@pytest.mark.parametrize("place", IN_SLACK)
async def test_a_desk_that_dies_around_a_page_neither_loses_nor_doubles_it(desk, place: Place):
    case = await dies_while_paging(desk, place)
    await desk.crash()
    await desk.start()
    for seconds in (41, 61, 61):
        await desk.pass_time(seconds=seconds)
        await desk.settled()
    assert len(pages(desk, "otto")) == 1, everything(desk)
    assert [page.state for page in (await desk.case(case)).escalation.pages] == ["sent"]


@pytest.mark.parametrize("place", [Place.NOTED, Place.POSTED])
async def test_who_answers_while_the_desk_is_dead_is_not_paged_again_and_sees_it_corrected(desk, place: Place):
    case = await dies_while_paging(desk, place)
    await desk.settled()
    assert await desk.seat("kim").clicks("Claim", case) == ""
    await desk.crash()
    await desk.start()
    await desk.pass_time(seconds=41)
    await desk.settled()
    dms = desk.seat("otto").seat.dms
    assert len(dms) == (1 if place is Place.POSTED else 0), everything(desk)
    if dms:
        await desk.until(lambda: "Acknowledge" not in labels(dict(desk.seat("otto").seat.dms[0])), "a correction")


async def test_a_page_whose_answer_was_lost_is_found_and_not_sent_again(desk):
    desk.house = rules(plan(Step(people=(OTTO,))), usual=ONCE)
    await desk.restart()
    case = await desk.customer().posts()
    await desk.settled()
    desk.weather.slack_lose_answers = 2
    await desk.seat("ana").asks(f"escalate {case.id} help")
    await answers_lost(desk)
    for _ in range(3):
        await desk.settled()
        await desk.pass_time(seconds=8)
    await desk.settled()
    assert len(pages(desk, "otto")) == 1
    assert [page.state for page in (await desk.case(case)).escalation.pages] == ["sent"]


async def test_what_slack_does_not_take_within_a_minute_goes_by_the_second_way_once(desk):
    phone = TextMessages()
    desk.house, desk.pagers = rules(plan(Step(people=(OTTO,))), usual=ONCE), (phone,)
    await desk.restart()
    case = await desk.customer().posts()
    await desk.seat("ana").asks("mine")
    await desk.settled()
    desk.weather.slack_down = True
    await desk.seat("ana").asks(f"escalate {case.id} help")
    await desk.settled()
    assert phone.sent == {}
    for _ in range(7):
        await desk.pass_time(seconds=61)
        await desk.settled()
    assert [to for to, _ in phone.sent.values()] == [OTTO, "UPAT"]
    desk.weather.slack_down = False
    await desk.pass_time(seconds=61)
    await desk.settled()
    (otto,) = [page for page in (await desk.case(case)).escalation.pages if page.to == OTTO]
    assert (otto.second, otto.way) == (("text message",), "Slack")
    assert (phone.handed_over, len(pages(desk, "otto"))) == (2, 1), "Slack's message still comes, to be acknowledged"


async def test_several_cases_for_one_person_within_a_minute_are_one_message(desk):
    desk.house = rules(plan(Step(people=(OTTO,))), usual=ONCE)
    await desk.restart()
    desk.desk.relay.paces = {"page": Pace(every=60_000)}
    cases = [await desk.customer(name).posts() for name in ("mia_travels", "priya_codes", "theo_bakes")]
    for case in cases:
        await desk.seat("ana").asks(f"escalate {case.id} help")
        await desk.settled()
    assert len(desk.seat("otto").seat.dms) == 1
    await desk.pass_time(seconds=61)
    await desk.settled()
    second = dict(desk.seat("otto").seat.dms[-1])
    assert "2 cases need somebody" in second["text"]
    both = desk.seat("otto").seat.dms[0]["text"] + second["text"]
    assert all(case.id in both for case in cases)
    await desk.pass_time(seconds=61)
    await desk.settled()
    assert len(desk.seat("otto").seat.dms) == 2
    assert [all(p.sent_at for p in (await desk.case(case)).escalation.pages if p.to == OTTO) for case in cases] == [
        True
    ] * 3


async def test_an_emergency_is_never_bundled_and_never_waits(desk):
    desk.house = rules(plan(Step(people=(OTTO,))), usual=ONCE)
    await desk.restart()
    desk.desk.relay.paces = {"page": Pace(every=60_000)}
    await desk.customer().posts(FIRE)
    await desk.customer("theo_bakes").posts(FIRE)
    await desk.settled()
    assert len(pages(desk, "otto")) == 2


async def test_a_page_too_many_is_held_back_with_a_reason_that_everybody_sees(desk):
    """GoAlert issue 4188: a throttled page was a page that nobody knew of."""
    desk.house = rules(plan(Step(people=(OTTO,)), Step(people=(KIM,), after=30 * MINUTE)), usual=ONCE, an_hour=1)
    await desk.restart()
    first, second = [await desk.customer(name).posts() for name in ("mia_travels", "priya_codes")]
    await desk.seat("ana").asks(f"escalate {first.id} help")
    await desk.settled()
    await desk.seat("ana").asks(f"escalate {second.id} help")
    await desk.notes(second, "A page was held back: there were 1 pages to this person within an hour.")
    await desk.shows(second, "<@UOTTO> was not paged: there were 1 pages")
    await paged(desk, "kim")
    await desk.customer("theo_bakes").posts(FIRE)
    await desk.until(lambda: len(pages(desk, "otto")) == 2, "the emergency, which no limit holds back")
    await desk.until(lambda: second.id in all_text(dict(desk.seat("otto").seat.dms[-1])), "what was held back before")


async def test_quiet_hours_pass_the_turn_on_at_once_and_say_so(desk):
    quiet = Habit(delays=(0,), quiet=(0, 23 * 60 + 59))
    desk.house = rules(
        plan(Step(people=(OTTO,)), Step(people=(KIM,), after=30 * MINUTE)), usual=ONCE, habits={OTTO: quiet}
    )
    await desk.restart()
    case = await desk.customer().posts()
    await desk.seat("ana").asks(f"escalate {case.id} help")
    await paged(desk, "kim")
    assert pages(desk, "otto") == []
    await desk.notes(case, "Escalation, step 1 of 2: quiet hours 00:00 to 23:59 (UTC). The next step comes at once.")
    await desk.customer("theo_bakes").posts(FIRE)
    await paged(desk, "otto")


async def test_an_empty_step_is_skipped_at_once_and_the_owner_of_its_schedule_is_told(desk):
    """GoAlert issue 4548, in the whole desk: the delay of the next step is an hour, and nobody waits for it."""
    desk.house = lambda policy: rules(plan(Step(schedule="empty"), Step(people=(KIM,), after=60 * MINUTE)), usual=ONCE)(
        replace(policy, schedules={"empty": replace(policy.schedules["care-nights"], layers=())})
    )
    await desk.restart()
    case = await desk.customer().posts(FIRE)
    await paged(desk, "kim")
    await desk.notes(case, "Escalation, step 1 of 2: nobody is there. The next step comes at once.")
    await desk.until(
        lambda: any("nobody was paged in the schedule empty" in m["text"] for m in desk.seat("otto").seat.dms),
        "word to the owner",
        lambda: str(everything(desk)),
    )


async def test_who_has_left_is_not_paged_and_does_not_hold_up_the_others(desk):
    desk.house = rules(plan(Step(people=(UserId("UDEL"),)), Step(people=(KIM,), after=60 * MINUTE)), usual=ONCE)
    await desk.restart()
    case = await desk.customer().posts(FIRE)
    await paged(desk, "kim")
    await desk.shows(case, "<@UDEL> was not paged: This account is deactivated.")


async def test_a_step_for_both_sides_waits_for_one_of_each(desk):
    desk.house = rules(plan(Step(people=(OTTO, KIM), both=True), Step(people=(ANA,), after=5 * MINUTE)), usual=ONCE)
    await desk.restart()
    case = await desk.customer().posts(FIRE)
    page = await paged(desk, "otto")
    assert await clicks_page(desk, "otto", "Acknowledge", page) == ""
    await desk.notes(case, "the other side is still to answer")
    await desk.pass_time(minutes=5)
    assert await clicks_page(desk, "ana", "Acknowledge", await paged(desk, "ana")) == ""
    await desk.settled()
    assert (await desk.case(case)).escalation.is_waiting
    assert await clicks_page(desk, "kim", "Acknowledge", await paged(desk, "kim")) == ""
    await desk.shows(case, "<@UOTTO> and <@UANA> and <@UKIM> have it since")


async def test_the_second_rule_of_a_person_pages_again_only_while_nobody_has_it(desk):
    desk.house = rules(plan(Step(people=(OTTO, KIM))), usual=Habit(delays=(0, 2 * MINUTE)))
    await desk.restart()
    await desk.customer().posts(FIRE)
    await paged(desk, "otto")
    await desk.pass_time(minutes=2)
    await desk.until(lambda: len(pages(desk, "otto")) == 2, "the second page")
    case = await desk.customer("theo_bakes").posts(FIRE)
    await desk.until(lambda: len(pages(desk, "kim")) == 3, "the first page of the other case")
    await desk.seat("kim").clicks("Claim", case)
    await desk.pass_time(minutes=2)
    await desk.settled()
    assert len(desk.seat("kim").seat.dms) == 3


async def test_two_processes_in_the_middle_of_every_step_page_each_person_once(desk):
    steps = (Step(people=(OTTO, KIM)), Step(people=(ANA,), after=5 * MINUTE), Step(people=(KIM,), after=5 * MINUTE))
    desk.house = rules(plan(*steps, repeat=1), usual=Habit(delays=(0, 2 * MINUTE)))
    await desk.restart()
    second = build(desk.desk.outside)
    second.relay.paces = {}
    taking, take = asyncio.Lock(), second.relay._take

    async def one_at_a_time(limit: int) -> Taken:
        async with taking:
            return await take(limit)

    second.relay._take = one_at_a_time
    stop = asyncio.Event()
    working = asyncio.create_task(second.relay.run(stop))
    cases = [await desk.customer(name).posts(FIRE) for name in ("mia_travels", "theo_bakes", "priya_codes")]
    for _ in range(24):
        # Time jumps further than a lease: nothing may be on its way to Slack in either process meanwhile.
        async with taking:
            await desk.until(lambda: not second.relay._running, "the other process to have done what it took")
            await desk.settled()
            await desk.pass_time(minutes=1)
        await desk.settled()
    stop.set()
    await working
    await desk.settled()
    for case in cases:
        ledger = (await desk.case(case)).escalation.pages
        assert len({page.key for page in ledger}) == len(ledger)
        assert {page.round for page in ledger} == {1, 2}
        marks = [page.mark for page in ledger if page.sent_at]
        assert len(marks) == len(set(marks)) == len([page for page in ledger if page.state == "sent"])
    people = {"otto": OTTO, "kim": KIM, "ana": ANA}
    for name, user in people.items():
        sent = [
            page
            for case in cases
            for page in (await desk.case(case)).escalation.pages
            if page.to == user and page.sent_at
        ]
        assert len(pages(desk, name)) == len(sent), name
