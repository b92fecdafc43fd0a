"""A drill is not over before its last wait, and over in any case after its longest time."""

from dataclasses import replace

from bot.domain.cases.case import Timing
from bot.domain.cases.lifecycle import Status
from bot.domain.escalating import drill
from bot.domain.escalating.plan import Plan, Step
from bot.domain.ids import MINUTE, CaseId, ChannelId, Instant, UserId, later

START = Instant(1_000_000)
PLAN = Plan(name="nights", steps=(Step(people=(UserId("UOTTO"),)),), repeat=3, repeat_after=5 * MINUTE)
TIMING = Timing(claim_lease=1, undo=1, draft_life=1, approval_life=1, archive_after=1)


def begun():
    blank = drill.blank(CaseId("C-1"), timing=TIMING, policy="p", channel=ChannelId("C0OPS"), now=START)
    return drill.begin(blank, PLAN, UserId("UANA")).case


def test_a_drill_goes_through_its_plan_once():
    assert begun().escalation.plan.repeat == 0


def test_a_drill_whose_last_step_was_taken_waits_once_more_for_an_answer():
    case = begun()
    case = replace(case, escalation=replace(case.escalation, due_at=None, reached=1, reached_at=START))
    over = later(START, PLAN.repeat_after)
    assert drill.end(case, later(over, -1)).case.status is Status.NEW
    assert drill.end(case, over).case.status is Status.CLOSED


def test_a_drill_whose_steps_got_lost_ends_all_the_same_and_gives_its_seat_up():
    over = later(START, drill.longest(PLAN))
    assert drill.end(begun(), later(over, -1)).events == ()
    ended = drill.end(begun(), over).case
    assert (ended.status, ended.seats, ended.escalation.ended_why) == (
        Status.CLOSED,
        (),
        "nobody acknowledged the drill",
    )
    assert drill.end(ended, over).events == ()
