"""The house rules as the desk reads them: who stands where, what goes where, how long things wait.

Written by people in `config/policy.toml`, validated by `config.policy`, versioned by its content.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from bot.domain.approving.limits import Limit
from bot.domain.approving.rules import Rulebook
from bot.domain.cases.case import Level, Route, Timing
from bot.domain.escalating.plan import Habit, Plan, Trigger
from bot.domain.ids import HOUR, MINUTE, AccountId, ChannelId, Instant, PlatformName, UserId
from bot.domain.intake.grouping import Grouping
from bot.domain.on_call.oncall import Schedule
from bot.domain.people import Side
from bot.domain.replies.draft_checks import DraftRules
from bot.domain.running.account_watch import Tell
from bot.domain.text.matching import Lexicon, plain
from bot.domain.timing.clocks import Targets
from bot.domain.timing.hours import Hours, around_the_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRule:
    """Who stands on a side (Slack user groups and listed people) and where that side is told of new work."""

    groups: frozenset[str] = frozenset()
    users: frozenset[UserId] = frozenset()
    channel: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team, its Slack channel, and the side that owns its cases."""

    name: str
    side: Side
    channel: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandAccount:
    """One of the brand's own accounts and the market it speaks to."""

    platform: PlatformName
    id: AccountId
    handle: str
    market: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """One line of routing: every condition that is given must hold; an empty one always holds."""

    name: str
    team: str
    topic: str = ""
    platforms: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    markets: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    levels: frozenset[Level] = frozenset()
    authors: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRule:
    """Words or reach that raise the level, and the reason shown on the card."""

    level: Level
    reason: str
    words: tuple[str, ...] = ()
    followers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReply:
    """A reply or talking point to start a draft from; `{gaps}` must be filled before it can be submitted.

    It holds from `valid_from` and before `valid_until`; its owner may withdraw it, as PR may (see `talking_points`).
    """

    id: str
    title: str
    text: str
    group: str = ""
    owner: UserId | None = None
    tags: tuple[str, ...] = ()
    valid_from: Instant | None = None
    valid_until: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRule:
    """One line of targets: every condition that is given must hold; the first rule that holds decides."""

    targets: Targets
    markets: frozenset[str] = frozenset()
    levels: frozenset[Level] = frozenset()
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRule:
    """What a lifted hold leaves: an approval that was `approval_age` milliseconds old by then counts no more."""

    approval_age: int = 4 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """How often (milliseconds) the brand's accounts are looked at for posts past the desk, and which are told."""

    every: int = MINUTE
    tell: Tell = Tell.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """One plan and when it is taken: every condition that is given must hold; an empty one always holds."""

    plan: Plan
    triggers: frozenset[Trigger] = frozenset()
    markets: frozenset[str] = frozenset()
    levels: frozenset[Level] = frozenset()
    topics: frozenset[str] = frozenset()
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Who is paged and how: plans from the top, each person's habits, at most so many pages an hour for one person.

    `addresses` are for mail when Slack takes no page; customers' words are in it only where `words_by_mail` says so.
    """

    rules: tuple[EscalationRule, ...] = ()
    habits: dict[UserId, Habit] = field(default_factory=dict)
    usual: Habit = field(default_factory=Habit)
    an_hour: int = 12
    addresses: dict[UserId, str] = field(default_factory=dict)
    words_by_mail: bool = False
    last_resort: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything the house has decided; `version` is a hash of its content."""

    version: str
    sides: dict[Side, SideRule]
    teams: dict[str, Team]
    accounts: tuple[BrandAccount, ...]
    routing: tuple[RoutingRule, ...]
    default_team: str
    severity: tuple[SeverityRule, ...]
    positive_words: tuple[str, ...]
    approval: Rulebook
    timing: Timing
    ops_channel: ChannelId
    signature: str
    dm_invitation: str
    shared_channels: frozenset[ChannelId] = frozenset()
    hold: HoldRule = HoldRule()
    watch: WatchRule = WatchRule()
    grouping: Grouping = field(default_factory=Grouping)
    saved_replies: tuple[SavedReply, ...] = ()
    paging: Paging = field(default_factory=Paging)
    drafts: DraftRules = field(default_factory=DraftRules)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    markets: Mapping[str, Hours] = field(default_factory=dict)
    targets: tuple[TargetRule, ...] = ()
    _words: Lexicon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the words of all rules for posts together, once: a post is then searched once and not for each rule."""
        weighing, routing = (rule.words for rule in self.severity), (rule.words for rule in self.routing)
        words = Lexicon(chain(self.positive_words, *weighing, *routing))
        object.__setattr__(self, "_words", words)  # the one way to set what is worked out in a frozen class

    def words_in(self, text: str) -> frozenset[str]:
        """Return the words of the rules for severity, routing and praise that stand in a text."""
        return self._words.found_in(plain(text))

    def hours(self, market: str) -> Hours:
        """Return when a market is at work; one that the policy says nothing about always is."""
        return self.markets.get(market) or around_the_clock()

    def targets_for(self, route: Route, level: Level) -> Targets | None:
        """Return what is promised to a case, None where nothing is."""
        for rule in self.targets:
            conditions = ((rule.markets, route.market), (rule.levels, level), (rule.topics, route.topic))
            if all(not wanted or value in wanted for wanted, value in conditions):
                return rule.targets
        return None

    limits: tuple[Limit, ...] = ()

    @property
    def channels(self) -> tuple[ChannelId, ...]:
        """Return every channel that the desk speaks in by itself, each once."""
        sides, teams = self.sides.values(), self.teams.values()
        told = (self.ops_channel, *(side.channel for side in sides), *(team.channel for team in teams))
        return tuple(dict.fromkeys(told))

    @property
    def groups(self) -> frozenset[str]:
        """Return the user groups beside the sides that a rule or a limit names."""
        named = {factor for rule in self.approval.rules for factor in rule.demand.factors}
        return frozenset(named | {limit.allowed for limit in self.limits}) - frozenset(Side)
