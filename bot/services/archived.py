"""The whole memory of the desk as one `CaseStore`: the store, and behind it the archive."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.cases.case import Case
from bot.domain.document import Standing
from bot.domain.errors import Archived, NoSuchCase, Refused
from bot.domain.ids import CaseId, OpId
from bot.domain.work import Work
from bot.ports import Begin, CaseStore, Decide, Memory, Seen
from bot.ports.archive import Archive, Departures

_NUMBER = re.compile(r"C-\d{1,15}")
NO_CHANGE = "{case} is in the archive, so nothing about it can be changed any more. A new post opens a new case."
ELSEWHERE = "{case} is in the archive of the machine “{place}”, where this part of the desk cannot look."


@dataclass(frozen=True, slots=True)
class StoreAndArchive:
    """Finds cases in both, and changes those in the store; acts on archived ones are refused with a sentence."""

    store: CaseStore
    archive: Archive
    departures: Departures
    memory: Memory

    async def begin(self, op: OpId, begin: Begin) -> Case:
        return await self.store.begin(op, begin)

    async def load(self, case_id: CaseId) -> Case | None:
        """Return the case from the store or the archive. Raises `Archived` where another machine has it."""
        return await self.store.load(case_id) or await self._archived(case_id)

    async def see(self, case_id: CaseId, op: OpId) -> Seen | None:
        """Return the case from the store or the archive. Raises `Archived` where another machine has it."""
        if seen := await self.store.see(case_id, op):
            return seen
        case = await self._archived(case_id)
        return Seen(case=case, now=await self.memory.now(), version="") if case else None

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
        """Change a case in the store. Raises `Archived` for one in the archive, unless nothing would change."""
        seen = seen if seen and seen.version else None
        try:
            return await self.store.change(case_id, op, decide, under=under, standing=standing, seen=seen)
        except NoSuchCase:
            case = await self._archived(case_id)
            if case is None:
                raise
        try:
            decision = decide(case, await self.memory.now())
        except Refused as no:
            raise Archived(no.sentence) from None
        if decision.case == case and not decision.events:
            return case
        raise Archived(NO_CHANGE.format(case=case_id))

    async def holder(self, *unique_keys: str) -> CaseId | None:
        return await self.store.holder(*unique_keys)

    async def listed(self, name: str, limit: int = 50) -> Sequence[CaseId]:
        return await self.store.listed(name, limit)

    async def count(self, name: str) -> int:
        return await self.store.count(name)

    async def _archived(self, case_id: CaseId) -> Case | None:
        if not _NUMBER.fullmatch(case_id):
            return None
        case = await self.archive.get(case_id)
        place = None if case else await self.departures.where(case_id)
        if place:
            raise Archived(ELSEWHERE.format(case=case_id, place=place))
        return case
