"""`replay`: one line of result, a bar only on a terminal, nothing missed, and a known line to go on from."""

import asyncio
import json
import os
import pty
import signal
import sys
from pathlib import Path

from bot.adapters.embedded_server import EmbeddedServer
from bot.adapters.redis_connect import connect, open_ports
from bot.commands.replay import _looked_for, _newest_call
from bot.domain.cases.case import Case
from tests.integration.processes import REPO, finished, started
from tests.integration.test_demo import PAGE, demo
from tests.servers import no_work

MORE_THAN_X_KEEPS = 1_100
"""X shows the last 800 mentions."""


def a_file(folder: Path, count: int, **more: str) -> Path:
    file = folder / "posts.jsonl"
    rows = [{"handle": f"buyer_{n}", "text": f"@brand parcel {n} is late", "lang": "en", **more} for n in range(count)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


async def test_unreadable_lines_are_left_out_and_counted(folder: Path) -> None:
    file = a_file(folder, 3)
    with file.open("ab") as more:
        more.write(b'not json\n\n{"handle": "x"}\n\xff\xfe\n[1]\n' + b"[" * 100_000 + b"\n")
    async with demo(folder) as (process, control):
        code, replay = await finished("replay", str(file), "--sandbox", PAGE.findall(process.said)[0], folder=folder)
        assert code == 0, replay.said
        assert replay.out == ["replay: ok, 3 posts, 5 lines left out"]
        assert replay.err == [f"warning: line {n} is no post and was left out" for n in (4, 6, 7, 8, 9)]
        texts = [post["text"] for post in await control.posts()]
        assert texts == [f"@LumenShop parcel {n} is late" for n in range(3)]


async def test_more_posts_than_x_keeps_all_reach_the_desk(folder: Path) -> None:
    file = a_file(folder, MORE_THAN_X_KEEPS)
    async with demo(folder) as (process, control):
        code, replay = await finished("replay", str(file), "--sandbox", PAGE.findall(process.said)[0], folder=folder)
        assert code == 0, replay.said
        assert replay.out == [f"replay: ok, {MORE_THAN_X_KEEPS} posts, 0 lines left out"]
        assert replay.err == []
        for _ in range(2):  # the second sweep begins when the first has stored what it read
            await _looked_for(control, await _newest_call(control), asyncio.Event())
        assert await process.stops(signal.SIGINT) == 0
    texts = [post.text for case in await stored_in(folder / ".desk" / "demo" / "store") for post in case.posts]
    assert sorted(texts) == sorted(f"@LumenShop parcel {n} is late" for n in range(MORE_THAN_X_KEEPS))


async def stored_in(folder: Path) -> list[Case]:
    """Return the cases of a demo that has ended."""
    server = EmbeddedServer(folder)
    client = connect(await server.start())
    try:
        store = open_ports(client, "demo", follow=no_work).store
        found = [await store.load(case_id) for case_id in await store.listed("open", 100_000)]
    finally:
        await client.aclose()
        await server.stop()
    return [case for case in found if case]


async def test_without_a_demo_it_says_where_it_looked(folder: Path) -> None:
    file = a_file(folder, 2)
    code, replay = await finished("replay", str(file), "--sandbox", "http://127.0.0.1:9", folder=folder)
    assert code == 1
    assert replay.err == ["No demo answers at http://127.0.0.1:9. Start one: python -m bot demo."]
    assert replay.out == []


async def test_a_file_without_posts_is_a_mistake(folder: Path) -> None:
    file = folder / "empty.jsonl"
    file.write_text("\n{}\n")
    code, replay = await finished("replay", str(file), folder=folder)
    assert code == 2
    assert replay.err[-1] == "There is no post in this file to replay."


async def test_an_interruption_names_the_line_to_go_on_from(folder: Path) -> None:
    file = folder / "posts.jsonl"
    days = [f"2026-01-01T0{n}:00:00+00:00" for n in range(4)]
    rows = [{"handle": f"buyer_{n}", "text": f"@brand {n}", "created_at": day} for n, day in enumerate(days)]
    file.write_text("broken\n" + "".join(json.dumps(row) + "\n" for row in rows))
    async with demo(folder) as (process, control):
        address = PAGE.findall(process.said)[0]
        words = ("replay", str(file), "--sandbox", address)
        async with started("-m", "bot", *words, "--speed", "60", folder=folder) as replay:
            async with asyncio.timeout(60):
                while not await control.posts():
                    await asyncio.sleep(0.05)
            assert await replay.stops(signal.SIGINT) == 1
        assert replay.err[-1] == "1 posts are in. To go on: --from-line 3"
        code, rest = await finished(*words, "--from-line", "3", folder=folder)
        assert (code, rest.out) == (0, ["replay: ok, 3 posts, 0 lines left out"])
        assert [post["text"] for post in await control.posts()] == [f"@LumenShop {n}" for n in range(4)]


async def test_a_refused_post_stops_it_before_the_chunk(folder: Path) -> None:
    file = a_file(folder, 2)
    with file.open("a") as more:
        more.write(json.dumps({"handle": "a handle that is no handle", "text": "@brand hi"}) + "\n")
    async with demo(folder) as (process, control):
        code, replay = await finished("replay", str(file), "--sandbox", PAGE.findall(process.said)[0], folder=folder)
        assert code == 1
        assert len(replay.err) == 1
        assert await control.posts() == []


async def test_the_bar_is_drawn_on_a_terminal_only(folder: Path) -> None:
    file = a_file(folder, 5)
    async with demo(folder) as (process, _):
        ours, theirs = pty.openpty()
        words = ("replay", str(file), "--sandbox", PAGE.findall(process.said)[0])
        run = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=folder, stderr=theirs, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(REPO), "TERM": "xterm"},
        )  # fmt: skip
        os.close(theirs)
        out, _ = await run.communicate()
        drawn = os.read(ours, 65_536).decode()
        os.close(ours)
    assert run.returncode == 0
    assert "replaying" in drawn
    assert "100%" in drawn
    assert out.decode() == "replay: ok, 5 posts, 0 lines left out\n"
