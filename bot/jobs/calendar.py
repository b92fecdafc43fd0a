"""The ticker: starts what is due by the clock. Nothing is stored here, and every tick may come twice or late."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import DeskError
from bot.logs import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One row of the calendar: what to do, and every how many seconds; `at_once` the first time at the start."""

    name: str
    every: float
    do: Callable[[], Awaitable[object]]
    at_once: bool = False


class Calendar:
    """Runs its rows while it is open, in memory only."""

    def __init__(self, ticks: tuple[Tick, ...], log: Log) -> None:
        """Take the rows; nothing runs yet."""
        self._log = log
        self._running: set[asyncio.Future[None]] = set()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for tick in ticks:
            self._scheduler.add_job(
                self._guarded,
                "interval",
                seconds=tick.every,
                args=[tick],
                id=tick.name,
                # A second late is still due (the default would skip it), and a backlog is one run.
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
                **({"next_run_time": datetime.now(UTC)} if tick.at_once else {}),
            )

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """Start nothing more, interrupt what runs (every tick may come again) and wait until it has let go."""
        running = tuple(self._running)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for doing in running:
            doing.cancel()
        if running:
            await asyncio.wait(running)

    async def _guarded(self, tick: Tick) -> None:
        """Do one row; the next tick comes whatever happens in this one."""
        doing = asyncio.ensure_future(self._do(tick))
        self._running.add(doing)
        doing.add_done_callback(self._running.discard)
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError:
            # The scheduler lets go of it at the end, and would call that an error in the log.
            doing.cancel()

    async def _do(self, tick: Tick) -> None:
        try:
            await tick.do()
        except DeskError as error:
            self._log.warning("tick_failed", part=tick.name, reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 -- one bad row must not end the calendar
            self._log.error("tick_broken", part=tick.name, error=type(error).__name__)
