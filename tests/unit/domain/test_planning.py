"""Which plan a case is escalated by: the first whose every condition holds, the last resort where none does."""

from dataclasses import replace

import pytest

from bot.domain.cases.case import Level, Severity
from bot.domain.escalating.plan import Plan, Trigger
from bot.domain.escalating.planning import choose
from bot.domain.ids import UserId
from bot.domain.policy import EscalationRule, Paging
from tests import builders as a


def rule(name: str, **conditions: object) -> EscalationRule:
    return EscalationRule(plan=Plan(name=name), **conditions)  # type: ignore[arg-type]  # what a test cares about


def chosen(*rules: EscalationRule, trigger: Trigger = Trigger.ASKED, market_open: bool = True, boss: str = "") -> str:
    case = replace(a.a_case(), severity=Severity(level=Level.HIGH))
    paging = Paging(rules=rules, last_resort=UserId(boss) if boss else None)
    plan = choose(paging, case, trigger, market_open=market_open)
    return plan.name if plan else "nobody"


@pytest.mark.parametrize(("market_open", "name"), [(True, "by day"), (False, "by night")])
def test_a_plan_may_be_for_the_markets_business_hours_or_for_the_rest(market_open: bool, name: str):
    assert chosen(rule("by day", hours="open"), rule("by night", hours="closed"), market_open=market_open) == name
    assert chosen(rule("by night", hours="closed"), rule("by day", hours="open"), market_open=market_open) == name


def test_a_plan_without_hours_is_for_all_hours():
    assert {chosen(rule("always"), market_open=is_open) for is_open in (True, False)} == {"always"}


@pytest.mark.parametrize(
    "conditions",
    [
        {"triggers": frozenset({Trigger.EMERGENCY})},
        {"markets": frozenset({"fr"})},
        {"levels": frozenset({Level.LOW})},
        {"topics": frozenset({"recall"})},
        {"hours": "closed"},
    ],
    ids=lambda conditions: next(iter(conditions)),
)
def test_one_condition_that_does_not_hold_passes_a_plan_over(conditions):
    assert chosen(rule("first", **conditions), rule("second")) == "second"


def test_where_no_plan_takes_the_case_there_is_the_last_resort_or_nobody():
    night = rule("night", hours="closed")
    assert chosen(night, boss="UPAT") == "last resort"
    assert chosen(night) == "nobody"
