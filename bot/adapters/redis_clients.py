"""Clients for one server, for a primary that Sentinels know, and for a cluster: all with the same time limits.

redis-py's own repeating is switched off in each: `Shard` repeats, and only what is safe to repeat.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import NoBackoff
from redis.typing import EncodableT

from bot.adapters.redis_together import OneRedis
from bot.adapters.redis_url import Address, Kind

CONNECTIONS = 32
"""Connections per process; who finds none free waits for at most `TIMEOUT`."""
TIMEOUT = 1.0
"""Seconds for connecting, for one answer, and for a free connection."""
SENTINEL_TIMEOUT = 0.4
"""Seconds for connecting to a Sentinel and for its answer: of three, two may be silent within one try."""
KEY_AT: Mapping[object, int] = {"EVALSHA": 3, "EVAL": 3, "GET": 1, "MGET": 1, "HGETALL": 1, "ZCARD": 1, "ZREVRANGE": 1}
"""Where the key stands in the commands that `Shard` sends."""
TURNED_AWAY = ("NOREPLICAS", "MASTERDOWN")
"""Answers of a primary that may have been replaced without knowing it."""


def open_client(address: Address) -> "Redis | ClusterRedis":
    """Return a client; nothing is sent yet. Raises `ValueError` where a certificate's file or the like is no good."""
    if address.kind is Kind.CLUSTER:
        return ClusterRedis(address)
    if address.kind is Kind.SENTINEL:
        return SentinelRedis.of(address)
    kinds: dict[Kind, type[AbstractConnection]] = {Kind.SOCKET: UnixDomainSocketConnection, Kind.ONE: Connection}
    kind = SSLConnection if address.encrypted else kinds[address.kind]
    where = {"path": address.path} if address.kind is Kind.SOCKET else _host(*address.hosts[0])
    return OneRedis.from_pool(BlockingConnectionPool(connection_class=kind, **where, **_pool(address)))


def _host(host: str, port: int) -> dict[str, object]:
    return {"host": host, "port": port}


def _pool(address: Address) -> dict[str, Any]:
    return {"max_connections": CONNECTIONS, "timeout": TIMEOUT, "db": address.db, **_connection(address)}


def _connection(address: Address) -> dict[str, Any]:
    tls = {name: value for name, value in address.options.items() if name.startswith("ssl_")}
    return {
        "username": address.username,
        "password": address.password,
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
        "client_name": "replydesk",
        **tls,
    }


class _Sentinels(Sentinel):
    """Asks one after the other; redis-py's own list loses Sentinels when several ask it at the same time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]  # as redis-py has it
        self._asking = asyncio.Lock()

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        async with self._asking:
            host, port = await super().discover_master(service_name)
            return host, port


class _PrimaryPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to the primary of now: who finds none free waits, and one to an older primary is made anew."""

    async def ensure_connection(self, connection: Any) -> None:
        if (connection.host, connection.port) != self.master_address:
            await connection.disconnect()
        await super().ensure_connection(connection)


class SentinelRedis(Redis):
    """A client of whichever server the Sentinels call the primary of `service`."""

    sentinels: _Sentinels
    service: str

    @classmethod
    def of(cls, address: Address) -> "SentinelRedis":
        ours = _connection(address)
        theirs = ours | {
            "username": address.options.get("sentinel_username"),
            "password": address.options.get("sentinel_password"),
            "socket_timeout": SENTINEL_TIMEOUT,
            "socket_connect_timeout": SENTINEL_TIMEOUT,
            "ssl": address.encrypted,
        }
        sentinels = _Sentinels(address.hosts, sentinel_kwargs=theirs)
        kind = SentinelManagedSSLConnection if address.encrypted else SentinelManagedConnection
        words = _pool(address) | {"connection_class": kind}
        pool = _PrimaryPool(address.service, sentinels, **words)  # type: ignore[no-untyped-call]  # as redis-py has it
        client: SentinelRedis = cls.from_pool(pool)  # type: ignore[assignment]  # it returns its own class
        client.sentinels, client.service = sentinels, address.service
        return client

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command; a primary without replicas may be an old one, so the Sentinels are asked again."""
        try:
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # as redis-py has it
        except exceptions.ResponseError as error:
            if str(error).startswith(TURNED_AWAY):
                await self.connection_pool.disconnect(inuse_connections=False)
            raise

    async def aclose(self, close_connection_pool: bool | None = None) -> None:  # noqa: FBT001 -- as redis-py has it
        await super().aclose(close_connection_pool)
        await self.sentinels.aclose()


class _KeyFirst:
    """Knows where the key stands without asking: a node that is down would answer nobody."""

    async def initialize(self, _node: object) -> None:
        """Nothing is to be asked."""

    async def get_keys(self, *args: EncodableT) -> tuple[EncodableT, ...]:
        return args[1:2]


class ClusterRedis(RedisCluster):
    """A client of a cluster that never follows ASK.

    While a slot is moved key by key, ASK leads to a server where the keys of a case are not yet: a script would find an
    empty desk there, and number its cases from the beginning. So calls are refused until the whole slot has moved.
    """

    def __init__(self, address: Address) -> None:
        """The nodes that `address` names are asked for the others, each time; name at least two."""
        nodes = [ClusterNode(host, port) for host, port in address.hosts]
        # A connection that is being closed still has its place, so there are more places than callers.
        super().__init__(
            startup_nodes=nodes,
            max_connections=2 * CONNECTIONS,
            dynamic_startup_nodes=False,
            reinitialize_steps=0,
            ssl=address.encrypted,
            **_connection(address),
        )
        self.commands_parser = _KeyFirst()  # type: ignore[assignment]  # all that is used of it
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._looking = asyncio.Lock()
        self._looked = 0
        self._lost = ""

    async def execute_command(self, *args: EncodableT, **kwargs: Any) -> Any:
        """Send a command to the one node that has its key; others, as for asking, go redis-py's way."""
        await self._place()
        try:
            await self.initialize()
            if args[0] in KEY_AT and not kwargs:
                return await self._send(args, str(args[KEY_AT[args[0]]]))
            return await super().execute_command(*args, **kwargs)
        finally:
            self._places.release()

    async def primaries(self) -> Sequence[ClusterNode]:
        """Return the servers that take changes, as far as this client knows; `find_nodes` learns anew."""
        await self.initialize()
        return sorted(self.get_primaries(), key=lambda node: str(node.name))

    async def find_nodes(self) -> None:
        """Ask which server has what; each connection is made anew after that."""
        await self.nodes_manager.initialize(last_failed_node_name=self._lost or None)

    async def _place(self) -> None:
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._places.acquire()
        except TimeoutError:
            raise exceptions.ConnectionError("no connection is free") from None

    async def _send(self, args: tuple[EncodableT, ...], key: str) -> Any:
        if self._lost:
            await self._look_again()
        looked = self._looked
        node = self.get_node_from_key(key)
        try:
            return await node.execute_command(*args)  # type: ignore[union-attr]  # None comes for replicas only
        except exceptions.MovedError as moved:
            await self.nodes_manager.move_slot(moved)
            raise
        except (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.ClusterDownError, OSError):
            if looked == self._looked:
                self._lost = node.name  # type: ignore[union-attr]  # as above
            raise

    async def _look_again(self) -> None:
        """Ask which node has what, once for all who have lost the same one."""
        async with self._looking:
            if self._lost:
                await self.find_nodes()
                self._lost = ""
                self._looked += 1
