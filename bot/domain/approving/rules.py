"""Which approval rule decides about a reply: the first whose every condition holds, in doubt all of them together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, reduce

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


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about a reply and its case; None where nobody knows. Each is worked out when a rule first asks.

    `posts` and `reply` are the words of the rulebook that stand in the customer's posts and in the reply.
    """

    case: Case
    draft: Draft
    now: Instant
    book: "Rulebook"

    @property
    def market(self) -> str | None:
        return self.case.route.market or None

    @cached_property
    def posts(self) -> frozenset[str]:
        return self.book.customers.found_in(plain("\n".join(post.text for post in self.case.posts)))

    @cached_property
    def reply(self) -> frozenset[str]:
        return self.book.ours.found_in(plain(self.draft.text))

    @property
    def followers(self) -> int:
        return max(post.author.followers for post in self.case.posts)

    @cached_property
    def open(self) -> bool | None:
        hours = self.book.hours.get(self.case.route.market)
        return hours.is_open(self.now) if hours else None

    @cached_property
    def has_link(self) -> bool:
        return bool(hosts(self.draft.text))

    @property
    def promises(self) -> bool:
        return not self.reply.isdisjoint(self.book.promises)

    @cached_property
    def money(self) -> Money:
        return money_in(self.draft.text)

    @property
    def private(self) -> bool:
        return self.draft.visibility not in _IN_PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All approval rules of one policy, in order, with the words that count as a promise and the markets' hours."""

    rules: tuple[ApprovalRule, ...] = ()
    promises: tuple[str, ...] = ()
    version: str = ""
    hours: Mapping[str, Hours] = field(default_factory=dict)
    customers: Lexicon = field(init=False, repr=False, compare=False)
    ours: Lexicon = field(init=False, repr=False, compare=False)
    _wordless: frozenset[int] = field(init=False, repr=False, compare=False)
    _by_word: Mapping[str, frozenset[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the words of all rules together, once: a reply is then searched once and not for each rule."""
        by_word: dict[str, set[int]] = {}
        for number, rule in enumerate(self.rules):
            for word in rule.words:
                by_word.setdefault(word, set()).add(number)
        worked_out = {
            "customers": Lexicon(by_word),
            "ours": Lexicon([*self.promises, *(word for rule in self.rules for word in rule.reply_words)]),
            "_wordless": frozenset(number for number, rule in enumerate(self.rules) if not rule.words),
            "_by_word": {word: frozenset(numbers) for word, numbers in by_word.items()},
        }
        for name, value in worked_out.items():
            object.__setattr__(self, name, value)  # the one way to set what is worked out in a frozen class

    def judge(self, case: Case, draft: Draft, now: Instant) -> Ruling:
        """Return what these rules ask of a reply: a fact that is missing, or no rule that fits, is the strictest."""
        if not self.rules:
            return ORDINARY
        if case.is_sensitive:
            return self.strictest("the writer marked it as sensitive")
        facts = self.facts(case, draft, now)
        for rule in self._spoken_of(facts.posts):
            fits = _holds(rule, facts)
            if fits is None:
                return self.strictest(f"it cannot be known whether the rule “{rule.name}” holds")
            if fits:
                return _ruling(rule, self.version)
        return self.strictest("no approval rule fits")

    def _spoken_of(self, said: frozenset[str]) -> Iterator[ApprovalRule]:
        """Yield the rules without words and those with a word that was said, in order: the others do not hold."""
        numbers = self._wordless.union(*(self._by_word[word] for word in said))
        return (self.rules[number] for number in sorted(numbers))

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
        return Facts(case=case, draft=draft, now=now, book=self)


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


def _known(fact: bool | None, wanted: bool | None) -> bool | None:  # noqa: FBT001 -- two values of the same kind
    return None if fact is None else fact is wanted


def _amount_over(rule: ApprovalRule, facts: Facts) -> bool | None:
    if rule.amount_over is None or facts.money.largest > rule.amount_over:
        return True
    return None if facts.money.unreadable else False


CONDITIONS: dict[str, Callable[[ApprovalRule, Facts], bool | None]] = {
    "words": lambda rule, facts: not facts.posts.isdisjoint(rule.words),
    "reply_words": lambda rule, facts: not facts.reply.isdisjoint(rule.reply_words),
    "platforms": lambda rule, facts: facts.case.platform in rule.platforms,
    "accounts": lambda rule, facts: facts.case.account in rule.accounts,
    "markets": lambda rule, facts: None if facts.market is None else facts.market in rule.markets,
    "topics": lambda rule, facts: facts.case.route.topic in rule.topics,
    "levels": lambda rule, facts: facts.case.severity.level in rule.levels,
    "followers": lambda rule, facts: rule.followers is None or facts.followers >= rule.followers,
    "hours": lambda rule, facts: _known(facts.open, rule.hours == "inside"),
    "has_link": lambda rule, facts: facts.has_link is rule.has_link,
    "first_contact": lambda rule, facts: _known(facts.case.first_contact, rule.first_contact),
    "promises": lambda rule, facts: facts.promises is rule.promises,
    "ai_touched": lambda rule, facts: facts.draft.ai_touched is rule.ai_touched,
    "private": lambda rule, facts: facts.private is rule.private,
    "amount_over": _amount_over,
}
"""Every condition, asked of the rules that give it; each answers yes, no, or None where what it needs is not known."""
_NOT_GIVEN: tuple[object, ...] = (None, "", (), frozenset())


def _holds(rule: ApprovalRule, facts: Facts) -> bool | None:
    """Return no as soon as one condition does not hold, else None where one cannot be known, else yes."""
    unknown = False
    for name, condition in CONDITIONS.items():
        if getattr(rule, name) in _NOT_GIVEN:
            continue
        answer = condition(rule, facts)
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True
