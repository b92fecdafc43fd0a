"""A week of paging in a moment: from the promise to the silence afterwards, across shifts, restarts and two clocks."""

from collections import Counter
from dataclasses import replace

from bot.domain.escalating.plan import Habit, Leases, Plan, Step
from bot.domain.ids import MINUTE, UserId
from tests.chairs import SEATS
from tests.pagers import FIRE, begins_at, clicks_page, everything, on_call, paged, pages, rules
from tests.reading import all_text, labels
from tests.world import World

ANA, KIM, OTTO, PAT = UserId("UANA"), UserId("UKIM"), UserId("UOTTO"), UserId("UPAT")
ONCE = Habit(delays=(0,))
MOVES = [
    "EscalationEnded",
    "Escalated",
    "StepReached",
    "StepSkipped",
    "Acknowledged",
    "AcknowledgementEnding",
    "AcknowledgementEnded",
]


def plan(*steps: Step, **other: object) -> Plan:
    return replace(Plan(name="test", steps=steps, last_resort=PAT), **other)  # type: ignore[arg-type]  # what a story cares about


async def moves(desk: World, case) -> list[str]:
    await desk.settled()
    return [fact for fact in await desk.story(case) if fact in MOVES]


async def sent_once(desk: World, *cases) -> None:
    """Every page that the ledgers call sent is one message, and there is no other; no page stands twice."""
    want: Counter[str] = Counter()
    for case in cases:
        ledger = (await desk.case(case)).escalation.pages
        assert len({page.key for page in ledger}) == len(ledger)
        sent = [page for page in ledger if page.sent_at]
        assert len({page.mark for page in sent}) == len(sent)
        want.update(page.to for page in sent)
    got = {SEATS[name]: len([dm for dm in dms if "On call" not in dm]) for name, dms in everything(desk).items()}
    assert {user: count for user, count in got.items() if count} == dict(want)


async def test_from_a_promise_that_was_missed_to_the_silence_after_the_answer(desk):
    steps = Step(people=(OTTO,)), Step(people=(KIM,), after=10 * MINUTE), Step(people=(ANA,), after=10 * MINUTE)
    desk.house = rules(plan(*steps, leases=Leases(normal=30 * MINUTE)), usual=ONCE)
    await desk.restart()
    await begins_at(desk, "2030-06-04T09:00+01:00")
    case = await desk.customer().posts()
    await desk.pass_time(hours=2, minutes=59)
    assert await moves(desk, case) == [], "silence may last for three hours"
    await desk.pass_time(minutes=1, seconds=5)
    await paged(desk, "otto")
    await desk.pass_time(minutes=10)
    page = await paged(desk, "kim")
    assert await clicks_page(desk, "kim", "Acknowledge", page) == ""
    await desk.until(lambda: "has it since" in all_text(desk.seat("otto").seat.dms[-1]), "the other's correction")
    await desk.pass_time(minutes=25, seconds=1)
    await desk.until(lambda: any("You acknowledged" in m["text"] for m in desk.seat("kim").seat.dms), "a reminder")
    await desk.pass_time(minutes=5)
    await desk.until(lambda: len(desk.seat("kim").seat.dms) == 3, "page, reminder, page: at the step reached")
    assert len(desk.seat("otto").seat.dms) == 1, "not at the first"

    assert await desk.seat("ana").clicks("Claim", case) == ""
    assert await desk.seat("ana").drafts("Hi Mia, a new lamp is on its way.", case) == {}
    assert await desk.seat("pat").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    await desk.shows(case, "Answered")
    before = everything(desk)
    for _ in range(7):
        await desk.pass_time(days=1)
        await desk.settled()
    assert await moves(desk, case) == [
        *("Escalated", "StepReached", "StepReached", "Acknowledged", "AcknowledgementEnding", "AcknowledgementEnded"),
        *("StepReached", "Acknowledged", "EscalationEnded"),
    ]
    after = everything(desk)
    assert {name: len(dms) for name, dms in after.items()} == {name: len(dms) for name, dms in before.items()}
    for name in after:
        assert not any("Acknowledge" in labels(dict(dm)) for dm in desk.seat(name).seat.dms), name


async def test_an_accepted_hand_over_stops_the_pages_and_an_offered_one_does_not(desk):
    desk.house = rules(plan(Step(people=(OTTO,)), Step(people=(KIM,), after=5 * MINUTE)), usual=ONCE)
    await desk.restart()
    case = await desk.claimed()
    await desk.seat("ben").asks(f"escalate {case.id} the press is calling")
    page = await paged(desk, "otto")
    assert await desk.seat("ana").fills("Hand to PR…", case, reason="the press is calling") == ""
    await desk.pass_time(minutes=5)
    await paged(desk, "kim")
    assert await desk.seat("pat").clicks("Accept", case) == ""
    await desk.shows(case, "<@UPAT> has it since")
    told = await clicks_page(desk, "otto", "Acknowledge", page)
    assert told.startswith("<@UPAT> acknowledged it just now. That holds for ")
    for _ in range(4):
        await desk.pass_time(minutes=10)
        await desk.settled()
    await sent_once(desk, case)


async def test_who_comes_on_shift_while_nobody_has_it_is_told_which_cases_and_is_paged_by_the_next_step(desk):
    nights = Step(schedule="care-nights")
    desk.house = rules(plan(nights, replace(nights, after=20 * MINUTE)), usual=ONCE)
    await desk.restart()
    await begins_at(desk, "2030-06-03T08:50+02:00")
    await desk.desk.duty_news.tick_shifts()
    before = await on_call(desk, "care-nights")
    case = await desk.customer().posts(FIRE)
    await paged(desk, before)
    await desk.pass_time(minutes=11)
    after = await on_call(desk, "care-nights")
    assert after != before
    await desk.desk.duty_news.tick_shifts()
    words = f":bell: Escalated, and nobody has acknowledged it yet: {case.id}. 1 case waits for somebody to claim"
    await desk.until(lambda: any(words in dm for dm in everything(desk)[after]), "word of what waits")
    await desk.pass_time(minutes=9, seconds=1)
    await clicks_page(desk, after, "Acknowledge", await paged(desk, after))
    await desk.until(lambda: pages(desk, before) == [], "the correction of the first page")


STEPS = (
    Step(people=(OTTO, KIM)),
    Step(people=(ANA,), after=4 * MINUTE),
    Step(people=(KIM,), after=4 * MINUTE),
)


async def test_a_restart_in_the_middle_of_every_step_loses_and_doubles_nothing(desk):
    """Grafana OnCall issue 1206: escalations were lost when the service restarted."""
    desk.house = rules(plan(*STEPS, repeat=1), usual=Habit(delays=(0, 2 * MINUTE)))
    await desk.restart()
    case = await desk.customer().posts(FIRE)
    await paged(desk, "otto")
    for number in range(24):
        await (desk.crash() if number % 2 else desk.stop())
        await desk.pass_time(minutes=1)
        await desk.start()
        # Time jumps further than a lease: nothing of this desk may be on its way to Slack meanwhile.
        await desk.settled()
        await desk.pass_time(seconds=41)
        await desk.settled()
    assert (await moves(desk, case)).count("StepReached") == 2 * len(STEPS) + 1
    await sent_once(desk, case)


async def test_a_week_of_emergencies_at_odd_hours_pages_who_is_on_call_at_each(desk):
    """Nights, a weekend, the shift that changes on Monday, a restart a day: nobody else is paged, and nobody twice."""
    desk.house = rules(plan(Step(schedule="care-nights"), Step(schedule="press-line", after=3 * MINUTE)), usual=ONCE)
    await desk.restart()
    await begins_at(desk, "2030-03-28T22:10+01:00")
    cases = []
    for _ in range(9):
        case = await desk.customer().posts(FIRE)
        first, second = await on_call(desk, "care-nights"), await on_call(desk, "press-line")
        await desk.settled()
        await desk.pass_time(minutes=3)
        await desk.settled()
        people = [page.to for page in (await desk.case(case)).escalation.pages]
        assert people == [SEATS[first], SEATS[second]]
        assert await desk.seat("ben").clicks("Claim", case) == ""
        cases.append(case)
        await desk.restart()
        await desk.pass_time(hours=18, minutes=57)
        await desk.settled()
    await desk.settled()
