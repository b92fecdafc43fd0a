"""A shared document as it was read a moment ago, for what is asked before every message."""

import math
from collections.abc import Callable
from typing import Generic, TypeVar

from bot.domain.document import Change
from bot.domain.ids import SECOND, Instant, OpId
from bot.ports import Document, Stored

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps the port `Document`, and beside it what was read last; a change made here counts here at once.

    Another process hears of it within `keep` milliseconds. `monotonic` gives seconds.
    """

    def __init__(self, document: Document[T], keep: int, monotonic: Callable[[], float]) -> None:
        """Nothing is read yet."""
        self._document = document
        self._keep = keep / SECOND
        self._monotonic = monotonic
        self._asked = 0
        self._kept: tuple[int, T | None, float] = (0, None, -math.inf)

    @property
    def name(self) -> str:
        return self._document.name

    async def read(self) -> Stored[T]:
        asked, at = self._ask(), self._monotonic()
        stored = await self._document.read()
        self._take_in(asked, stored.value, at)
        return stored

    async def change(self, op: OpId, decide: Callable[[T, Instant], Change[T]]) -> T:
        known: T | None = None
        try:
            known = changed = await self._document.change(op, decide)
        finally:
            # Without an answer it may have been changed all the same: then nothing that was read before counts.
            self._take_in(self._ask(), known, self._monotonic())
        return changed

    async def lately(self) -> T:
        """Return the document as it was within the last `keep` milliseconds, without a look where it is known."""
        _, known, at = self._kept
        if known is not None and self._monotonic() - at < self._keep:
            return known
        stored = await self.read()
        _, newest, _ = self._kept
        return stored.value if newest is None else newest

    def _ask(self) -> int:
        self._asked += 1
        return self._asked

    def _take_in(self, asked: int, value: T | None, at: float) -> None:
        """Keep the newest answer: one that was asked for before a change may show what was before it."""
        if asked > self._kept[0]:
            self._kept = (asked, value, at)
