"""`demo` as a newcomer meets it: one page, an end by Ctrl-C, and a state that is still there next time."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.client import ControlClient
from tests.integration.processes import GUARD, Process, bot, finished, servers_on, started

PAGE = re.compile(r"http://127\.0\.0\.1:\d+/")
FINISHED = re.compile(r"walk: ok, \d+ steps, 1 reply published")


@asynccontextmanager
async def demo(folder: Path, *words: str) -> AsyncIterator[tuple[Process, ControlClient]]:
    """A running demo on a free port, without complaints of its own, and a hand on its sandbox."""
    async with bot("demo", "--port", "0", "--quiet", *words, folder=folder) as process:
        found = PAGE.search(await process.says("http://"))
        assert found
        async with ControlClient(found[0]) as control:
            yield process, control


async def cards(control: ControlClient, count: int) -> list[dict]:
    async with asyncio.timeout(GUARD):
        while len(found := [m for m in await control.messages("C0CARE") if m["text"].startswith("C-")]) < count:
            await asyncio.sleep(0.05)
    return found


async def test_it_prints_one_address_and_the_page_answers(folder: Path) -> None:
    async with demo(folder) as (process, _), aiohttp.ClientSession() as session:
        addresses = PAGE.findall(process.said)
        assert len(addresses) == 1
        async with session.get(addresses[0]) as answer:
            assert answer.status == 200
            assert "<title>" in await answer.text()
        assert await process.stops(signal.SIGINT) == 0
    assert process.out[-1] == "Ended cleanly."
    assert process.err == []
    assert servers_on(folder / ".desk" / "demo" / "store") == []


async def test_the_state_survives_a_restart(folder: Path) -> None:
    async with demo(folder) as (process, control):
        await control.post("mia_travels", "@LumenShop the shade fell off on the first day")
        [card] = await cards(control, 1)
        assert await process.stops(signal.SIGINT) == 0
    async with demo(folder) as (process, control):
        [again] = await cards(control, 1)
        assert again["ts"] == card["ts"]
        await control.post("theo_bakes", "@LumenShop my order is late as well")
        assert len(await cards(control, 2)) == 2
        answer = await clicked(control, card["ts"])
        assert answer["acknowledged"], answer
        await shows(control, card["ts"], "UANA")
        assert len(await cards(control, 2)) == 2
        assert await process.stops(signal.SIGTERM) == 0


async def clicked(control: ControlClient, ts: str) -> dict:
    async with asyncio.timeout(GUARD):
        while not (answer := await control.act("UANA", "click", channel="C0CARE", ts=ts, action_id="claim"))[
            "acknowledged"
        ]:
            await asyncio.sleep(0.1)  # the desk has just started and may not be on the line yet
    return answer


async def shows(control: ControlClient, ts: str, words: str) -> None:
    async with asyncio.timeout(GUARD):
        while not any(words in str(m) for m in await control.messages("C0CARE") if m["ts"] == ts):
            await asyncio.sleep(0.05)


async def written(folder: Path, words: str) -> None:
    """Wait until the sandbox, which writes its state a while after a change, has these words on the disk."""
    file = folder / ".desk" / "demo" / "sandbox" / "sandbox.json"
    async with asyncio.timeout(GUARD):
        while not file.exists() or words not in file.read_text():
            await asyncio.sleep(0.02)


async def test_a_killed_demo_goes_on_where_it_was(folder: Path) -> None:
    async with demo(folder) as (process, control):
        await control.post("mia_travels", "@LumenShop the shade fell off on the first day")
        [card] = await cards(control, 1)
        await written(folder, card["ts"])
        await process.kill()
    async with demo(folder) as (process, control):
        await control.post("theo_bakes", "@LumenShop my order is late as well")
        assert len(await cards(control, 2)) == 2
        assert await process.stops(signal.SIGINT) == 0
    assert servers_on(folder / ".desk" / "demo" / "store") == []


async def test_fresh_starts_anew_and_removes_nothing_else(folder: Path) -> None:
    mine = folder / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    async with demo(folder, "--folder", "mine") as (process, control):
        await control.post("mia_travels", "@LumenShop the shade fell off on the first day")
        await cards(control, 1)
        assert await process.stops(signal.SIGINT) == 0
    async with demo(folder, "--folder", "mine", "--fresh") as (process, control):
        assert await control.messages("C0CARE") == []
        assert await control.posts() == []
        await control.post("theo_bakes", "@LumenShop my order is late as well")
        [card] = await cards(control, 1)
        assert card["text"].startswith("C-1001")
        assert await control.messages("C0OPS") == [], "nobody takes the new store for an old backup"
        assert await process.stops(signal.SIGINT) == 0
    assert (mine / "letter.txt").read_text() == "keep me"


async def test_a_taken_port_gets_a_sentence(folder: Path) -> None:
    async with demo(folder) as (process, _):
        port = PAGE.findall(process.said)[0].rpartition(":")[2].strip("/")
        code, second = await finished("demo", "--port", port, "--folder", "other", folder=folder)
        assert code == 1
        assert second.err == [
            f"error: Port {port} on 127.0.0.1 is taken by another program. Choose another, or 0 for any free one."
        ]
        assert process.running


async def test_a_second_demo_on_the_same_folder_gets_a_sentence_and_harms_nothing(folder: Path) -> None:
    async with demo(folder) as (process, control):
        for words in ((), ("--fresh",)):
            code, second = await finished("demo", "--port", "0", *words, folder=folder)
            assert code == 1
            assert "A demo is running on .desk/demo already" in second.err[0]
            assert len(second.err) == 1
        await control.post("mia_travels", "@LumenShop the shade fell off on the first day")
        assert len(await cards(control, 1)) == 1
        assert await process.stops(signal.SIGINT) == 0


async def test_real_settings_beside_it_do_not_get_into_the_demo(folder: Path) -> None:
    (folder / ".env").write_text("REDIS_URL=redis://127.0.0.1:1/0\nREPLYDESK_WORKSPACE=real\nX_API_KEY=real\n")
    async with demo(folder) as (process, _):
        assert await process.stops(signal.SIGINT) == 0
    assert (folder / ".desk" / "demo" / "store").is_dir()


async def test_a_folder_that_is_a_file_gets_a_sentence(folder: Path) -> None:
    (folder / "file").write_text("")
    code, process = await finished("demo", "--port", "0", "--folder", "file", folder=folder)
    assert code == 1
    assert "file cannot be written" in process.err[0]
    assert len(process.err) == 1


async def test_the_walk_goes_through_and_says_so(folder: Path) -> None:
    code, process = await finished("demo", "--walk", folder=folder)
    assert code == 0, process.said
    assert FINISHED.fullmatch(process.out[-1])
    assert process.err == []
    assert list(folder.iterdir()) == []


async def test_a_walk_that_is_interrupted_ends(folder: Path) -> None:
    async with bot("demo", "--walk", folder=folder) as process:
        await process.says("stands on a card")
        code = await process.stops(signal.SIGINT)
    assert code != 0
    assert not any(FINISHED.fullmatch(line) for line in process.out)


FAILING = """
import sys
from bot.commands import walk

async def broken(self):
    raise {error}("planted")

walk.Walk._draft = broken
sys.exit(walk.walk_through())
"""


@pytest.mark.parametrize("error", ["walk.WalkFailed", "RuntimeError"])
async def test_a_walk_that_fails_while_connected_ends_and_does_not_hang(folder: Path, error: str) -> None:
    async with started("-c", FAILING.format(error=error), folder=folder) as process:
        assert await process.ends() == 1
    assert "stands on a card" in process.said
    if error == "walk.WalkFailed":
        assert process.err == ["walk: failed: planted"]
