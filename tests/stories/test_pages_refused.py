"""Slack says that it will never deliver a page: whoever can mend it is told once, and somebody else is reached."""

from dataclasses import replace

from bot.domain.escalating.page import PageState
from bot.domain.escalating.plan import Habit, Plan, Step
from bot.domain.ids import MINUTE, UserId
from tests.chairs import SEATS
from tests.pagers import FIRE, TextMessages, everything, on_call, paged, pages, rules

KIM, BEN = UserId("UKIM"), UserId("UBEN")
LATER = Habit(delays=(2 * MINUTE,))
"""A page two minutes after its step: whoever is found by the step may be gone when it leaves."""


def told(desk, name):
    return [text for text in everything(desk)[name] if "Slack delivers no page" in text]


async def gone_before_the_page(desk, *steps, phones=(), gone=KIM, more=lambda policy: policy):
    """Return a case whose first page is refused, because an account was closed between its step and the page."""
    ours = rules(Plan(name="test", steps=steps, last_resort=UserId("UPAT")), usual=LATER)
    desk.house = lambda policy: more(ours(policy))
    desk.pagers = phones
    await desk.restart()
    case = await desk.customer().posts(FIRE)
    await desk.settled()
    desk.sandbox.slack.set_person(gone, deleted=True)
    await desk.pass_time(minutes=2)
    await desk.settled()
    return case


async def facts(desk, case):
    return [line["fact"] for line in await desk.desk.outside.redis.journal.lines(case.id)]


async def test_where_no_other_way_is_known_the_next_step_comes_at_once(desk):
    case = await gone_before_the_page(desk, Step(people=(KIM,)), Step(people=(BEN,), after=60 * MINUTE))
    await desk.notes(case, "Slack delivers no page to <@UKIM>: user_disabled.")
    await desk.notes(case, "step 2 of 2")
    assert (await desk.case(case)).escalation.pages[0].state is PageState.FAILED
    await desk.pass_time(minutes=2)
    await paged(desk, "ben")
    assert len(told(desk, "pat")) == 1, everything(desk)
    assert "to somebody in an escalation plan: <@UKIM>: user_disabled." in told(desk, "pat")[0]
    assert (await facts(desk, case)).count("PageRefused") == 1


async def test_who_keeps_the_schedule_is_asked_to_put_somebody_else_there(desk):
    gone = SEATS[await on_call(desk, "care-nights")]
    assert gone not in ("UPAT", BEN), "others are asked and paged here"

    def kept_by_pat(policy):
        nights = replace(policy.schedules["care-nights"], owner=UserId("UPAT"))
        return replace(policy, schedules={**policy.schedules, "care-nights": nights})

    steps = (Step(schedule="care-nights"), Step(people=(BEN,), after=60 * MINUTE))
    await gone_before_the_page(desk, *steps, gone=gone, more=kept_by_pat)
    await desk.until(lambda: told(desk, "pat"), "word to the owner", lambda: str(everything(desk)))
    assert f"somebody in the schedule care-nights: <@{gone}>: user_disabled." in told(desk, "pat")[0]


async def test_where_another_way_takes_it_nobody_is_hurried_and_slack_is_not_asked_again(desk):
    phone = TextMessages()
    steps = (Step(people=(KIM,)), Step(people=(BEN,), after=60 * MINUTE))
    case = await gone_before_the_page(desk, *steps, phones=(phone,))
    page = (await desk.case(case)).escalation.pages[0]
    assert (page.state, page.way, page.second, page.ts) == (PageState.SENT, phone.name, (phone.name,), None)
    for _ in range(5):
        await desk.pass_time(minutes=2)
        await desk.settled()
    assert (phone.handed_over, pages(desk, "ben")) == (1, [])
    found = await facts(desk, case)
    assert (found.count("PageRefused"), found.count("Paged"), len(told(desk, "pat"))) == (1, 2, 1)


async def test_where_the_other_way_fails_as_well_the_next_step_comes_at_once(desk):
    phone = TextMessages()
    phone.down = True
    steps = (Step(people=(KIM,)), Step(people=(BEN,), after=60 * MINUTE))
    case = await gone_before_the_page(desk, *steps, phones=(phone,))
    assert (await desk.case(case)).escalation.pages[0].state is PageState.FAILED
    await desk.pass_time(minutes=2)
    await paged(desk, "ben")
