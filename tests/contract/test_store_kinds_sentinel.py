"""What the desk goes through when its primary dies or is replaced under Sentinels: nothing lost, nothing doubled."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from bot.adapters.redis_connect import connect, inspect, server_epoch
from bot.domain.errors import Unavailable
from bot.domain.ids import OpId
from tests.contract.busy import Busy, losing_answers
from tests.contract.cases import a_post, adding, opening
from tests.server_groups import SERVICE, Watched, until
from tests.servers import memory_at


@pytest.fixture
def quick() -> Iterator[Watched]:
    """A group of the test's own whose Sentinels soon call a silent server dead."""
    yield from a_group(down_after=1000)


@pytest.fixture
def patient() -> Iterator[Watched]:
    """A group of the test's own whose Sentinels do nothing by themselves."""
    yield from a_group(down_after=60_000)


def a_group(down_after: int) -> Iterator[Watched]:
    group = Watched(down_after)
    try:
        yield group.begin()
    finally:
        group.end()


async def test_when_the_primary_is_killed_every_confirmed_change_is_there_once_and_work_goes_on(quick: Watched) -> None:
    async with memory_at(quick.url) as desk:
        losing_answers(desk, every=5)
        busy = Busy(desk)
        working = asyncio.ensure_future(busy.work())
        await busy.reached[40].wait()
        before, killed = await server_epoch(desk.client), quick.primary()
        killed.kill()
        confirmed = set(busy.confirmed)
        await working
        await asyncio.to_thread(until, lambda: quick.primary() is not killed, "every Sentinel knows the new primary")
        assert confirmed <= set(await busy.stored())
        assert await server_epoch(desk.client) != before
        await busy.assert_whole()


async def test_a_planned_change_of_the_primary_loses_nothing_and_is_not_noticed(patient: Watched) -> None:
    """Only a coordinated one, or `FAILOVER` on the primary: a plain one lost 935 of 3,649 confirmed cases."""
    async with memory_at(patient.url) as desk:
        old = patient.primary()
        command = ("SENTINEL", "FAILOVER", SERVICE, "COORDINATED")
        await asyncio.to_thread(patient.sentinels[0].admin.execute_command, *command)
        opened = []
        while patient.primary() is old:
            opened.append(await desk.store.begin(OpId(f"op{len(opened)}"), opening(a_post(len(opened)))))
        opened.append(await desk.store.begin(OpId("last"), opening(a_post(999_999))))
        assert [case.id for case in opened] == [f"C-{number}" for number in range(1001, 1001 + len(opened))]
        assert await asyncio.gather(*(desk.store.load(case.id) for case in opened)) == opened


async def test_a_primary_that_is_frozen_is_left_behind(quick: Watched) -> None:
    async with memory_at(quick.url) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        frozen = quick.primary()
        os.kill(frozen.pid, signal.SIGSTOP)
        while True:
            with suppress(Unavailable):
                changed = await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
                break
        os.kill(frozen.pid, signal.SIGCONT)
        assert [post.id for post in changed.posts] == ["1", "2"]
        await asyncio.to_thread(until, lambda: quick.primary() is not frozen, "every Sentinel knows the new primary")


async def test_a_primary_without_replicas_takes_no_change_and_says_so(patient: Watched) -> None:
    async with memory_at(patient.url) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        primary = patient.primary()
        for server in patient.data:
            if server is not primary:
                server.kill()
        await asyncio.to_thread(until, lambda: not primary.says("replication", "connected_slaves"), "no replicas left")
        with pytest.raises(Unavailable, match="did not answer"):
            await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
        assert await desk.store.load(case.id) == case


async def test_sentinels_that_are_gone_are_not_missed_while_one_is_left(patient: Watched) -> None:
    for sentinel in patient.sentinels[:2]:
        sentinel.kill()
    async with memory_at(patient.url) as desk:
        await asyncio.gather(*(desk.memory.now() for _ in range(50)))
        assert len({id(sentinel) for sentinel in desk.client.sentinels.sentinels}) == 3


@pytest.mark.xdist_group("sentinel")
async def test_a_name_that_no_sentinel_knows_is_told(watched: Watched) -> None:
    client = connect(watched.url.replace(SERVICE, "another"))
    with pytest.raises(Unavailable, match="knows a running server called another"):
        await inspect(client)
    await client.aclose()
