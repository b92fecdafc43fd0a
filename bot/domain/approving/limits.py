"""Minor matters: what one side may send by itself, inside limits that PR set; and the terms a reply leaves under.

A limit never covers what an approval rule wants two people for, and in doubt a reply is outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.domain.approving.demand import Ruling
from bot.domain.approving.rules import Facts, Rulebook
from bot.domain.cases.case import Case, Level
from bot.domain.ids import Digest, Instant, UserId
from bot.domain.people import Side
from bot.domain.replies.draft import Draft, LimitUse, Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One minor matter. `allowed` is the side or user group that may use it; amounts are in any currency.

    `complaints` allows it for posts that may be complaints, `promises` for replies with a promise word.
    """

    name: str
    allowed: str = Side.SERVICE
    topics: frozenset[str] = frozenset()
    markets: frozenset[str] = frozenset()
    levels: frozenset[Level] = frozenset()
    followers_max: int
    amount_max: Decimal = Decimal(0)
    complaints: bool = False
    promises: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules and limits of now, and the names of the limits that PR has switched off.

    `standing` are the shared documents that this was read from, with their versions: what is decided on it is to be
    committed only while they still have them.
    """

    book: Rulebook = field(default_factory=Rulebook)
    limits: tuple[Limit, ...] = ()
    off: frozenset[str] = frozenset()
    standing: Mapping[str, str] = field(default_factory=dict)

    def ruling(self, case: Case, draft: Draft, now: Instant) -> Ruling:
        """Return the stricter of what the rules asked when it was handed in and what they ask now."""
        today = self.book.judge(case, draft, now)
        return draft.ruling | today if draft.ruling else today

    def might_allow(self, case: Case, factors: frozenset[str]) -> tuple[Limit, ...]:
        """Return the limits that these people could use here, whatever the reply says."""
        return tuple(
            limit for limit in self.limits if limit.allowed in factors and not self._outside_before(limit, case)
        )

    def use(self, case: Case, draft: Draft, factors: frozenset[str], now: Instant) -> Limit | str:
        """Return the first limit that covers the reply, or a sentence why none does."""
        whys: list[str] = []
        for limit in self.limits:
            if limit.allowed not in factors:
                continue
            if not (why := self._outside(limit, case, draft, now)):
                return limit
            whys.append(f"“{limit.name}”: {why}")
        return "; ".join(whys) or "no limit is open to you"

    def fault(self, case: Case, draft: Draft, used: LimitUse, now: Instant) -> str:
        """Return why the limit that a reply was cleared by does not cover it any more, or nothing."""
        limit = next((limit for limit in self.limits if limit.name == used.limit), None)
        if limit is None or limit.allowed != used.factor:
            return f"the limit “{used.limit}” is not in the rules any more"
        why = self._outside(limit, case, draft, now)
        return f"it is outside the limit “{used.limit}”: {why}" if why else ""

    def _outside(self, limit: Limit, case: Case, draft: Draft, now: Instant) -> str:
        if why := self._outside_before(limit, case):
            return why
        ruling = self.ruling(case, draft, now)
        if ruling.demand.total > 1:
            return f"{ruling.why}, which takes {ruling.demand.total} people"
        if draft.concerns:
            return f"somebody else has to look at its words ({draft.concerns[0].rstrip('.')})"
        return _why_not_these_words(limit, self.book.facts(case, draft, now))

    def _outside_before(self, limit: Limit, case: Case) -> str:
        """Return why the case itself is outside, before anything is written."""
        if limit.name in self.off:
            return "PR has switched it off"
        return _why_not_this_case(limit, case)


PLAIN_TERMS = Terms()
"""Terms without a rule or a limit: one yes of PR, always."""


def _why_not_this_case(limit: Limit, case: Case) -> str:
    reach = max(post.author.followers for post in case.posts)
    topic = case.route.topic or "another topic"
    return _first_unmet(
        (
            not limit.topics or case.route.topic in limit.topics,
            f"it is for {_names(limit.topics)}, and this is {topic}",
        ),
        (not limit.markets or case.route.market in limit.markets, f"it is for the market {_names(limit.markets)}"),
        (not limit.levels or case.severity.level in limit.levels, f"the case is of {case.severity.level} priority"),
        (reach <= limit.followers_max, f"the author has more than {limit.followers_max} followers"),
        (limit.complaints or not case.severity.negative, "it may be a complaint"),
        (not case.is_sensitive, "the writer marked it as sensitive"),
    )


def _why_not_these_words(limit: Limit, facts: Facts) -> str:
    largest = facts.money.largest
    return _first_unmet(
        (limit.promises or not facts.promises, "the reply makes a promise"),
        (not facts.money.unreadable, "the amount in the reply cannot be read"),
        (largest <= limit.amount_max, f"the reply names {largest}, and {limit.amount_max} is the most"),
        (not facts.draft.ai_touched, "a machine had a hand in the reply"),
    )


def _first_unmet(*asked: tuple[bool, str]) -> str:
    return next((words for holds, words in asked if not holds), "")


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def limit_text(case: Case, used: LimitUse) -> str:
    """Return what the seal of a use is made over; the first word keeps it apart from an approval's."""
    return "|".join(("limit", case.id, used.digest, used.limit, used.factor, used.by, str(used.at)))


def sealed_use(case: Case, limit: Limit, by: UserId, exactly: Digest, *, now: Instant, seal: Seal) -> LimitUse:
    """Return the record that clears a reply: it counts only with its seal."""
    used = LimitUse(limit=limit.name, by=by, factor=limit.allowed, digest=exactly, at=now, seal="")
    return replace(used, seal=seal(limit_text(case, used)))
