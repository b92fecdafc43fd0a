"""The user groups on which approval stands: which ones the policy names, and what is wrong with them in Slack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.people import Side
from bot.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """A user group as Slack knows it; the handle is without the @, and `members` counts people."""

    handle: str
    members: int
    disabled: bool = False


def named_groups(policy: Policy) -> dict[str, str]:
    """Return each group on which somebody's yes depends, with where the policy names it first."""
    sides = {group: f"side {side}" for side, rule in policy.sides.items() for group in sorted(rule.groups)}
    rules = {
        factor: f"approval rule “{rule.name}”"
        for rule in reversed(policy.approval.rules)
        for factor in rule.demand.factors
    }
    limits = {limit.allowed: f"limit “{limit.name}”" for limit in reversed(policy.limits)}
    return {group: use for group, use in {**limits, **rules, **sides}.items() if group not in set(Side)}


def group_faults(policy: Policy, known: Mapping[str, UserGroup]) -> Iterator[str]:
    """Tell which of them nobody can say yes for: what waits for such a group is not sent until it is mended."""
    for group, use in sorted(named_groups(policy).items()):
        if why := _fault(known.get(group)):
            yield f"user group {group} ({use}) {why}: nobody can approve for it, and what needs it is not sent"


def _fault(group: UserGroup | None) -> str:
    if group is None:
        return "is not in this workspace"
    if group.disabled:
        return f"(@{group.handle}) is disabled"
    return "" if group.members else f"(@{group.handle}) is empty"
