"""When a page still matters: not for a reply that a hold keeps in, and as soon as edited words make an emergency."""

from dataclasses import replace

from bot.domain.escalating.plan import Habit, Plan, Step
from bot.domain.ids import MINUTE, UserId
from tests.pagers import FIRE, clicks_page, everything, paged, pages, rules
from tests.reading import all_text

OTTO, KIM = UserId("UOTTO"), UserId("UKIM")
RESTS = "A hold is on, so no reply can leave: nobody is paged for one until it is lifted."
TWO_STEPS = Plan(
    name="two", steps=(Step(people=(OTTO,)), Step(people=(KIM,), after=5 * MINUTE)), last_resort=UserId("UPAT")
)


async def with_plan(desk, plan=TWO_STEPS, delays=(0,)):
    desk.house = rules(plan, usual=Habit(delays=delays))
    await desk.restart()


async def held(desk):
    assert "is on" in await desk.seat("ben").asks("hold all a recall is coming")


async def lifted(desk):
    await desk.seat("ana").asks("lift H-1")
    assert "H-1 is lifted" in await desk.seat("pat").asks("lift H-1")


async def test_nobody_is_paged_for_a_missed_target_under_a_hold_until_it_is_lifted(desk):
    await with_plan(desk)
    case = await desk.customer().posts()
    await held(desk)
    await desk.pass_time(days=4)
    await desk.notes(case, "The desk escalated it: the target for “")
    await desk.shows(case, RESTS)
    for _ in range(3):
        await desk.pass_time(hours=1)
        await desk.settled()
    assert everything(desk) == {name: [] for name in everything(desk)}

    await lifted(desk)
    await desk.hides(case, RESTS)
    await desk.pass_time(minutes=1)
    await paged(desk, "otto")
    await desk.settled()
    assert pages(desk, "kim") == [], "the next step waits its own delay, from now"
    await desk.pass_time(minutes=5)
    await paged(desk, "kim")


async def test_a_hold_that_comes_between_two_pages_to_one_person_keeps_the_second_in(desk):
    await with_plan(desk, replace(TWO_STEPS, steps=TWO_STEPS.steps[:1]), delays=(0, 2 * MINUTE))
    await desk.customer().posts()
    await desk.pass_time(days=4)
    await paged(desk, "otto")
    await held(desk)
    await desk.pass_time(minutes=3)
    await desk.settled()
    assert len(pages(desk, "otto")) == 1
    await lifted(desk)
    await desk.pass_time(minutes=1)
    await paged(desk, "otto", 2)


async def test_an_emergency_and_who_asks_by_name_page_through_a_hold(desk):
    await with_plan(desk)
    await held(desk)
    case = await desk.customer().posts(FIRE)
    await paged(desk, "otto")
    assert RESTS not in desk.card_text(case)
    other = await desk.customer("theo_bakes").posts()
    await desk.seat("ana").asks(f"escalate {other.id} legal is on the phone")
    await paged(desk, "otto", 2)


async def test_words_that_are_edited_into_an_emergency_page_at_once_and_only_once(desk):
    await with_plan(desk)
    case = await desk.customer().posts()
    await desk.settled()
    desk.x.edit(case.post, FIRE)
    await desk.look_at_open_cases()
    page = await paged(desk, "otto")
    assert "caught fire" in all_text(page)
    await desk.shows(case, "EMERGENCY")
    desk.x.edit(case.post, f"{FIRE} Hurry!")
    await desk.look_at_open_cases()
    await desk.shows(case, "Hurry!")
    await desk.settled()
    assert len(pages(desk, "otto")) == 1


async def test_an_answered_case_that_an_edit_makes_an_emergency_is_somebodys_again(desk):
    await with_plan(desk)
    case = await desk.answered()
    desk.x.edit(case.post, FIRE)
    await desk.look_at_open_cases()
    page = await paged(desk, "otto")
    assert await desk.status(case) == "claimed"
    assert await clicks_page(desk, "otto", "Acknowledge", page) == ""
    await desk.shows(case, "<@UOTTO> has it since")
