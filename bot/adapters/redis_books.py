"""The stored queue and lists as the auditor reads them: in pages, and without a write."""

from collections.abc import Sequence

from bot.adapters.redis_scripts import Shard
from bot.domain.ids import CaseId, Instant
from bot.domain.running.audit import Lane, Queue

MOST_LANES = 500
"""Lanes that one look reads, those that are due first."""

Row = tuple[str, int, int, int, int]


class RedisBooks:
    """Keeps the port `Books`."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    async def queue(self) -> Queue:
        now, lanes, aside, _ = await self._look(())
        return Queue(now=Instant(now), lanes=tuple(map(_lane, lanes)), aside=aside)

    async def missing(self, keys: Sequence[str]) -> frozenset[str]:
        *_, there = await self._look(keys)
        return frozenset(key for key, is_there in zip(keys, there, strict=True) if not is_there)

    async def open_cases(self, skip: int, limit: int) -> Sequence[CaseId]:
        found = await self._shard.oldest("list", "open", skip, limit)
        return tuple(CaseId(one.decode()) for one in found)

    async def _look(self, keys: Sequence[str]) -> tuple[int, list[Row], int, list[int]]:
        request = {"lanes": 0 if keys else MOST_LANES, "keys": list(keys)}
        return await self._shard.text("audit", request, tuple[int, list[Row], int, list[int]])


def _lane(row: Row) -> Lane:
    name, waiting, due, tries, served = row
    return Lane(name=name, waiting=waiting, due=Instant(due), tries=tries, served=Instant(served))
