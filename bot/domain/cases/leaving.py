"""A closed case on its way out of the store: everything that the archive keeps of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.cases.case import Case

Line = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A case as it was read, and all lines of its record, oldest first.

    `head` changes with every change and every further line: the store lets the case go only while it is still this.
    """

    case: Case
    lines: tuple[Line, ...] = ()
    head: str = ""
