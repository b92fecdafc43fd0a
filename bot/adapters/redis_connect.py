"""From an address to a client with time limits, and a look at whether that server keeps what it is told."""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.adapters.redis_errors import in_our_words
from bot.adapters.redis_journal import RedisJournal
from bot.adapters.redis_memory import RedisMemory
from bot.adapters.redis_outbox import RedisOutbox
from bot.adapters.redis_scripts import Client, Offset, Shard, no_shift
from bot.adapters.redis_store import Follow, RedisCaseStore
from bot.domain.errors import Broken
from bot.ports import Notify

CONNECTIONS = 32
"""Connections per process; who finds none free waits for at most `TIMEOUT`."""
TIMEOUT = 1.0
"""Seconds for connecting, for one answer, and for a free connection."""
CLOCKS_APART = 2_000
"""Milliseconds by which the server's clock and ours may differ before people are told."""
SCHEMES = ("redis", "rediss", "unix")
FORMS = "Write REDIS_URL as redis://host:6379/0, rediss://host:6379/0 (encrypted) or unix:///path/to/socket."


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
    """The four ports that one Redis keeps."""

    store: RedisCaseStore
    outbox: RedisOutbox
    memory: RedisMemory
    journal: RedisJournal


def open_ports(
    client: Client, workspace: str, *, follow: Follow, offset: Offset = no_shift, committed: Notify = lambda: None
) -> RedisPorts:
    """Build the four ports on one client; everything they store carries the workspace in its keys.

    `committed` hears whenever a change is durable, so that its work need not wait for the next look.
    """
    shard = Shard(client, workspace, offset=offset)
    journal = RedisJournal(shard)
    return RedisPorts(
        store=RedisCaseStore(shard, journal, follow=follow, committed=committed),
        outbox=RedisOutbox(shard),
        memory=RedisMemory(shard),
        journal=journal,
    )


def shown(url: str) -> str:
    """Return the address without user name, password and options: the only form that may be shown."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(unreadable address)"
    if parts.scheme not in SCHEMES:
        return "(not shown: its form is unknown, so a password could stand anywhere in it)"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def connect(url: str) -> Redis:
    """Return a client; nothing is sent yet. Raises `Broken` for an address that cannot be one.

    redis-py's own repeating is switched off: `Shard` repeats, and only what is safe to repeat.
    """
    if _scheme(url) not in SCHEMES:
        raise Broken(f"This is no address of a Redis: {shown(url)}. {FORMS}")
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=TIMEOUT,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            client_name="replydesk",
        )
    except ValueError:
        raise Broken(f"This is no address of a Redis: {shown(url)}. {FORMS}") from None
    return Redis.from_pool(pool)


async def inspect(client: Redis) -> tuple[Finding, ...]:
    """Look at the server as it is now. Raises `Unavailable` or `Broken` where it does not answer."""
    try:
        info = dict(await client.info())
        config = await _config(client)
        seconds, micros = await client.time()
    except (exceptions.RedisError, OSError) as error:
        raise in_our_words(error) from None
    apart = abs(int(seconds) * 1000 + int(micros) // 1000 - time.time_ns() // 1_000_000)
    return (
        Finding(name="server", ok=True, sentence=_server_sentence(info)),
        Finding(name="run_id", ok=True, sentence=str(info.get("run_id", "unknown"))),
        *(_setting(name, want, config.get(name), why) for name, want, why in SETTINGS),
        Finding(
            name="clock",
            ok=apart <= CLOCKS_APART,
            sentence=f"The server's clock and this machine's are {apart} ms apart.",
        ),
    )


SETTINGS = (
    ("appendonly", "yes", "without it everything is gone after a restart"),
    ("appendfsync", "always", "with anything else a crash can lose an approval or a mark that a reply has gone out"),
    ("maxmemory-policy", "noeviction", "with anything else a full memory drops cases silently"),
)


async def _config(client: Redis) -> dict[str, str]:
    """Return what the server tells of its settings; managed servers forbid asking."""
    try:
        found = [await client.config_get(name) for name, _, _ in SETTINGS]
    except exceptions.ResponseError:
        return {}
    pairs = (pair for one in found for pair in dict(one).items())
    return {_text(name): _text(value) for name, value in pairs}


def _text(word: object) -> str:
    return word.decode() if isinstance(word, bytes) else str(word)


def _setting(name: str, want: str, has: str | None, why: str) -> Finding:
    if has is None:
        return Finding(name=name, ok=False, must=True, sentence=f"The server does not say whether {name} is {want}.")
    if has == want:
        return Finding(name=name, ok=True, sentence=f"{name} is {want}.", value=has)
    sentence = f"{name} is {has} and must be {want}: {why}."
    return Finding(name=name, ok=False, must=True, sentence=sentence, value=has)


def _server_sentence(info: dict[str, object]) -> str:
    kind = "Valkey" if info.get("server_name") == "valkey" else "Redis"
    version = info.get("valkey_version") or info.get("redis_version") or "of unknown version"
    return f"{kind} {version}, up for {info.get('uptime_in_seconds', '?')} s."
