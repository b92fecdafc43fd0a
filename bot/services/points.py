"""Talking points in use: which may be started from, withdrawing one at once, taking back what was written from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.approving import approval
from bot.domain.cases import indexes
from bot.domain.cases.case import Case, Decision
from bot.domain.errors import Refused
from bot.domain.ids import Instant, OpId, UserId
from bot.domain.policy import SavedReply
from bot.domain.replies import talking_points
from bot.domain.replies.draft import Draft
from bot.domain.replies.talking_points import Withdrawn
from bot.domain.work import Work
from bot.ports import CaseStore, Directory, Document, Journal
from bot.services.acting import journaled
from bot.services.objections import Looked

AT_ONCE = 100
"""Cases taken back in one piece of work; the next piece takes the rest."""


@dataclass(frozen=True, slots=True)
class Points:
    """The saved replies of the policy, and the document that says which are withdrawn."""

    saved: Sequence[SavedReply]
    withdrawn: Document[Withdrawn]
    store: CaseStore
    directory: Directory
    journal: Journal

    async def usable(self) -> Sequence[SavedReply]:
        """Return what a draft may be started from now."""
        known = await self.withdrawn.read()
        return [point for point in self.saved if not talking_points.fault(point, known.value, known.now)]

    async def listed(self, user: UserId) -> Sequence[tuple[SavedReply, str]]:
        """Return every point with the reason why it must not be used, "" where it may. Raises `Refused`."""
        await self.directory.person(user)
        known = await self.withdrawn.read()
        return [(point, talking_points.fault(point, known.value, known.now)) for point in self.saved]

    async def fault(self, used: str) -> str:
        """Return why what was written from this point must not leave; nothing where it may, or where it used none."""
        return (await self.look(used)).why

    async def look(self, used: str) -> Looked:
        """Return the same with the document that says so; none where no point was used."""
        point = next((point for point in self.saved if point.id == used), None)
        if point is None:
            return Looked()
        known = await self.withdrawn.read()
        why = talking_points.fault(point, known.value, known.now)
        return Looked(why=why, standing={self.withdrawn.name: known.version})

    async def objection(self, case: Case, draft: Draft) -> Looked:  # noqa: ARG002 -- one shape for every objection
        """Return why a reply must not leave, as `Delivery` asks."""
        return await self.look(draft.used)

    async def withdraw(self, user: UserId, op: OpId, name: str, reason: str) -> SavedReply:
        """Withdraw a point for everybody. Raises `Refused`."""
        async with journaled(self.journal, user, "withdraw_point"):
            point, by = self._point(name), await self.directory.person(user)
            await self.withdrawn.change(op, lambda known, now: talking_points.withdraw(known, point, by, reason, now))
        return point

    async def restore(self, user: UserId, op: OpId, name: str) -> SavedReply:
        """Let it be used again. Raises `Refused`."""
        async with journaled(self.journal, user, "restore_point"):
            point, by = self._point(name), await self.directory.person(user)
            await self.withdrawn.change(op, lambda known, now: talking_points.restore(known, point, by, now))
        return point

    async def take_back(self, work: Work) -> int | None:
        """Give every reply that was written from a withdrawn point back to its writer.

        Returns milliseconds until the rest is taken back, None when there is no more.
        """
        used = work.args["point"]
        why = await self.fault(used)
        if not why:
            return None
        found = await self.store.listed(indexes.written_from(used), AT_ONCE)
        for case_id in found:
            op = OpId(f"{work.key}:{case_id}:{work.nonce}")
            await self.store.change(case_id, op, lambda case, now: _taken_back(case, used, why, now))
        return 1 if len(found) == AT_ONCE else None

    def _point(self, name: str) -> SavedReply:
        for point in self.saved:
            if point.id == name.casefold():
                return point
        raise Refused(f"There is no talking point “{name[:40]}”. `/desk points` lists them.")


def _taken_back(case: Case, used: str, why: str, now: Instant) -> Decision:
    draft = case.draft
    if draft is None or draft.used != used or not indexes.waits_to_leave(case):
        return Decision.unchanged(case)
    return approval.withdraw(case, why, now)
