"""Which approval rule decides about a reply: the first whose every condition holds, in doubt all of them together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce

from bot.domain.approving.demand import Demand, Ruling
from bot.domain.cases.case import Case, Level
from bot.domain.ids import Instant
from bot.domain.replies.draft import Draft, Visibility
from bot.domain.text.links import hosts
from bot.domain.text.matching import Lexicon, plain
from bot.domain.text.money import Money, money_in
from bot.domain.timing.hours import Hours

STRICTEST = "strictest"
"""The name of the rule that stands for all of them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """One rule: what must hold (all that is given), who must say yes then, why, and its own clocks in milliseconds."""

    name: str
    why: str
    demand: Demand
    platforms: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    markets: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    reply_words: tuple[str, ...] = ()
    levels: frozenset[Level] = frozenset()
    followers: int | None = None
    hours: str = ""
    has_link: bool | None = None
    first_contact: bool | None = None
    promises: bool | None = None
    amount_over: Decimal | None = None
    ai_touched: bool | None = None
    private: bool | None = None
    undo: int | None = None
    draft_life: int | None = None
    approval_life: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about a reply and its case; None where nobody knows.

    `posts` and `reply` are the words of the rulebook that stand in the customer's posts and in the reply.
    """

    platform: str
    account: str
    market: str | None
    topic: str
    level: Level
    posts: frozenset[str]
    reply: frozenset[str]
    followers: int
    open: bool | None
    has_link: bool
    first_contact: bool | None
    promises: bool
    money: Money
    ai_touched: bool
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All approval rules of one policy, in order, with the words that count as a promise and the markets' hours."""

    rules: tuple[ApprovalRule, ...] = ()
    promises: tuple[str, ...] = ()
    version: str = ""
    hours: Mapping[str, Hours] = field(default_factory=dict)
    _customers: Lexicon = field(init=False, repr=False, compare=False)
    _ours: Lexicon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the words of all rules together, once: a reply is then searched once and not for each rule."""
        customers = Lexicon(word for rule in self.rules for word in rule.words)
        ours = Lexicon([*self.promises, *(word for rule in self.rules for word in rule.reply_words)])
        object.__setattr__(self, "_customers", customers)  # the one way to set what is worked out in a frozen class
        object.__setattr__(self, "_ours", ours)

    def judge(self, case: Case, draft: Draft, now: Instant) -> Ruling:
        """Return what these rules ask of a reply: a fact that is missing, or no rule that fits, is the strictest."""
        if not self.rules:
            return ORDINARY
        if case.is_sensitive:
            return self.strictest("the writer marked it as sensitive")
        facts = self.facts(case, draft, now)
        for rule in self.rules:
            fits = _holds(rule, facts)
            if fits is None:
                return self.strictest(f"it cannot be known whether the rule “{rule.name}” holds")
            if fits:
                return _ruling(rule, self.version)
        return self.strictest("no approval rule fits")

    def strictest(self, why: str) -> Ruling:
        """Return all rules together, and never less than one person of PR."""
        together = reduce(Demand.__or__, (rule.demand for rule in self.rules), ONE_OF_PR)
        clocks = reduce(Ruling.__or__, (_ruling(rule, self.version) for rule in self.rules), ORDINARY)
        return Ruling(
            rule=STRICTEST,
            why=why,
            demand=together,
            policy=self.version,
            undo=clocks.undo,
            draft_life=clocks.draft_life,
            approval_life=clocks.approval_life,
        )

    def facts(self, case: Case, draft: Draft, now: Instant) -> Facts:
        reply = self._ours.found_in(plain(draft.text))
        market = case.route.market
        return Facts(
            platform=case.platform,
            account=case.account,
            market=market or None,
            topic=case.route.topic,
            level=case.severity.level,
            posts=self._customers.found_in(plain("\n".join(post.text for post in case.posts))),
            reply=reply,
            followers=max(post.author.followers for post in case.posts),
            open=self.hours[market].is_open(now) if market in self.hours else None,
            has_link=bool(hosts(draft.text)),
            first_contact=case.first_contact,
            promises=not reply.isdisjoint(self.promises),
            money=money_in(draft.text),
            ai_touched=draft.ai_touched,
            private=draft.visibility not in _IN_PUBLIC,
        )


_IN_PUBLIC = frozenset({Visibility.PUBLIC, Visibility.PUBLIC_DM})

ONE_OF_PR = Demand.of({"pr": 1})
ORDINARY = Ruling(rule="ordinary", why="every reply is looked at by PR", demand=ONE_OF_PR)
"""What holds where a policy has no rules at all."""


def _ruling(rule: ApprovalRule, version: str) -> Ruling:
    return Ruling(
        rule=rule.name,
        why=rule.why,
        demand=rule.demand,
        policy=version,
        undo=rule.undo,
        draft_life=rule.draft_life,
        approval_life=rule.approval_life,
    )


def _among(allowed: frozenset[str], value: str | None) -> bool | None:
    if not allowed:
        return True
    return None if value is None else value in allowed


def _is(wanted: bool | None, fact: bool | None) -> bool | None:  # noqa: FBT001 -- two values of the same kind
    if wanted is None:
        return True
    return None if fact is None else fact is wanted


def _amount_over(rule: ApprovalRule, facts: Facts) -> bool | None:
    if rule.amount_over is None or facts.money.largest > rule.amount_over:
        return True
    return None if facts.money.unreadable else False


CONDITIONS: dict[str, Callable[[ApprovalRule, Facts], bool | None]] = {
    "words": lambda rule, facts: not rule.words or not facts.posts.isdisjoint(rule.words),
    "reply_words": lambda rule, facts: not rule.reply_words or not facts.reply.isdisjoint(rule.reply_words),
    "platforms": lambda rule, facts: _among(rule.platforms, facts.platform),
    "accounts": lambda rule, facts: _among(rule.accounts, facts.account),
    "markets": lambda rule, facts: _among(rule.markets, facts.market),
    "topics": lambda rule, facts: _among(rule.topics, facts.topic),
    "levels": lambda rule, facts: not rule.levels or facts.level in rule.levels,
    "followers": lambda rule, facts: rule.followers is None or facts.followers >= rule.followers,
    "hours": lambda rule, facts: _is(rule.hours == "inside" if rule.hours else None, facts.open),
    "has_link": lambda rule, facts: _is(rule.has_link, facts.has_link),
    "first_contact": lambda rule, facts: _is(rule.first_contact, facts.first_contact),
    "promises": lambda rule, facts: _is(rule.promises, facts.promises),
    "ai_touched": lambda rule, facts: _is(rule.ai_touched, facts.ai_touched),
    "private": lambda rule, facts: _is(rule.private, facts.private),
    "amount_over": _amount_over,
}
"""Every condition a rule can give; each answers yes, no, or None where what it needs is not known."""


def _holds(rule: ApprovalRule, facts: Facts) -> bool | None:
    """Return no as soon as one condition does not hold, else None where one cannot be known, else yes."""
    unknown = False
    for condition in CONDITIONS.values():
        answer = condition(rule, facts)
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True
