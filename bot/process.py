"""One process of the desk: listens, works and looks for posts until it is asked to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from enum import Flag, auto

from bot.domain.ids import SECOND
from bot.grouped import ungrouped
from bot.jobs.calendar import Calendar, Tick
from bot.wiring import Desk

CHECK_OPEN_EVERY = 600.0
"""Seconds; edits and deletions of posts with open cases are to be noticed within 15 minutes."""
LIMITS_EVERY = 900.0
"""Seconds; the news of a day comes once, soon after the day (UTC) is over."""

ARCHIVE_EVERY = 600.0
"""Seconds; a case has been closed for weeks when it leaves for the archive, so nobody waits for this."""
CHECK_SHIFTS_EVERY = 60.0
"""Seconds; whose duty begins is told within about a minute."""
CHECK_DAY_EVERY = 600.0
"""Seconds between looks whether a new day has begun."""


AUDIT_EVERY = 60.0
BEAT_EVERY = 60.0
"""Seconds; a watch elsewhere should wait for three beats before it raises the alarm."""
LOOK_AT_CHANNELS_EVERY = 3_600.0
"""Seconds; Slack also says at once that a channel was shared, but an event can be lost."""
LOOK_AT_STORE_EVERY = 15.0
"""Seconds; what a store forgot is known by this to be newer than the last look that it remembers."""


class Role(Flag):
    """What a process does; any number of processes of each kind may run."""

    LISTEN = auto()
    WORK = auto()
    INGEST = auto()

    BOT = LISTEN | WORK
    WORKER = WORK | INGEST
    ALL = LISTEN | WORK | INGEST


async def run(desk: Desk, stop: asyncio.Event, role: Role = Role.ALL, *, look_at_once: bool = False) -> None:
    """Run until `stop` is set; what has begun is finished. Raises `Broken` where going on makes no sense.

    With `look_at_once`, the first sweep does not wait for its turn: nobody looked while the desk was away.
    """
    ticks = _ticks(desk, look_at_once=look_at_once) if Role.INGEST in role else ()
    if Role.WORK in role:
        ticks = (*ticks, Tick(name="epoch", every=LOOK_AT_STORE_EVERY, do=desk.changeover.look, at_once=True))
        ticks = (*ticks, Tick(name="channels", every=LOOK_AT_CHANNELS_EVERY, do=desk.shared.ask, at_once=True))
        ticks = (*ticks, Tick(name="audit", every=AUDIT_EVERY, do=desk.audit.look))
        if Role.LISTEN in role:
            ticks = (*ticks, Tick(name="heartbeat", every=BEAT_EVERY, do=_beat(desk)))
    calendar = Calendar(ticks, desk.outside.log)
    with ungrouped():
        async with asyncio.TaskGroup() as group:
            if Role.WORK in role:
                group.create_task(desk.relay.run(stop))
            if Role.INGEST in role:
                for ingest in desk.ingests:
                    group.create_task(ingest.run(stop))
            calendar.start()
            if Role.LISTEN in role:
                group.create_task(desk.listener.run(stop))
            desk.outside.log.info("started", mode=str(role.name))
            try:
                await stop.wait()
            finally:
                await calendar.stop()
    desk.outside.log.info("stopped", mode=str(role.name))


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` on SIGTERM and on Ctrl-C."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def _beat(desk: Desk) -> Callable[[], Awaitable[object]]:
    """Return a beat that is left out while Slack cannot reach us."""

    async def beat() -> None:
        if desk.listener.connections:
            await desk.heartbeat.beat()

    return beat


def _ticks(desk: Desk, *, look_at_once: bool) -> tuple[Tick, ...]:
    every = float(desk.outside.settings.poll_seconds)
    daily = Tick(name="limits", every=LIMITS_EVERY, do=desk.limits.ask_to_tell, at_once=look_at_once)
    sweeps = tuple(
        tick
        for ingest in desk.ingests
        for tick in (
            Tick(name=f"sweep:{ingest.cursor_name}", every=every, do=ingest.sweep_once, at_once=look_at_once),
            Tick(name=f"open_cases:{ingest.cursor_name}", every=CHECK_OPEN_EVERY, do=ingest.check_open_cases),
        )
    )
    return (
        *sweeps,
        *_watch(desk),
        Tick(name="shifts", every=CHECK_SHIFTS_EVERY, do=desk.duty_news.tick_shifts),
        Tick(name="look_ahead", every=CHECK_DAY_EVERY, do=desk.duty_news.tick_day),
        Tick(name="archive", every=ARCHIVE_EVERY, do=desk.archiving.sweep),
        daily,
    )


def _watch(desk: Desk) -> tuple[Tick, ...]:
    """Return the tick that watches the brand's accounts, at once at the start too: nobody looked while we were away."""
    if not desk.account_watch.accounts:
        return ()
    every = desk.outside.policy.watch.every / SECOND
    return (Tick(name="account_watch", every=every, do=desk.account_watch.ask, at_once=True),)
