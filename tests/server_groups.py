"""Servers that belong together, on ports of this machine: a primary watched by Sentinels, and a cluster."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, create_connection, socket
from urllib.parse import quote

import pytest
from redis import Redis, RedisError
from redis.crc import key_slot

from tests.servers import KEEPING, Server, fast_folder

PASSWORD = "p@ss/w:rd#1?%,"
"""Holds every character that could tear an address apart."""
SERVICE = "desk-1"
SLOTS = 16384


def free_port() -> int:
    """Return a port that nobody listens on, below those that the kernel gives to outgoing connections."""
    while True:
        port = 12_000 + secrets.randbelow(20_000)
        with socket(AF_INET, SOCK_STREAM) as door, suppress(OSError):
            door.bind(("127.0.0.1", port))
            return port


def until(looks: Callable[[], bool], what: str) -> None:
    """Wait for something that servers work out among themselves."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with suppress(RedisError):
            if looks():
                return
        time.sleep(0.02)
    raise AssertionError(f"it never came about: {what}")


class PortServer(Server):
    """A server with a port and a password, so that others can find it."""

    def __init__(self, folder: Path, *options: str) -> None:
        """`options` are further settings of the server, as words of its command line."""
        folder.mkdir()
        super().__init__(folder, *options)
        self.port = free_port()
        self.admin = Redis(host="127.0.0.1", port=self.port, password=PASSWORD, decode_responses=True, protocol=2)

    def words(self) -> tuple[str, ...]:
        place = ("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder))
        passwords = ("--requirepass", PASSWORD, "--masterauth", PASSWORD)
        return (*place, *passwords, *KEEPING, *self._options)

    def door(self) -> socket:
        return create_connection(("127.0.0.1", self.port), timeout=1)

    def says(self, section: str, name: str) -> object:
        return self.admin.info(section).get(name)


class SentinelServer(PortServer):
    """The same program as a Sentinel, which everybody may ask."""

    def __init__(self, folder: Path, primary: int, down_after: int) -> None:
        """`down_after` is how many milliseconds of silence count as death."""
        super().__init__(folder)
        self.admin = Redis(host="127.0.0.1", port=self.port, decode_responses=True, protocol=2)
        settings = (
            f"monitor {SERVICE} 127.0.0.1 {primary} 2",
            f'auth-pass {SERVICE} "{PASSWORD}"',
            f"down-after-milliseconds {SERVICE} {down_after}",
            f"failover-timeout {SERVICE} 3000",
        )
        lines = (f"bind 127.0.0.1\nport {self.port}\ndir {self.folder}", *(f"sentinel {line}" for line in settings))
        (self.folder / "conf").write_text("\n".join(lines) + "\n")

    def words(self) -> tuple[str, ...]:
        return (str(self.folder / "conf"), "--sentinel")

    def hurry(self) -> None:
        """Let Sentinels look more often than every second or ten.

        Four times the `publish` period is how long they let a new primary be one before all know of it.
        Five times the `ping` period is how old their news of a replica may be that is to take over.
        """
        periods = {"info": 100, "ping": 400, "ask": 100, "publish": 600, "min-link-reconnect": 300}
        words = [word for name, ms in periods.items() for word in (f"{name}-period", str(ms))]
        self.admin.execute_command("SENTINEL", "DEBUG", *words, "election-timeout", "1000")

    def knows(self, name: str) -> int:
        return int(self._pairs(self.admin.execute_command("SENTINEL", "MASTER", SERVICE))[name])

    def good_copies(self) -> int:
        """Return how many replicas this Sentinel would let take over."""
        copies = [self._pairs(state) for state in self.admin.execute_command("SENTINEL", "REPLICAS", SERVICE)]
        return sum(copy["master-link-status"] == "ok" and copy["flags"] == "slave" for copy in copies)

    @staticmethod
    def _pairs(words: list[str]) -> dict[str, str]:
        return dict(zip(words[::2], words[1::2], strict=True))


def start(servers: Sequence[Server]) -> None:
    for server in servers:
        server.spawn()
    for server in servers:
        server.await_ready()


class Group:
    """Servers in one folder, and the address that a desk would be given."""

    servers: Sequence[PortServer]

    def __init__(self) -> None:
        """Make the folder that `end` takes away."""
        self.folder = fast_folder()

    def address(self, scheme: str, servers: Sequence[PortServer], path: str = "") -> str:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        return f"{scheme}://:{quote(PASSWORD, safe='')}@{hosts}{path}"

    def end(self) -> None:
        for server in self.servers:
            server.admin.close()
            server.kill()
        shutil.rmtree(self.folder)


class Watched(Group):
    """A primary that takes changes only while a replica listens, two replicas, three Sentinels."""

    def __init__(self, down_after: int = 10_000) -> None:
        """`down_after` is how many milliseconds of silence count as death."""
        super().__init__()
        careful = ("--min-replicas-to-write", "1", "--repl-diskless-sync-delay", "0")
        primary = PortServer(self.folder / "d0", *careful)
        copies = [
            PortServer(self.folder / f"d{n}", *careful, "--replicaof", "127.0.0.1", str(primary.port)) for n in (1, 2)
        ]
        self.data = (primary, *copies)
        self.sentinels = [SentinelServer(self.folder / f"s{n}", primary.port, down_after) for n in range(3)]
        self.servers = (*self.data, *self.sentinels)
        self.url = self.address("redis+sentinel", self.sentinels, f"/{SERVICE}")

    def begin(self) -> "Watched":
        start(self.servers)
        for sentinel in self.sentinels:
            sentinel.hurry()
        # The primary calls a replica good as soon as it has sent it everything, even while that one still loads it.
        until(lambda: all(copy.says("replication", "master_link_status") == "up" for copy in self.data[1:]), "copies")
        until(lambda: self.data[0].says("replication", "min_slaves_good_slaves") == 2, "two replicas listen")
        until(lambda: all(sentinel.good_copies() == 2 for sentinel in self.sentinels), "replicas are known")
        others = "num-other-sentinels"
        until(lambda: all(sentinel.knows(others) == 2 for sentinel in self.sentinels), "Sentinels know each other")
        return self

    def primary(self) -> PortServer:
        """Return the server that the first Sentinel calls the primary."""
        port = self.sentinels[0].knows("port")
        return next(server for server in self.data if server.port == port)


class Cluster(Group):
    """Three primaries that share the slots; what a node holds is away while it is, unless it was given a replica."""

    def __init__(self, timeout: int = 1500) -> None:
        """`timeout` is how many milliseconds of silence count as death."""
        super().__init__()
        self._timeout = timeout
        self.servers = [self._node(number) for number in range(3)]
        self.url = self.address("redis+cluster", self.servers)

    def _node(self, number: int) -> PortServer:
        ways = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--repl-diskless-sync-delay", "0")
        return PortServer(self.folder / f"n{number}", *ways, "--cluster-node-timeout", str(self._timeout))

    def begin(self) -> "Cluster":
        start(self.servers)
        share = SLOTS // 3 + 1
        for number, server in enumerate(self.servers):
            last = min(SLOTS, share * (number + 1)) - 1
            server.admin.execute_command("CLUSTER ADDSLOTSRANGE", share * number, last)
            server.admin.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        for server in self.servers[1:]:
            self._introduce(server)
        self.await_whole()
        return self

    def _introduce(self, server: PortServer) -> None:
        bus = server.admin.config_get("cluster-port")["cluster-port"]
        self.servers[0].admin.execute_command("CLUSTER MEET", "127.0.0.1", server.port, bus)

    def give_replica(self, owner: PortServer) -> PortServer:
        """Start a fourth server that takes over when `owner` dies; until then `owner` needs it for every change."""
        replica = self._node(3)
        replica.start()
        self.servers.append(replica)
        self._introduce(replica)
        self.await_whole()
        replica.admin.execute_command("CLUSTER REPLICATE", owner.admin.execute_command("CLUSTER MYID"))
        until(lambda: replica.says("replication", "master_link_status") == "up", "the replica has everything")
        until(lambda: all("slave" in self._nodes(server) for server in self.servers), "all know the replica")
        owner.admin.config_set("min-replicas-to-write", 1)
        return replica

    @staticmethod
    def _nodes(server: PortServer) -> str:
        return str(server.admin.execute_command("CLUSTER NODES"))

    def await_whole(self) -> None:
        until(lambda: all(self.is_whole(server) for server in self.servers), "every node sees the whole cluster")

    def is_whole(self, server: PortServer) -> bool:
        state = server.admin.cluster("INFO")
        return (state["cluster_state"], state["cluster_known_nodes"]) == ("ok", str(len(self.servers)))

    def slot(self, workspace: str) -> int:
        return key_slot(f"{{{workspace}:0}}".encode())

    def owner(self, workspace: str) -> PortServer:
        """Return the server that holds the desk of a workspace."""
        return self.servers[self.slot(workspace) // (SLOTS // 3 + 1)]


@pytest.fixture(scope="session")
def watched() -> Iterator[Watched]:
    group = Watched()
    try:
        yield group.begin()
    finally:
        group.end()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    group = Cluster()
    try:
        yield group.begin()
    finally:
        group.end()
