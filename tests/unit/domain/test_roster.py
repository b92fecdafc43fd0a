"""What people change in the schedules: refusals in sentences, swaps that are looked at again, and a roster that stays small."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cases.events import Fact
from bot.domain.document import Change
from bot.domain.errors import Refused
from bot.domain.ids import DAY, HOUR, Instant, UserId
from bot.domain.on_call import roster as verbs
from bot.domain.on_call.oncall import Kind, Override, Part, Schedule, on_duty
from bot.domain.on_call.outlook import begun, outlook
from bot.domain.on_call.roster import LONGEST, REMEMBERED, Roster, Stretch, Swap
from bot.domain.on_call.rotation import Layer, Unit
from bot.domain.timing.wall_clock import at_time, moment, read_day

ANA, BEN, KIM = UserId("UANA"), UserId("UBEN"), UserId("UKIM")
BERLIN = "Europe/Berlin"
NOON = moment(BERLIN, at_time(read_day("2026-01-06"), 12 * 60))
"""Ben's turn; Ana's begins at nine tomorrow."""
TOMORROW = moment(BERLIN, at_time(read_day("2026-01-07"), 9 * 60))
CARE = Schedule(
    name="care",
    zone=BERLIN,
    owner=KIM,
    layers=(
        Layer(
            name="daily",
            people=(ANA, BEN),
            zone=BERLIN,
            every=1,
            unit=Unit.DAYS,
            handover=540,
            begins=read_day("2026-01-05"),
        ),
    ),
)
SCHEDULES = {"care": CARE}


def wish(**more):
    given = {"kind": Kind.REPLACE, "who": KIM, "instead_of": BEN, "start": NOON, "end": Instant(NOON + HOUR), **more}
    return Override(id="", schedule="care", **given)


EMPTY = Roster()


def add(roster=EMPTY, now=NOON, **more) -> Change[Roster]:
    return verbs.add_override(roster, CARE, wish(**more), ANA, now)


def ask(roster=EMPTY, now=NOON, **more) -> Change[Roster]:
    given = {"asker": BEN, "other": KIM, "given": Stretch(schedule="care", start=NOON, end=TOMORROW), **more}
    return verbs.ask_swap(roster, CARE, Swap(id="", **given), now)


def test_a_change_is_recorded_and_told_to_those_concerned_but_not_to_who_made_it():
    change = add(who=ANA)
    assert [event.fact for event in change.events] == [Fact.OVERRIDE_ADDED]
    assert {effect.args["to"] for effect in change.effects} == {BEN}
    assert change.value.history[-1].detail == change.events[0].detail
    assert change.value.overrides[0].id == "O-1"


REFUSED = [
    ({"end": NOON}, "It has to end after it begins."),
    ({"start": Instant(NOON - 2 * HOUR), "end": Instant(NOON - HOUR)}, "That time is over."),
    ({"end": Instant(NOON + LONGEST + 1)}, "At most three months at a time."),
    ({"start": Instant(NOON + 500 * DAY), "end": Instant(NOON + 501 * DAY)}, "more than a year away"),
    ({"who": BEN}, "Nobody can stand in for themselves."),
    ({"kind": Kind.ADD, "who": UserId(""), "instead_of": UserId("")}, "Pick a person."),
]


@pytest.mark.parametrize(("more", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_what_makes_no_sense_is_refused_in_a_sentence(more, sentence):
    with pytest.raises(Refused, match=sentence):
        add(**more)


@pytest.mark.parametrize(
    ("more", "overlaps"),
    [
        ({"who": ANA}, True),
        ({"who": ANA, "instead_of": KIM}, True),
        ({"kind": Kind.REMOVE, "who": BEN, "instead_of": UserId("")}, True),
        ({"kind": Kind.ADD, "who": ANA, "instead_of": UserId("")}, False),
        ({"start": Instant(NOON + HOUR), "end": Instant(NOON + 2 * HOUR)}, False),
        ({"start": Instant(NOON - HOUR), "end": NOON + 1}, True),
    ],
)
def test_two_changes_that_say_two_things_about_one_person_at_one_time_are_refused(more, overlaps):
    first = add().value
    if overlaps:
        with pytest.raises(Refused, match=r"This overlaps O-1, Tue 6 Jan 12:00 – Tue 6 Jan 13:00"):
            add(first, **more)
    else:
        assert len(add(first, **more).value.overrides) == 2


def test_two_temporary_plans_at_one_time_are_refused():
    plan = {"kind": Kind.TEMPORARY, "who": UserId(""), "instead_of": UserId("")}
    parts = (Part(who=ANA, start=NOON, end=TOMORROW),)
    first = add(**plan, parts=parts)
    assert {effect.args["to"] for effect in first.effects} == {BEN}
    with pytest.raises(Refused, match="This overlaps O-1"):
        add(first.value, **plan, parts=parts)


def test_a_swap_changes_nothing_until_the_other_accepts_and_then_both_shifts():
    back = Stretch(schedule="care", start=TOMORROW, end=Instant(TOMORROW + DAY))
    asked = ask(other=ANA, back=back)
    assert asked.value.overrides == ()
    assert [effect.args["to"] for effect in asked.effects] == [ANA]
    taken = verbs.accept_swap(asked.value, SCHEDULES, "S-1", ANA, NOON)
    overrides = taken.value.overrides
    assert on_duty(CARE, overrides, NOON) == (ANA,)
    assert on_duty(CARE, overrides, TOMORROW) == (BEN,)
    assert on_duty(CARE, overrides, Instant(TOMORROW + DAY)) == (BEN,)
    assert taken.value.swaps == ()
    assert [effect.args["to"] for effect in taken.effects] == [BEN]


@pytest.mark.parametrize("who", [BEN, ANA])
def test_only_the_one_who_was_asked_can_accept(who):
    with pytest.raises(Refused, match="Only <@UKIM> can accept"):
        verbs.accept_swap(ask().value, SCHEDULES, "S-1", who, NOON)


def test_a_swap_is_looked_at_again_when_it_is_accepted():
    asked = ask().value
    changed = add(asked, who=ANA).value
    with pytest.raises(Refused, match="not theirs any more"):
        verbs.accept_swap(changed, SCHEDULES, "S-1", KIM, NOON)
    with pytest.raises(Refused, match="answered already, or its shift is over"):
        verbs.accept_swap(asked, SCHEDULES, "S-1", KIM, TOMORROW)
    with pytest.raises(Refused, match="schedule is not there"):
        verbs.accept_swap(asked, {}, "S-1", KIM, NOON)


SWAPS = [
    ({"other": BEN}, "That is you."),
    ({"asker": ANA}, "not theirs"),
    ({"given": Stretch(schedule="care", start=NOON, end=Instant(TOMORROW + 1))}, "not theirs"),
    ({"given": Stretch(schedule="care", start=Instant(NOON + DAY), end=Instant(NOON + HOUR))}, "Choose one"),
    ({"given": Stretch(schedule="care", start=Instant(0), end=TOMORROW)}, "Choose one"),
    ({"given": Stretch(schedule="care", start=NOON, end=Instant(10**15))}, "Choose one"),
]


@pytest.mark.parametrize(("more", "sentence"), SWAPS)
def test_a_question_that_makes_no_sense_is_refused(more, sentence):
    with pytest.raises(Refused, match=sentence):
        ask(**more)


def test_one_shift_can_be_offered_once_and_the_question_taken_back():
    asked = ask().value
    with pytest.raises(Refused, match="asked somebody to take this shift already"):
        ask(asked, other=ANA)
    with pytest.raises(Refused, match="can decline this"):
        verbs.decline_swap(asked, BERLIN, "S-1", ANA, NOON)
    for who, told in ((BEN, KIM), (KIM, BEN)):
        ended = verbs.decline_swap(asked, BERLIN, "S-1", who, NOON)
        assert ended.value.swaps == ()
        assert [effect.args["to"] for effect in ended.effects] == [told]


def test_what_is_over_leaves_the_roster_and_its_numbers_are_not_given_again():
    roster = Roster()
    for day in range(REMEMBERED + 20):
        now = Instant(NOON + 3 * day * DAY)
        roster = add(roster, now, start=now, end=Instant(now + HOUR)).value
        assert len(roster.overrides) <= 2
    assert roster.number == REMEMBERED + 20
    assert len(roster.history) == REMEMBERED
    with pytest.raises(Refused, match="no such change"):
        verbs.remove_override(roster, SCHEDULES, "O-1", ANA, NOON)


def test_who_comes_on_duty_is_found_also_after_a_pause_and_nobody_twice():
    since, now = Instant(TOMORROW - HOUR), Instant(TOMORROW + HOUR)
    (shift,) = begun(CARE, (), since, now)
    assert (shift.who, shift.start, shift.end) == (ANA, TOMORROW, TOMORROW + DAY)
    assert begun(CARE, (), now, Instant(now + HOUR)) == ()
    assert [one.who for one in begun(CARE, (), Instant(NOON - 5 * DAY), now)] == [ANA]
    stays = replace(wish(start=since, end=now, who=ANA), id="O-1")
    assert begun(CARE, (stays,), Instant(now - 1), Instant(now + 1)) == ()


def test_the_outlook_says_who_is_on_and_who_comes_next():
    one = outlook(CARE, (), NOON)
    assert (one.on, one.changes_at, one.then) == ((BEN,), TOMORROW, (ANA,))
    alone = replace(CARE, layers=(replace(CARE.layers[0], people=(ANA,)),))
    assert outlook(alone, (), NOON).changes_at is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Kind)[:3]),
            st.permutations([ANA, BEN, KIM]),
            st.integers(-10, 100),
            st.integers(-2, 60),
            st.integers(0, 12),
        ),
        max_size=12,
    )
)
def test_whatever_people_ask_for_no_two_changes_speak_of_one_person_at_one_time(asks):
    roster, now = Roster(), NOON
    for kind, people, start, length, passes in asks:
        now = Instant(now + passes * HOUR)
        begins = Instant(now + start * HOUR)
        more = {"instead_of": people[1] if kind is Kind.REPLACE else UserId("")}
        end = Instant(begins + length * HOUR)
        with suppress(Refused):
            roster = add(roster, now, kind=kind, who=people[0], start=begins, end=end, **more).value
    found = roster.overrides
    clashes = [
        (a.id, b.id)
        for n, a in enumerate(found)
        for b in found[n + 1 :]
        if a.start < b.end and b.start < a.end and a.people & b.people
    ]
    assert clashes == []
