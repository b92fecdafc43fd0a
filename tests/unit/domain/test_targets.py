"""Clocks and targets: what starts, pauses and ends them, what never does, and that each thing is said once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, rule

from bot.domain.approving import approval
from bot.domain.cases import conversation, effects, ending, ownership
from bot.domain.cases.case import Case, Decision, Level, Severity
from bot.domain.cases.effects import Effect, Job
from bot.domain.cases.events import Fact
from bot.domain.ids import HOUR, MINUTE, Instant
from bot.domain.people import Side
from bot.domain.timing import targets
from bot.domain.timing.clocks import WAITING, Clock
from bot.domain.timing.hours import Hours, Interval, around_the_clock
from tests import builders as a
from tests.case_life import CaseLife

ALWAYS = around_the_clock()
# Noon of the builders is Wednesday, 19 November 2025, 11:00 UTC.
NINE_TO_FIVE = Hours(zone="UTC", week=((Interval(9 * 60, 17 * 60),),) * 5 + ((), ()))


def since(case: Case) -> dict[Clock, Instant]:
    return {running.clock: running.since for running in case.clocks}


def said(case: Case, until: Instant, hours: Hours = ALWAYS) -> tuple[list[tuple[str, str, int]], Case]:
    """Return what is said up to an instant when somebody looks whenever `next_look` says, and the case after it."""
    found = []
    while (at := targets.next_look(case, hours)) is not None and at <= until:
        decision = targets.check(case, hours, at)
        found += [(event.fact.value, event.detail, (event.at - a.NOON) // MINUTE) for event in decision.events]
        case = decision.case
        assert len(found) <= 2 * len(Clock), "it is said again and again"
    return found, case


def test_a_new_case_owes_a_first_response_and_a_sign_of_life():
    assert since(a.promised()) == {Clock.FIRST_RESPONSE: a.NOON, Clock.SILENCE: a.NOON}


def test_a_reply_in_review_owes_a_decision_too_until_there_is_one():
    case = a.in_review(a.claimed(a.promised()), now=a.after(HOUR))
    assert since(case)[Clock.APPROVAL] == a.after(HOUR)
    assert Clock.APPROVAL not in since(a.approved(case, now=a.after(2 * HOUR)))
    assert Clock.APPROVAL not in since(approval.reject(case, a.PAT, 1, "no", a.after(2 * HOUR)).case)


def test_once_answered_nothing_runs_and_the_next_words_start_a_next_response():
    case = a.answered(replace(a.sending_now(), targets=a.TARGETS))
    assert (case.clocks, targets.next_look(case, ALWAYS)) == ((), None)
    again = conversation.customer_wrote(case, a.a_post(2), a.A_COMPLAINT, a.after(HOUR)).case
    assert since(again) == {Clock.NEXT_RESPONSE: a.after(HOUR), Clock.SILENCE: a.after(HOUR)}


def test_a_customer_who_writes_again_buys_us_no_time():
    case = conversation.customer_wrote(a.promised(), a.a_post(2), a.A_COMPLAINT, a.after(HOUR)).case
    assert since(case) == {Clock.FIRST_RESPONSE: a.NOON, Clock.SILENCE: a.NOON}


PASSED_AROUND: dict[str, Callable[[Case, Instant], Decision]] = {
    "released": lambda case, now: ownership.release(case, a.SAM.id, now),
    "lapsed": lambda case, now: ownership.lapse(replace(case, lease_until=now), now),
    "taken over": lambda case, now: ownership.take_over(case, a.SUE, now),
    "passed on": lambda case, now: ownership.reassign(case, a.SAM, a.SUE, now),
    "offered": lambda case, now: ownership.hand_over(case, a.SAM, Side.PR, "press", now),
    "snoozed": lambda case, now: ownership.snooze(case, a.SAM, a.after(9 * HOUR), now),
    "edited": lambda case, now: conversation.post_edited(case, a.a_post(1, "other words"), now),
}


@pytest.mark.parametrize("how", PASSED_AROUND)
def test_passing_a_case_around_sets_no_clock_back(how):
    case = a.claimed(a.promised())
    decision = PASSED_AROUND[how](case, a.after(HOUR))
    assert decision.events
    assert since(decision.case) == since(case)


def test_a_hand_over_that_is_accepted_and_a_recall_set_no_answer_back():
    offered = ownership.hand_over(a.claimed(a.promised()), a.SAM, Side.PR, "press", a.after(HOUR)).case
    assert since(ownership.accept(offered, a.PAT, a.after(2 * HOUR)).case) == since(offered)
    waiting = a.in_review(a.claimed(a.promised()))
    recalled = approval.recall(waiting, a.SAM.id, a.after(HOUR)).case
    assert since(recalled) == {Clock.FIRST_RESPONSE: a.NOON, Clock.SILENCE: a.NOON}


def test_work_on_the_answer_breaks_the_silence_and_claiming_does_not():
    assert since(a.claimed(a.promised(), now=a.after(HOUR)))[Clock.SILENCE] == a.NOON
    submitted = a.in_review(a.claimed(a.promised()), now=a.after(HOUR))
    assert since(submitted) == {
        Clock.FIRST_RESPONSE: a.NOON,
        Clock.APPROVAL: a.after(HOUR),
        Clock.SILENCE: a.after(HOUR),
    }


def test_a_case_that_ends_owes_nothing_and_a_reopened_one_a_next_response():
    over = a.dismissed(a.promised())
    assert over.clocks == ()
    again = ending.reopen(over, a.SAM, a.after(HOUR)).case
    assert since(again)[Clock.NEXT_RESPONSE] == a.after(HOUR)


def test_each_target_is_warned_of_and_missed_once():
    spoken, case = said(a.promised(), a.after(48 * HOUR))
    assert spoken == [
        ("TargetNear", "silence", 150),
        ("TargetMissed", "silence", 180),
        ("TargetNear", "first response", 210),
        ("TargetMissed", "first response", 240),
    ]
    assert targets.next_look(case, ALWAYS) is None
    assert targets.check(case, ALWAYS, a.after(99 * HOUR)).events == ()


def test_a_look_that_comes_late_says_only_that_it_was_missed():
    case = a.promised(silence=None)
    late = targets.check(case, ALWAYS, a.after(9 * HOUR))
    assert [event.fact for event in late.events] == [Fact.TARGET_MISSED]
    assert targets.check(late.case, ALWAYS, a.after(9 * HOUR)).events == ()


def test_a_look_that_comes_early_or_after_the_end_says_nothing():
    case = a.promised()
    early = targets.check(case, ALWAYS, a.after(2 * HOUR))
    assert (early.case, early.events) == (case, ())
    answered = a.answered(replace(a.sending_now(), targets=a.TARGETS))
    assert targets.check(answered, ALWAYS, a.after(99 * HOUR)).events == ()


def test_two_targets_that_end_together_are_said_one_after_the_other():
    case = a.promised(silence=4 * HOUR)
    first = targets.check(case, ALWAYS, a.after(4 * HOUR))
    second = targets.check(first.case, ALWAYS, a.after(4 * HOUR))
    assert {event.detail for one in (first, second) for event in one.events} == {"first response", "silence"}
    assert (len(first.events), len(second.events)) == (1, 1)


def test_nights_and_weekends_do_not_count_unless_it_is_an_emergency():
    opened = a.after(2 * 24 * HOUR + 5 * HOUR)  # Friday 16:00
    friday = replace(a.promised(silence=None), clocks=tuple(replace(c, since=opened) for c in a.promised().clocks))
    due = targets.reply_due(friday, NINE_TO_FIVE)
    assert due is not None
    assert due.at == opened + (1 + 64 + 3) * HOUR, "one hour on Friday, three on Monday from 9:00"
    hurry = replace(friday, targets=replace(a.TARGETS, around_the_clock=True))
    assert targets.reply_due(hurry, NINE_TO_FIVE).at == opened + 4 * HOUR


def test_without_targets_nothing_is_due_and_nobody_looks():
    case = a.a_case()
    assert (targets.dues(case, ALWAYS), targets.soonest(case, a.NOON), targets.next_look(case, ALWAYS)) == (
        (),
        None,
        None,
    )


def test_a_matter_that_becomes_urgent_gets_the_targets_of_urgent_ones():
    urgent = replace(a.TARGETS, rule="urgent", first_response=HOUR)
    worse = Severity(level=Level.HIGH)
    decision = conversation.customer_wrote(a.promised(), a.a_post(2), worse, a.after(2 * HOUR), urgent)
    assert targets.check(decision.case, ALWAYS, a.after(2 * HOUR)).events[0].detail == "first response"
    timer = next(one for one in effects.follow(decision.case, decision.events) if one.job is Job.CHECK_TARGET)
    assert timer.after == 0


# --- what is done about it --------------------------------------------------------------------------------------------


def about(case: Case, now: Instant) -> tuple[Decision, dict[Job, Effect]]:
    decision = targets.check(case, ALWAYS, now)
    return decision, {effect.job: effect for effect in effects.follow(decision.case, decision.events)}


def test_a_warning_is_the_owners_where_there_is_one_and_else_the_teams():
    near = a.after(215 * MINUTE)
    _, owned = about(a.claimed(a.promised(silence=None)), near)
    assert set(owned) == {Job.REFRESH_CARD, Job.NOTE}
    _, nobodys = about(a.promised(silence=None), near)
    assert nobodys[Job.ANNOUNCE].args["to"] == effects.TEAM


def test_a_miss_is_told_to_the_team_and_a_late_approval_to_the_approvers():
    decision, missed = about(a.claimed(a.promised(silence=None)), a.after(4 * HOUR))
    assert (decision.events[0].fact, decision.events[0].detail) == (Fact.TARGET_MISSED, "first response")
    assert missed[Job.ANNOUNCE].args["to"] == effects.TEAM
    waiting = a.in_review(a.claimed(a.promised(silence=None, first_response=None)))
    _, near = about(waiting, a.after(100 * MINUTE))
    assert near[Job.ANNOUNCE].args["to"] == Side.PR


# --- any life ---------------------------------------------------------------------------------------------------------


class Promises(CaseLife):
    """Whatever people, the customer and the platform do: somebody looks in time, and nothing is said twice."""

    targets = a.TARGETS

    def __init__(self) -> None:
        super().__init__()
        self.timer: Instant | None = a.NOON
        """When the outbox gives the timer out; equal keys merge to the earliest."""
        self.spoken: set[tuple[str, str, Instant]] = set()

    def decided(self, before: Case, decision: Decision) -> None:
        super().decided(before, decision)
        for effect in effects.follow(decision.case, decision.events):
            if effect.job is Job.CHECK_TARGET:
                due = Instant(decision.events[-1].at + effect.after)
                self.timer = due if self.timer is None else min(self.timer, due)

    @rule()
    def the_timer_fires(self) -> None:
        while self.timer is not None and self.timer <= self.now:
            running = {one.clock.value: one.since for one in self.case.clocks}
            decision = targets.check(self.case, ALWAYS, self.now)
            self.case = decision.case
            for event in decision.events:
                words = (event.fact.value, event.detail, running[event.detail])
                assert words not in self.spoken, "said twice"
                self.spoken.add(words)
            self.timer = targets.next_look(self.case, ALWAYS)

    @invariant()
    def somebody_looks_in_time(self) -> None:
        look = targets.next_look(self.case, ALWAYS)
        assert look is None or (self.timer is not None and self.timer <= look), "nobody would notice"

    @invariant()
    def nothing_runs_while_the_customer_has_the_word(self) -> None:
        assert bool(self.case.clocks) == (self.case.status in WAITING)


TestPromises = Promises.TestCase
TestPromises.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
