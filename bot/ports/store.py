"""What the desk remembers: cases, what they share, work that waits, and the record of what happened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Effect
from bot.domain.cases.events import Ground
from bot.domain.document import Change, Standing
from bot.domain.ids import CaseId, Instant, OpId, UserId
from bot.domain.work import Pace, Taken, Work
from bot.ports.json import Json

T = TypeVar("T")
Decide = Callable[[Case, Instant], Decision]
Begin = Callable[[CaseId, Instant], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A case as one act found it, with the store's time then; `done` says that this very act was done before.

    `version` changes with every change; it is "" where nothing can be decided on it, as in the archive.
    """

    case: Case
    now: Instant
    version: str
    done: bool = False


class CaseStore(Protocol):
    """Where cases live. A change is durable when the call returns, together with its journal lines and work."""

    async def begin(self, op: OpId, begin: Begin) -> Case:
        """Store a new case under the next number. Raises `AlreadyHeld` naming the case that holds one of its posts."""
        ...

    async def load(self, case_id: CaseId) -> Case | None:
        """Return the case as it is now, from memory or the archive. Raises `Archived` where another machine has it."""
        ...

    async def see(self, case_id: CaseId, op: OpId) -> Seen | None:
        """Return the case as `load` does, for an act that first has to look at it: a beginning for `change`."""
        ...

    async def change(
        self,
        case_id: CaseId,
        op: OpId,
        decide: Decide,
        *,
        under: Work | None = None,
        standing: Standing | None = None,
        seen: Seen | None = None,
    ) -> Case:
        """Let `decide` change the case as it is now, again if somebody was quicker; what it raises passes through.

        The same `op` is done once: later calls return the case without asking. With `under`, the change
        is refused with `LeaseLost` unless that piece of work is still ours; with `standing`, with `Moved` unless
        each of these shared documents still has the version that was looked at. `seen` saves the first look: what is
        decided on it counts only while the case is still that, and a no is said of the case as it is now only. Raises
        `NoSuchCase`.
        """
        ...

    async def holder(self, *unique_keys: str) -> CaseId | None:
        """Return the case that holds the first of these posts or conversations that is held (`indexes.unique_keys`)."""
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
        """Forget it, unless it was asked for again meanwhile; then it starts over.

        This, `later` and `set_aside` raise `LeaseLost` where the work is no longer ours, and change nothing.
        """
        ...

    async def later(
        self, work: Work, after: int, reason: str, *, pause_lane: bool = False, fault: bool = False, away: bool = False
    ) -> None:
        """Put it back for `after` milliseconds from now; with `pause_lane`, its neighbours wait too.

        With `fault`, it comes back with one more of its `faults`. With `away`, what it goes to was not there: once
        something is `done` again in a lane where that was so for a minute, all that waits there is due, the most
        severe first and each fourth the oldest.
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

    async def refused(self, case_id: str, by: UserId, act: str, sentence: str, ground: Ground | None = None) -> None:
        """Record that somebody was told no, about a case or `NO_CASE`."""
        ...

    async def set_aside(self, what: str, reason: str) -> None:
        """Record and count an item that could not be read."""
        ...

    async def lines(self, case_id: CaseId, limit: int = 100) -> Sequence[Json]:
        """Return a case's lines, oldest first."""
        ...
