"""Room for people: the desk stops reading posts before the store is full, so that clicks are still recorded."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.errors import Full
from bot.domain.ids import HOUR
from bot.domain.running.room import store_full
from bot.ports import Memory, Outbox

MARK = 0.85
"""Share of the store's memory up to which posts are taken in. The rest is for drafts, approvals and the record: of
64 MB these are 9.6 MB, and a case that goes from claim to answer grows by about 3 kB."""


class Gauge(Protocol):
    """How full the store is."""

    async def fullness(self) -> float:
        """Return the share of its memory that is used, 0 where it has no limit."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """Says whether there is room for more posts, and has those who run the desk told where there is none."""

    gauge: Gauge
    memory: Memory
    outbox: Outbox

    async def check(self) -> None:
        """Raise `Full` where posts have to wait at the platform."""
        if await self.gauge.fullness() < MARK:
            return
        if await self.memory.first_time("told:full", HOUR):
            await self.outbox.add([store_full(await self.memory.now())])
        raise Full("the store has no room for more posts")
