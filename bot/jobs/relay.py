"""The one that does the work: takes what is due from the outbox, does it, and writes down what came of it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypedDict, Unpack

from bot.domain import drawing
from bot.domain.cases.effects import Job
from bot.domain.errors import Archived, DeskError, LeaseLost, Paced, Unavailable
from bot.domain.ids import SECOND
from bot.domain.running import ops_news
from bot.domain.work import Pace, Taken, Work
from bot.grouped import end_if_cancelled
from bot.logs import Log
from bot.ports import Outbox

LEASE = 40 * SECOND
"""Milliseconds that work is ours: a send may take four calls of up to 8 s before its own call of 10 s."""
AT_ONCE = 32
POLL = 0.25
"""Seconds between looks where nothing wakes us: other processes put work into the same outbox."""
ALIVE = 60.0
"""Seconds without a look at the outbox after which the relay counts as stopped: even a full one ends work in 40."""
TRIES = 3
"""Work that fails for a reason of its own so often is set aside for a person."""
LONGEST_WAIT = 60.0
PACES = {"slack": Pace(every=1_050, burst=3), "urgent": Pace(every=1_050, burst=3), "page": Pace(every=60_000)}
"""Slack takes about one message a second per channel, and a short burst after a rest.

Pages to one person come a minute apart, so that what comes in between is one message.
"""
FINISH_WITHIN = 25.0
"""Seconds that running work has to finish when the process is asked to stop."""

Wake = asyncio.Event
"""Set whenever something was committed in this process."""

Doing = Callable[[Work, float], Awaitable[int | None]]
"""Does one piece of work; `lease_ends` is by the monotonic clock. Returns a wait in milliseconds."""


class How(TypedDict, total=False):
    """How work goes back, as `Outbox.later` takes it."""

    pause_lane: bool
    fault: bool
    away: bool


class Relay:
    """Runs until it is stopped; any number of processes may run one."""

    def __init__(
        self, outbox: Outbox, jobs: Mapping[str, Doing], log: Log, wake: Wake, paces: Mapping[str, Pace] = PACES
    ) -> None:
        """Take the table of what to do for which job; `wake` is set by whoever commits. `paces` may be replaced."""
        self.paces = paces
        self._outbox = outbox
        self._jobs = jobs
        self._log = log
        self._wake = wake
        self._running: set[asyncio.Task[None]] = set()
        self._looked_at = -ALIVE

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then let what runs finish."""
        failures = 0
        while not stop.is_set():
            end_if_cancelled()
            self._wake.clear()
            try:
                wait = await self._round()
                failures = 0
            except DeskError as error:
                failures += 1
                wait = _pause(failures)
                self._log.warning("outbox_unreachable", reason=type(error).__name__, tries=failures)
            await self._rest(wait, stop)
        await self.finish()

    async def finish(self) -> None:
        """Wait for running work; what takes too long is cancelled and its lease runs out."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=FINISH_WITHIN)
            for task in late:
                task.cancel()

    def is_alive(self) -> bool:
        """Say whether the outbox was looked at a short while ago."""
        return time.monotonic() - self._looked_at < ALIVE

    async def once(self) -> int:
        """Do everything that is due now and return how much that was; for tests that own the time."""
        done = 0
        while (taken := await self._take()).work:
            done += len(taken.work)
            await asyncio.gather(*self._running)
        return done

    async def _round(self) -> float:
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return POLL
        taken = await self._take(free)
        if len(taken.work) == free:
            return 0.0
        if taken.next_due is None:
            return POLL
        return min(POLL, max(0.0, (taken.next_due - taken.now) / SECOND))

    async def _take(self, limit: int = AT_ONCE) -> Taken:
        lease_ends = time.monotonic() + LEASE / SECOND
        taken = await self._outbox.take(limit, LEASE, self.paces)
        self._looked_at = time.monotonic()
        for work in taken.work:
            task = asyncio.create_task(self._do(work, lease_ends))
            self._running.add(task)
            task.add_done_callback(self._finished)
        return taken

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()

    async def _rest(self, wait: float, stop: asyncio.Event) -> None:
        if wait <= 0:
            await asyncio.sleep(0)
            return
        waiting = [asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waiting, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _do(self, work: Work, lease_ends: float) -> None:
        try:
            wait = await self._jobs[work.job](work, lease_ends)
            await (self._done(work) if wait is None else self._outbox.later(work, wait, "not yet"))
        except LeaseLost:
            await self._lost(work)
        except Archived:
            # The case left while this waited: nothing is to be done about it any more.
            with suppress(DeskError):
                await self._outbox.done(work)
        except Paced as error:
            await self._back(work, error.retry_after, error, pause_lane=work.lane.startswith("slack:"))
        except Unavailable as error:
            await self._back(work, _pause(work.tries), error, away=work.lane.startswith("slack:"))
        except Exception as error:  # noqa: BLE001 -- one poison item must not end the loop
            await self._poison(work, error)

    async def _done(self, work: Work) -> None:
        if work.doubtful and work.job in drawing.DRAWINGS:
            await self._outbox.add([drawing.once_more(work)])
        await self._outbox.done(work)

    async def _lost(self, work: Work) -> None:
        """Leave it to whoever has it now; only what was drawn so late has to be drawn over."""
        self._log.info("lease_lost", job=work.job, case=work.case_id)
        if work.job in drawing.DRAWINGS:
            with suppress(DeskError):
                await self._outbox.add([drawing.anew(work)])

    async def _back(self, work: Work, seconds: float, error: Exception, **how: Unpack[How]) -> None:
        self._log.info("work_later", job=work.job, case=work.case_id, reason=type(error).__name__, tries=work.tries)
        with suppress(DeskError):
            after, reason = int(seconds * SECOND), type(error).__name__
            await self._outbox.later(work, after, reason, **how)

    async def _poison(self, work: Work, error: Exception) -> None:
        self._log.error("work_failed", job=work.job, case=work.case_id, tries=work.tries, error=type(error).__name__)
        if work.faults + 1 < TRIES:
            await self._back(work, _pause(work.faults + 1), error, fault=True)
            return
        reason = type(error).__name__
        with suppress(DeskError):
            if work.job != Job.TELL_OPS:
                await self._outbox.add([ops_news.set_aside(work, reason)])
            await self._outbox.set_aside(work, reason)


def _pause(tries: int) -> float:
    """Return seconds of back-off with jitter, so that processes do not come back all at once."""
    return min(LONGEST_WAIT, 2.0 ** min(tries, 6)) * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret
