"""What posts ask of the store when they come in: all that arrived together with one question, all new cases at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.cases.case import Case
from bot.domain.ids import CaseId, OpId
from bot.ports.store import Begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is asked about a post: names that only one case can hold (`indexes.unique_keys`), and who wrote it."""

    names: tuple[str, ...]
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What the desk knows of a post: for each name the case that holds it, or held it before it was archived.

    `earlier` is how many cases its author has, `closed` names those of the newest ten that are closed, newest first.
    """

    holders: tuple[CaseId | None, ...]
    earlier: int = 0
    closed: tuple[CaseId, ...] = ()


class Arrivals(Protocol):
    """Where posts come in, many with one trip to the store."""

    async def seek(self, sought: Sequence[Sought]) -> Sequence[Traces]:
        """Return what is known of each post, in their order."""
        ...

    async def begin_all(self, begun: Mapping[OpId, Begin]) -> Mapping[OpId, Case]:
        """Store new cases under the next numbers, in their order; durable when the call returns.

        Each is stored whole or not at all. An act that was done before, or whose case needs a name that another holds,
        is not in the answer: let `CaseStore.begin` say what became of it.
        """
        ...
