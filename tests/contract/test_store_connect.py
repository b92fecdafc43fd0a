"""Addresses, checks and errors: each in a sentence, none with a password."""

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.adapters import redis_errors
from bot.adapters.redis_connect import connect, inspect, shown
from bot.adapters.redis_scripts import Shard
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import OpId
from tests.contract.cases import a_post, opening
from tests.servers import DeskMemory, Server, Shift, a_workspace, memory_at

ERRORS = [
    ("OOM command not allowed", Unavailable, redis_errors.FULL),
    ("READONLY You can't write", Unavailable, redis_errors.READ_ONLY),
    ("LOADING Redis is loading", Unavailable, redis_errors.STARTING),
    ("BUSY Redis is busy", Unavailable, redis_errors.NO_ANSWER),
    ("MISCONF Errors writing", Unavailable, redis_errors.NO_ANSWER),
    ("MASTERDOWN Link", Unavailable, redis_errors.NO_ANSWER),
    ("CLUSTERDOWN The cluster is down", Unavailable, redis_errors.NO_ANSWER),
    ("TRYAGAIN Multiple keys", Unavailable, redis_errors.NO_ANSWER),
    ("NOREPLICAS Not enough", Unavailable, redis_errors.NO_ANSWER),
    ("NOAUTH Authentication required.", Broken, redis_errors.NOT_LET_IN),
    ("WRONGPASS invalid username", Broken, redis_errors.NOT_LET_IN),
    ("NOPERM this user", Broken, redis_errors.NOT_ALLOWED),
    ("ERR The user executing the script can't", Broken, redis_errors.NOT_ALLOWED),
    ("WRONGTYPE Operation", Broken, redis_errors.DAMAGED),
    ("ERR something nobody has seen", Broken, redis_errors.DAMAGED),
]


@pytest.mark.parametrize(("answer", "kind", "sentence"), ERRORS, ids=lambda value: str(value)[:12])
async def test_every_error_of_the_server_becomes_a_sentence(
    folder: Path, answer: str, kind: type[Exception], sentence: str
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.read(100_000):
            greeting = b"CLIENT" in request
            writer.write(b"+OK\r\n" * request.count(b"CLIENT") if greeting else f"-{answer}\r\n".encode())
        writer.close()

    listening = await asyncio.start_unix_server(refuse, str(folder / "refusing"))
    async with memory_at(f"unix://{folder}/refusing") as desk:
        with pytest.raises(kind) as told:
            await desk.memory.now()
    listening.close()
    assert str(told.value) == sentence


async def test_the_check_names_every_setting_that_would_lose_something(server: Server) -> None:
    client = connect(server.url)
    await client.config_set("appendfsync", "everysec")
    await client.config_set("maxmemory-policy", "allkeys-lru")
    wrong = [finding for finding in await inspect(client) if not finding.ok]
    await client.aclose()
    assert [(finding.name, finding.must) for finding in wrong] == [("appendfsync", True), ("maxmemory-policy", True)]
    assert "everysec" in wrong[0].sentence


PASSWORD = "hunter" + "2"


@pytest.mark.parametrize(
    "url",
    [
        f"http://desk:{PASSWORD}@h",
        f"redis://desk:{PASSWORD}@h:notaport/0",
        f"redis://desk:{PASSWORD}@h/?socket_timeout={PASSWORD}",
        f"desk:{PASSWORD}@h",
        f"redis://[{PASSWORD}",
        "",
    ],
)
async def test_an_address_that_is_none_is_refused_without_showing_the_password(url: str) -> None:
    with pytest.raises(Broken) as told:
        connect(url)
    assert PASSWORD not in str(told.value)
    assert PASSWORD not in shown(url)


async def test_a_wrong_password_is_named_but_not_shown(server: Server) -> None:
    admin = Redis.from_url(server.url)
    await admin.config_set("requirepass", "right" + "-one")
    await admin.aclose()
    client = connect(f"unix://desk:{PASSWORD}@{server.socket}")
    with pytest.raises(Broken, match="REDIS_URL") as told:
        await inspect(client)
    await client.aclose()
    assert PASSWORD not in str(told.value)


@pytest.mark.parametrize("name", ["", "a{b", "a}b", "a:b", "a b"])
async def test_a_workspace_name_cannot_break_the_hash_tag(desk_memory: DeskMemory, name: str) -> None:
    with pytest.raises(ValueError, match="workspace"):
        Shard(desk_memory.client, name)


async def test_two_workspaces_on_one_server_do_not_see_each_other(desk_memory: DeskMemory) -> None:
    other = DeskMemory(desk_memory.url, a_workspace(), desk_memory.client, Shift())
    await desk_memory.store.begin(OpId("op"), opening(a_post(1)))
    assert await other.store.count("open") == 0
    assert (await other.store.begin(OpId("op"), opening(a_post(1)))).id == "C-1001"
