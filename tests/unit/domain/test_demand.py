"""Demands are a lattice, and they are met by distinct people."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.approving.demand import Demand, Ruling, is_met, open_factors, seated, would_help
from bot.domain.ids import UserId
from tests import builders as a

FACTORS = ["pr", "service", "S0LEGAL"]
DEMANDS = st.dictionaries(st.sampled_from(FACTORS), st.integers(0, 3)).map(Demand.of)
PEOPLE = st.dictionaries(
    st.sampled_from([UserId(f"U{n}") for n in range(5)]), st.frozensets(st.sampled_from(FACTORS)), max_size=5
)
TWO_SIDES = Demand.of({"pr": 1, "service": 1})


def people(**factors: str) -> dict[UserId, frozenset[str]]:
    return {UserId(name): frozenset(held.split()) for name, held in factors.items()}


@given(DEMANDS, DEMANDS, DEMANDS)
def test_the_join_is_a_lattice(one: Demand, two: Demand, three: Demand):
    assert one | two == two | one
    assert (one | two) | three == one | (two | three)
    assert one | one == one
    assert (one | two).covers(one)
    assert (one | two).covers(two)


@given(DEMANDS, DEMANDS, PEOPLE)
def test_whoever_meets_the_join_meets_both(one: Demand, two: Demand, who):
    if is_met(one | two, who):
        assert is_met(one, who)
        assert is_met(two, who)


@given(DEMANDS.filter(lambda demand: demand.total <= 5), PEOPLE)
def test_matching_agrees_with_trying_every_seating(demand: Demand, who):
    by_hand = any(
        all(factor in who[user] for factor, user in zip(demand.places, order, strict=True))
        for order in permutations(who, demand.total)
    )
    assert is_met(demand, who) == by_hand


@given(DEMANDS, PEOPLE)
def test_nobody_sits_on_two_places(demand: Demand, who):
    sat = [user for _, user in seated(demand, who) if user]
    assert len(sat) == len(set(sat))
    assert all(user is None or factor in who[user] for factor, user in seated(demand, who))


def test_somebody_in_both_sides_counts_once():
    both = people(bea="pr service")
    assert not is_met(TWO_SIDES, both)
    assert open_factors(TWO_SIDES, both) == ("pr", "service")
    assert is_met(TWO_SIDES, {**both, **people(sue="service")})
    assert is_met(TWO_SIDES, {**both, **people(pat="pr")})


@pytest.mark.parametrize("case", ["APR-16"])
def test_two_of_pr_do_not_stand_in_for_a_lawyer(case: str):
    demand = Demand.of({"pr": 1, "S0LEGAL": 1})
    two_of_pr = people(pat="pr", pia="pr")
    assert not is_met(demand, two_of_pr)
    assert open_factors(demand, two_of_pr) == ("S0LEGAL",)
    assert not would_help(demand, two_of_pr, {"pr", "service"})
    assert is_met(demand, {**two_of_pr, **people(leo="S0LEGAL")})


def test_of_two_rulings_the_stricter_gives_the_reason_and_the_shorter_lives():
    easy = Ruling(rule="easy", why="e", demand=Demand.of({"pr": 1}), undo=90, draft_life=5, approval_life=9)
    hard = Ruling(rule="hard", why="h", demand=TWO_SIDES, undo=30, draft_life=7, approval_life=8)
    for joined in (easy | hard, hard | easy):
        assert (joined.rule, joined.demand, joined.undo, joined.draft_life, joined.approval_life) == (
            "hard",
            TWO_SIDES,
            90,
            5,
            8,
        )
    other = Ruling(rule="other", why="o", demand=Demand.of({"S0LEGAL": 1}))
    assert (hard | other).demand == Demand.of({"pr": 1, "service": 1, "S0LEGAL": 1})
    assert ((hard | other).rule, (hard | other).why) == ("hard + other", "h; o")


COVERS = ["APR-16"]


def test_a_lawyer_of_neither_side_can_fill_the_place_of_the_group():
    case = a.needing(pr=1, S0LEGAL=1)
    once = a.yes(case, a.LEO).case
    assert a.yes(once, a.PAT).case.status == "approved"
