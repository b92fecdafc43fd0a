"""The look at the start, and what a client does when it is told of another primary, on each kind of server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from shutil import rmtree
from urllib.parse import quote

import pytest

from bot.adapters.redis_connect import Finding, connect, inspect, server_epoch
from bot.domain.errors import Broken, Unavailable
from tests.contract.kinds import GROUPS, KINDS, SERVERS
from tests.server_groups import PASSWORD, SERVICE, Cluster, PortServer, Watched
from tests.servers import DeskMemory, Shift, a_workspace, fast_folder


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(SERVERS[request.param]).url)


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[object]:
    client = connect(url)
    try:
        yield client
    finally:
        await client.aclose()


async def found_wrong(url: str) -> list[Finding]:
    async with client_of(url) as client:
        return [finding for finding in await inspect(client) if not finding.ok]


async def test_servers_that_keep_everything_are_found_in_order(url: str) -> None:
    assert await found_wrong(url) == []


async def test_the_epoch_is_the_same_while_no_server_changes(url: str) -> None:
    async with client_of(url) as first, client_of(url) as second:
        assert await server_epoch(first) == await server_epoch(first) == await server_epoch(second) != ""


async def test_the_clock_can_be_asked_for(url: str) -> None:
    async with client_of(url) as client:
        seconds, micros = await client.time()
        assert (seconds > 1_700_000_000, 0 <= micros < 1_000_000) == (True, True)


@pytest.mark.xdist_group("cluster")
async def test_of_a_cluster_every_primary_is_looked_at_and_the_one_that_forgets_is_named(cluster: Cluster) -> None:
    forgetful = cluster.servers[1]
    forgetful.admin.config_set("maxmemory-policy", "allkeys-lru")
    wrong = await found_wrong(cluster.url)
    forgetful.admin.config_set("maxmemory-policy", "noeviction")
    assert [(finding.name, finding.must, finding.value) for finding in wrong] == [
        ("maxmemory-policy", True, "allkeys-lru")
    ]
    assert f"(127.0.0.1:{forgetful.port})" in wrong[0].sentence


@pytest.mark.xdist_group("sentinel")
@pytest.mark.parametrize(
    ("setting", "value", "right"), [("appendfsync", "everysec", "always"), ("min-replicas-to-write", "0", "1")]
)
async def test_with_sentinels_the_primary_is_looked_at(watched: Watched, setting: str, value: str, right: str) -> None:
    primary = watched.primary()
    primary.admin.config_set(setting, value)
    wrong = await found_wrong(watched.url)
    primary.admin.config_set(setting, right)
    assert [(finding.name, finding.must, finding.value) for finding in wrong] == [(setting, True, value)]


def plain(server: PortServer) -> str:
    return f"redis://:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}/0"


@pytest.mark.xdist_group("cluster")
async def test_one_node_of_a_cluster_is_not_taken_for_the_whole(cluster: Cluster) -> None:
    with pytest.raises(Broken, match=r"write redis\+cluster://"):
        await found_wrong(plain(cluster.servers[0]))


@pytest.mark.xdist_group("sentinel")
async def test_a_sentinel_is_not_taken_for_a_server(watched: Watched) -> None:
    with pytest.raises(Broken, match=r"write redis\+sentinel://"):
        await found_wrong(f"redis://127.0.0.1:{watched.sentinels[0].port}")


@pytest.mark.xdist_group("sentinel")
async def test_a_copy_is_not_taken_for_the_primary(watched: Watched) -> None:
    primary = watched.primary()
    with pytest.raises(Broken, match="name the server itself"):
        await found_wrong(plain(next(server for server in watched.data if server is not primary)))


@pytest.fixture
def two() -> Iterator[tuple[PortServer, PortServer]]:
    """Two plain servers that know nothing of each other; the first takes changes only with a replica."""
    folder = fast_folder()
    servers = (PortServer(folder / "a", "--min-replicas-to-write", "1"), PortServer(folder / "b"))
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.admin.close()
        server.kill()
    rmtree(folder)


@pytest.mark.parametrize("kind", ["sentinel", "cluster"])
async def test_a_plain_server_is_not_taken_for_more(two: tuple[PortServer, PortServer], kind: str) -> None:
    path = f"/{SERVICE}?sentinel_password={quote(PASSWORD, safe='')}" if kind == "sentinel" else ""
    with pytest.raises(Broken, match="what answers there is none"):
        await found_wrong(plain(two[1]).replace("redis://", f"redis+{kind}://").removesuffix("/0") + path)


@pytest.mark.parametrize("kind", GROUPS)
async def test_a_wrong_password_is_named_but_not_shown(request: pytest.FixtureRequest, kind: str) -> None:
    url = request.getfixturevalue(SERVERS[kind]).url.replace(quote(PASSWORD, safe=""), "wrong-one")
    with pytest.raises(Broken, match="REDIS_URL") as told:
        await found_wrong(url)
    async with client_of(url) as client:
        with pytest.raises(Broken, match="REDIS_URL"):
            await DeskMemory(url, a_workspace(), client, Shift()).memory.now()
    assert "wrong-one" not in str(told.value)


class Told:
    """A Sentinel that says whatever the test wants."""

    def __init__(self, port: int) -> None:
        """`port` is where it says that the primary is."""
        self.port = port
        self.asked = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.read(10_000):
            if b"MASTERS" in request:
                self.asked += 1
                pairs = {"name": SERVICE, "ip": "127.0.0.1", "port": str(self.port), "flags": "master"}
                words = [word for pair in (pairs | {"num-other-sentinels": "0"}).items() for word in pair]
                writer.write(f"*1\r\n*{len(words)}\r\n".encode())
                writer.write(b"".join(f"${len(word)}\r\n{word}\r\n".encode() for word in words))
            else:
                writer.write(b"+OK\r\n" * request.count(b"CLIENT"))
        writer.close()


@asynccontextmanager
async def told_of(server: PortServer) -> AsyncIterator[tuple[Told, DeskMemory]]:
    told = Told(server.port)
    listening = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    url = f"redis+sentinel://:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/{SERVICE}"
    client = connect(url)
    try:
        yield told, DeskMemory(url, a_workspace(), client, Shift())
    finally:
        await client.aclose()
        listening.close()
        await listening.wait_closed()


async def test_an_old_primary_that_was_cut_off_is_left_for_the_new_one(two: tuple[PortServer, PortServer]) -> None:
    old, new = two
    async with told_of(old) as (told, desk):
        assert await desk.memory.recall("cursor") is None
        with pytest.raises(Unavailable):
            await desk.memory.remember("cursor", "17")
        told.port = new.port
        await desk.memory.remember("cursor", "17")
        assert await desk.memory.recall("cursor") == "17"


async def test_no_connection_to_an_older_primary_is_used_again(two: tuple[PortServer, PortServer]) -> None:
    old, new = two
    async with told_of(old) as (told, desk):
        pool = desk.client.connection_pool
        busy = [await pool.get_connection() for _ in range(8)]
        told.port = new.port
        await desk.memory.remember("cursor", "17")
        for connection in busy:
            await pool.release(connection)
        assert await asyncio.gather(*(desk.memory.recall("cursor") for _ in range(9))) == ["17"] * 9


async def test_sentinels_are_asked_once_per_connection_and_not_for_each_call(
    two: tuple[PortServer, PortServer],
) -> None:
    async with told_of(two[1]) as (told, desk):
        for _ in range(20):
            await desk.memory.now()
        assert told.asked == 1
