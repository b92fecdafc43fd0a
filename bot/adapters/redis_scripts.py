"""The only way to write to Redis: Lua scripts on the keys of one shard, repeated safely when an answer is lost."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TypeVar

import msgspec
from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster

from bot.adapters.redis_clients import ClusterRedis, SentinelRedis
from bot.adapters.redis_errors import DAMAGED, NO_ANSWER, in_our_words
from bot.domain.errors import Broken, Unavailable

Client = Redis | RedisCluster
Offset = Callable[[], int]
Once = Callable[[int], Awaitable[object]]
T = TypeVar("T")

WITHIN = 2.4
"""Seconds for one script, all tries together: a click must be answered within 3."""
PAUSES = (0.05, 0.2)
"""Seconds before the second and the third try; harmless to repeat, since every script knows what it has done."""
PAUSES_OF_MANY = (0.05, 0.15, 0.3, 0.4, 0.5, 0.5)
"""The same where another server may take over meanwhile: a planned move is over within about a second."""
COMMITTING = ("commit", "commits")
ON_THE_QUEUE = ("document", "take", "add", "aside", "depart", "audit")
BY_ITSELF = ("load", "seek", "allocate", "note", "lines", "memory")
PARTS = {
    **{name: ("common", "work", "committing", name) for name in COMMITTING},
    **{name: ("common", "work", name) for name in ON_THE_QUEUE},
    **{name: ("common", name) for name in BY_ITSELF},
    "settle": ("common", "work", "waking", "settle"),
}
"""Which files under `lua/` make up a script."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text and the SHA-1 that Redis calls it by."""

    text: str
    sha: str

    @classmethod
    def load(cls, name: str) -> "Script":
        folder = resources.files("bot.adapters") / "lua"
        text = "\n".join((folder / f"{part}.lua").read_text("utf-8") for part in PARTS[name])
        return cls(text=text, sha=hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


def no_shift() -> int:
    """Leave the server's clock as it is."""
    return 0


class Shard:
    """The keys `{workspace:number}:…` of one Redis, and the scripts that change them.

    `offset` shifts the server's clock by so many milliseconds: for tests that let a week pass.
    """

    def __init__(self, client: Client, workspace: str, *, number: int = 0, offset: Offset = no_shift) -> None:
        """All keys share one hash tag, so that a cluster keeps them together; no braces in `workspace`."""
        if not workspace or set(workspace) & set("{}: \n"):
            raise ValueError("a workspace's name needs letters and no braces, colons or spaces")
        self._client = client
        self._pauses = PAUSES_OF_MANY if isinstance(client, SentinelRedis | ClusterRedis) else PAUSES
        self._base = f"{{{workspace}:{number}}}"
        self._offset = offset
        self._scripts = {name: Script.load(name) for name in PARTS}

    def key(self, kind: str, name: str = "") -> str:
        return f"{self._base}:{kind}:{name}" if name else f"{self._base}:{kind}"

    async def run(self, name: str, request: Mapping[str, object], answer: type[T], *documents: bytes) -> T:
        """Run a script; its answer has the shape `answer`, or it is `Broken`. Raises `Unavailable`."""
        try:
            packed = msgspec.msgpack.encode(request)
        except UnicodeEncodeError:
            raise Broken("A text holds half a character, which cannot be stored.") from None
        script = self._scripts[name]

        async def once(attempt: int) -> object:
            return await self._call(script, str(self._offset()), packed, str(attempt), *documents)

        return _shaped(await self._patiently(once), answer)

    async def text(self, name: str, request: Mapping[str, object], answer: type[T], *documents: bytes) -> T:
        """Run a script whose answer is text and numbers only."""
        return _shaped(_as_text(await self.run(name, request, object, *documents)), answer)

    async def values(self, kind: str, names: Sequence[str]) -> list[bytes | None]:
        """Return plain values in the order of their names, at least one; nothing where there is none."""
        first, *others = names
        return await self._read(list[bytes | None], "MGET", kind, first, *(self.key(kind, name) for name in others))

    async def table(self, kind: str) -> dict[bytes, bytes]:
        return await self._read(dict[bytes, bytes], "HGETALL", kind)

    async def size(self, kind: str, name: str) -> int:
        """Return how many members a sorted set has."""
        return await self._read(int, "ZCARD", kind, name)

    async def newest(self, kind: str, name: str, limit: int) -> list[bytes]:
        """Return the members with the highest scores, highest first."""
        return await self._read(list[bytes], "ZREVRANGE", kind, name, "0", str(limit - 1))

    async def oldest(self, kind: str, name: str, skip: int, limit: int) -> list[bytes]:
        """Return the members with the lowest scores, lowest first."""
        return await self._read(list[bytes], "ZRANGE", kind, name, str(skip), str(skip + limit - 1))

    async def _read(self, answer: type[T], command: str, kind: str, name: str = "", *args: str) -> T:
        async def once(_attempt: int) -> object:
            return await self._execute(command, self.key(kind, name), *args)

        return _shaped(await self._patiently(once), answer)

    async def _patiently(self, once: Once) -> object:
        try:
            async with asyncio.timeout(WITHIN):
                return await _repeated(once, self._pauses)
        except TimeoutError:
            raise Unavailable(NO_ANSWER) from None

    async def _call(self, script: Script, *args: str | bytes) -> object:
        try:
            return await self._execute("EVALSHA", script.sha, "1", self._base, *args)
        except exceptions.NoScriptError:
            return await self._execute("EVAL", script.text, "1", self._base, *args)

    async def _execute(self, *words: str | bytes) -> object:
        answer: object = await self._client.execute_command(*words)
        return answer


async def _repeated(once: Once, pauses: tuple[float, ...]) -> object:
    for attempt, pause in enumerate((*pauses, None), start=1):
        try:
            return await once(attempt)
        except (exceptions.RedisError, exceptions.RedisClusterException, OSError) as error:
            ours = in_our_words(error)
            if pause is None or not isinstance(ours, Unavailable):
                raise ours from error
        await asyncio.sleep(pause)
    raise AssertionError("the last try returns or raises")


def storable(text: str, longest: int) -> str:
    """Return the text cut to a length and with a question mark for half a character: for words about poison."""
    return text[:longest].encode(errors="replace").decode()


def _as_text(answer: object) -> object:
    if isinstance(answer, bytes):
        return answer.decode(errors="replace")
    return [_as_text(part) for part in answer] if isinstance(answer, list) else answer


def _shaped(answer: object, shape: type[T]) -> T:
    try:
        return msgspec.convert(answer, shape)
    except msgspec.ValidationError:
        raise Broken(DAMAGED) from None
