"""The simulated store with what the whole desk shares beside its cases: holds, switched-off limits, withdrawn points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from bot.domain.cases import indexes
from bot.domain.cases.case import Case, Decision
from bot.domain.document import Change, Standing
from bot.domain.errors import Moved, Unavailable
from bot.domain.ids import CaseId, Instant, OpId
from bot.domain.work import Work
from bot.ports import Decide, Seen, Stored
from bot.ports.arrivals import Sought, Traces
from tests.fault.simulator_store import TRIES, Line, Server, Store

T = TypeVar("T")


@dataclass
class SharedServer(Server):
    """Keeps documents with their versions; `standing_counts` off is a planted bug."""

    documents: dict[str, tuple[Any, int]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    standing_counts: bool = True

    def version(self, name: str) -> str:
        return str(self.documents[name][1]) if name in self.documents else ""

    def commit_on(self, standing: Standing, op: str, stamp: int, decision: Decision, under: Work | None) -> str:
        """Commit as `Server.commit` does, or return `moved` where a document it was decided on has changed."""
        moved = any(self.version(name) != version for name, version in standing.items())
        if moved and op not in self.kept.ops and self.standing_counts:
            return "moved"
        return self.commit(op, stamp, decision, under)

    def put(self, name: str, op: str, version: str, change: Change[Any]) -> bool:
        """Return whether the document was changed now."""
        if op in self.done or self.version(name) != version:
            return False
        self.documents[name] = change.value, int(version or 0) + 1
        self.done.add(op)
        for effect in change.effects:
            self.add(effect)
        return True


@dataclass
class SharedStore(Store):
    """The port `CaseStore`, with lists, and with commits that count only while `standing` does."""

    server: Any = None
    standing: Mapping[str, str] = field(default_factory=dict)

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
        with_it = replace(self, standing=standing or {})
        return await super(SharedStore, with_it).change(case_id, op, decide, under=under, seen=seen)

    async def _commit(self, op: str, stamp: int, decision: Decision, under: Work | None) -> str:
        verdict: str = await self.line.ask(lambda _: self.server.commit_on(self.standing, op, stamp, decision, under))
        if verdict == "moved":
            raise Moved("a shared document changed meanwhile")
        return verdict

    async def listed(self, name: str, limit: int = 50) -> Sequence[CaseId]:
        cases = await self.line.ask(lambda _: tuple(self.server.kept.cases.values()))
        return [case.id for case in cases if name in indexes.lists(case)][:limit]


@dataclass
class Arriving:
    """The part of the port `Arrivals` that later posts of known conversations need."""

    store: SharedStore

    async def seek(self, sought: Sequence[Sought]) -> Sequence[Traces]:
        return [Traces(holders=tuple([await self.store.holder(name) for name in one.names])) for one in sought]


@dataclass
class Shared(Generic[T]):
    """The port `Document`, as bot/adapters/redis_document.py keeps it."""

    line: Line
    server: SharedServer
    name: str
    empty: T

    async def read(self) -> Stored[T]:
        return (await self._look(""))[0]

    async def change(self, op: OpId, decide: Callable[[T, Instant], Change[T]]) -> T:
        for _ in range(TRIES):
            found, done = await self._look(op)
            if done:
                return found.value
            change = decide(found.value, found.now)
            if await self._put(op, found.version, change):
                return change.value
        raise Unavailable("too many at once")

    async def _look(self, op: str) -> tuple[Stored[T], bool]:
        def look(_: int) -> tuple[Stored[T], bool]:
            value = self.server.documents.get(self.name, (self.empty, 0))[0]
            stored = Stored(value=value, version=self.server.version(self.name), now=self.server.now())
            return stored, op in self.server.done

        return await self.line.ask(look)

    async def _put(self, op: str, version: str, change: Change[T]) -> bool:
        return await self.line.ask(lambda _: self.server.put(self.name, op, version, change))
