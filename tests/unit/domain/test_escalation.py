"""Who is paged when, and when nobody is: the steps, the acknowledgement, and everything that ends both."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.approving import approval
from bot.domain.cases import ending, ownership
from bot.domain.cases.case import Case, Level, Severity
from bot.domain.cases.events import Fact
from bot.domain.errors import Refused
from bot.domain.escalating import escalation, ledger
from bot.domain.escalating.attention import PAGES_KEPT
from bot.domain.escalating.page import Delivered, PageState, Target
from bot.domain.escalating.plan import Habit, Leases, Plan, Step, Trigger, reminder_lead
from bot.domain.ids import DESK, HOUR, MINUTE, SECOND, ChannelId, Instant, UserId, later
from bot.domain.people import Side
from bot.domain.replies import drafting
from tests import builders as a
from tests.unit.domain.paging import Play, escalated, play

KIM, OTTO = Target(to="UKIM", why="named"), Target(to="UOTTO", why="on call: nights")
BOSS = UserId("UBOSS")
LEASES = Leases(low=HOUR, normal=HOUR, high=20 * MINUTE, emergency=10 * MINUTE)


def plan(*after: int, repeat: int = 0, both: bool = False) -> Plan:
    steps = tuple(Step(after=ms, schedule="nights", both=both) for ms in after)
    return Plan(name="nights", steps=steps, repeat=repeat, repeat_after=4 * MINUTE, leases=LEASES, last_resort=BOSS)


def state(case: Case):
    assert case.escalation is not None
    return case.escalation


def facts(case: Case) -> list[Fact]:
    return [line.fact for line in case.history]


def test_each_step_waits_its_delay_and_then_the_last_resort_is_paged():
    ended = play(plan(0, 5 * MINUTE), {0: (KIM,), 1: (OTTO,)}).run(HOUR)
    assert ended.sent == [(0, "UKIM"), (5 * MINUTE, "UOTTO"), (9 * MINUTE, BOSS)]


def test_all_steps_come_again_as_often_as_the_plan_says():
    ended = play(plan(0, 5 * MINUTE, repeat=2), {0: (KIM,), 1: (OTTO,)}).run(HOUR)
    starts = [0, 9 * MINUTE, 18 * MINUTE]
    assert ended.sent == [
        *((start + wait, who) for start in starts for wait, who in ((0, "UKIM"), (5 * MINUTE, "UOTTO"))),
        (27 * MINUTE, BOSS),
    ]


def test_a_step_with_nobody_on_call_does_not_wait_its_delay():
    """GoAlert issue 4548: an empty step used up its whole delay while nobody was told."""
    ended = play(plan(0, 5 * MINUTE, 30 * MINUTE), {0: (), 1: (), 2: (OTTO,)}).run(HOUR)
    assert ended.skipped == [0, 0]
    assert ended.sent[0] == (0, "UOTTO")


def test_an_empty_step_in_the_middle_passes_its_turn_on_at_once():
    ended = play(plan(0, 5 * MINUTE, 30 * MINUTE), {0: (KIM,), 1: (), 2: (OTTO,)}).run(HOUR)
    assert ended.sent[:2] == [(0, "UKIM"), (5 * MINUTE, "UOTTO")]


def test_where_all_steps_are_empty_the_last_resort_is_paged_at_once():
    ended = play(plan(0, 5 * MINUTE, repeat=3), {0: (), 1: ()}).run(HOUR)
    assert ended.sent == [(0, BOSS)]


def test_an_empty_last_step_does_not_make_the_repeat_come_at_once():
    ended = play(plan(0, 0, repeat=1), {0: (KIM,), 1: ()}).run(HOUR)
    assert ended.sent == [(0, "UKIM"), (4 * MINUTE, "UKIM"), (8 * MINUTE, BOSS)]


def test_nobody_is_paged_after_an_acknowledgement():
    """Grafana OnCall issue 4654: people were still paged after somebody had acknowledged."""
    target = replace(KIM, delays=(0, 2 * MINUTE))
    ended = play(plan(0, 5 * MINUTE), {0: (target,), 1: (OTTO,)}).run(19 * MINUTE, {MINUTE: a.PAT})
    assert ended.sent == [(0, "UKIM")]
    assert [page.state for page in state(ended.case).pages] == [PageState.SENT, PageState.DROPPED]


def test_an_acknowledgement_that_ends_resumes_at_the_step_reached_and_not_at_the_first():
    ended = play(plan(0, 5 * MINUTE, 5 * MINUTE), {0: (KIM,), 1: (OTTO,), 2: (KIM,)}).run(HOUR, {6 * MINUTE: a.PAT})
    assert ended.sent[:4] == [(0, "UKIM"), (5 * MINUTE, "UOTTO"), (26 * MINUTE, "UOTTO"), (31 * MINUTE, "UKIM")]


@pytest.mark.parametrize(("level", "lease"), [(Level.EMERGENCY, 10 * MINUTE), (Level.HIGH, 20 * MINUTE)])
def test_how_long_an_acknowledgement_holds_depends_on_the_severity(level: Level, lease: int):
    held = escalation.acknowledge(escalated(plan(0), level=level), a.PAT, 1, a.NOON).case
    assert state(held).held_until == a.NOON + lease
    assert escalation.remind_at(held) == a.NOON + lease - reminder_lead(lease)


def test_the_reminder_comes_once_and_before_the_end():
    held = escalation.acknowledge(escalated(plan(0)), a.PAT, 1, a.NOON).case
    before = escalation.remind_at(held)
    assert escalation.remind(held, Instant(before - 1)).events == ()
    reminded = escalation.remind(held, before)
    assert [event.fact for event in reminded.events] == [Fact.ACKNOWLEDGEMENT_ENDING]
    assert escalation.remind(reminded.case, before).events == ()


@pytest.mark.parametrize("act", ["submit", "hand over", "recall"])
def test_work_on_the_case_renews_the_acknowledgement(act: str):
    held = escalation.acknowledge(escalated(plan(0), a.claimed()), a.SAM, 1, a.NOON).case
    now = a.after(15 * MINUTE)
    if act == "submit":
        worked = drafting.submit(held, a.SAM, a.written(), a.RULE, now).case
    elif act == "hand over":
        worked = ownership.hand_over(held, a.SAM, Side.PR, "press", now).case
    else:
        drafted = drafting.submit(held, a.SAM, a.written(), a.RULE, a.NOON).case
        worked = approval.recall(drafted, a.SAM.id, now).case
    assert state(worked).held_until == now + LEASES.high
    assert escalation.lapse(worked, a.after(20 * MINUTE)).events == ()


def test_claiming_the_case_acknowledges_the_escalation():
    claimed = ownership.claim(escalated(plan(0)), a.SAM, a.NOON)
    assert [event.fact for event in claimed.events] == [Fact.CLAIMED, Fact.ACKNOWLEDGED]
    assert state(claimed.case).held_until == a.NOON + LEASES.high


def test_an_accepted_hand_over_acknowledges_and_an_offered_one_does_not():
    offered = ownership.hand_over(escalated(plan(0), a.claimed()), a.SAM, Side.PR, "press", a.NOON).case
    assert state(offered).is_waiting
    assert not state(ownership.accept(offered, a.PAT, a.NOON).case).is_waiting


def test_who_acknowledged_by_claiming_and_gives_the_case_back_is_not_believed_any_longer():
    claimed = ownership.claim(escalated(plan(0)), a.SAM, a.NOON).case
    released = ownership.release(claimed, a.SAM.id, a.after(MINUTE))
    assert Fact.ACKNOWLEDGEMENT_ENDED in [event.fact for event in released.events]
    assert state(released.case).is_waiting
    assert state(released.case).due_at == a.after(MINUTE)


@pytest.mark.parametrize("ended", ["dismissed", "answered by hand"])
def test_a_case_that_ends_ends_its_escalation_and_nobody_is_paged_any_more(ended: str):
    running = play(plan(0, 5 * MINUTE), {0: (replace(KIM, delays=(0, 3 * MINUTE)),), 1: (OTTO,)}).run(MINUTE)
    over = ending.dismiss(running.case, a.SAM, ending.Resolution.SPAM, "advert", a.after(MINUTE))
    running.hear(ending.agree(over.case, a.SUE, a.after(MINUTE)))
    assert not state(running.case).is_open
    assert running.run(HOUR).sent == [(0, "UKIM")]
    assert ended


def test_a_case_that_escalates_already_is_not_escalated_twice():
    case = escalated(plan(0))
    assert escalation.start(case, plan(0), Trigger.TARGET_MISSED, "late", by=DESK, policy="p1", now=a.NOON).events == ()
    with pytest.raises(Refused, match="escalated already"):
        escalation.start(case, plan(0), Trigger.PR_LINE, "PR line", by=a.SAM.id, policy="p1", now=a.NOON)


def test_others_can_be_asked_for_while_somebody_has_the_escalation():
    held = escalation.acknowledge(escalated(plan(0)), a.SAM, 1, a.NOON).case
    press = replace(plan(0), name="PR line")
    asked = escalation.start(held, press, Trigger.PR_LINE, "PR line", by=a.SAM.id, policy="p1", now=a.NOON).case
    assert (state(asked).number, state(asked).plan.name, state(asked).is_waiting) == (2, "PR line", True)


@pytest.mark.parametrize("make", [a.answered, a.resolved, a.closed])
def test_nobody_is_paged_for_a_case_that_is_done(make):
    assert escalation.start(make(), plan(0), Trigger.EMERGENCY, "", by=DESK, policy="p", now=a.NOON).events == ()
    with pytest.raises(Refused, match="Nobody is paged"):
        escalation.start(make(), plan(0), Trigger.ASKED, "", by=a.SAM.id, policy="p", now=a.NOON)


def test_who_clicks_late_is_told_what_happened():
    held = escalation.acknowledge(escalated(plan(0)), a.PAT, 1, a.NOON).case
    with pytest.raises(Refused, match=f"<@{a.PAT.id}> acknowledged it 3 min ago"):
        escalation.acknowledge(held, a.SAM, 1, a.after(3 * MINUTE))
    with pytest.raises(Refused, match="You acknowledged it just now"):
        escalation.acknowledge(held, a.PAT, 1, a.NOON)
    over = ending.agree(ending.dismiss(held, a.SAM, ending.Resolution.SPAM, "advert", a.NOON).case, a.SUE, a.NOON).case
    with pytest.raises(Refused, match="That is over: the case is resolved"):
        escalation.acknowledge(over, a.SAM, 1, a.NOON)
    with pytest.raises(Refused, match="is over"):
        escalation.acknowledge(held, a.SAM, 7, a.NOON)


def test_a_step_for_both_sides_goes_on_until_one_of_each_has_answered():
    steps = {0: (KIM, OTTO), 1: (replace(OTTO, to="UANA"),)}
    running = play(plan(0, 5 * MINUTE, both=True), steps).run(MINUTE)
    running.press(a.SAM, a.after(MINUTE))
    assert state(running.case).is_waiting
    with pytest.raises(Refused, match="Somebody of the other side"):
        running.press(a.SAM, a.after(MINUTE))
    running.run(6 * MINUTE)
    assert (5 * MINUTE, "UANA") in running.sent
    running.press(a.PAT, a.after(6 * MINUTE))
    assert not state(running.case).is_waiting


def test_one_person_on_both_sides_is_not_two():
    running = play(plan(0, both=True), {0: (KIM,)}).run(0)
    running.press(a.BEA, a.NOON)
    assert state(running.case).is_waiting
    running.press(a.SAM, a.NOON)
    assert not state(running.case).is_waiting


def test_where_nobody_of_a_step_can_be_reached_the_next_step_comes_at_once():
    running = play(plan(0, 30 * MINUTE), {0: (KIM, OTTO), 1: (OTTO,)})
    _, ask = running.timers.pop("step:C-1042:1:1.0")
    running.do(ask, a.NOON)
    for page in state(running.case).pages:
        why = escalation.not_paged(running.case, 1, page.key, state=PageState.FAILED, why="no such person", now=a.NOON)
        running.hear(why)
    assert state(running.case).due_at == a.NOON
    assert running.run(0).sent == [(0, "UOTTO")]


def test_a_message_that_left_while_somebody_answered_is_written_down_to_be_corrected():
    running = play(plan(0), {0: (KIM,)})
    _, ask = running.timers.pop("step:C-1042:1:1.0")
    running.do(ask, a.NOON)
    key = state(running.case).pages[0].key
    running.hear(ledger.going(running.case, (key,), "m1", (running.case.id,), a.NOON))
    running.press(a.PAT, a.NOON)
    running.timers.clear()
    running.hear(ledger.paged(running.case, (key,), "m1", Delivered(way="Slack"), a.NOON))
    assert state(running.case).pages[0].state is PageState.SENT
    assert list(running.timers) == ["pages:C-1042:1"]


def test_the_ledger_is_bounded_and_never_forgets_whom_it_still_has_to_page():
    case = escalated(plan(0))
    crowd = tuple(Target(to=f"U{n}", why="group", delays=(0, 1, 2, 3, 4)) for n in range(100))
    taken = escalation.take_step(case, 1, 0, crowd, a.NOON).case
    assert len(state(taken).pages) == 125
    dropped = escalation.acknowledge(taken, a.PAT, 1, a.NOON).case
    again = escalation.lapse(dropped, later(a.NOON, HOUR)).case
    after = escalation.take_step(again, 2, 0, (KIM,), later(a.NOON, HOUR)).case
    assert len(state(after).pages) == PAGES_KEPT
    assert state(after).pages[-1].to == "UKIM"


def test_the_plan_is_a_snapshot_with_its_version():
    assert (state(escalated(plan(0))).plan, state(escalated(plan(0))).policy) == (plan(0), "p1")


@pytest.mark.parametrize(
    ("quiet", "minute", "is_quiet"),
    [
        ((22 * 60, 7 * 60), 23 * 60, True),
        ((22 * 60, 7 * 60), 22 * 60, True),
        ((22 * 60, 7 * 60), 6 * 60 + 59, True),
        ((22 * 60, 7 * 60), 7 * 60, False),
        ((22 * 60, 7 * 60), 12 * 60, False),
        ((12 * 60, 13 * 60), 12 * 60 + 30, True),
        ((12 * 60, 13 * 60), 13 * 60, False),
        (None, 3 * 60, False),
    ],
)
def test_quiet_hours_go_over_midnight(quiet, minute: int, is_quiet: bool):
    assert Habit(quiet=quiet).is_quiet(minute) is is_quiet


def test_a_channel_is_no_person():
    assert not Target(to=ChannelId("C0CARE"), why="").is_person


# Drawn plans against an oracle that knows nothing of rounds, ledgers and leases: only of times.

WAITS = st.sampled_from([0, 30 * SECOND, MINUTE, 5 * MINUTE])


@dataclass(frozen=True)
class Draw:
    waits: tuple[int, ...]
    there: tuple[bool, ...]
    repeat: int
    acks: tuple[int, ...]


@st.composite
def draws(draw: st.DrawFn) -> Draw:
    waits = tuple(draw(st.lists(WAITS, min_size=1, max_size=4)))
    return Draw(
        waits=waits,
        there=tuple(draw(st.booleans()) for _ in waits),
        repeat=draw(st.integers(0, 3)),
        # Some ms beside every other time, so that an acknowledgement never falls together with a page.
        acks=tuple(60_000 * n + 1 + i for i, n in enumerate(sorted(draw(st.lists(st.integers(0, 200), max_size=4))))),
    )


def oracle(one: Draw, lease: int, pause: int, until: int) -> tuple[list[tuple[int, str]], list[int]]:
    """Return who should have been paged when, and which acknowledgements count."""
    pages: list[tuple[int, str]] = []
    counted: list[int] = []
    clock, at, left, waiting_acks = one.waits[0], 0, one.repeat, list(one.acks)
    last_page, last_step, somebody = None, 0, False
    while True:
        nothing_left = at > len(one.waits)
        if waiting_acks and (nothing_left or waiting_acks[0] < clock):
            pressed = waiting_acks.pop(0)
            counted.append(pressed)
            clock, at, somebody = pressed + lease, last_step, False
            waiting_acks = [ack for ack in waiting_acks if ack >= clock]
            continue
        if nothing_left or clock > until:
            return pages, counted
        found = at == len(one.waits) or one.there[at]
        if found:
            pages.append((clock, f"U{at}"))
            last_page, last_step, somebody = clock, at, True
        if at == len(one.waits):
            at += 1
        elif at + 1 < len(one.waits):
            at, clock = at + 1, clock + (one.waits[at + 1] if found else 0)
        elif not somebody:
            at = len(one.waits)
        else:
            assert last_page is not None
            clock = max(clock, last_page + pause)
            at, left, somebody = (0, left - 1, False) if left else (len(one.waits), 0, somebody)


@settings(max_examples=400, deadline=None)
@given(draws())
def test_those_are_paged_and_then_whom_a_plain_reckoning_of_the_plan_says(one: Draw):
    lease, until = LEASES.high, 12 * HOUR
    expected, counted = oracle(one, lease, 4 * MINUTE, until)
    steps = tuple(Step(after=wait, schedule="nights") for wait in one.waits)
    drawn = replace(plan(), steps=steps, repeat=one.repeat, last_resort=UserId(f"U{len(steps)}"))
    found = {n: (Target(to=f"U{n}", why="on call"),) if there else () for n, there in enumerate(one.there)}
    played: Play = play(drawn, found).run(until, dict.fromkeys(counted, a.PAT))
    assert played.sent == expected


@settings(max_examples=100, deadline=None)
@given(draws(), st.integers(0, 3))
def test_each_page_leaves_once_however_often_its_work_comes(one: Draw, more: int):
    steps = tuple(Step(after=wait, schedule="nights") for wait in one.waits)
    drawn = replace(plan(), steps=steps, repeat=one.repeat)
    found = {n: (Target(to=f"U{n}", why="on call"),) if there else () for n, there in enumerate(one.there)}
    played = play(drawn, found)
    plain = played.do
    played.do = lambda ask, now: [plain(ask, now) for _ in range(1 + more)]  # type: ignore[method-assign,assignment]  # the relay that does things twice
    once = play(drawn, found).run(HOUR)
    assert played.run(HOUR).sent == once.sent
    keys = [page.key for page in state(played.case).pages]
    assert len(keys) == len(set(keys))


def test_severity_that_rises_shortens_the_next_lease():
    held = escalation.acknowledge(escalated(plan(0)), a.PAT, 1, a.NOON).case
    worse = replace(held, severity=Severity(level=Level.EMERGENCY))
    ended = escalation.lapse(worse, later(a.NOON, LEASES.high)).case
    again = escalation.acknowledge(ended, a.PAT, 1, later(a.NOON, LEASES.high)).case
    assert state(again).held_until == later(a.NOON, LEASES.high + LEASES.emergency)
    assert Fact.ACKNOWLEDGEMENT_ENDED in facts(again)


def test_a_page_leaves_only_while_somebody_has_still_to_answer():
    """Grafana OnCall issue 4654, at the last look before a message leaves: the ledger alone does not decide."""
    begun = play(plan(0), {0: (KIM,)}).run(0).case
    page = replace(state(begun).pages[0], state=PageState.WAITING)
    open_page = replace(begun, escalation=state(begun).with_page(page))
    assert escalation.may_page(open_page, 1, page.key) == page
    for quiet in ({"held_until": a.after(MINUTE)}, {"ended_at": a.NOON}):
        answered = replace(open_page, escalation=replace(state(open_page), **quiet))
        assert escalation.may_page(answered, 1, page.key) is None


@pytest.mark.parametrize(
    ("trigger", "level", "rests"),
    [
        (Trigger.TARGET_MISSED, Level.HIGH, True),
        (Trigger.TARGET_MISSED, Level.EMERGENCY, False),
        (Trigger.EMERGENCY, Level.HIGH, False),
        (Trigger.PR_LINE, Level.NORMAL, False),
        (Trigger.ASKED, Level.NORMAL, False),
    ],
)
def test_under_a_hold_only_pages_for_a_missed_target_rest(trigger: Trigger, level: Level, rests: bool):
    case = replace(a.a_case(), severity=Severity(level=level))
    begun = escalation.start(case, plan(0), trigger, "why", by=DESK, policy="p1", now=a.NOON).case
    assert escalation.rests_under_hold(begun) is rests
    assert not escalation.rests_under_hold(case)
