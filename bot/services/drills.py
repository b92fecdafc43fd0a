"""Drills: somebody tries a plan out, and what was measured is told in the ops channel."""

import math
from dataclasses import dataclass

from bot.domain.cases.case import Case, Decision
from bot.domain.errors import AlreadyHeld, Refused
from bot.domain.escalating import drill
from bot.domain.escalating.plan import Plan, Trigger
from bot.domain.escalating.planning import choose
from bot.domain.ids import CaseId, Instant, OpId, UserId
from bot.domain.job import NO_CASE
from bot.domain.policy import Policy
from bot.domain.work import Work
from bot.ports import Chat, Memory
from bot.services.acting import Acting, journaled
from bot.services.escalations import NO_PLAN
from bot.services.saying import say_once
from bot.views import drills


@dataclass(frozen=True, slots=True)
class Drills:
    """Starts drills, and does the work `end_drill` and `tell_drill`."""

    acting: Acting
    memory: Memory
    chat: Chat
    policy: Policy

    async def start(self, user: UserId, op: OpId, name: str) -> Case:
        """Return the drill that has begun. Raises `Refused`: for strangers, an unknown plan, a second one at a time."""
        async with journaled(self.acting.journal, user, "drill"):
            await self.acting.directory.person(user)
            return await self._begin(user, op, self._plan(name))

    async def _begin(self, user: UserId, op: OpId, plan: Plan) -> Case:
        def begin(case_id: CaseId, now: Instant) -> Decision:
            return drill.begin(self._blank(case_id, now), plan, user)

        try:
            return await self.acting.store.begin(op, begin)
        except AlreadyHeld as taken:
            running = await self.acting.store.load(CaseId(taken.case_id))
            raise Refused(drills.one_at_a_time(running)) from None

    def _blank(self, case_id: CaseId, now: Instant) -> Case:
        policy = self.policy
        return drill.blank(case_id, timing=policy.timing, policy=policy.version, channel=policy.ops_channel, now=now)

    def _plan(self, name: str) -> Plan:
        """Return the plan of this name, or the one that an emergency would take."""
        rules = self.policy.paging.rules
        if name:
            found = next((rule.plan for rule in rules if rule.plan.name.casefold() == name.casefold()), None)
            if found is None:
                raise Refused(drills.no_such_plan([rule.plan.name for rule in rules]))
            return found
        plan = choose(self.policy.paging, self._blank(NO_CASE, Instant(0)), Trigger.EMERGENCY, market_open=True)
        if plan is None:
            raise Refused(NO_PLAN)
        return plan

    async def end(self, work: Work) -> int | None:
        """Close the drill where it is over, else return the milliseconds until it will be."""
        if await self.acting.store.load(work.case_id) is None:
            return None
        case = await self.acting.store.change(work.case_id, OpId(f"{work.key}:{work.nonce}"), drill.end, under=work)
        running = case.escalation
        if running is None or not running.is_open:
            return None
        return max(1, drill.ends_at(running) - await self.memory.now())

    async def tell(self, work: Work, start_by: float = math.inf) -> None:
        """Post what was measured, once."""
        case = await self.acting.store.load(work.case_id)
        if case is None:
            return
        channel, since = self.policy.ops_channel, Instant(int(work.args["at"]))
        await say_once(self.chat, work, channel, drills.result(case), mark=work.key, since=since, start_by=start_by)
