"""What is asked for in the same moment travels together, and stays as separate as if it had not."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio

from bot.adapters.redis_scripts import Script
from bot.domain.errors import Broken
from bot.domain.ids import OpId
from tests.contract.cases import a_post, an_effect, opening
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.contract.proxy import Proxy
from tests.servers import DeskMemory

MINUTE = 60_000


def counted(desk: DeskMemory, script: str) -> list[int]:
    """Return a list that grows with every call of a script."""
    send, sha, calls = desk.client.execute_command, Script.load(script).sha, []

    async def sent(*words: object, **options: object) -> object:
        if sha in words:
            calls.append(len(calls))
        return await send(*words, **options)

    desk.client.execute_command = sent
    return calls


async def test_what_is_done_in_the_same_moment_is_settled_by_one_script(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"note:{n}", lane=f"slack:{n % 3}") for n in range(20)])
    taken = (await desk.outbox.take(20, MINUTE, {})).work
    await desk.memory.now()
    calls = counted(desk, "settle")
    ended = [desk.outbox.done(work) for work in taken[:18]]
    await asyncio.gather(
        *ended, desk.outbox.later(taken[18], MINUTE, "not yet"), desk.outbox.set_aside(taken[19], "no")
    )
    assert len(calls) <= 2  # a server that does not know the script is told it, with a second call
    assert [await desk.outbox.waiting(f"slack:{n}") for n in range(3)].count(1) == 1
    assert [one.key for one in await desk.outbox.set_aside_list()] == [taken[19].key]


async def test_a_piece_that_cannot_be_settled_keeps_none_of_the_others(desk: DeskMemory) -> None:
    await desk.outbox.add([an_effect(f"note:{n}", lane=f"slack:{n}") for n in range(4)])
    taken = sorted((await desk.outbox.take(4, MINUTE, {})).work, key=lambda work: work.key)
    await desk.client.delete(desk.store._shard.key("lane", "slack:2"))
    await desk.client.set(desk.store._shard.key("lane", "slack:2"), "no lane")
    found = await asyncio.gather(*(desk.outbox.done(work) for work in taken), return_exceptions=True)
    assert [type(one) for one in found] == [type(None), type(None), Broken, type(None)]
    assert await desk.client.hkeys(desk.store._shard.key("work")) == [b"note:2"]


async def test_settling_whose_answer_was_lost_is_told_again_and_counts_once(warm: tuple[DeskMemory, Proxy]) -> None:
    desk, proxy = warm
    await desk.outbox.add([an_effect(f"note:{n}") for n in range(5)])
    taken = (await desk.outbox.take(5, MINUTE, {})).work
    proxy.lose(Script.load("settle").sha)
    await asyncio.gather(*(desk.outbox.done(work) for work in taken[1:]), desk.outbox.set_aside(taken[0], "no"))
    assert proxy.lost == 1
    assert await desk.client.hlen(desk.store._shard.key("work")) == 0
    assert [one.key for one in await desk.outbox.set_aside_list()] == [taken[0].key]


async def test_a_case_that_cannot_be_read_is_nobody_elses_error(desk: DeskMemory) -> None:
    cases = [await desk.store.begin(OpId(f"open{n}"), opening(a_post(n + 1))) for n in range(3)]
    await desk.client.delete(desk.store._shard.key("case", cases[1].id))
    await desk.client.lpush(desk.store._shard.key("case", cases[1].id), "no case")
    found = await asyncio.gather(*(desk.store.load(case.id) for case in cases), return_exceptions=True)
    assert (found[0], type(found[1]), found[2]) == (cases[0], Broken, cases[2])


async def test_who_gives_up_leaves_no_answer_behind_for_the_next(warm: tuple[DeskMemory, Proxy]) -> None:
    desk, proxy = warm
    cases = [await desk.store.begin(OpId(f"open{n}"), opening(a_post(n + 1))) for n in range(3)]
    proxy.delay = 0.05
    proxy.answered.clear()
    asking = [asyncio.ensure_future(desk.store.load(case.id)) for case in cases]
    await proxy.answered.wait()
    for one in asking:
        one.cancel()
    assert await asyncio.gather(*(desk.store.load(case.id) for case in reversed(cases))) == cases[::-1]
