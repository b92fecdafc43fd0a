"""House rules of simulated afternoons, written twice: as the desk's own objects, and read by a tiny matcher of the test's.

A rule is a plain table here. `book` makes the desk's objects of it; `demand_of` and `is_covered` are what the oracle thinks,
worked out with nothing of the desk.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations
from random import Random
from typing import Any

from bot.domain.approving.demand import Demand
from bot.domain.approving.limits import Limit
from bot.domain.approving.rules import ApprovalRule, Rulebook
from bot.domain.cases.case import Level
from bot.domain.ids import MINUTE, SECOND

Table = dict[str, Any]
Needs = Mapping[str, int]

PROMISES = ("voucher",)
UNDO, LIFE, DRAFT_LIFE = 20 * SECOND, 5 * MINUTE, 15 * MINUTE
"""Where a rule gives no time of its own."""
TOPICS = ("late parcel", "product safety", "billing")
LIMITS: tuple[Table, ...] = (
    {"name": "late parcel", "allowed": "service", "topics": ["late parcel"], "followers_max": 1_000, "amount_max": 30},
    {"name": "small bills", "allowed": "S0LEGAL", "topics": ["billing"], "followers_max": 50_000, "promises": True},
)
_CONDITIONS: tuple[Table, ...] = (
    {"name": "safety", "topics": ["product safety"]},
    {"name": "law", "words": ["lawyer"]},
    {"name": "diagnosis", "reply_words": ["diagnosis"]},
    {"name": "money", "amount_over": 50},
    {"name": "voucher", "promises": True},
    {"name": "reach", "followers": 10_000},
    {"name": "urgent", "levels": ["high"]},
)
_NEEDS: tuple[dict[str, int], ...] = (
    {"pr": 1, "service": 1},
    {"pr": 2},
    {"pr": 1, "S0LEGAL": 1},
    {"service": 1},
    {"pr": 1},
    {"pr": 1, "service": 1, "S0LEGAL": 1},
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one stretch of time, and which limits are in them."""

    rules: tuple[Table, ...]
    limits: tuple[Table, ...] = LIMITS


@dataclass(frozen=True, slots=True)
class About:
    """What the oracle knows of one reply."""

    topic: str
    level: str
    followers: int
    customer: str
    reply: str
    sensitive: bool = field(default=False)

    @property
    def amount(self) -> int:
        return max((int(found) for found in re.findall(r"(\d+) €", self.reply)), default=0)


def drawn_rules(luck: Random) -> Rules:
    """Return some rules in some order, mostly with one for all the rest at the end."""
    chosen = luck.sample(_CONDITIONS, luck.randrange(1, len(_CONDITIONS)))
    rules = [{**rule, "needs": luck.choice(_NEEDS), **_own_times(luck)} for rule in chosen]
    if luck.random() < 0.85:
        rules.append({"name": "ordinary", "needs": luck.choice((*_NEEDS[3:5], {"pr": 1}))})
    return Rules(rules=tuple(rules), limits=tuple(limit for limit in LIMITS if luck.random() < 0.85))


def _own_times(luck: Random) -> Table:
    if luck.random() < 0.7:
        return {}
    return {"undo": luck.choice((0, 5, 60)) * SECOND, "life": luck.choice((90, 150)) * SECOND}


def book(rules: Rules, version: str) -> Rulebook:
    return Rulebook(rules=tuple(_rule(table) for table in rules.rules), promises=PROMISES, version=version)


def _rule(table: Table) -> ApprovalRule:
    return ApprovalRule(
        name=table["name"],
        why=table["name"],
        demand=Demand.of(table["needs"]),
        topics=frozenset(table.get("topics", ())),
        words=tuple(table.get("words", ())),
        reply_words=tuple(table.get("reply_words", ())),
        levels=frozenset(Level(level) for level in table.get("levels", ())),
        followers=table.get("followers"),
        promises=table.get("promises"),
        amount_over=None if "amount_over" not in table else Decimal(table["amount_over"]),
        undo=table.get("undo", UNDO),
        approval_life=table.get("life", LIFE),
        draft_life=DRAFT_LIFE,
    )


def limits(rules: Rules) -> tuple[Limit, ...]:
    return tuple(
        Limit(
            name=table["name"],
            allowed=table["allowed"],
            topics=frozenset(table["topics"]),
            followers_max=table["followers_max"],
            amount_max=Decimal(table.get("amount_max", 0)),
            promises=table.get("promises", False),
            complaints=True,
        )
        for table in rules.limits
    )


def demand_of(rules: Rules, about: About) -> tuple[Needs, int, int]:
    """Return what the rules ask by the oracle's own reading: who, the undo delay, the life of an approval."""
    rule = None if about.sensitive else next((rule for rule in rules.rules if _fits(rule, about)), None)
    if rule:
        return rule["needs"], rule.get("undo", UNDO), rule.get("life", LIFE)
    needs: dict[str, int] = {"pr": 1}
    for each in rules.rules:
        needs = stricter(needs, each["needs"])
    undo = max((each.get("undo", UNDO) for each in rules.rules), default=UNDO)
    return needs, undo, min((each.get("life", LIFE) for each in rules.rules), default=LIFE)


def _fits(rule: Table, about: About) -> bool:
    return (
        about.topic in rule.get("topics", [about.topic])
        and about.level in rule.get("levels", [about.level])
        and any(word in about.customer.lower() for word in rule.get("words", [""]))
        and any(word in about.reply.lower() for word in rule.get("reply_words", [""]))
        and about.amount > rule.get("amount_over", -1)
        and about.followers >= rule.get("followers", 0)
        and (not rule.get("promises") or _promises(about))
    )


def _promises(about: About) -> bool:
    return any(word in about.reply.lower() for word in PROMISES)


def stricter(one: Needs, other: Needs) -> dict[str, int]:
    return {factor: max(one.get(factor, 0), other.get(factor, 0)) for factor in {*one, *other}}


def is_covered(limit: Table, about: About) -> bool:
    """Say whether a limit covers the reply, as far as the limit alone says so."""
    return (
        about.topic in limit["topics"]
        and about.level in ("low", "normal", "high", "emergency")
        and about.followers <= limit["followers_max"]
        and about.amount <= limit.get("amount_max", 0)
        and not about.sensitive
        and (limit.get("promises", False) or not _promises(about))
    )


def are_enough(needs: Needs, people: Mapping[str, Iterable[str]]) -> bool:
    """Say whether distinct people can stand in every place, by trying every order of them."""
    places = [factor for factor, count in sorted(needs.items()) for _ in range(count)]
    stands = {user: frozenset(factors) for user, factors in people.items()}
    return any(
        all(place in stands[user] for place, user in zip(places, order, strict=True))
        for order in permutations(stands, len(places))
    )
