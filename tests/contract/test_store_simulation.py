"""The queue under a random afternoon: people, deaths, pauses and a clock that jumps."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import random
from contextlib import suppress

import pytest

from bot.domain.errors import LeaseLost
from bot.domain.work import Pace, Taken, Work
from tests.contract.cases import an_effect
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_nothing_is_lost_and_nothing_is_done_by_two(desk: DeskMemory, seed: int) -> None:
    luck = random.Random(seed)
    held: list[Work] = []
    asked: dict[str, int] = {}
    done: dict[str, int] = {}
    furthest = [0]

    async def add() -> None:
        key = f"k{luck.randrange(8)}"
        asked[key] = asked.get(key, 0) + 1
        effect = an_effect(key, lane=f"slack:{key[-1]}", after=luck.choice([0, 0, 500, 5000]), n=str(asked[key]))
        await desk.outbox.add([effect])

    async def take_some() -> None:
        taken: Taken = await desk.outbox.take(3, 2000, {"slack": Pace(every=200, burst=2)})
        latest = taken.now - desk.clock.passed + furthest[0]  # a lease that has run out once does not come back
        live = {work.key for work in held if work.lease_until > latest}
        assert not live & {work.key for work in taken.work}
        held.extend(taken.work)

    async def settle() -> None:
        if held:
            work = held.pop(luck.randrange(len(held)))
            with suppress(LeaseLost):
                if luck.random() < 0.3:
                    await desk.outbox.later(work, luck.choice([0, 300]), "later", pause_lane=luck.random() < 0.3)
                elif luck.random() < 0.8:
                    await desk.outbox.done(work)
                    done[work.key] = max(done.get(work.key, 0), int(work.args["n"]))

    async def pass_time() -> None:
        desk.clock.pass_time(ms=luck.choice([50, 500, 2500, -1500]))
        furthest[0] = max(furthest[0], desk.clock.passed)

    for _ in range(150):
        await luck.choice([add, add, take_some, take_some, settle, settle, pass_time])()
    held.clear()
    for _ in range(200):
        desk.clock.pass_time(seconds=3)
        for work in (await desk.outbox.take(50, 2000, {})).work:
            await desk.outbox.done(work)
            done[work.key] = max(done.get(work.key, 0), int(work.args["n"]))
        if (await desk.outbox.take(1, 2000, {})).next_due is None:
            break
    assert done == asked
    assert await desk.outbox.waiting("slack:0") == 0
