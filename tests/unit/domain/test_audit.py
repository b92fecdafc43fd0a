"""What the auditor finds: the work that a case must have was asked for by its facts, whatever happened to it."""

from dataclasses import replace

from hypothesis import settings
from hypothesis.stateful import invariant

from bot.domain.cases import effects, ownership
from bot.domain.cases.case import Case, Decision
from bot.domain.ids import HOUR, MINUTE, Instant, later
from bot.domain.running import audit
from bot.domain.running.audit import Lane, Passes, Queue, Trouble
from bot.domain.timing.hours import around_the_clock
from tests import builders as a
from tests.case_life import CaseLife

ALWAYS = around_the_clock()
EARLY, LATE = later(a.NOON, -6 * MINUTE), later(a.NOON, 2 * HOUR)


def test_work_is_stuck_by_its_time_or_by_its_tries():
    lanes = (
        Lane(name="slack:C1", waiting=3, due=EARLY, tries=1),
        Lane(name="timer:all", waiting=9, due=later(a.NOON, HOUR), tries=0),
        Lane(name="page:UKIM", waiting=1, due=a.NOON, tries=12),
    )
    assert audit.of_queue(Queue(now=a.NOON, lanes=lanes)) == {Trouble.STUCK_WORK: ("slack:C1 (3)", "page:UKIM (1)")}
    assert audit.of_queue(Queue(now=a.NOON, aside=1)) == {Trouble.SET_ASIDE: ("1 piece of work",)}
    assert audit.of_queue(Queue(now=a.NOON)) == {}


def test_a_channel_that_moves_is_behind_and_not_stuck():
    moving = Lane(name="slack:C1", waiting=900, due=EARLY, tries=2, served=later(a.NOON, -MINUTE))
    lanes = (
        moving,
        replace(moving, name="slack:C2", served=EARLY),
        replace(moving, name="slack:C3", tries=12),
        replace(moving, name="page:UKIM"),
        replace(moving, name="slack:C4", due=a.NOON),
    )
    assert audit.of_queue(Queue(now=a.NOON, lanes=lanes)) == {
        Trouble.BEHIND: ("slack:C1 (900)",),
        Trouble.STUCK_WORK: ("slack:C2 (900)", "slack:C3 (900)", "page:UKIM (900)"),
    }


def test_what_a_page_of_cases_was_found_with_lasts_until_a_whole_pass_has_not_found_it():
    lost = {Trouble.LOST_WORK: ("C-1",)}
    seen = Passes().with_page(lost, last=False)
    assert seen.findings == lost
    seen = seen.with_page({Trouble.LOST_WORK: ("C-9",)}, last=True)
    assert seen.findings == {Trouble.LOST_WORK: ("C-1", "C-9")}
    seen = seen.with_page({}, last=False)
    assert seen.findings == {Trouble.LOST_WORK: ("C-1", "C-9")}
    assert seen.with_page({}, last=True).findings == {}


def test_an_account_is_stale_by_its_own_pace_and_a_new_one_never():
    read = {"slow": later(a.NOON, -50 * MINUTE), "new": None, "fresh": a.NOON}
    assert audit.of_reading(read, MINUTE, a.NOON) == {Trouble.STALE_CURSOR: ("slow",)}
    assert audit.of_reading(read, HOUR, a.NOON) == {}


def test_a_case_with_no_owner_and_no_next_step_is_an_orphan_and_one_with_a_target_is_not():
    forgotten = replace(a.a_case(), targets=None, clocks=())
    assert Trouble.ORPHAN in set(audit.of_case(forgotten, ALWAYS, LATE))
    assert Trouble.ORPHAN not in set(audit.of_case(forgotten, ALWAYS, a.NOON))
    assert Trouble.ORPHAN not in set(audit.of_case(a.promised(), ALWAYS, a.NOON))
    claimed = ownership.claim(forgotten, a.SAM, a.NOON).case
    assert Trouble.ORPHAN not in set(audit.of_case(claimed, ALWAYS, LATE))


class Wanted(CaseLife):
    """Whatever happens to a case, the auditor wants no work that its facts did not ask for under the same name."""

    targets = a.TARGETS

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] | None = None

    def decided(self, before: Case, decision: Decision) -> None:
        super().decided(before, decision)
        if self.asked is None:
            self.asked = wanted(before, self.now)
        self.asked |= {effect.key for effect in effects.follow(decision.case, decision.events)}

    @invariant()
    def what_is_wanted_was_asked_for(self) -> None:
        if self.asked is not None:
            assert wanted(self.case, self.now) <= self.asked


def wanted(case: Case, now: Instant) -> set[str]:
    return {effect.key for effect in audit.wanted(case, ALWAYS, now)}


TestWanted = Wanted.TestCase
TestWanted.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
