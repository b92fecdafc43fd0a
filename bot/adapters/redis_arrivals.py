"""Posts that come in together, in Redis: one trip for all their names, one for their numbers, one for their cases."""

from collections.abc import Mapping, Sequence

from bot.adapters.redis_commits import Commits, Conditions
from bot.adapters.redis_scripts import Shard
from bot.adapters.redis_store import FIRST_NUMBER
from bot.adapters.redis_versions import in_time
from bot.domain.cases import indexes
from bot.domain.cases.case import Case
from bot.domain.ids import CaseId, Instant, OpId
from bot.ports import Begin, Notify
from bot.ports.arrivals import Sought, Traces

EARLIER_SEEN = 10
"""Newest cases of an author among which the closed ones are named."""

Seen = tuple[list[tuple[int, str]], int, list[str]]


class RedisArrivals:
    """The `Arrivals` on Redis."""

    def __init__(self, shard: Shard, commits: Commits, committed: Notify) -> None:
        """`commits` is the store's own; `committed` hears once for all cases that were stored together."""
        self._shard = shard
        self._commits = commits
        self._committed = committed

    async def seek(self, sought: Sequence[Sought]) -> Sequence[Traces]:
        request = {
            "posts": [{"names": one.names, "list": indexes.author_list(one.author)} for one in sought],
            "newest": EARLIER_SEEN,
            "closed": indexes.CLOSED_LIST,
        }
        found = await self._shard.text("seek", request, list[Seen])
        return tuple(_traces(one, seen) for one, seen in zip(sought, found, strict=True))

    async def begin_all(self, begun: Mapping[OpId, Begin]) -> Mapping[OpId, Case]:
        async with in_time():
            cases, requests, documents = await self._decided(begun)
            if not requests:
                return {}
            answers = await self._shard.text("commits", {"all": requests}, list[tuple[str, int, str]], *documents)
        given = zip(cases.items(), answers, strict=True)
        stored = {op: case for (op, case), answer in given if _is_ours(case, *answer)}
        if stored:
            self._committed()
        return stored

    async def _decided(
        self, begun: Mapping[OpId, Begin]
    ) -> tuple[dict[OpId, Case], list[dict[str, object]], list[bytes]]:
        """Number what has not been done before, let it be decided, and write it down for the script."""
        now, given = await self._shard.text(
            "allocate", {"ops": list(begun), "first": FIRST_NUMBER}, tuple[Instant, list[tuple[str, str]]]
        )
        cases: dict[OpId, Case] = {}
        requests, documents = [], []
        for (op, begin), (verdict, name) in zip(begun.items(), given, strict=True):
            if verdict == "number":
                decision = begin(CaseId(name), now)
                cases[op] = decision.case
                requests.append(self._commits.request(op, None, decision, Conditions()))
                documents.append(self._commits.codec.encode(decision.case))
        return cases, requests, documents


def _is_ours(case: Case, verdict: str, _now: int, name: str) -> bool:
    """Say whether the case is stored: now, or by a try of ours whose answer was lost, as nobody else had its number."""
    return verdict == "ok" or (verdict == "again" and name == case.id)


def _traces(sought: Sought, seen: Seen) -> Traces:
    held, earlier, closed = seen
    holders: list[CaseId | None] = [None] * len(sought.names)
    for place, holder in held:
        holders[place] = CaseId(holder)
    return Traces(holders=tuple(holders), earlier=earlier, closed=tuple(map(CaseId, closed)))
