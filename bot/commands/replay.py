"""`replay`: post a file of posts into the pretend X of a running demo, with a bar, stoppable and continuable."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.sandbox.client import ControlClient
from bot.sandbox.errors import SandboxError

CHUNK = 100
LONGEST_PAUSE = 60.0
"""Seconds that one gap in the file may take at most: nights are not waited through."""

Row = dict[str, Any]


def replay_file(file: Path, *, speed: float, address: str, brand: str, from_line: int) -> int:
    """Return the exit code: 0 all posted, 1 stopped or refused (says how to go on), 2 nothing readable."""
    rows, unreadable = _read(file, brand, from_line)
    for line in unreadable:
        click.echo(f"warning: line {line} is no post and was left out", err=True)
    if not rows:
        click.echo("There is no post in this file to replay.", err=True)
        return 2
    done = 0
    try:
        with click.progressbar(length=len(rows), label="replaying", file=sys.stderr) as bar:
            for number in asyncio.run(_all(rows, speed, address, bar.update)):
                done += number
    except (KeyboardInterrupt, SandboxError, OSError) as error:
        words = str(error) or "stopped"
        click.echo(
            f"{words}\nTo go on: --from-line N, with N the line after the last post shown on the page.", err=True
        )
        return 1
    click.echo(f"replay: ok, {done} posts, {len(unreadable)} lines left out")
    return 0


async def _all(rows: list[Row], speed: float, address: str, tell: Any) -> list[int]:
    posted: list[int] = []
    async with ControlClient(address) as control:
        for chunk, pause in _chunks(rows, speed):
            await asyncio.sleep(pause)
            posted.append(len(await control.replay(chunk)))
            tell(len(chunk))
    return posted


def _read(file: Path, brand: str, from_line: int) -> tuple[list[Row], list[int]]:
    rows: list[Row] = []
    unreadable: list[int] = []
    with closing(file.open(encoding="utf-8")) as lines:
        for number, line in enumerate(lines, start=1):
            if number < from_line or not line.strip():
                continue
            try:
                rows.append(_row(json.loads(line), brand))
            except (ValueError, KeyError, TypeError):
                unreadable.append(number)
    return rows, unreadable


def _row(found: Row, brand: str) -> Row:
    """Return one post as the control API wants it; times stay in the file, since X gives its own."""
    return {
        "handle": str(found["handle"])[:50],
        "author": str(found.get("author") or found["handle"]),
        "text": str(found["text"]).replace("@brand", brand),
        "lang": str(found.get("lang") or "en"),
        "created_at": str(found.get("created_at") or ""),
    }


def _chunks(rows: list[Row], speed: float) -> Iterator[tuple[list[Row], float]]:
    """Yield posts with the seconds to wait before them: whole chunks at full speed, one by one otherwise."""
    if speed <= 0:
        for start in range(0, len(rows), CHUNK):
            yield [_timeless(row) for row in rows[start : start + CHUNK]], 0.0
        return
    before = _seconds(rows[0])
    for row in rows:
        at = _seconds(row)
        yield [_timeless(row)], min(LONGEST_PAUSE, max(0.0, at - before) / speed)
        before = at


def _timeless(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "created_at"}


def _seconds(row: Row) -> float:
    try:
        return datetime.fromisoformat(row["created_at"]).timestamp()
    except ValueError:
        return 0.0
