"""From an address to a client with time limits, and a look at whether its servers keep what they are told."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from redis import exceptions
from redis.asyncio.sentinel import MasterNotFoundError

from bot.adapters.redis_arrivals import RedisArrivals
from bot.adapters.redis_clients import CONNECTIONS, TIMEOUT, ClusterRedis, SentinelRedis, open_client
from bot.adapters.redis_commits import Commits, Follow
from bot.adapters.redis_departures import RedisDepartures
from bot.adapters.redis_document import Kept, RedisDocument
from bot.adapters.redis_errors import NO_ANSWER, in_our_words
from bot.adapters.redis_journal import RedisJournal
from bot.adapters.redis_memory import RedisMemory
from bot.adapters.redis_outbox import RedisOutbox
from bot.adapters.redis_scripts import Client, Offset, Shard, no_shift
from bot.adapters.redis_store import RedisCaseStore
from bot.adapters.redis_together import OneRedis
from bot.adapters.redis_url import parse, shown
from bot.domain.errors import Broken, Unavailable
from bot.ports import Notify

__all__ = [
    "CONNECTIONS",
    "TIMEOUT",
    "Finding",
    "RedisPorts",
    "connect",
    "inspect",
    "open_ports",
    "server_epoch",
    "shown",
]

T = TypeVar("T")
CLOCKS_APART = 2_000
"""Milliseconds by which the servers' clocks and ours may differ before people are told."""
LOOK_WITHIN = 5.0
"""Seconds for one look at all servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. Where `ok` is false, `must` says that the desk must not run like this.

    `value` is a setting as the server tells it, None where it does not.
    """

    name: str
    ok: bool
    sentence: str
    must: bool = False
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisPorts:
    """The ports that one Redis keeps, and the documents that the desk shares."""

    shard: Shard
    committed: Notify
    store: RedisCaseStore
    arrivals: RedisArrivals
    outbox: RedisOutbox
    memory: RedisMemory
    journal: RedisJournal
    departures: RedisDepartures

    def document(self, kept: Kept[T]) -> RedisDocument[T]:
        """Return the shared document of this name."""
        return RedisDocument(self.shard, self.journal, kept, self.committed)


def open_ports(
    client: Client, workspace: str, *, follow: Follow, offset: Offset = no_shift, committed: Notify = lambda: None
) -> RedisPorts:
    """Build the ports on one client; everything they store carries the workspace in its keys.

    `committed` hears whenever a change is durable, so that its work need not wait for the next look.
    """
    shard = Shard(client, workspace, offset=offset)
    journal, commits = RedisJournal(shard), Commits(follow)
    return RedisPorts(
        shard=shard,
        committed=committed,
        store=RedisCaseStore(shard, journal, commits, committed),
        arrivals=RedisArrivals(shard, commits, committed),
        outbox=RedisOutbox(shard),
        memory=RedisMemory(shard),
        journal=journal,
        departures=RedisDepartures(shard),
    )


def connect(url: str) -> Client:
    """Return a client for any address that `redis_url` knows; nothing is sent yet. Raises `Broken`."""
    address = parse(url)
    try:
        return open_client(address)
    except (ValueError, exceptions.RedisError):
        raise Broken(f"REDIS_URL ({address.place}) has an option with a value that cannot be used.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """What one server that takes changes says of itself; `place` is empty where there is only one."""

    place: str
    info: Mapping[str, object]
    config: Mapping[str, str] = field(default_factory=dict)
    apart: int = 0

    def says(self, name: str) -> str:
        return str(self.info.get(name, "unknown"))


_Look = Callable[[Client, str, Mapping[str, Any]], Awaitable[_Server]]


async def inspect(client: Client) -> tuple[Finding, ...]:
    """Look at the server as it is now: of a cluster at every primary, of Sentinels at the primary.

    Raises `Unavailable` where one does not answer, `Broken` where `REDIS_URL` is of another kind than the server.
    """
    async with _asking(client):
        servers = await _every(client, _look)
    apart = max(server.apart for server in servers)
    return (
        Finding(name="server", ok=True, sentence=_server_sentence(servers)),
        Finding(name="run_id", ok=True, sentence=_epoch(servers)),
        *(_setting(servers, name, want, why) for name, want, why in SETTINGS),
        *_replicas(client, servers),
        Finding(
            name="clock",
            ok=apart <= CLOCKS_APART,
            sentence=f"The server's clock and this machine's are {apart} ms apart.",
        ),
    )


async def server_epoch(client: Client) -> str:
    """Return a word that changes whenever a server was started again or another took over. Raises `Unavailable`."""
    async with _asking(client):
        return _epoch(await _every(client, _ask))


SETTINGS = (
    ("appendonly", "yes", "without it everything is gone after a restart"),
    ("appendfsync", "always", "with anything else a crash can lose an approval or a mark that a reply has gone out"),
    ("maxmemory-policy", "noeviction", "with anything else a full memory drops cases silently"),
)
REPLICAS = "min-replicas-to-write"


@asynccontextmanager
async def _asking(client: Client) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            yield
    except MasterNotFoundError:
        service = client.service if isinstance(client, SentinelRedis) else ""
        raise Unavailable(f"No Sentinel that let us in knows a running server called {service}.") from None
    except TimeoutError:
        raise Unavailable(NO_ANSWER) from None
    except (exceptions.RedisError, exceptions.RedisClusterException, OSError) as error:
        raise in_our_words(error) from None


async def _every(client: Client, look: _Look) -> Sequence[_Server]:
    """Ask the one server, or every primary of a cluster; where one has changed its place, all once more."""
    if not isinstance(client, ClusterRedis):
        return (await look(client, "", {}),)
    cluster = client
    try:
        return await _each(cluster, look)
    except (exceptions.RedisError, OSError):
        await cluster.find_nodes()
        return await _each(cluster, look)


async def _each(cluster: ClusterRedis, look: _Look) -> Sequence[_Server]:
    nodes = await cluster.primaries()
    found = [await look(cluster, node.name, {"target_nodes": node}) for node in nodes]
    if any(server.says("role") != "master" for server in found):
        raise exceptions.ReadOnlyError
    return found


async def _ask(client: Client, place: str, where: Mapping[str, Any]) -> _Server:
    info = dict(await client.info(**where))
    if "sentinel_masters" in info:
        raise Broken("REDIS_URL names a Sentinel: write redis+sentinel://HOST:26379/SERVICE.")
    if info.get("cluster_enabled") == 1 and not isinstance(client, ClusterRedis):
        raise Broken("REDIS_URL names one server of a cluster: write redis+cluster://HOST:6379.")
    if info.get("role") != "master" and not place:
        raise Broken("REDIS_URL names a copy of a server, which takes no changes: name the server itself.")
    return _Server(place=place, info=info)


async def _look(client: Client, place: str, where: Mapping[str, Any]) -> _Server:
    server = await _ask(client, place, where)
    seconds, micros = await client.time(**where)
    apart = abs(int(seconds) * 1000 + int(micros) // 1000 - time.time_ns() // 1_000_000)
    return replace(server, config=_told(server.info) | await _config(client, where), apart=apart)


def _told(info: Mapping[str, object]) -> dict[str, str]:
    """Return the settings that a server tells whoever may not ask for its settings; `appendfsync` is not among them."""
    told = {
        "appendonly": "yes" if info.get("aof_enabled") == 1 else "no",
        "maxmemory-policy": str(info.get("maxmemory_policy")),
        # How many good replicas there are is told only where at least one is asked for.
        REPLICAS: "1",
    }
    shown_by = {"appendonly": "aof_enabled", "maxmemory-policy": "maxmemory_policy", REPLICAS: "min_slaves_good_slaves"}
    return {name: value for name, value in told.items() if shown_by[name] in info}


async def _config(client: Client, where: Mapping[str, Any]) -> dict[str, str]:
    """Return what the server tells of its settings; managed servers and access lists forbid asking."""
    names = (*(name for name, _, _ in SETTINGS), REPLICAS)
    try:
        found = [await client.config_get(name, **where) for name in names]
    except exceptions.ResponseError:
        return {}
    pairs = (pair for one in found for pair in dict(one).items())
    return {_text(name): _text(value) for name, value in pairs}


def _text(word: object) -> str:
    return word.decode() if isinstance(word, bytes) else str(word)


def _setting(servers: Sequence[_Server], name: str, want: str, why: str) -> Finding:
    wrong = [server for server in servers if server.config.get(name) != want]
    if not wrong:
        return Finding(name=name, ok=True, sentence=f"{name} is {want}.", value=want)
    has = next((server.config[name] for server in wrong if name in server.config), None)
    where = f" ({', '.join(server.place for server in wrong)})" if wrong[0].place else ""
    if has is None:
        sentence = f"The server does not tell the desk's user whether {name} is {want}{where}: {why}."
    else:
        sentence = f"{name} is {has} and must be {want}{where}: {why}."
    return Finding(name=name, ok=False, must=True, sentence=sentence, value=has)


def _replicas(client: Client, servers: Sequence[_Server]) -> Iterator[Finding]:
    """Yield, where a copy may take over by itself, whether a server without copies stops taking changes."""
    followed = [one for one in servers if isinstance(client, SentinelRedis) or one.info.get("connected_slaves")]
    if isinstance(client, OneRedis) or not followed:
        return
    least = min(one.config.get(REPLICAS, "0") for one in followed)
    sentence = f"{REPLICAS} is {least}" + (
        "." if least != "0" else " and must be at least 1: else a server that was cut off confirms what is lost later."
    )
    yield Finding(name=REPLICAS, ok=least != "0", must=True, sentence=sentence, value=least)


def _epoch(servers: Sequence[_Server]) -> str:
    return ",".join(sorted(server.says("run_id") for server in servers))


def _server_sentence(servers: Sequence[_Server]) -> str:
    first = servers[0]
    kind = "Valkey" if first.info.get("server_name") == "valkey" else "Redis"
    version = first.info.get("valkey_version") or first.info.get("redis_version") or "of unknown version"
    many = f", {len(servers)} primaries" if first.place else ""
    return f"{kind} {version}{many}, up for {min(server.says('uptime_in_seconds') for server in servers)} s."
