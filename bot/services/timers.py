"""What time does to a case: drafts and approvals expire, claims lapse, snoozes end, old cases are closed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.approving import approval
from bot.domain.cases import ending, ownership
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import NoSuchCase
from bot.domain.ids import Instant, OpId, PlatformName
from bot.domain.policy import Policy
from bot.domain.timing import targets
from bot.domain.work import Work
from bot.ports import CaseStore, Memory, Platform
from bot.services.intake import Intake


@dataclass(frozen=True, slots=True)
class Timers:
    """Does the timed work. Each returns the milliseconds to wait where its time has not come yet."""

    store: CaseStore
    memory: Memory
    intake: Intake
    platforms: Mapping[PlatformName, Platform]
    policy: Policy

    async def expire(self, work: Work) -> int | None:
        rev = int(work.args["rev"])
        case = await self._let(work, lambda case, now: approval.expire(case, rev, now))
        draft = case.draft if case else None
        if case is None or draft is None or draft.rev != rev:
            return None
        now = await self.memory.now()
        if case.status is Status.IN_REVIEW and work.key.startswith("expire:"):
            return max(0, draft.at + case.draft_life - now)
        if case.status is Status.APPROVED and draft.decided_at and work.key.startswith("approval:"):
            left = draft.decided_at + case.approval_life - now
            return left if left > 0 else None
        return None

    async def lapse(self, work: Work) -> int | None:
        case = await self._let(work, ownership.lapse)
        if case is None or case.status is not Status.CLAIMED or case.lease_until is None:
            return None
        end = max(case.lease_until, case.snoozed_until or 0)
        return max(1, end - await self.memory.now())

    async def wake(self, work: Work) -> int | None:
        await self._let(work, ownership.wake)
        return None

    async def archive(self, work: Work) -> int | None:
        case = await self._let(work, ending.archive)
        if case is None or case.status is not Status.RESOLVED or case.resolved_at is None:
            return None
        return max(1, case.resolved_at + case.timing.archive_after - await self.memory.now())

    async def check_target(self, work: Work) -> int | None:
        """Say that a target is near or missed, one clock at a time, and come back when the next one is."""

        def decide(case: Case, now: Instant) -> Decision:
            return targets.check(case, self.policy.hours(case.route.market), now)

        case = await self._let(work, decide)
        at = targets.next_look(case, self.policy.hours(case.route.market)) if case else None
        return None if at is None else max(0, at - await self.memory.now())

    async def check_post(self, work: Work) -> int | None:
        """Read the customer's posts again."""
        case = await self.store.load(work.case_id)
        if case is None or case.platform not in self.platforms:
            return None
        standing = [post.id for post in case.posts if not post.deleted_at]
        for post_id, seen in (await self.platforms[case.platform].look_up(standing)).items():
            await self.intake.noticed(post_id, seen, case.platform)
        return None

    async def _let(self, work: Work, decide: Callable[[Case, Instant], Decision]) -> Case | None:
        with suppress(NoSuchCase):
            return await self.store.change(work.case_id, OpId(f"{work.key}:{work.nonce}"), decide, under=work)
        return None
