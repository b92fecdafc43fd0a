"""The promises of the ways past Slack: paging a person, and telling a watch elsewhere that the desk is well."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.ids import CaseId, UserId
from bot.domain.running.audit import Queue


class Urgency(StrEnum):
    """How loud an alarm is where the other side can tell levels apart."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Stage(StrEnum):
    """What became of an alarm that is out."""

    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One page past Slack. `key` is unique to it: who gets it twice under one key has it once.

    `subject` is one line; `body` holds what else may be told outside Slack.
    """

    to: UserId
    key: str
    subject: str
    body: str
    urgency: Urgency = Urgency.CRITICAL


class Pager(Protocol):
    """A way to reach a person that does not lead through Slack."""

    @property
    def name(self) -> str:
        """Return what the way is called in a sentence, as “e-mail”."""
        ...

    async def page(self, alarm: Alarm) -> bool:
        """Hand an alarm over; return whether this way knows the person.

        Raises `Unavailable` where trying again may help, `Broken` where it will not.
        """
        ...

    async def settle(self, key: str, stage: Stage) -> None:
        """Say what became of an alarm, where this way has somebody to tell. Raises like `page`."""
        ...


class Heart(Protocol):
    """A watch elsewhere that raises the alarm when it hears nothing."""

    async def beat(self) -> None:
        """Say that all is well. Raises `Unavailable` or `Broken`."""
        ...


class Books(Protocol):
    """What is stored, as the auditor reads it: a page at a time, changing nothing."""

    async def queue(self) -> Queue:
        """Return the lanes that are due first, and how much was set aside."""
        ...

    async def missing(self, keys: Sequence[str]) -> frozenset[str]:
        """Return those of these pieces of work that neither wait nor were set aside."""
        ...

    async def open_cases(self, skip: int, limit: int) -> Sequence[CaseId]:
        """Return open cases, oldest first."""
        ...
