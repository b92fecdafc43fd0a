"""One document that the whole desk shares, in Redis: read with its version, changed with its facts and work."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.adapters.redis_codec import Codec
from bot.adapters.redis_journal import RedisJournal
from bot.adapters.redis_outbox import pieces
from bot.adapters.redis_scripts import Shard
from bot.adapters.redis_versions import CROWDED, KEEP_OPS, TRIES, in_time, next_version, split, step_aside
from bot.adapters.together import Together
from bot.domain.document import Change
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import Instant, OpId
from bot.ports import Notify, Stored

T = TypeVar("T")
KIND = "document"
READ_AT_ONCE = 1_000
"""Readers of one trip: they cost nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[T]):
    """Which document: its name in the store, its type (a frozen dataclass), and what it is before its first change."""

    name: str
    kind: type[T]
    empty: T


class RedisDocument(Generic[T]):
    """The `Document` on Redis. It must stay small: it is read and written as a whole."""

    def __init__(self, shard: Shard, journal: RedisJournal, kept: Kept[T], committed: Notify) -> None:
        """`committed` hears of each change, so that its work need not wait."""
        self._shard = shard
        self._journal = journal
        self._kept = kept
        self._committed = committed
        self._codec = Codec(kept.kind)
        self._reading = Together(self._read_for_all, READ_AT_ONCE)

    @property
    def name(self) -> str:
        return self._kept.name

    async def read(self) -> Stored[T]:
        return await self._reading.ask(None)

    async def _read_for_all(self, askers: Sequence[None]) -> Sequence[Stored[T]]:
        """Read it once for all who ask in the same moment: it is read after each of them asked."""
        return [(await self._look(OpId("-")))[0]] * len(askers)

    async def change(self, op: OpId, decide: Callable[[T, Instant], Change[T]]) -> T:
        async with in_time():
            for attempt in range(TRIES):
                found, done = await self._look(op)
                if done:
                    return found.value
                change = decide(found.value, found.now)
                if change == Change(value=found.value):
                    return found.value
                if await self._commit(op, found.version, change):
                    return change.value
                await step_aside(attempt)
        raise Unavailable(CROWDED)

    async def _look(self, op: OpId) -> tuple[Stored[T], bool]:
        """Return the document as it is, and whether this act was done before."""
        request = {"kind": KIND, "name": self.name, "op": op}
        now, stored, done = await self._shard.run("load", request, tuple[int, bytes | None, bytes | None])
        version, value = await self._read(stored) if stored is not None else ("", self._kept.empty)
        return Stored(value=value, version=version, now=Instant(now)), done is not None

    async def _read(self, stored: bytes) -> tuple[str, T]:
        try:
            version, document = split(stored)
            return version, self._codec.decode(document)
        except Broken as error:
            with contextlib.suppress(Unavailable, Broken):
                await self._journal.unreadable(self.name, str(error))
            raise Broken(f"The desk's {self.name} cannot be read. {error} Nothing was changed.") from None

    async def _commit(self, op: OpId, version: str, change: Change[T]) -> bool:
        """Return whether it is durable; not where somebody was quicker, or this very act has been done."""
        request = {
            "op": op,
            "keep": KEEP_OPS,
            "name": self.name,
            "old": version,
            "new": next_version(version),
            "lines": [event.as_line() for event in change.events],
            "work": pieces(change.effects),
        }
        verdict, _ = await self._shard.text("document", request, tuple[str, int], self._codec.encode(change.value))
        if verdict == "broken":
            raise Broken(f"The stored parts around the desk's {self.name} are damaged. Nothing was changed.")
        if verdict == "ok":
            self._committed()
        return verdict == "ok"
