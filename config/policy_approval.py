"""The shape of `[[approval]]`, `[[limit]]` and `[promises]`: who must say yes to what, and what may leave without."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from bot.domain.approving.demand import Demand
from bot.domain.approving.limits import Limit
from bot.domain.approving.rules import ApprovalRule, Rulebook
from bot.domain.cases.case import Level
from bot.domain.ids import DAY, HOUR, MINUTE
from bot.domain.people import Side
from config.policy_shapes import STRICT, Name, Short, Time, Word, matches

MOST_PEOPLE = 6
"""People that one rule may ask for: more can hardly be found while a customer waits."""


def _factor(value: str) -> str:
    if value not in set(Side) and not matches("group", value):
        raise PydanticCustomError("factor", 'must be "pr", "service" or a Slack user group id such as S0LEGAL')
    return value


def _needs(value: dict[str, int]) -> dict[str, int]:
    if not 1 <= sum(value.values()) <= MOST_PEOPLE:
        raise PydanticCustomError("needs", f"must ask for at least one person and at most {MOST_PEOPLE} in all")
    return value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("number", "must be a number such as 50 or 12.50")
    return str(value)


Factor = Annotated[str, AfterValidator(_factor)]
Needs = Annotated[dict[Factor, Annotated[int, Field(ge=1)]], AfterValidator(_needs)]
Amount = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=10_000_000)]
Words = Annotated[list[Word], Field(max_length=500)]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]


class Section(BaseModel):
    """One table about approval."""

    model_config = STRICT


class PromisesSection(Section):
    """Words that make a reply a promise."""

    words: Words = []


class ApprovalSection(Section):
    """One approval rule: every condition that is given must hold."""

    name: Name
    why: Sentence
    needs: Needs
    platforms: list[Short] = []
    accounts: list[str] = []
    markets: list[Short] = []
    topics: list[Name] = []
    words: Words = []
    reply_words: Words = []
    levels: list[Level] = []
    followers: int | None = Field(default=None, ge=1)
    hours: Literal["", "inside", "outside"] = ""
    has_link: bool | None = None
    first_contact: bool | None = None
    promises: bool | None = None
    amount_over: Amount | None = None
    ai_touched: bool | None = None
    private: bool | None = None
    undo: Time | None = Field(default=None, ge=0, le=10 * MINUTE)
    draft_life: Time | None = Field(default=None, ge=15 * MINUTE, le=30 * DAY)
    approval_life: Time | None = Field(default=None, ge=5 * MINUTE, le=24 * HOUR)


class LimitSection(Section):
    """One minor matter that a side or group may send by itself."""

    name: Name
    allowed: Factor = Side.SERVICE.value
    topics: list[Name] = []
    markets: list[Short] = []
    levels: list[Level] = [Level.LOW, Level.NORMAL]
    followers_max: int = Field(ge=0)
    amount_max: Amount = Decimal(0)
    complaints: bool = False
    promises: bool = False


def rulebook(sections: list[ApprovalSection], promises: PromisesSection, clocks: Mapping[str, int]) -> Rulebook:
    """Return the rules; `clocks` are the desk's own times in milliseconds, for rules that give none."""
    return Rulebook(rules=tuple(_rule(section, clocks) for section in sections), promises=tuple(promises.words))


def _rule(section: ApprovalSection, clocks: Mapping[str, int]) -> ApprovalRule:
    own = {name: getattr(section, name) for name in ("undo", "draft_life", "approval_life")}
    times = {name: clocks[name] if given is None else given for name, given in own.items()}
    return ApprovalRule(
        name=section.name,
        why=section.why,
        demand=Demand.of(section.needs),
        platforms=frozenset(section.platforms),
        accounts=frozenset(section.accounts),
        markets=frozenset(section.markets),
        topics=frozenset(section.topics),
        words=tuple(section.words),
        reply_words=tuple(section.reply_words),
        levels=frozenset(section.levels),
        followers=section.followers,
        hours=section.hours,
        has_link=section.has_link,
        first_contact=section.first_contact,
        promises=section.promises,
        amount_over=section.amount_over,
        ai_touched=section.ai_touched,
        private=section.private,
        **times,
    )


def limit(section: LimitSection) -> Limit:
    return Limit(
        name=section.name,
        allowed=section.allowed,
        topics=frozenset(section.topics),
        markets=frozenset(section.markets),
        levels=frozenset(section.levels),
        followers_max=section.followers_max,
        amount_max=section.amount_max,
        complaints=section.complaints,
        promises=section.promises,
    )


def mistakes_in_approval(table: Mapping[str, object]) -> Iterator[str]:
    """Yield what does not fit: accounts, markets and topics that nothing else knows, promises without words."""
    accounts = _named(table, "accounts")
    known = {
        "accounts": {str(row.get("id")) for row in accounts},
        "markets": {str(row.get("market")) for row in accounts},
        "topics": {str(row.get("topic")) for row in _named(table, "routing") if row.get("topic")},
    }
    section = table.get("promises")
    words = section.get("words") if isinstance(section, Mapping) else None
    for part in ("approval", "limit"):
        for number, row in enumerate(_named(table, part), start=1):
            where = f"{part}.{number} (“{row.get('name')}”)"
            for key, names in known.items():
                given = row.get(key)
                for name in given if isinstance(given, list) else ():
                    if name not in names:
                        yield f"{where}.{key} names “{name}”, which nothing else in this file knows ({_list(names)})."
            if part == "approval" and row.get("promises") is not None and not words:
                yield f"{where}.promises can never hold: promises.words is empty."


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _named(table: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    rows = table.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
