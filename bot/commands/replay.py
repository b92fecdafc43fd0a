"""`replay`: post a file of posts into the pretend X of a running demo, with a bar, stoppable and continuable.

X shows only an account's last 800 mentions, and what its stream did not deliver can be had from nowhere else. So at
full speed no more than `AHEAD` posts go in between two looks of the desk at its mentions: none can be missed.
"""

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.sandbox.client import ControlClient
from bot.sandbox.errors import SandboxError

CHUNK = 100
AHEAD = 500
"""Posts that may be in X and not yet looked for; X keeps 800 mentions."""
LOOK_WITHIN = 30.0
"""Seconds until a desk that does not look at its mentions counts as away."""
LOOK_EVERY = 0.1
LONGEST_PAUSE = 60.0
"""Seconds that one gap in the file may take at most: nights are not waited through."""

Row = dict[str, Any]


class Stopped(Exception):  # noqa: N818 -- reads as the fact it is
    """Interrupted; what was posted stays posted."""


@dataclass
class Progress:
    """How far it got: posts that are in, and the line of the last of them."""

    posted: int = 0
    line: int = 0


def replay_file(file: Path, *, speed: float, address: str, brand: str, from_line: int) -> int:
    """Return the exit code: 0 all posted, 1 stopped or refused (says how to go on), 2 nothing readable."""
    rows, unreadable = _read(file, brand, from_line)
    for line in unreadable:
        click.echo(f"warning: line {line} is no post and was left out", err=True)
    if not rows:
        click.echo("There is no post in this file to replay.", err=True)
        return 2
    progress = Progress(line=from_line - 1)
    try:
        asyncio.run(_all(rows, speed, address, progress))
    except (Stopped, SandboxError) as error:
        return _how_to_go_on(str(error), progress)
    except OSError:
        return _how_to_go_on(f"No demo answers at {address}. Start one: python -m bot demo.", progress)
    click.echo(f"replay: ok, {progress.posted} posts, {len(unreadable)} lines left out")
    return 0


def _how_to_go_on(sentence: str, progress: Progress) -> int:
    click.echo(sentence, err=True)
    if progress.posted:
        click.echo(f"{progress.posted} posts are in. To go on: --from-line {progress.line + 1}", err=True)
    return 1


async def _all(rows: list[tuple[int, Row]], speed: float, address: str, progress: Progress) -> None:
    """Post everything. A chunk is posted whole or not at all, so that the next line to go on from is known."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    bar = click.progressbar(length=len(rows), label="replaying", file=sys.stderr, hidden=not sys.stderr.isatty())
    async with ControlClient(address) as control:
        with bar:
            async for chunk in _in_time(rows, speed, control, stop):
                await control.replay([_timeless(row) for _, row in chunk])
                progress.posted += len(chunk)
                progress.line = chunk[-1][0]
                bar.update(len(chunk))


async def _in_time(
    rows: list[tuple[int, Row]], speed: float, control: ControlClient, stop: asyncio.Event
) -> AsyncIterator[list[tuple[int, Row]]]:
    """Yield chunks when it is time for them. Raises `Stopped`."""
    ahead, seen = 0, await _newest_call(control)
    for chunk, pause in _chunks(rows, speed):
        if pause and await _is_set(stop, pause):
            raise Stopped("Stopped.")
        if ahead + len(chunk) > AHEAD:
            await _looked_for(control, seen, stop)
            ahead = 0
        if stop.is_set():
            raise Stopped("Stopped.")
        yield chunk
        ahead, seen = ahead + len(chunk), await _newest_call(control)


async def _looked_for(control: ControlClient, after: int, stop: asyncio.Event) -> None:
    """Wait until a sweep of the desk that began since then has read to its end. Raises `Stopped`."""
    began = False
    ends = asyncio.get_running_loop().time() + LOOK_WITHIN
    while asyncio.get_running_loop().time() < ends:
        for call in await control.traffic(side="x", after=after):
            after = call["n"]
            if call["ok"] and call["method"].endswith("/mentions"):
                began = began or "pagination_token" not in call["request"].get("query", {})
                if began and "next_token" not in call["response"].get("meta", {}):
                    return
        if await _is_set(stop, LOOK_EVERY):
            raise Stopped("Stopped.")
    raise Stopped(f"The desk has not looked at X for {LOOK_WITHIN:.0f} s. Is it running?")


async def _newest_call(control: ControlClient) -> int:
    calls = await control.traffic()
    return max((int(call["n"]) for call in calls), default=0)


async def _is_set(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _read(file: Path, brand: str, from_line: int) -> tuple[list[tuple[int, Row]], list[int]]:
    """Return the posts with their line numbers, and the numbers of lines that are none."""
    rows: list[tuple[int, Row]] = []
    unreadable: list[int] = []
    with closing(file.open("rb")) as lines:
        for number, line in enumerate(lines, start=1):
            if number < from_line or not line.strip():
                continue
            try:
                rows.append((number, _row(json.loads(line.decode()), brand)))
            except (ValueError, KeyError, TypeError, RecursionError):
                unreadable.append(number)
    return rows, unreadable


def _row(found: Row, brand: str) -> Row:
    """Return one post as the control API wants it; times stay in the file, since X gives its own."""
    return {
        "handle": str(found["handle"])[:50],
        "author": str(found.get("author") or found["handle"]),
        "text": addressed(str(found["text"]), brand),
        "lang": str(found.get("lang") or "en"),
        "created_at": str(found.get("created_at") or ""),
    }


def addressed(text: str, brand: str) -> str:
    """Put the brand's handle where `@brand` stands, apart from letters beside it: else X would see no mention."""
    return re.sub(r"(?<=\w)@brand", f" {brand}", re.sub(r"@brand(?=\w)", "@brand ", text)).replace("@brand", brand)


def _chunks(rows: list[tuple[int, Row]], speed: float) -> Iterator[tuple[list[tuple[int, Row]], float]]:
    """Yield posts with the seconds to wait before them: whole chunks at full speed, one by one otherwise."""
    if speed <= 0:
        for start in range(0, len(rows), CHUNK):
            yield rows[start : start + CHUNK], 0.0
        return
    before = _seconds(rows[0][1])
    for line, row in rows:
        at = _seconds(row)
        yield [(line, row)], min(LONGEST_PAUSE, max(0.0, at - before) / speed)
        before = at


def _timeless(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "created_at"}


def _seconds(row: Row) -> float:
    try:
        return datetime.fromisoformat(row["created_at"]).timestamp()
    except ValueError:
        return 0.0
