"""What is odd with approval rules and limits but can be used: never reached, never usable, people who do not exist."""

from collections.abc import Iterator
from itertools import takewhile

from bot.domain.people import Side
from config.policy_approval import ApprovalSection, LimitSection
from config.policy_file import PolicyFile

_LISTS = ("platforms", "accounts", "markets", "topics", "words", "reply_words", "levels")
_EXACTLY = ("hours", "has_link", "first_contact", "promises", "ai_touched", "private")
_OF_A_CASE = ("topics", "markets", "levels")
"""Conditions that a limit can give as well."""


def approval_doubts(file: str, house: PolicyFile) -> Iterator[str]:
    """Yield a sentence for each rule and limit that cannot do what it was written for."""
    yield from (f"{file}: {doubt}" for doubt in _rules_never_reached(house.approval))
    yield from (f"{file}: {doubt}" for doubt in _limits_never_reached(house.limit))
    yield from (f"{file}: {doubt}" for doubt in _limits_against_rules(house.limit, house.approval))
    yield from (f"{file}: {doubt}" for doubt in _people_nobody_lists(house))


def _rules_never_reached(rules: list[ApprovalSection]) -> Iterator[str]:
    for place, later in enumerate(rules):
        first = next((rule for rule in rules[:place] if _takes_all_of(rule, later)), None)
        if first:
            yield (
                f"approval {place + 1} (“{later.name}”) can never decide: “{first.name}” above it takes all that it "
                "would take. Move it up or remove it."
            )


def _takes_all_of(first: ApprovalSection, later: ApprovalSection) -> bool:
    lists = all(_within(getattr(later, name), getattr(first, name)) for name in _LISTS)
    same = all(getattr(first, name) in (None, "", getattr(later, name)) for name in _EXACTLY)
    reach = first.followers is None or (later.followers or 0) >= first.followers
    money = first.amount_over is None or (later.amount_over is not None and later.amount_over >= first.amount_over)
    return lists and same and reach and money


def _within(narrow: list[str], wide: list[str]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _limits_never_reached(limits: list[LimitSection]) -> Iterator[str]:
    for place, later in enumerate(limits):
        first = next((limit for limit in limits[:place] if _allows_all_of(limit, later)), None)
        if first:
            yield f"limit {place + 1} (“{later.name}”) is never used: “{first.name}” above it allows all that it does."


def _allows_all_of(first: LimitSection, later: LimitSection) -> bool:
    lists = all(_within(getattr(later, name), getattr(first, name)) for name in _OF_A_CASE)
    most = first.followers_max >= later.followers_max and first.amount_max >= later.amount_max
    kinds = first.complaints >= later.complaints and first.promises >= later.promises
    return first.allowed == later.allowed and lists and most and kinds


def _limits_against_rules(limits: list[LimitSection], rules: list[ApprovalSection]) -> Iterator[str]:
    """Yield where a rule wants two people for what a limit lets one person send: the rule wins."""
    for number, limit in enumerate(limits, start=1):
        strict = [rule for rule in rules if sum(rule.needs.values()) > 1]
        reachable = takewhile(lambda rule: sum(rule.needs.values()) > 1, rules)
        whole = next((rule for rule in reachable if _is_about_the_case(rule) and _covers(rule, limit)), None)
        if whole:
            yield (
                f"limit {number} (“{limit.name}”) can never be used: the approval rule “{whole.name}” wants "
                f"{sum(whole.needs.values())} people for all of it."
            )
            continue
        for rule in strict:
            if _is_about_the_case(rule) and (shared := _shared(rule, limit)):
                yield (
                    f"limit {number} (“{limit.name}”) does not hold for {shared}: the approval rule “{rule.name}” "
                    f"wants {sum(rule.needs.values())} people there."
                )


def _is_about_the_case(rule: ApprovalSection) -> bool:
    """Say whether nothing but topic, market and level decides whether the rule holds."""
    others = [name for name in (*_LISTS, *_EXACTLY) if name not in _OF_A_CASE]
    free = all(getattr(rule, name) in (None, "", []) for name in others)
    return free and rule.followers is None and rule.amount_over is None


def _covers(rule: ApprovalSection, limit: LimitSection) -> bool:
    return all(_within(getattr(limit, name), getattr(rule, name)) for name in _OF_A_CASE)


def _shared(rule: ApprovalSection, limit: LimitSection) -> str:
    """Return what both name, in words; nothing where they do not meet or the rule names nothing of it."""
    meets = all(
        not getattr(rule, name) or not getattr(limit, name) or set(getattr(rule, name)) & set(getattr(limit, name))
        for name in _OF_A_CASE
    )
    both = [sorted(set(getattr(rule, name)) & set(getattr(limit, name))) for name in _OF_A_CASE]
    return ", ".join(word for words in both for word in words) if meets else ""


def _people_nobody_lists(house: PolicyFile) -> Iterator[str]:
    sides = {Side.SERVICE.value: house.sides.service, Side.PR.value: house.sides.pr}
    listed = {group for side in sides.values() for group in side.groups}
    listed |= {step.group for plan in house.escalation for step in plan.steps if step.group}
    for number, rule in enumerate(house.approval, start=1):
        for factor, count in sorted(rule.needs.items()):
            side = sides.get(factor)
            if side and not side.groups and len(set(side.users)) < count:
                yield (
                    f"approval {number} (“{rule.name}”) can never be met: it needs {count} of {factor}, and "
                    f"sides.{factor} lists {len(set(side.users))}."
                )
            if side is None and factor not in listed:
                yield (
                    f"approval {number} (“{rule.name}”) needs the group {factor}, which stands nowhere else in this "
                    "file: if nobody is in it, such replies never leave. `python -m bot check` asks Slack."
                )
