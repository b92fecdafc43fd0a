"""What the store does when the network or the server fails: nothing doubled, nothing lost, an answer in time."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bot.adapters.redis_scripts import WITHIN, Script
from bot.domain.errors import Unavailable
from bot.domain.ids import CaseId, OpId
from tests.contract.busy import give_up_in_the_middle
from tests.contract.cases import a_post, adding, an_effect, opening
from tests.contract.proxy import Proxy
from tests.servers import DeskMemory, Server, Shift, memory_at

COVERS = ("DBL-11",)
MINUTE = 60_000


def sha(name: str) -> str:
    return Script.load(name).sha


async def test_a_case_is_opened_once_though_the_answer_was_lost_after_the_commit(
    warm: tuple[DeskMemory, Proxy],
) -> None:
    desk, proxy = warm
    proxy.lose(sha("commit"), times=2)
    case = await desk.store.begin(OpId("op"), opening(a_post(1)))
    assert proxy.lost == 2
    assert await desk.store.count("open") == 1
    assert [line["fact"] for line in await desk.journal.lines(case.id)] == ["CaseOpened"]


@pytest.mark.parametrize("row", ["DBL-11"])
async def test_a_change_is_made_once_though_the_answer_was_lost_after_the_commit(
    warm: tuple[DeskMemory, Proxy], row: str
) -> None:
    desk, proxy = warm
    case = await desk.store.begin(OpId("op"), opening(a_post(1)))
    proxy.lose(sha("commit"))
    changed = await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
    assert proxy.lost == 1
    assert [post.id for post in changed.posts] == ["1", "2"]
    assert await desk.store.load(case.id) == changed


async def test_a_change_whose_every_answer_was_lost_is_known_again_when_it_is_repeated(
    warm: tuple[DeskMemory, Proxy],
) -> None:
    desk, proxy = warm
    case = await desk.store.begin(OpId("op"), opening(a_post(1)))
    proxy.lose(sha("commit"), times=3)
    with pytest.raises(Unavailable):
        await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
    changed = await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
    assert [post.id for post in changed.posts] == ["1", "2"]
    assert len(await desk.journal.lines(case.id)) == 2


async def test_work_whose_hand_out_was_lost_on_the_way_is_handed_out_again_at_once(
    warm: tuple[DeskMemory, Proxy],
) -> None:
    desk, proxy = warm
    await desk.outbox.add([an_effect("card"), an_effect("note")])
    proxy.lose(sha("take"))
    taken = await desk.outbox.take(1, MINUTE, {})
    assert proxy.lost == 1
    assert [(work.key, work.tries) for work in taken.work] == [("card", 1)]


@pytest.mark.parametrize("row", ["DBL-11"])
async def test_a_swap_whose_answer_was_lost_is_known_again_as_ours(warm: tuple[DeskMemory, Proxy], row: str) -> None:
    desk, proxy = warm
    proxy.lose(sha("memory"))
    assert await desk.memory.swap("epoch", None, "first")
    assert proxy.lost == 1
    assert not await desk.memory.swap("epoch", None, "other")
    assert await desk.memory.swap("epoch", "first", "second")
    assert await desk.memory.recall("epoch") == "second"


@pytest.mark.parametrize("row", ["DBL-11"])
async def test_the_first_sight_stays_the_first_though_the_answer_was_lost(
    warm: tuple[DeskMemory, Proxy], row: str
) -> None:
    desk, proxy = warm
    proxy.lose(sha("memory"))
    assert await desk.memory.first_time("event-1", MINUTE)
    assert proxy.lost == 1
    assert not await desk.memory.first_time("event-1", MINUTE)


@pytest.mark.parametrize("script", ["add", "note"])
async def test_work_and_notes_are_added_once_though_the_answer_was_lost(
    warm: tuple[DeskMemory, Proxy], script: str
) -> None:
    desk, proxy = warm
    proxy.lose(sha(script))
    await desk.outbox.add([an_effect("card")])
    await desk.journal.set_aside("item", "unreadable")
    assert proxy.lost == 1
    assert await desk.outbox.waiting("slack:C1") == 1
    assert await desk.journal.counts() == {"set_aside": 1}
    assert await desk.client.xlen(desk.shard.key("journal")) == 1


async def test_work_added_with_a_lost_answer_is_not_added_again_once_somebody_has_it(
    warm: tuple[DeskMemory, Proxy], redis_url: str
) -> None:
    desk, proxy = warm
    async with memory_at(redis_url) as elsewhere:
        other = DeskMemory(redis_url, desk.workspace, elsewhere.client, Shift())
        proxy.lose(sha("add"))
        adding_it = asyncio.ensure_future(desk.outbox.add([an_effect("card")]))
        await proxy.losing.wait()
        (work,) = (await other.outbox.take(1, MINUTE, {})).work
        await adding_it
        await other.outbox.done(work)
        assert await other.outbox.waiting("slack:C1") == 0


async def test_a_server_that_is_silent_is_reported_in_time(folder: Path) -> None:
    silence = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silence.wait()
        writer.close()

    listening = await asyncio.start_unix_server(say_nothing, str(folder / "mute"))
    async with memory_at(f"unix://{folder}/mute") as desk:
        began = time.monotonic()
        with pytest.raises(Unavailable, match="did not answer"):
            await desk.store.load(CaseId("C-1"))
        assert time.monotonic() - began < WITHIN + 0.5
    silence.set()
    listening.close()


async def test_a_server_that_is_not_there_is_reported_at_once(folder: Path) -> None:
    async with memory_at(f"unix://{folder}/nobody") as desk:
        with pytest.raises(Unavailable, match="did not answer"):
            await desk.memory.now()


async def test_after_a_restart_of_the_server_the_first_call_succeeds(server: Server) -> None:
    async with memory_at(server.url) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        await asyncio.gather(*(desk.store.load(case.id) for _ in range(30)))
        server.kill()
        server.start()
        assert await asyncio.gather(*(desk.store.load(case.id) for _ in range(30))) == [case] * 30


async def test_a_call_given_up_in_the_middle_does_not_mix_up_later_answers(desk_memory: DeskMemory) -> None:
    await give_up_in_the_middle(desk_memory, turns=60, furthest=7)


async def test_under_kills_no_acknowledged_case_is_lost_and_none_is_doubled(server: Server) -> None:
    async with memory_at(server.url) as desk:
        killed = asyncio.Event()
        acknowledged: list[str] = []

        async def work(worker: int) -> None:
            for number in range(25):
                name = worker * 1000 + number
                while True:
                    with suppress(Unavailable):
                        acknowledged.append((await desk.store.begin(OpId(f"op{name}"), opening(a_post(name)))).id)
                        break

        async def strike() -> None:
            for strike_number in range(1, 5):
                while len(acknowledged) < strike_number * 40:
                    await asyncio.sleep(0)
                server.kill()
                server.start()
            killed.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(strike())
            for worker in range(1, 9):
                group.create_task(work(worker))
        assert killed.is_set()
        assert len(set(acknowledged)) == 200
        assert sorted(await desk.store.listed("open", 1000)) == sorted(acknowledged)


async def test_a_full_memory_refuses_and_changes_nothing(server: Server) -> None:
    async with memory_at(server.url) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        await desk.client.config_set("maxmemory", "1")
        before = await desk.everything()
        with pytest.raises(Unavailable, match="full"):
            await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
        await desk.client.config_set("maxmemory", "0")
        assert await desk.everything() == before


async def test_scripts_that_the_server_forgot_are_sent_again(server: Server) -> None:
    async with memory_at(server.url) as desk:
        await desk.memory.remember("cursor", "17")
        await desk.client.script_flush()
        assert await desk.memory.recall("cursor") == "17"
