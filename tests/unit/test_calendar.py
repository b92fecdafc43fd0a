"""The ticker: what is overdue when it starts is done, not skipped."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.calendar import Calendar, Tick
from bot.logs import get_log

COVERS = ("OUT-13",)


@pytest.mark.parametrize("row", ["OUT-13"])
async def test_what_is_overdue_by_five_seconds_at_the_start_is_done(row):
    done = asyncio.Event()

    async def do() -> None:
        done.set()

    calendar = Calendar((Tick(name=row, every=3_600.0, do=do),), get_log())
    calendar._scheduler.modify_job(row, next_run_time=datetime.now(UTC) - timedelta(seconds=5))
    calendar.start()
    async with asyncio.timeout(10):
        await done.wait()
    await calendar.stop()
