"""Cases in Redis: load, let the domain decide, and commit case, facts and work in one script."""

import contextlib
from collections.abc import Sequence

from bot.adapters.redis_commits import Commits, Conditions, Found
from bot.adapters.redis_journal import RedisJournal
from bot.adapters.redis_scripts import Shard
from bot.adapters.redis_versions import CROWDED, TRIES, in_time, split, step_aside
from bot.domain.cases.case import Case, Decision
from bot.domain.document import Standing
from bot.domain.errors import AlreadyHeld, Broken, LeaseLost, Moved, NoSuchCase, Unavailable
from bot.domain.ids import CaseId, Instant, OpId
from bot.domain.work import Work
from bot.ports import Begin, Decide, Notify, Seen

FIRST_NUMBER = 1001


class RedisCaseStore:
    """The `CaseStore` on Redis."""

    def __init__(self, shard: Shard, journal: RedisJournal, commits: Commits, committed: Notify) -> None:
        """`committed` hears of each commit."""
        self._shard = shard
        self._journal = journal
        self.commits = commits
        self._committed = committed

    async def begin(self, op: OpId, begin: Begin) -> Case:
        async with in_time():
            for _ in range(TRIES):
                now, [(verdict, name)] = await self._shard.text(
                    "allocate", {"ops": [op], "first": FIRST_NUMBER}, tuple[int, list[tuple[str, str]]]
                )
                if verdict == "again":
                    return await self._known(CaseId(name))
                decision = begin(CaseId(name), Instant(now))
                case = await self._commit(op, Found(now=Instant(now), done=False), decision, Conditions())
                if case is not None:
                    return case
        raise Unavailable(CROWDED)

    async def load(self, case_id: CaseId) -> Case | None:
        return (await self._look(case_id, OpId("-"))).case

    async def see(self, case_id: CaseId) -> Seen | None:
        found = await self._look(case_id, OpId("-"))
        return Seen(case=found.case, version=found.stamp, now=found.now) if found.case else None

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
        first = Found(now=seen.now, done=False, case=seen.case, stamp=seen.version) if seen else None
        async with in_time():
            for attempt in range(TRIES):
                found = first or await self._look(case_id, op)
                first = None
                if found.case is None:
                    raise NoSuchCase(f"There is no case {case_id}.")
                if found.done:
                    return found.case
                decision = decide(found.case, found.now)
                if decision.case == found.case and not decision.events:
                    return found.case
                case = await self._commit(op, found, decision, Conditions(under, standing))
                if case is not None:
                    return case
                await step_aside(attempt)
        raise Unavailable(CROWDED)

    async def holder(self, *unique_keys: str) -> CaseId | None:
        found = await self._shard.values("unique", unique_keys)
        return next((CaseId(name.decode()) for name in found if name), None)

    async def listed(self, name: str, limit: int = 50) -> Sequence[CaseId]:
        found = await self._shard.newest("list", name, limit) if limit > 0 else []
        return tuple(CaseId(one.decode()) for one in found)

    async def count(self, name: str) -> int:
        return await self._shard.size("list", name)

    async def _known(self, case_id: CaseId) -> Case:
        found = await self._look(case_id, OpId("-"))
        if found.case is None:
            raise NoSuchCase(f"There is no case {case_id}.")
        return found.case

    async def _look(self, case_id: CaseId, op: OpId) -> Found:
        now, stored, done = await self._shard.run(
            "load", {"kind": "case", "name": case_id, "op": op}, tuple[int, bytes | None, bytes | None]
        )
        if stored is None:
            return Found(now=Instant(now), done=False)
        try:
            stamp, document = split(stored)
            case = self.commits.codec.decode(document)
        except Broken as error:
            with contextlib.suppress(Unavailable, Broken):
                await self._journal.unreadable(case_id, str(error))
            raise Broken(f"Case {case_id} cannot be read. {error} Nothing was changed.") from None
        return Found(now=Instant(now), done=done is not None, case=case, stamp=stamp)

    async def _commit(self, op: OpId, found: Found, decision: Decision, only: Conditions) -> Case | None:
        """Return the case once it is durable, or None where the world has changed and must be looked at again."""
        request = self.commits.request(op, found, decision, only)
        document = self.commits.codec.encode(decision.case)
        verdict, _, name = await self._shard.text("commit", request, tuple[str, int, str], document)
        if verdict == "ok":
            self._committed()
            return decision.case
        if verdict == "held":
            raise AlreadyHeld(name)
        if verdict == "lost":
            raise LeaseLost("this work is no longer ours")
        if verdict == "moved":
            raise Moved(f"the desk's {name} changed while this was decided")
        if verdict == "broken":
            raise Broken(f"The stored parts around case {name} are damaged. Nothing was changed.")
        return None
