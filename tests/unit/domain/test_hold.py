"""A hold: anybody places one, two people of two sides lift it, and what it covers is held."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.redis_codec import Codec
from bot.domain.approving import hold as h
from bot.domain.approving.hold import Hold, Holds, Reach, Scope
from bot.domain.errors import Refused, RefusedField
from bot.domain.ids import DAY, HOUR, MINUTE, UserId
from bot.domain.people import Person, Side
from bot.views import holds as views
from tests import builders as a

ALL = Reach(scope=Scope.ALL)
EMPTY = Holds()
REACHES = {
    "everything": (ALL, True),
    "its account": (Reach(scope=Scope.ACCOUNT, value="x:900", label="brand"), True),
    "another account": (Reach(scope=Scope.ACCOUNT, value="x:901"), False),
    "the same id elsewhere": (Reach(scope=Scope.ACCOUNT, value="bluesky:900"), False),
    "its market": (Reach(scope=Scope.MARKET, value="uk"), True),
    "another market": (Reach(scope=Scope.MARKET, value="u"), False),
    "its topic": (Reach(scope=Scope.TOPIC, value="late parcel"), True),
    "another topic": (Reach(scope=Scope.TOPIC, value="late"), False),
    "this case": (Reach(scope=Scope.CASE, value="C-1042"), True),
    "another case": (Reach(scope=Scope.CASE, value="C-104"), False),
}


def placed(reach: Reach = ALL, holds: Holds = EMPTY, by: Person = a.SAM) -> tuple[Holds, Hold]:
    return h.place(holds, reach, "a recall", by, a.NOON)


@pytest.mark.parametrize(("reach", "covers"), REACHES.values(), ids=REACHES.keys())
def test_a_hold_covers_what_is_in_its_scope(reach: Reach, covers: bool):
    holds, hold = placed(reach)
    assert holds.covering(a.approved()) == ((hold,) if covers else ())


def test_holds_are_numbered_and_a_number_never_comes_again():
    holds, first = placed()
    holds, _ = h.ask_lift(holds, first.id, a.SAM, a.NOON)
    holds, _ = h.ask_lift(holds, first.id, a.PAT, a.NOON)
    _, second = placed(holds=holds)
    assert (first.id, second.id) == ("H-1", "H-2")


def test_the_same_is_not_held_twice_but_more_and_less_may_be():
    holds, _ = placed()
    with pytest.raises(Refused, match=r"on hold already: H-1 by <@U0SAM>"):
        placed(holds=holds, by=a.PAT)
    holds, _ = placed(Reach(scope=Scope.MARKET, value="uk"), holds)
    assert len(holds.covering(a.a_case())) == 2


@pytest.mark.parametrize("reason", ["", "  ", "\u200b\u202e", "\n\t"])
def test_a_hold_needs_a_reason_that_can_be_seen(reason: str):
    with pytest.raises(RefusedField, match="Say why"):
        h.place(EMPTY, ALL, reason, a.SAM, a.NOON)


def test_holds_are_bounded():
    holds = EMPTY
    for number in range(h.MOST_STANDING):
        holds, _ = placed(Reach(scope=Scope.CASE, value=f"C-{number}"), holds)
    with pytest.raises(Refused, match="Lift one first"):
        placed(holds=holds)


LIFTERS = {
    "one of service": ([a.SAM], False),
    "one of PR": ([a.PAT], False),
    "two of service": ([a.SAM, a.SUE], False),
    "two of PR": ([a.PAT, a.PIA], False),
    "one of both": ([a.BEA], False),
    "one of each": ([a.SAM, a.PAT], True),
    "one of both and one of service": ([a.BEA, a.SAM], True),
    "one of both and one of PR": ([a.BEA, a.PIA], True),
}


@pytest.mark.parametrize(("people", "lifted"), LIFTERS.values(), ids=LIFTERS.keys())
def test_one_of_pr_and_somebody_else_of_service_lift_it_in_any_order(people: list[Person], lifted: bool):
    for order in permutations(people):
        holds, hold = placed()
        for person in order:
            holds, hold = h.ask_lift(holds, hold.id, person, a.after(MINUTE))
        assert (hold.lifted_at is not None, holds.standing == ()) == (lifted, lifted)
        assert [wish.by for wish in hold.wishes] == [person.id for person in order]


@given(st.lists(st.sampled_from([a.SAM, a.SUE, a.PAT, a.PIA, a.BEA]), max_size=6))
def test_a_hold_stands_exactly_as_long_as_two_different_people_do_not_fill_both_sides(people: list[Person]):
    holds, hold = placed()
    asked: list[Person] = []
    for person in people:
        if person in asked or not holds.standing:
            with pytest.raises(Refused):
                h.ask_lift(holds, hold.id, person, a.NOON)
            continue
        asked.append(person)
        holds, _ = h.ask_lift(holds, hold.id, person, a.NOON)
        both = any(
            one != other and Side.PR in one.sides and Side.SERVICE in other.sides for one in asked for other in asked
        )
        assert (not holds.standing) == both


def test_wishes_of_people_who_are_gone_do_not_count():
    holds, hold = placed()
    holds, _ = h.ask_lift(holds, hold.id, a.PAT, a.NOON)
    holds, hold = h.ask_lift(holds, hold.id, a.SAM, a.NOON, gone=frozenset({a.PAT.id}))
    assert (hold.lifted_at, [wish.by for wish in hold.wishes]) == (None, [a.SAM.id])


def test_somebody_on_no_side_any_more_lifts_nothing():
    holds, hold = placed()
    with pytest.raises(Refused, match="Only people of"):
        h.ask_lift(holds, hold.id, Person(id=UserId("U0NEW"), sides=frozenset()), a.NOON)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ([], "one of PR and one of customer service"),
        ([a.SAM], "somebody of PR"),
        ([a.PAT], "somebody of customer service"),
        ([a.BEA], "somebody of PR or customer service"),
    ],
)
def test_it_says_whom_it_waits_for(wishes: list[Person], words: str):
    holds, hold = placed()
    for person in wishes:
        holds, hold = h.ask_lift(holds, hold.id, person, a.NOON)
    assert h.waits_for(hold) == words


def lifted_at(hours: float, reach: Reach = ALL) -> Holds:
    holds, hold = placed(reach)
    holds, _ = h.ask_lift(holds, hold.id, a.SAM, a.NOON)
    return h.ask_lift(holds, hold.id, a.PAT, a.after(int(hours * HOUR)))[0]


@pytest.mark.parametrize(("hours", "outlived"), [(0.1, False), (3.99, False), (4, True), (9, True)])
def test_an_approval_that_was_old_when_the_hold_was_lifted_is_found(hours: float, outlived: bool):
    case = a.approved()
    assert case.draft
    assert (h.outlived(lifted_at(hours), case, case.draft, age=4 * HOUR) is not None) == outlived


def test_a_hold_over_others_and_one_that_stands_make_no_approval_old():
    case = a.approved()
    assert case.draft
    elsewhere = lifted_at(9, Reach(scope=Scope.MARKET, value="fr"))
    assert h.outlived(elsewhere, case, case.draft, age=4 * HOUR) is None
    assert h.outlived(placed()[0], case, case.draft, age=0) is None


def test_lifted_holds_are_forgotten_after_a_day_and_are_bounded():
    holds = lifted_at(1)
    holds, hold = placed(holds=holds)
    holds, _ = h.ask_lift(holds, hold.id, a.SAM, a.NOON)
    holds, _ = h.ask_lift(holds, hold.id, a.PAT, a.after(HOUR + DAY))
    assert [one.id for one in holds.lifted] == ["H-2"]


def test_holds_come_back_as_they_were_stored():
    holds, hold = placed(REACHES["its account"][0])
    holds, _ = h.ask_lift(holds, hold.id, a.BEA, a.NOON)
    holds = replace(holds, lifted=lifted_at(2).lifted)
    codec = Codec(Holds)
    assert codec.decode(codec.encode(holds)) == holds
    assert codec.decode(codec.encode(EMPTY)) == EMPTY


HOSTILE = "<!channel> <@U0ADMIN> <https://evil.example|us> & *all* " + "x" * 900


def test_a_notice_a_line_and_a_form_are_what_slack_takes_and_write_no_mark_of_anybody_else():
    holds, hold = h.place(EMPTY, Reach(scope=Scope.TOPIC, value=HOSTILE, label=HOSTILE), HOSTILE, a.SAM, a.NOON)
    for shown in (hold, h.ask_lift(holds, hold.id, a.PAT, a.NOON)[1], lifted_at(1).lifted[0]):
        texts = [views.notice(shown).text, str(views.notice(shown).blocks), views.line(shown), views.placed(shown)]
        assert not [text for text in texts if "<!channel>" in text or "<@U0ADMIN>" in text or "|us>" in text]
