"""What was decided about a document that the whole desk shares, beside its cases: holds, duties, limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.cases.effects import Effect
from bot.domain.cases.events import Event

T = TypeVar("T")

Standing = Mapping[str, str]
"""Names of shared documents, each with the version that a decision was made on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Generic[T]):
    """The document as it is now, the facts that made it so, and the work that they cause: committed together."""

    value: T
    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()
