"""Real processes send while another switches a limit, or withdraws a talking point: no send begins while it is off."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
from dataclasses import dataclass

import pytest

from tests.fault.test_hold_race import racer
from tests.servers import DeskMemory, desk_memory, redis_server, redis_url  # noqa: F401 -- fixtures

ROUNDS = 100
"""A few seconds, in which some dozen sends are overtaken between their look and their mark."""
TURNS = {"limits": ("LimitSwitchedOff", "LimitSwitchedOn"), "points": ("PointWithdrawn", "PointRestored")}
"""By which facts something goes off and on again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """What came of it: sends that began, those that began while it was off, and how often the ground moved."""

    began: int
    while_off: int
    turned: int
    moved: int


async def race(desk: DeskMemory, what: str, role: str) -> Race:
    place = (desk.url, desk.workspace)
    told = await asyncio.gather(
        racer(*place, what, str(ROUNDS), of="switch_racer"),
        *(racer(*place, role, str(number * 1_000_000), of="switch_racer") for number in (1, 2)),
    )
    off, on = TURNS[what]
    began = while_off = turned = 0
    is_off = False
    for _, line in await desk.client.xrange(desk.shard.key("journal")):
        fact = line[b"fact"].decode()
        turned += fact == off
        is_off = fact == off or (is_off and fact != on)
        began += fact == "SendStarted"
        while_off += fact == "SendStarted" and is_off
    return Race(began=began, while_off=while_off, turned=turned, moved=sum(one[1] for one in told))


@pytest.mark.parametrize("what", TURNS)
async def test_no_send_begins_while_it_is_off(desk_memory: DeskMemory, what: str):
    seen = await race(desk_memory, what, "sends")
    assert (seen.while_off, seen.turned) == (0, ROUNDS)
    assert seen.began > ROUNDS / 4, seen
    assert seen.moved > 0, f"nothing ever moved between the look and the mark: {seen}"


@pytest.mark.long
@pytest.mark.parametrize("what", TURNS)
async def test_without_the_check_inside_the_commit_sends_begin_while_it_is_off(desk_memory: DeskMemory, what: str):
    seen = await race(desk_memory, what, "sends_unchecked")
    assert seen.while_off > 0, seen
