"""What one desk holds in memory while it waits: a real process, connected to a pretend Slack in another one."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from bot.sandbox.server import Sandbox
from tests.bench.figures import Figure, Goal, Rule, Size, median
from tests.bench.place import ROOT, Place

MEGABYTE = 1_000_000
LOOK_EVERY = 0.5
"""Seconds between two looks at the memory."""
STARTED_WITHIN = 60.0
BARE = (
    "import sys, aiohttp, redis.asyncio, slack_bolt.async_app, tweepy.asynchronous\n"
    "print('ready', flush=True)\nsys.stdin.read()"
)


async def resident(place: Place, size: Size) -> list[Figure]:
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(min(3, size.rounds)):
        async with Sandbox.running(limits=False) as sandbox, _a_desk_process(place, sandbox) as desk:
            ours.append(await _settled(desk, size.settle_looks))
        async with _a_bare_process() as plain:
            bare.append(await _settled(plain, 1))
    return [
        Figure(
            name="memory_idle",
            value=median(ours),
            unit="MB",
            baseline=median(bare),
            against="a Python process that imports slack_bolt, tweepy, redis, aiohttp and waits",
            goal=Goal(Rule.BELOW, 120),
        )
    ]


@asynccontextmanager
async def _a_desk_process(place: Place, sandbox: Sandbox) -> AsyncIterator[Process]:
    """Run `python -m bot run` until the end of the block, once it is connected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=place.environment(sandbox), stdout=DEVNULL, stderr=PIPE
    )
    try:
        ends = asyncio.get_running_loop().time() + STARTED_WITHIN
        while not sandbox.slack.socket.connections:
            if process.returncode is not None or asyncio.get_running_loop().time() > ends:
                raise AssertionError(f"the desk did not start: {await _words(process)}")
            await asyncio.sleep(0.05)
        yield process
    finally:
        await _ended(process)


@asynccontextmanager
async def _a_bare_process() -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BARE, stdin=PIPE, stdout=PIPE)
    try:
        assert process.stdout
        await process.stdout.readline()
        yield process
    finally:
        await _ended(process)


async def _settled(process: Process, looks: int) -> float:
    """Return the resident memory in MB: the median of the looks, the first half of them left out."""
    seen = []
    for _ in range(looks):
        await asyncio.sleep(LOOK_EVERY)
        seen.append(psutil.Process(process.pid).memory_info().rss / MEGABYTE)
    return median(seen[len(seen) // 2 :])


async def _words(process: Process) -> str:
    await _ended(process)
    assert process.stderr
    return (await process.stderr.read()).decode(errors="replace")[-2_000:]


async def _ended(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    if process.stdin:
        process.stdin.close()
    await process.wait()
