"""Lets closed cases leave the store for the archive, in an order that loses nothing wherever it is interrupted.

First the archive has the case on its disk, then one script takes it out of the store and leaves the names of its
posts. Interrupted in between, the case is in both; the store's counts, and the next sweep does it again.
"""

from dataclasses import dataclass

from bot.domain.cases.ending import may_leave
from bot.domain.cases.leaving import Leaving
from bot.domain.errors import Broken, DeskError
from bot.domain.ids import DAY, CaseId
from bot.domain.policy import Policy
from bot.domain.running import ops_news
from bot.ports import Memory, Outbox
from bot.ports.archive import Archive, Departures
from bot.services.saying import tell_once_a_day

AT_ONCE = 100
"""Cases written to the archive together."""
MOST = 5_000
"""Cases moved in one sweep, so that a stop never waits for long; the next sweep goes on."""
KEEP_LINES = 400 * DAY
"""How long the record keeps lines that belong to no case."""


@dataclass(frozen=True, slots=True)
class Archiving:
    """One sweep, for the process that looks after the archive; several at the same time do no harm."""

    departures: Departures
    archive: Archive
    outbox: Outbox
    memory: Memory
    policy: Policy

    async def sweep(self) -> int:
        """Move what has been closed for long enough; return how many cases left. Raises `Unavailable`, `Broken`."""
        await self.departures.trim(KEEP_LINES)
        if not self.archive.place:
            return 0
        moved = stayed = 0
        while moved < MOST:
            due = await self.departures.due(self._keep, AT_ONCE, stayed)
            if not due.cases:
                break
            found = [one for case_id in due.cases if (one := await self._read(case_id))]
            left = await self._move([one for one in found if may_leave(one.case, self._keep, due.now)])
            moved += left
            stayed += len(due.cases) - left
        return moved

    @property
    def _keep(self) -> int:
        return self.policy.timing.keep_closed

    async def _read(self, case_id: CaseId) -> Leaving | None:
        """Return a case that can be read; one that cannot stays in the store for people to look at."""
        try:
            return await self.departures.read(case_id)
        except Broken:
            return None

    async def _move(self, leaving: list[Leaving]) -> int:
        try:
            await self.archive.put(leaving)
        except DeskError as error:
            await self._tell(type(error).__name__)
            raise
        return sum([await self.departures.remove(one, self.archive.place) for one in leaving])

    async def _tell(self, reason: str) -> None:
        """Tell the people who run the desk, once a day."""
        news = ops_news.archive_trouble(reason, await self.memory.now())
        await tell_once_a_day(self.memory, self.outbox, "archive_trouble", news)
