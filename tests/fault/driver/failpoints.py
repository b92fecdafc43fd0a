"""The places where a worker is stopped, and what happens to it there, by the plan that it was started with."""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bot.services.delivery import Step
from tests.fault.driver.board import Board

LEASE = 4.0
"""Seconds that a worker's lease lasts in a round; the real one is 40."""
PAUSE = 1.3 * LEASE


class Place(StrEnum):
    """Places beside the `Step`s of a reply."""

    POSTING = "posting"
    POSTED = "posted"
    COMMITTED = "committed"
    SETTLING = "settling"


class Deed(StrEnum):
    """What happens there."""

    KILL = "kill"
    RAISE = "raise"
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """At the `nth` time at this place, do this."""

    place: str
    deed: Deed
    nth: int = 1

    @property
    def name(self) -> str:
        return f"{self.place}:{self.deed}"


EVERY = tuple(
    [Plan(place=step, deed=deed) for step in Step for deed in Deed]
    + [Plan(place=place, deed=deed) for place in Place for deed in (Deed.KILL, Deed.PAUSE, Deed.CANCEL)]
)
"""Each place with each deed. A lie about an error of their own where there is none is told on the way of a reply only."""


class Planned(Exception):  # noqa: N818 -- it is no error of the desk's
    """The error of a plan."""


@dataclass
class Failpoints:
    """Carries out one worker's plan; what was done is on file before it is done, for a killed worker tells nothing."""

    plan: tuple[Plan, ...]
    board: Board
    hits: Path
    _seen: dict[str, int] = field(default_factory=dict)

    async def reached(self, place: str) -> None:
        self._seen[place] = seen = self._seen.get(place, 0) + 1
        due = next((p for p in self.plan if (p.place, p.nth) == (place, seen)), None)
        if due is None or self.board.calm:
            return
        self._note(due.name)
        await DEEDS[due.deed]()
        self._note(f"{due.name}:over")

    def _note(self, what: str) -> None:
        with self.hits.open("a", encoding="ascii") as file:
            file.write(what + "\n")


async def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _raise() -> None:
    raise Planned("as planned")


async def _pause() -> None:
    await asyncio.sleep(PAUSE)


async def _cancel() -> None:
    task = asyncio.current_task()
    assert task
    task.cancel()
    await asyncio.sleep(0)


DEEDS = {Deed.KILL: _kill, Deed.RAISE: _raise, Deed.PAUSE: _pause, Deed.CANCEL: _cancel}
