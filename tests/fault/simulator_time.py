"""Virtual time and simulated processes: one loop that steps real coroutines by hand, in an order that a seed decides.

A coroutine gives the loop the milliseconds it wants to wait (`rest`). At each such point its process may be killed (the
coroutine simply never goes on), stopped for a while (the world goes on without it), or the coroutine cancelled.
"""

import heapq
import types
from asyncio import CancelledError
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.domain.work import Work

Steps = Coroutine[Any, Any, Any]


@types.coroutine
def rest(milliseconds: int) -> Generator[int, None, None]:
    """Wait in virtual time."""
    yield milliseconds


@dataclass(eq=False)
class Process:
    """One simulated process of the desk; `monotonic` is its own clock, in seconds."""

    name: str
    clock: Callable[[], int]
    dead: bool = False
    stopped_until: int = 0
    slept: int = 0
    mortal: bool = True

    def monotonic(self) -> float:
        return (self.clock() - self.slept) / 1000 + 5_000.0


@dataclass(eq=False)
class Strand:
    """One coroutine of a process, with the work it does, if any, and how far that has got."""

    process: Process
    steps: Steps
    work: Work | None = None
    reached: str = ""
    cancelled: bool = False


@dataclass(eq=False)
class Loop:
    """Does what is due, one thing at a time; `strike` is asked at every await whether something happens to it."""

    luck: Random
    now: int = 0
    strike: Callable[[Strand], None] = lambda _strand: None
    trace: list[tuple[object, ...]] = field(default_factory=list)
    current: Strand | None = None
    _due: list[tuple[int, float, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0
    _lost: list[Steps] = field(default_factory=list)

    def clock(self) -> int:
        return self.now

    def at(self, when: int, do: Callable[[], None]) -> None:
        """Do it then; things of the same moment come in an order of chance."""
        self._count += 1
        heapq.heappush(self._due, (max(when, self.now), self.luck.random(), self._count, do))

    def after(self, milliseconds: int, do: Callable[[], None]) -> None:
        self.at(self.now + milliseconds, do)

    def spawn(self, process: Process, steps: Steps, *, work: Work | None = None, after: int = 0) -> None:
        strand = Strand(process, steps, work)
        self.after(after, lambda: self._step(strand))

    def say(self, *words: object) -> None:
        """Write a line of the trace."""
        who = self.current.process.name if self.current else "world"
        self.trace.append((self.now, who, *words))

    def run(self, until: int, over: Callable[[], bool]) -> None:
        """Go on until that time, or until nothing is left to do, or until it is `over`."""
        while self._due and self._due[0][0] <= until and not over():
            self.now, _, _, do = heapq.heappop(self._due)
            do()

    def close(self) -> None:
        """Let go of what never went on."""
        for steps in self._lost:
            steps.close()
        for *_, do in self._due:
            for cell in getattr(do, "__closure__", None) or ():
                if isinstance(cell.cell_contents, Strand):
                    cell.cell_contents.steps.close()

    def _step(self, strand: Strand) -> None:
        process = strand.process
        if process.dead:
            self._lost.append(strand.steps)
            return
        if process.stopped_until > self.now:
            self.at(process.stopped_until, lambda: self._step(strand))
            return
        self.current = strand
        try:
            wait = strand.steps.throw(CancelledError()) if strand.cancelled else strand.steps.send(None)
        except (StopIteration, CancelledError):
            return
        else:
            strand.cancelled = False
            self.strike(strand)
            self.after(wait, lambda: self._step(strand))
        finally:
            self.current = None
