"""Real processes send while another places and lifts holds: no send begins after a hold is on, ever."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import DeskMemory, desk_memory, redis_server, redis_url  # noqa: F401 -- fixtures

ROUNDS = 500
"""Enough to overtake some hundred sends between their look and their mark; docs/adr/0017-holds.md tells of 3,000."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """What came of it: sends that began in all and under a hold, and how often a sender saw the holds move under it."""

    began: int
    under_a_hold: int
    placed: int
    moved: int
    kept: int


async def racer(*words: str, of: str = "hold_racer") -> list[int]:
    """Run one of the processes of a race, and return what it counted."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.fault.{of}", *words, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    said, trouble = await process.communicate()
    assert process.returncode == 0, trouble.decode()[-2_000:]
    return list(json.loads(said))


async def race(desk: DeskMemory, role: str, rounds: int) -> Race:
    place = (desk.url, desk.workspace)
    told = await asyncio.gather(
        racer(*place, "holds", str(rounds)), *(racer(*place, role, str(number * 1_000_000)) for number in (1, 2))
    )
    standing: set[str] = set()
    began = under = placed = 0
    for _, line in await desk.client.xrange(desk.shard.key("journal")):
        fact, hold = line[b"fact"].decode(), line[b"detail"].decode().partition(" ")[0]
        placed += fact == "HoldPlaced"
        began += fact == "SendStarted"
        under += fact == "SendStarted" and bool(standing)
        if fact == "HoldPlaced":
            standing.add(hold)
        if fact == "HoldLifted":
            standing.discard(hold)
    return Race(
        began=began, under_a_hold=under, placed=placed, moved=sum(t[1] for t in told), kept=sum(t[2] for t in told)
    )


async def test_no_send_begins_once_a_hold_is_on(desk_memory: DeskMemory):
    seen = await race(desk_memory, "sends", ROUNDS)
    assert (seen.under_a_hold, seen.placed) == (0, ROUNDS)
    assert min(seen.began, seen.kept) > ROUNDS / 4, seen
    assert seen.moved > 10, f"nothing was ever placed between the look and the mark: {seen}"


@pytest.mark.long
async def test_without_the_check_inside_the_commit_sends_begin_under_a_hold(desk_memory: DeskMemory):
    seen = await race(desk_memory, "sends_unchecked", ROUNDS // 2)
    assert seen.under_a_hold > 0, seen
