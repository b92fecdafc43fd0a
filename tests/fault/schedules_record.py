"""What people did and when, written down beside the desk: the only thing, with the platform's log, that the oracle reads.

An act has a beginning and an end in virtual time. It is sure once the desk has answered that it was done; an act that was
never answered may have been done. Times are milliseconds of the simulated loop.
"""

from dataclasses import dataclass, field

from bot.domain.ids import CaseId, PostId, UserId
from tests.fault.schedules_rules import Rules

NEVER = 10**12


@dataclass(eq=False)
class Deed:
    """One act of a person: when it was begun, when it was answered, whether it was surely done."""

    by: UserId
    began: int
    ended: int = NEVER
    sure: bool = False
    refused: bool = False

    @property
    def is_possible(self) -> bool:
        return not self.refused


@dataclass(eq=False, kw_only=True)
class Submission(Deed):
    """Somebody handed in exactly these words."""

    case_id: CaseId
    text: str
    alone: bool = False
    sensitive: bool = False
    point: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an approver had before their eyes: our words, the post they go under, and the customer's newest post."""

    text: str
    target: PostId
    target_words: str
    newest: PostId


@dataclass(eq=False, kw_only=True)
class Yes(Deed):
    """Somebody approved what they saw."""

    case_id: CaseId
    seen: Seen


@dataclass(eq=False, kw_only=True)
class No(Deed):
    """Somebody asked for changes, rejected, or took a reply back: these words must not leave any more."""

    case_id: CaseId
    text: str = ""


@dataclass(eq=False, kw_only=True)
class Hurry(Deed):
    """An approver did not want to wait."""

    case_id: CaseId
    text: str


@dataclass(eq=False, kw_only=True)
class HoldPlaced(Deed):
    """Somebody placed a hold. `scope` is `all`, `topic` or `case`; `wishes` are those who want it lifted."""

    scope: str
    value: str
    number: str = ""
    wishes: list[Deed] = field(default_factory=list)


@dataclass(eq=False, kw_only=True)
class Turned(Deed):
    """A limit was switched, or a talking point withdrawn or restored."""

    name: str
    on: bool


@dataclass(eq=False)
class Spells:
    """What was true in which stretch of time: the newest first entry whose time has come holds."""

    entries: list[tuple[int, object]] = field(default_factory=list)

    def put(self, at: int, value: object) -> None:
        self.entries.append((at, value))

    def between(self, first: int, last: int) -> list[object]:
        """Return everything that was true at some moment from `first` to `last`."""
        at_first = [value for at, value in self.entries if at <= first][-1:]
        return at_first + [value for at, value in self.entries if first < at <= last]


@dataclass(eq=False)
class Record:
    """Everything that was done, in the order it was begun."""

    submissions: list[Submission] = field(default_factory=list)
    yeses: list[Yes] = field(default_factory=list)
    noes: list[No] = field(default_factory=list)
    hurries: list[Hurry] = field(default_factory=list)
    holds: list[HoldPlaced] = field(default_factory=list)
    switches: list[Turned] = field(default_factory=list)
    points: list[Turned] = field(default_factory=list)
    rules: Spells = field(default_factory=Spells)
    members: dict[UserId, Spells] = field(default_factory=dict)
    words: dict[PostId, Spells] = field(default_factory=dict)
    heard: list[tuple[int, CaseId, PostId]] = field(default_factory=list)
    known: dict[CaseId, Spells] = field(default_factory=dict)

    def rules_between(self, first: int, last: int) -> list[Rules]:
        return [rules for rules in self.rules.between(first, last) if isinstance(rules, Rules)]

    def stood(self, user: UserId, first: int, last: int) -> frozenset[str]:
        """Return every side and group this person stood in at some moment of that time."""
        found = self.members[user].between(first, last)
        return frozenset(factor for factors in found if isinstance(factors, frozenset) for factor in factors)

    def known_between(self, case: CaseId, first: int, last: int) -> list[tuple[str, str]]:
        """Return what the desk knew of the customer's words, and how urgent it took them to be, in that time."""
        return [known for known in self.known[case].between(first, last) if isinstance(known, tuple)]

    def words_of(self, post: PostId, first: int, last: int) -> frozenset[str]:
        """Return what the post said on the platform in that time; nothing where it was gone."""
        return frozenset(str(words) for words in self.words[post].between(first, last) if words is not None)
