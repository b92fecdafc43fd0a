"""The promises around the archive: how closed cases leave the store, and where they are kept then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.cases.case import Case
from bot.domain.cases.leaving import Leaving
from bot.domain.ids import CaseId, Instant
from bot.ports import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Cases that have been closed for long enough, the longest first, and the store's time."""

    now: Instant
    cases: tuple[CaseId, ...]


class Archive(Protocol):
    """Where cases are kept that have left the store. It belongs to one machine; others cannot look into it.

    Raises `Unavailable` where it does not answer or cannot be written, `Broken` for what cannot be read.
    """

    @property
    def place(self) -> str:
        """Return the name of the machine that has it, or "" where no archive is kept."""
        ...

    async def put(self, leaving: Sequence[Leaving]) -> None:
        """Keep them; on the disk when the call returns. The same case again replaces what is there."""
        ...

    async def get(self, case_id: CaseId) -> Case | None:
        """Return a case, the newest where a number was given twice."""
        ...

    async def lines(self, case_id: CaseId) -> Sequence[Json]:
        """Return the lines of its record, oldest first."""
        ...

    async def by_author(self, handle: str, limit: int) -> Sequence[CaseId]:
        """Return one customer's cases, the newest first."""
        ...


class Departures(Protocol):
    """How cases leave the store."""

    async def due(self, keep: int, limit: int, skip: int) -> Due:
        """Return cases that were closed at least `keep` milliseconds ago, without the first `skip` of them."""
        ...

    async def read(self, case_id: CaseId) -> Leaving | None:
        """Return a case with all its lines. Raises `Broken`."""
        ...

    async def remove(self, leaving: Leaving, place: str) -> bool:
        """Let a case go, unless it has changed or its card is still to be drawn; return whether it is gone.

        Its posts and conversations go on to lead to its number, and its number to `place`. To be repeated safely.
        """
        ...

    async def where(self, case_id: CaseId) -> str | None:
        """Return the place that a case has left for, if it has."""
        ...

    async def trim(self, keep: int) -> int:
        """Drop lines of the record that belong to no case and are older than this; return how many."""
        ...
