"""Real servers for the tests: one Redis per worker, a fresh workspace per test, and a clock that can be moved.

Use in a test module: `from tests.servers import desk_memory, redis_server, redis_url  # noqa: F401 -- fixtures`.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket

import pytest
from redis.asyncio import Redis

from bot.adapters.embedded_process import find_binary
from bot.adapters.redis_arrivals import RedisArrivals
from bot.adapters.redis_commits import Follow
from bot.adapters.redis_connect import connect, open_ports
from bot.adapters.redis_departures import RedisDepartures
from bot.adapters.redis_journal import RedisJournal
from bot.adapters.redis_memory import RedisMemory
from bot.adapters.redis_outbox import RedisOutbox
from bot.adapters.redis_scripts import Client, Shard
from bot.adapters.redis_store import RedisCaseStore

_NUMBERS = itertools.count(1)


@dataclass
class Shift:
    """The time that a test has let pass, in milliseconds; called, it says how much."""

    passed: int = 0

    def __call__(self) -> int:
        return self.passed

    def pass_time(self, *, ms: int = 0, seconds: int = 0, minutes: int = 0, hours: int = 0, days: int = 0) -> None:
        self.passed += ms + 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days)))


def no_work(_before: object, _after: object, _events: object) -> tuple[()]:
    return ()


@dataclass
class DeskMemory:
    """The four ports on one real server, in a workspace of the test's own.

    They use `through` where that is given: a client that may do less than `client`, which is the test's.
    """

    url: str
    workspace: str
    client: Redis
    clock: Shift
    follow: Follow = no_work
    through: Client | None = None
    shard: Shard = field(init=False)
    store: RedisCaseStore = field(init=False)
    arrivals: RedisArrivals = field(init=False)
    outbox: RedisOutbox = field(init=False)
    memory: RedisMemory = field(init=False)
    journal: RedisJournal = field(init=False)
    departures: RedisDepartures = field(init=False)

    def __post_init__(self) -> None:
        """Build the ports as the desk does."""
        client = self.through or self.client
        self.shard = Shard(client, self.workspace, offset=self.clock)
        ports = open_ports(client, self.workspace, follow=self.follow, offset=self.clock)
        self.store, self.outbox, self.memory, self.journal = ports.store, ports.outbox, ports.memory, ports.journal
        self.departures, self.arrivals = ports.departures, ports.arrivals

    def following(self, follow: Follow) -> "DeskMemory":
        """Return the same memory with other work following from decisions."""
        return DeskMemory(self.url, self.workspace, self.client, self.clock, follow, self.through)

    async def everything(self) -> dict[bytes, bytes | None]:
        """Return all keys of the workspace with their dumped values: to see that nothing was written."""
        keys = sorted([key async for key in self.client.scan_iter(match=f"{{{self.workspace}:*", count=1000)])
        return {key: await self.client.dump(key) for key in keys}


KEEPING = ("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction")


class Server:
    """A plain server on a unix socket, started and stopped by the test that uses it; it keeps what `always` keeps."""

    def __init__(self, folder: Path, *options: str) -> None:
        """`options` are further settings of the server, as words of its command line."""
        self.folder = folder
        self.socket = folder / "s"
        self.url = f"unix://{self.socket}"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        self.spawn()
        self.await_ready()

    def spawn(self) -> None:
        """Start it without waiting until it is ready."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([find_binary(), *self.words()], stdout=log, stderr=log, env={})

    def words(self) -> tuple[str, ...]:
        place = ("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder))
        return (*place, *KEEPING, *self._options)

    def door(self) -> socket:
        """Return an open connection; raises `OSError`."""
        door = socket(AF_UNIX, SOCK_STREAM)
        try:
            door.connect(str(self.socket))
        except OSError:
            door.close()
            raise
        return door

    def await_ready(self) -> None:
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            assert self._process
            assert self._process.poll() is None, (self.folder / "log").read_text()
            with suppress(OSError), closing(self.door()) as door:
                door.sendall(b"PING\r\n")
                if door.recv(64).startswith((b"+PONG", b"-NOAUTH")):
                    return
            time.sleep(0.005)
        raise AssertionError("the server did not start: " + (self.folder / "log").read_text())

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """Start it, and stop it at the end of the block."""
        try:
            self.start()
            yield self
        finally:
            self.stop()


def fast_folder(prefix: str = "rd") -> Path:
    """Return a new folder in memory where there is one (an fsync is free there), with a path short enough for sockets."""
    shm = Path("/dev/shm")
    parent = str(shm) if shm.is_dir() and os.access(shm, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


@contextmanager
def a_server(*options: str, folder: Path | None = None) -> Iterator[Server]:
    """A plain server in a folder, in memory unless another is given; both are gone at the end."""
    server = Server(folder or fast_folder(), *options)
    try:
        with server.running():
            yield server
    finally:
        shutil.rmtree(server.folder)


@asynccontextmanager
async def memory_at(url: str, workspace: str = "") -> AsyncIterator[DeskMemory]:
    """The four ports on any server, in a workspace of the test's own or in this one."""
    client = connect(url)
    try:
        yield DeskMemory(url, workspace or a_workspace(), client, Shift())
    finally:
        await client.aclose()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    """One real server per worker; everybody keeps to a workspace of their own."""
    with a_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(redis_server: Server) -> str:
    return redis_server.url


def a_workspace() -> str:
    """Return a name that no other test uses."""
    return f"T{os.getpid()}n{next(_NUMBERS)}"


@pytest.fixture
async def desk_memory(redis_url: str) -> AsyncIterator[DeskMemory]:
    async with memory_at(redis_url) as memory:
        yield memory
