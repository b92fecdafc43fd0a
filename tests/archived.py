"""Cases that have been closed for long, and the archive they leave for: for the tests of both."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.adapters.sqlite_archive import SqliteArchive
from bot.domain.cases import ending
from bot.domain.cases.case import Case, Decision, Resolution
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Post
from bot.domain.ids import DAY, DESK, CaseId, Instant, OpId
from bot.domain.intake.grouping import Grouping
from bot.domain.policy import Policy
from bot.services.archived import StoreAndArchive
from bot.services.archiving import Archiving
from bot.services.intake import Intake
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE
from tests.servers import DeskMemory

POLICY = replace(load_policy(POLICY_FILE, TALKING_POINTS_FILE), grouping=Grouping(same_words=0, one_author=0))


@dataclass
class ArchivingDesk:
    """A store, an archive on a disk, and what moves cases from one to the other."""

    memory: DeskMemory
    archive: SqliteArchive
    policy: Policy = POLICY
    archiving: Archiving = field(init=False)
    whole: StoreAndArchive = field(init=False)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        """Build the parts as the desk does."""
        self.archiving = self.moving()
        self.whole = self.looking(self.archive)
        self.intake = Intake(self.whole, self.memory.arrivals, self.policy)

    def moving(self, **parts: object) -> Archiving:
        """Return what moves cases, with some of its parts replaced."""
        given = {
            "departures": self.memory.departures,
            "archive": self.archive,
            "outbox": self.memory.outbox,
            "memory": self.memory.memory,
            "policy": self.policy,
        }
        return Archiving(**given | parts)  # type: ignore[arg-type]  # whatever stands in for a part

    def looking(self, archive: object) -> StoreAndArchive:
        """Return the whole memory as a machine with another archive sees it."""
        return StoreAndArchive(self.memory.store, archive, self.memory.departures, self.memory.memory)  # type: ignore[arg-type]  # whatever stands in for a part

    async def closed(self, post: Post) -> Case:
        """Open a case, let it be resolved, and close it."""
        case = await self.intake.receive(post)
        assert case is not None
        return await close(self.memory, case.id)

    def weeks_pass(self) -> None:
        self.memory.clock.pass_time(days=31)

    async def left(self) -> Counter[str]:
        """Return how many keys of each kind the workspace has in the store."""
        base = f"{{{self.memory.workspace}:0}}:"
        found = [key.decode() async for key in self.memory.client.scan_iter(match=f"{base}*", count=1_000)]
        return Counter(key.removeprefix(base).partition(":")[0] for key in found)


async def close(desk: DeskMemory, case_id: CaseId) -> Case:
    """Resolve a case and close it, as the desk does two weeks later."""

    def resolve(case: Case, now: Instant) -> Decision:
        ended = replace(case, status=Status.RESOLVED, resolution=Resolution.SPAM, resolved_at=now)
        return Decision.of(ended, Event(fact=Fact.DISMISSED, at=now, by=DESK))

    def archive(case: Case, now: Instant) -> Decision:
        return ending.archive(replace(case, resolved_at=Instant(now - 15 * DAY)), now)

    await desk.store.change(case_id, OpId(f"resolve:{case_id}"), resolve)
    return await desk.store.change(case_id, OpId(f"close:{case_id}"), archive)


@asynccontextmanager
async def an_archiving_desk(memory: DeskMemory, folder: Path) -> AsyncIterator[ArchivingDesk]:
    archive = SqliteArchive(folder / "cases.sqlite3", memory.workspace)
    try:
        yield ArchivingDesk(memory, archive)
    finally:
        await archive.close()
