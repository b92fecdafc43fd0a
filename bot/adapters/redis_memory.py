"""Cursors, and which deliveries the desk has had, in Redis."""

import secrets

from bot.adapters.redis_scripts import Shard
from bot.domain.ids import Instant


class RedisMemory:
    """The `Memory` on Redis; its time is the server's."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    async def now(self) -> Instant:
        return Instant((await self._shard.text("memory", {"verb": "now"}, tuple[str, int]))[1])

    async def fullness(self) -> float:
        used, most = (await self._shard.text("memory", {"verb": "room"}, tuple[str, int, str, str]))[2:]
        return int(used) / int(most) if int(most) else 0.0

    async def recall(self, name: str) -> str | None:
        request = {"verb": "recall", "name": name}
        return (await self._shard.text("memory", request, tuple[str, int, str | None]))[2]

    async def remember(self, name: str, value: str) -> None:
        request = {"verb": "remember", "name": name, "value": value}
        await self._shard.text("memory", request, tuple[str, int])

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        request = {"verb": "swap", "name": name, "old": old if old is not None else "", "new": new}
        return (await self._shard.text("memory", request, tuple[str, int]))[0] == "ok"

    async def first_time(self, name: str, keep: int) -> bool:
        request = {"verb": "first_time", "name": name, "keep": keep, "token": secrets.token_hex(8)}
        return (await self._shard.text("memory", request, tuple[str, int]))[0] == "first"
