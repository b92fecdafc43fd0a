"""Cases in Redis: load, let the domain decide, and commit case, facts and work in one script."""

import contextlib
from collections.abc import Sequence

from bot.adapters.redis_commits import Commits, Conditions
from bot.adapters.redis_journal import RedisJournal
from bot.adapters.redis_scripts import Shard
from bot.adapters.redis_versions import CROWDED, TRIES, in_time, split, step_aside
from bot.domain.cases.case import Case, Decision
from bot.domain.document import Standing
from bot.domain.errors import AlreadyHeld, Broken, LeaseLost, Moved, NoSuchCase, Refused, Unavailable
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
                case = await self._commit(op, None, decision, Conditions())
                if case is not None:
                    return case
        raise Unavailable(CROWDED)

    async def load(self, case_id: CaseId) -> Case | None:
        found = await self.see(case_id, OpId("-"))
        return found.case if found else None

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
        only = Conditions(under, standing)
        async with in_time():
            case = await self._at_once(op, seen, decide, only) if seen and not seen.done else None
            if case is not None:
                return case
            for attempt in range(TRIES):
                found = await self.see(case_id, op)
                if found is None:
                    raise NoSuchCase(f"There is no case {case_id}.")
                if found.done:
                    return found.case
                decision = decide(found.case, found.now)
                if _is_nothing(decision, found):
                    return found.case
                case = await self._commit(op, found, decision, only)
                if case is not None:
                    return case
                await step_aside(attempt)
        raise Unavailable(CROWDED)

    async def _at_once(self, op: OpId, seen: Seen, decide: Decide, only: Conditions) -> Case | None:
        """Decide on the case as it was looked at a moment ago; None where it must be looked at again.

        The commit tells whether it is still so. A no commits nothing, so it must be said of the case as it is now.
        """
        try:
            decision = decide(seen.case, seen.now)
        except Refused:
            return None
        return None if _is_nothing(decision, seen) else await self._commit(op, seen, decision, only)

    async def holder(self, *unique_keys: str) -> CaseId | None:
        found = await self._shard.values("unique", unique_keys)
        return next((CaseId(name.decode()) for name in found if name), None)

    async def listed(self, name: str, limit: int = 50) -> Sequence[CaseId]:
        found = await self._shard.newest("list", name, limit) if limit > 0 else []
        return tuple(CaseId(one.decode()) for one in found)

    async def count(self, name: str) -> int:
        return await self._shard.size("list", name)

    async def _known(self, case_id: CaseId) -> Case:
        case = await self.load(case_id)
        if case is None:
            raise NoSuchCase(f"There is no case {case_id}.")
        return case

    async def see(self, case_id: CaseId, op: OpId) -> Seen | None:
        now, stored, done = await self._shard.run(
            "load", {"kind": "case", "name": case_id, "op": op}, tuple[int, bytes | None, bytes | None]
        )
        if stored is None:
            return None
        try:
            version, document = split(stored)
            case = self.commits.codec.decode(document)
        except Broken as error:
            with contextlib.suppress(Unavailable, Broken):
                await self._journal.unreadable(case_id, str(error))
            raise Broken(f"Case {case_id} cannot be read. {error} Nothing was changed.") from None
        return Seen(case=case, now=Instant(now), version=version, done=done is not None)

    async def _commit(self, op: OpId, found: Seen | None, decision: Decision, only: Conditions) -> Case | None:
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


def _is_nothing(decision: Decision, found: Seen) -> bool:
    return decision.case == found.case and not decision.events
