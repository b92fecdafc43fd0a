"""Which plan a case is escalated by: from the top, the first whose every condition holds."""

from bot.domain.cases.case import Case
from bot.domain.escalating.plan import Plan, Trigger
from bot.domain.policy import EscalationRule, Paging

OPEN_HOURS, CLOSED_HOURS = "open", "closed"
"""What a plan may ask of the business hours of the case's market."""


def choose(paging: Paging, case: Case, trigger: Trigger, *, market_open: bool) -> Plan | None:
    """Return the plan, the last resort alone where no rule takes the case, None where nobody is named at all."""
    for rule in paging.rules:
        if _holds(rule, case, trigger, market_open=market_open):
            return rule.plan
    return Plan(name="last resort", last_resort=paging.last_resort) if paging.last_resort else None


def _holds(rule: EscalationRule, case: Case, trigger: Trigger, *, market_open: bool) -> bool:
    asked = (
        (rule.triggers, trigger),
        (rule.markets, case.route.market),
        (rule.levels, case.severity.level),
        (rule.topics, case.route.topic),
    )
    in_time = not rule.hours or rule.hours == (OPEN_HOURS if market_open else CLOSED_HOURS)
    return in_time and all(not wanted or has in wanted for wanted, has in asked)
