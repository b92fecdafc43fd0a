"""The case: one customer's matter with everything that must change together."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.cases.events import Event, Line
from bot.domain.cases.lifecycle import Status, Verb, step
from bot.domain.cases.post import Post
from bot.domain.escalating.attention import Escalation, Scene, attended
from bot.domain.ids import DAY, MINUTE, AccountId, CaseId, ChannelId, Instant, MessageTs, PlatformName, PostId, UserId
from bot.domain.people import Side
from bot.domain.replies.draft import Draft, DraftState, Writer
from bot.domain.timing.clocks import Running, Targets, ticked

HISTORY_KEPT = 40
"""Lines of story kept inside the case; the journal keeps all of them."""
_GATHERS = frozenset({Status.NEW, Status.CLAIMED, Status.IN_REVIEW, Status.APPROVED})
"""Statuses in which a case counts posts like its own; given up for good, so that it is in no later one's way."""
POSTS_KEPT = 30
"""Posts kept in one case, so that a quarrel of thousands cannot grow one document without bound."""


class Level(StrEnum):
    """How urgent a case is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    EMERGENCY = "emergency"

    @property
    def urgency(self) -> int:
        """Return 0 (low) to 3 (emergency): the order of work."""
        return _URGENCY[self]


_URGENCY = {level: place for place, level in enumerate(Level)}


class Resolution(StrEnum):
    """How a case ended."""

    ANSWERED = "answered"
    NO_REPLY_NEEDED = "no_reply_needed"
    DUPLICATE = "duplicate"
    SPAM = "spam"
    MOVED_TO_PRIVATE = "moved_to_private"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How urgent and why; `negative` cases cannot be dismissed by one person alone."""

    level: Level = Level.NORMAL
    reasons: tuple[str, ...] = ()
    negative: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The desk's waiting times that a case keeps from its start, in milliseconds.

    An unconfirmed reply is looked for after `look_grace`, again after `look_gap`, and shown to a person
    after `ask_after`: looking sooner than two minutes took replies for missing that were only late.
    After the store was changed over no reply leaves for `epoch_pause`, so that our timeline shows what it forgot.
    A closed case leaves for the archive after the `keep_closed` of the policy as it is by then.
    """

    claim_lease: int
    undo: int
    draft_life: int
    approval_life: int
    archive_after: int
    look_grace: int = 2 * MINUTE
    look_gap: int = MINUTE
    ask_after: int = 10 * MINUTE
    epoch_pause: int = 3 * MINUTE
    keep_closed: int = 30 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a case belongs and which rule of which policy version said so."""

    rule: str
    team: str
    side: Side
    channel: ChannelId
    market: str
    topic: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One side asks the other to take the case; the owner stays accountable until it is accepted."""

    to: Side
    by: UserId
    reason: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissal:
    """A first person wants to end the case without a reply; a second must agree."""

    by: UserId
    resolution: Resolution
    reason: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRef:
    """Where the card stands in Slack."""

    channel: ChannelId
    ts: MessageTs


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A post that was counted on this case because it says what others say (see `grouping`)."""

    post: PostId
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One customer's matter. Frozen: each verb returns a `Decision` with the next one.

    `first_contact` says that the author had no case before, None where nobody looked. `open_complaint` says that the
    customer's newest words may be a complaint and nobody has answered them. `posts` are in the order in which they were
    written, whenever they came. `echoed` posts say the same as this one;
    `echoes` are the newest of them, `seats` the names by which the next one finds this case (see `grouping`).
    """

    id: CaseId
    platform: PlatformName
    account: AccountId
    route: Route
    timing: Timing
    severity: Severity
    opened_at: Instant
    status: Status = Status.NEW
    posts: tuple[Post, ...] = ()
    owner: UserId | None = None
    owner_side: Side | None = None
    co_owner: UserId | None = None
    claimed_at: Instant | None = None
    lease_until: Instant | None = None
    handover: Handover | None = None
    hops: int = 0
    dismissal: Dismissal | None = None
    snoozed_until: Instant | None = None
    open_complaint: bool = True
    resolution: Resolution | None = None
    answered_at: Instant | None = None
    resolved_at: Instant | None = None
    closed_at: Instant | None = None
    drafts: tuple[Draft, ...] = ()
    earlier_writers: tuple[Writer, ...] = ()
    card: CardRef | None = None
    follows: CaseId | None = None
    escalation: Escalation | None = None
    targets: Targets | None = None
    clocks: tuple[Running, ...] = ()
    first_contact: bool | None = None
    echoed: int = 0
    echoes: tuple[Echo, ...] = ()
    seats: tuple[str, ...] = ()
    changes: int = 0
    history: tuple[Line, ...] = ()

    @property
    def first_post(self) -> Post:
        return self.posts[0]

    @property
    def last_post(self) -> Post:
        """Return the newest post: the one a reply goes under."""
        return self.posts[-1]

    @property
    def draft(self) -> Draft | None:
        """Return the newest revision, whatever became of it."""
        return self.drafts[-1] if self.drafts else None

    @property
    def sent(self) -> Draft | None:
        """Return the newest revision that is live on the platform."""
        return next((d for d in reversed(self.drafts) if d.state is DraftState.SENT), None)

    def post(self, post_id: PostId) -> Post | None:
        """Return the post that has or once had this id."""
        return next((p for p in self.posts if post_id in p.ids), None)

    def speaks_in(self, conversation_id: str) -> bool:
        """Say whether one of its posts belongs to this conversation on the platform."""
        return any(post.conversation_id == conversation_id for post in self.posts)

    @property
    def contributors(self) -> frozenset[UserId]:
        """Return everyone who wrote any revision of this round: none of them may approve."""
        since = max((d.rev for d in self.drafts if d.state is DraftState.SENT), default=0)
        gone = {writer.by for writer in self.earlier_writers if writer.rev > since}
        return frozenset(gone | {draft.by for draft in self.drafts if draft.rev > since})

    def attended(self, events: tuple[Event, ...]) -> tuple["Case", tuple[Event, ...]]:
        """Return the case with what these facts mean for its escalation, and the facts that follow from that."""
        if self.escalation is None or not self.escalation.is_open or not events:
            return self, ()
        scene = Scene(
            id=self.id,
            status=self.status,
            owner=self.owner,
            owner_side=self.owner_side,
            urgency=self.severity.level.urgency,
        )
        escalation, facts = attended(self.escalation, scene, events)
        return replace(self, escalation=escalation), facts

    @property
    def is_sensitive(self) -> bool:
        """Say whether a writer marked a revision of this round: the next ones are so too, whoever writes them."""
        since = max((d.rev for d in self.drafts if d.state is DraftState.SENT), default=0)
        return any(draft.sensitive for draft in self.drafts if draft.rev > since)

    @property
    def undo(self) -> int:
        """Return the milliseconds that the newest revision waits once approved; none when an approver says so."""
        if self.draft and self.draft.hurried_by:
            return 0
        return self._clock(self.draft.ruling.undo if self.draft and self.draft.ruling else None, self.timing.undo)

    @property
    def draft_life(self) -> int:
        """Return the milliseconds that the newest revision waits for a decision."""
        own = self.draft.ruling.draft_life if self.draft and self.draft.ruling else None
        return self._clock(own, self.timing.draft_life)

    @property
    def approval_life(self) -> int:
        """Return the milliseconds in which an approval of the newest revision is to be used."""
        own = self.draft.ruling.approval_life if self.draft and self.draft.ruling else None
        return self._clock(own, self.timing.approval_life)

    @staticmethod
    def _clock(own: int | None, desk: int) -> int:
        return desk if own is None else own

    def with_draft(self, draft: Draft, verb: Verb | None = None) -> "Case":
        """Return the case with its newest revision replaced, with `verb` also `moved` by it."""
        status = step(self.status, verb) if verb else self.status
        return replace(self, status=status, drafts=(*self.drafts[:-1], draft))

    def moved(self, verb: Verb) -> "Case":
        """Return the case in the status that `verb` leads to; raises `Refused` where it may not."""
        return replace(self, status=step(self.status, verb))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided: the case as it is now, and the facts that made it so."""

    case: Case
    events: tuple[Event, ...] = field(default=())

    @classmethod
    def of(cls, case: Case, *events: Event) -> "Decision":
        """Number the change and write its facts into the case's own story; escalation and clocks hear of them."""
        case, more = case.attended(events)
        events = (*events, *more)
        lines = tuple(event.line() for event in events)
        history = (*case.history, *lines)[-HISTORY_KEPT:]
        clocks = case.clocks
        for event in events:
            clocks = ticked(clocks, case.status, event)
        seats = case.seats if case.status in _GATHERS else ()
        changed = replace(case, changes=case.changes + 1, history=history, clocks=clocks, seats=seats)
        return cls(case=changed, events=events)

    @classmethod
    def unchanged(cls, case: Case) -> "Decision":
        """Nothing happened: nothing is written."""
        return cls(case=case)
