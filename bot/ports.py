"""The promises that the outside keeps for the desk, in the desk's own words.

Every method answers or raises `Unavailable` within its own time limit; none hangs. What cannot be read
raises `Broken`.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.domain.case import Case, Decision
from bot.domain.document import Change, Standing
from bot.domain.effects import Effect
from bot.domain.ids import AccountId, CaseId, ChannelId, Instant, MessageTs, OpId, PlatformName, PostId, UserId
from bot.domain.people import Person, Side
from bot.domain.post import Post
from bot.domain.reply import Outcome, OwnPost, Reply
from bot.domain.wording import TextRule as TextRule  # noqa: PLC0414 -- part of the platform's promise
from bot.domain.work import Pace, Taken, Work

T = TypeVar("T")
Decide = Callable[[Case, Instant], Decision]
Begin = Callable[[CaseId, Instant], Decision]
Json = Mapping[str, object]


class CaseStore(Protocol):
    """Where cases live. A change is durable when the call returns, together with its journal lines and work."""

    async def begin(self, op: OpId, begin: Begin) -> Case:
        """Store a new case under the next number. Raises `AlreadyHeld` naming the case that holds one of its posts."""
        ...

    async def load(self, case_id: CaseId) -> Case | None:
        """Return the case as it is now, from memory or the archive. Raises `Archived` where another machine has it."""
        ...

    async def change(
        self, case_id: CaseId, op: OpId, decide: Decide, *, under: Work | None = None, standing: Standing | None = None
    ) -> Case:
        """Let `decide` change the case as it is now, again if somebody was quicker; what it raises passes through.

        The same `op` is done once: later calls return the case without asking. With `under`, the change
        is refused with `LeaseLost` unless that piece of work is still ours; with `standing`, with `Moved` unless
        each of these shared documents still has the version that was looked at. Raises `NoSuchCase`.
        """
        ...

    async def holder(self, *unique_keys: str) -> CaseId | None:
        """Return the case that holds the first of these posts or conversations that is held (`indexes.unique_keys`)."""
        ...

    async def holders(self, *unique_keys: str) -> Sequence[CaseId | None]:
        """Return for each name the case that holds it, or held it before it was archived or let go of the post."""
        ...

    async def listed(self, name: str, limit: int = 50) -> Sequence[CaseId]:
        """Return the newest cases of a list (see `indexes.lists`), newest first."""
        ...

    async def count(self, name: str) -> int:
        """Return how many cases stand in a list."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[T]):
    """A shared document as it was read: `version` changes with every change, and is "" before the first one."""

    value: T
    version: str
    now: Instant


class Document(Protocol[T]):
    """One small thing that the whole desk shares beside its cases. Raises `Broken` where it cannot be read."""

    @property
    def name(self) -> str:
        """Return its name in the store, as `CaseStore.change` takes it in `standing`."""
        ...

    async def read(self) -> Stored[T]:
        """Return the document as it is now."""
        ...

    async def change(self, op: OpId, decide: Callable[[T, Instant], Change[T]]) -> T:
        """Let `decide` change it as it is now, again if somebody was quicker; what it raises passes through.

        Durable with its facts and work when the call returns. The same `op` is done once: later calls return the
        document without asking; a change that changes nothing writes nothing.
        """
        ...


class Outbox(Protocol):
    """Work that waits for its time, shared by all processes."""

    async def take(self, limit: int, lease: int, paces: Mapping[str, Pace]) -> Taken:
        """Take what is due, at most `limit`, for `lease` milliseconds. `paces` maps a lane's prefix (before `:`)."""
        ...

    async def done(self, work: Work) -> None:
        """Forget it, unless it was asked for again meanwhile or the lease is no longer ours."""
        ...

    async def later(
        self, work: Work, after: int, reason: str, *, pause_lane: bool = False, fault: bool = False
    ) -> None:
        """Put it back for `after` milliseconds from now; with `pause_lane`, its neighbours wait too.

        With `fault`, it comes back with one more of its `faults`.
        """
        ...

    async def set_aside(self, work: Work, reason: str) -> None:
        """Take it out of the queue and keep it where people can see it."""
        ...

    async def add(self, effects: Sequence[Effect]) -> None:
        """Ask for work that belongs to no change of a case."""
        ...

    async def bring_back(self, key: str, by: UserId) -> bool:
        """Queue again, due now, what was set aside; return whether there was anything."""
        ...

    async def give_up(self, key: str, by: UserId) -> bool:
        """Forget for good what was set aside; return whether there was anything."""
        ...

    async def waiting(self, lane: str) -> int:
        """Return how much work is due or coming in a lane."""
        ...


class Memory(Protocol):
    """Small things the desk must not forget: cursors, and which deliveries it has had."""

    async def now(self) -> Instant:
        """Return the store's time: the only clock that decides anything."""
        ...

    async def recall(self, name: str) -> str | None:
        """Return what was remembered under a name."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Remember it durably."""
        ...

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        """Remember `new` where `old` (None: nothing) is what is remembered; return whether it is remembered now."""
        ...

    async def first_time(self, name: str, keep: int) -> bool:
        """Return whether this name was never seen in the last `keep` milliseconds, and note it."""
        ...


class Journal(Protocol):
    """The append-only record. Accepted acts are written with their change; this adds the others."""

    async def refused(self, case_id: str, by: UserId, act: str, sentence: str) -> None:
        """Record that somebody was told no."""
        ...

    async def set_aside(self, what: str, reason: str) -> None:
        """Record and count an item that could not be read."""
        ...

    async def lines(self, case_id: CaseId, limit: int = 100) -> Sequence[Json]:
        """Return a case's lines, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The brand's own account."""

    id: AccountId
    handle: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Posts found since a cursor, oldest first; `cursor` is to be remembered once they are stored.

    `unreadable` are reasons for items that were left out; `more` says that another call would bring more.
    """

    posts: tuple[Post, ...]
    cursor: str
    unreadable: tuple[str, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A post that can no longer be read, and why (deleted, protected, suspended)."""

    reason: str


class Platform(Protocol):
    """One brand account on one social platform."""

    @property
    def name(self) -> PlatformName: ...

    @property
    def account(self) -> Account: ...

    @property
    def text_rule(self) -> TextRule: ...

    async def whoami(self) -> Account:
        """Ask the platform whose credentials these are."""
        ...

    async def fetch(self, cursor: str | None) -> Batch:
        """Return mentions, replies and quotes since the cursor; reshares and our own posts are left out."""
        ...

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post | Gone]:
        """Return posts as they are now; an edited post is found under the id asked for."""
        ...

    async def reply(self, reply: Reply, within: float, start_by: float = math.inf) -> Outcome:
        """Make exactly one call, within so many seconds, and say what came of it. Never raises for the network.

        Nothing leaves after `start_by` (seconds by `time.monotonic`): that is looked at right before the bytes go.
        """
        ...

    async def own_posts(self, since: PostId | None) -> Sequence[OwnPost]:
        """Return our own account's newest posts (at most 100), newest first."""
        ...

    def by_hand_url(self, target: PostId, text: str) -> str:
        """Return an address where a person can write this reply on the platform."""
        ...


class Stream(Protocol):
    """A live feed of posts; may end or fail at any time, and the sweep fills the gap."""

    def listen(self) -> AsyncIterator[Post]:
        """Yield posts as they come; raises `Unavailable` when the feed breaks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is shown in Slack: a full sentence for those who cannot see, and blocks."""

    text: str
    blocks: tuple[Json, ...] = ()


class Chat(Protocol):
    """Slack as the desk writes to it. `Paced` says when to try again.

    Where `start_by` is given (seconds by `time.monotonic`) nothing leaves after it: somebody else may be at it by then.
    """

    async def post(
        self,
        channel: ChannelId,
        message: Message,
        *,
        mark: str,
        thread: MessageTs | None = None,
        start_by: float = math.inf,
    ) -> MessageTs:
        """Post once; `mark` is carried as metadata so that a second attempt can find the first."""
        ...

    async def find(
        self, channel: ChannelId, mark: str, *, since: Instant, thread: MessageTs | None = None
    ) -> MessageTs | None:
        """Return the message that an earlier attempt posted with this mark, if any."""
        ...

    async def update(
        self, channel: ChannelId, ts: MessageTs, message: Message, *, start_by: float = math.inf
    ) -> None: ...

    async def whisper(self, channel: ChannelId, user: UserId, text: str) -> None:
        """Say something that only this person sees."""
        ...

    async def link(self, channel: ChannelId, ts: MessageTs) -> str: ...


class Screens(Protocol):
    """Modals and the home tab."""

    async def open(self, trigger_id: str, view: Json) -> None: ...

    async def update(self, view_id: str, view_hash: str, view: Json) -> None: ...

    async def home(self, user: UserId, view: Json) -> None: ...


class Directory(Protocol):
    """Who people are, looked up in Slack and the policy."""

    async def person(self, user: UserId, *, live: bool = False) -> Person:
        """Return the person; with `live`, as Slack says it now and not from memory.

        Raises `Refused` for guests, bots, strangers and the deactivated, `Unavailable` if unsure, and `Broken` where
        Slack does not let us ask.
        """
        ...

    async def side_of(self, user: UserId, side: Side) -> bool:
        """Return whether the person works here and stands on that side right now. Raises as `person`, not `Refused`."""
        ...

    async def in_group(self, user: UserId, group: str) -> bool:
        """Return whether the person is in that user group right now, not from a cache."""
        ...


class Duty(Protocol):
    """Who is on call, by the schedules of the policy and what people changed in them."""

    async def on_duty(self, schedule: str, at: Instant) -> Sequence[UserId]:
        """Return everybody on duty at an instant, perhaps nobody. Raises `Broken` for a schedule that is not there."""
        ...

    async def owner(self, schedule: str) -> UserId:
        """Return who is asked when nobody is on duty. Raises `Broken` for a schedule that is not there."""
        ...


class Signer(Protocol):
    """Seals approvals with a key that is not in the store."""

    def seal(self, text: str) -> str: ...

    def holds(self, text: str, seal: str) -> bool: ...


Notify = Callable[[], None]
Sleep = Callable[[float], Awaitable[None]]
