"""Where it is measured: a server that keeps every write on a real disk, and desks beside a pretend Slack and X."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bot.adapters.redis_connect import RedisPorts, connect, open_ports
from bot.adapters.redis_scripts import Script, Shard
from bot.domain.cases.effects import follow
from bot.domain.policy import Policy
from bot.logs import get_log
from bot.opening import opened
from bot.sandbox.server import Sandbox
from bot.wiring import Desk
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE, load
from tests.bench.machine import filesystem
from tests.servers import Server, Shift, a_server, a_workspace

ROOT = Path(__file__).parents[2]
IN_MEMORY = frozenset({"tmpfs", "ramfs"})
APPROVAL_KEY = "a key for benchmarks only, never for use outside them"


@dataclass(frozen=True, slots=True)
class Place:
    """A server on a disk and a client to it; its folder is for whatever else is needed."""

    server: Server
    client: Redis
    policy: Policy

    @property
    def folder(self) -> Path:
        return self.server.folder

    def ports(self) -> tuple[RedisPorts, Shard]:
        """Return the desk's ports in a workspace of their own, and the shard they lie on."""
        name = a_workspace()
        ports = open_ports(self.client, name, follow=lambda _, after, events: follow(after, tuple(events)))
        return ports, Shard(self.client, name)

    def environment(self, sandbox: Sandbox) -> dict[str, str]:
        """Return the settings of a desk that works with this sandbox and this server."""
        return {
            **sandbox.environment(),
            "REDIS_URL": self.server.url,
            "REPLYDESK_APPROVAL_KEY": APPROVAL_KEY,
            "REPLYDESK_WORKSPACE": a_workspace().lower(),
            "REPLYDESK_POLL_SECONDS": "3600",
            "REPLYDESK_LOG_LEVEL": "ERROR",
        }


@dataclass(frozen=True, slots=True)
class DeskInPlace:
    """A desk that is put together and does nothing by itself yet; `clock` is what its store takes for passed time."""

    desk: Desk
    sandbox: Sandbox
    clock: Shift


@asynccontextmanager
async def a_place() -> AsyncIterator[Place]:
    """Start the server on a disk, and leave nothing behind."""
    with a_server(folder=disk_folder()) as server:
        client = connect(server.url)
        try:
            yield Place(server, client, load_policy(POLICY_FILE, TALKING_POINTS_FILE))
        finally:
            await client.aclose()


@asynccontextmanager
async def a_desk(place: Place) -> AsyncIterator[DeskInPlace]:
    """Open a whole desk beside a sandbox without limits."""
    async with Sandbox.running(limits=False) as sandbox:
        settings = load(folder=place.folder, environment=place.environment(sandbox))
        clock = Shift()
        async with opened(settings, place.policy, get_log(), offset=clock) as desk:
            yield DeskInPlace(desk, sandbox, clock)


def disk_folder() -> Path:
    """Return a new folder on a disk, with a path short enough for a socket; where there is only memory, there."""
    places = [Path(tempfile.gettempdir()), Path("/var/tmp"), ROOT]
    usable = [place for place in places if place.is_dir()]
    parent = next((place for place in usable if filesystem(place) not in IN_MEMORY), usable[0])
    return Path(tempfile.mkdtemp(prefix="rdbench", dir=parent))


@dataclass(frozen=True, slots=True)
class BareScript:
    """One of the store's scripts, called by redis-py alone: no ports, no repeating, no reading of the answer."""

    client: Redis
    sha: str
    base: str

    @classmethod
    def of(cls, shard: Shard, client: Redis, name: str) -> "BareScript":
        return cls(client, Script.load(name).sha, shard._base)

    async def call(self, packed: bytes, document: bytes = b"") -> list[bytes | int]:
        words = ("EVALSHA", self.sha, "1", self.base, "0", packed, "1", document)
        return await Redis.execute_command(self.client, *words)  # as redis-py sends it: a trip for each
