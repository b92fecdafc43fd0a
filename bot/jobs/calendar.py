"""The ticker: starts what is due by the clock. Nothing is stored here, and every tick may come twice or late."""

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

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _guarded(self, tick: Tick) -> None:
        """Do one row; the next tick comes whatever happens in this one."""
        try:
            await tick.do()
        except DeskError as error:
            self._log.warning("tick_failed", part=tick.name, reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 -- one bad row must not end the calendar
            self._log.error("tick_broken", part=tick.name, error=type(error).__name__)
