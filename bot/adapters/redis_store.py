"""Cases in Redis: load, let the domain decide, and commit case, facts and work in one script."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.adapters.redis_codec import Codec
from bot.adapters.redis_journal import RedisJournal
from bot.adapters.redis_outbox import pieces
from bot.adapters.redis_scripts import Shard
from bot.adapters.redis_versions import CROWDED, KEEP_OPS, TRIES, in_time, next_version, split, step_aside
from bot.domain.cases import indexes
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Effect
from bot.domain.cases.events import Event
from bot.domain.document import Standing
from bot.domain.errors import AlreadyHeld, Broken, LeaseLost, Moved, NoSuchCase, Unavailable
from bot.domain.ids import DAY, CaseId, Instant, OpId
from bot.domain.work import Work
from bot.ports import Begin, Decide, Notify

Follow = Callable[[Case | None, Case, Sequence[Event]], Sequence[Effect]]

FIRST_NUMBER = 1001
KEEP_NAMES = 400 * DAY
"""How long a post is known again that its case no longer holds: platforms show old posts for a year and more."""


def _nobody() -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    now: Instant
    done: bool
    case: Case | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class _Conditions:
    """What must still be so when the decision is written: our lease, and the documents that were looked at."""

    under: Work | None = None
    standing: Standing | None = None


class RedisCaseStore:
    """The `CaseStore` on Redis; `follow` says which work a decision causes."""

    def __init__(
        self,
        shard: Shard,
        journal: RedisJournal,
        *,
        follow: Follow,
        keep_ops: int = KEEP_OPS,
        committed: Notify = _nobody,
    ) -> None:
        """`keep_ops` is how long, in milliseconds, the same act is known again; `committed` hears of each commit."""
        self._shard = shard
        self._journal = journal
        self._follow = follow
        self._keep_ops = keep_ops
        self._committed = committed
        self._codec = Codec(Case)

    async def begin(self, op: OpId, begin: Begin) -> Case:
        async with in_time():
            for _ in range(TRIES):
                verdict, now, name = await self._shard.text(
                    "allocate", {"op": op, "first": FIRST_NUMBER}, tuple[str, int, str]
                )
                if verdict == "again":
                    return await self._known(CaseId(name))
                decision = begin(CaseId(name), Instant(now))
                case = await self._commit(op, _Found(now=Instant(now), done=False), decision, _Conditions())
                if case is not None:
                    return case
        raise Unavailable(CROWDED)

    async def load(self, case_id: CaseId) -> Case | None:
        return (await self._look(case_id, OpId("-"))).case

    async def change(
        self,
        case_id: CaseId,
        op: OpId,
        decide: Decide,
        *,
        under: Work | None = None,
        standing: Standing | None = None,
    ) -> Case:
        async with in_time():
            for attempt in range(TRIES):
                found = await self._look(case_id, op)
                if found.case is None:
                    raise NoSuchCase(f"There is no case {case_id}.")
                if found.done:
                    return found.case
                decision = decide(found.case, found.now)
                if decision.case == found.case and not decision.events:
                    return found.case
                case = await self._commit(op, found, decision, _Conditions(under, standing))
                if case is not None:
                    return case
                await step_aside(attempt)
        raise Unavailable(CROWDED)

    async def holder(self, *unique_keys: str) -> CaseId | None:
        return next((holder for holder in await self.holders(*unique_keys) if holder), None)

    async def holders(self, *unique_keys: str) -> Sequence[CaseId | None]:
        found = await self._shard.values("unique", unique_keys)
        return tuple(CaseId(name.decode()) if name else None for name in found)

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

    async def _look(self, case_id: CaseId, op: OpId) -> _Found:
        now, stored, done = await self._shard.run(
            "load", {"kind": "case", "name": case_id, "op": op}, tuple[int, bytes | None, bytes | None]
        )
        if stored is None:
            return _Found(now=Instant(now), done=False)
        try:
            stamp, document = split(stored)
            case = self._codec.decode(document)
        except Broken as error:
            with contextlib.suppress(Unavailable, Broken):
                await self._journal.unreadable(case_id, str(error))
            raise Broken(f"Case {case_id} cannot be read. {error} Nothing was changed.") from None
        return _Found(now=Instant(now), done=done is not None, case=case, stamp=stamp)

    async def _commit(self, op: OpId, found: _Found, decision: Decision, only: _Conditions) -> Case | None:
        """Return the case once it is durable, or None where the world has changed and must be looked at again."""
        request = self._request(op, found, decision, only)
        document = self._codec.encode(decision.case)
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

    def _request(self, op: OpId, found: _Found, decision: Decision, only: _Conditions) -> dict[str, object]:
        before, after = found.case, decision.case
        held, holds = _names(before, indexes.unique_keys), indexes.unique_keys(after)
        left, stands = _names(before, indexes.lists), indexes.lists(after)
        return {
            "op": op,
            "keep": self._keep_ops,
            "case": after.id,
            "old": found.stamp,
            "new": next_version(found.stamp),
            "under": [only.under.key, only.under.nonce] if only.under else [],
            "standing": dict(only.standing or {}),
            "take": sorted(holds - held),
            "give": sorted(name for name in held - holds if not indexes.outlasts(name)),
            "outlast": sorted(name for name in held - holds if indexes.outlasts(name)),
            "keep_names": KEEP_NAMES,
            "enter": [[name, indexes.place(after, name)] for name in sorted(stands)],
            "leave": sorted(left - stands),
            "lines": [event.as_line() for event in decision.events],
            "work": pieces(self._follow(before, after, decision.events)),
        }


def _names(case: Case | None, of: Callable[[Case], frozenset[str]]) -> frozenset[str]:
    return of(case) if case else frozenset()
