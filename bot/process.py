"""One process of the desk: listens, works and looks for posts until it is asked to stop."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from enum import Flag, auto

from bot.domain.errors import DeskError
from bot.jobs.calendar import Calendar, Tick
from bot.jobs.ingest import Ingest
from bot.wiring import Desk

CHECK_OPEN_EVERY = 600.0
"""Seconds; edits and deletions of posts with open cases are to be noticed within 15 minutes."""
RECONNECT_AFTER = 5.0
CLOSE_WITHIN = 5.0


class Role(Flag):
    """What a process does; any number of processes of each kind may run."""

    LISTEN = auto()
    WORK = auto()
    INGEST = auto()

    BOT = LISTEN | WORK
    WORKER = WORK | INGEST
    ALL = LISTEN | WORK | INGEST


async def run(desk: Desk, stop: asyncio.Event, role: Role = Role.ALL) -> None:
    """Run until `stop` is set; what has begun is finished."""
    calendar = Calendar(_ticks(desk) if Role.INGEST in role else (), desk.outside.log)
    async with asyncio.TaskGroup() as group:
        if Role.WORK in role:
            group.create_task(desk.relay.run(stop))
        if Role.INGEST in role:
            for ingest in desk.ingests:
                group.create_task(ingest.run(stop))
            calendar.start()
        if Role.LISTEN in role:
            group.create_task(_listen(desk, stop))
        desk.outside.log.info("started", mode=str(role.name))
        await stop.wait()
        calendar.stop()
    desk.outside.log.info("stopped", mode=str(role.name))


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` on SIGTERM and on Ctrl-C."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


async def _listen(desk: Desk, stop: asyncio.Event) -> None:
    """Keep the connection to Slack open until `stop` is set."""
    try:
        while not stop.is_set():
            await _connected(desk, stop)
    finally:
        # Also when cancelled: the connection's own tasks do not end by themselves.
        with suppress(TimeoutError):
            await asyncio.wait_for(desk.listener.close_async(), CLOSE_WITHIN)  # type: ignore[no-untyped-call]  # Bolt says no types


async def _connected(desk: Desk, stop: asyncio.Event) -> None:
    try:
        await desk.listener.connect_async()  # type: ignore[no-untyped-call]  # Bolt says no types
        await stop.wait()
    except (DeskError, OSError, TimeoutError) as error:
        desk.outside.log.warning("slack_unreachable", reason=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RECONNECT_AFTER)


def _ticks(desk: Desk) -> tuple[Tick, ...]:
    every = float(desk.outside.settings.poll_seconds)
    return tuple(tick for ingest in desk.ingests for tick in _ticks_of(ingest, every))


def _ticks_of(ingest: Ingest, every: float) -> Sequence[Tick]:
    name = ingest.cursor_name
    return (
        Tick(name=f"sweep:{name}", every=every, do=ingest.sweep_once),
        Tick(name=f"open_cases:{name}", every=CHECK_OPEN_EVERY, do=ingest.check_open_cases),
    )
