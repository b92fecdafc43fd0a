"""A server that others use too: the user that the papers give the desk can do all its work, and nothing else."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from redis import exceptions
from redis.asyncio import Redis

from bot.adapters.redis_clients import KEY_AT
from bot.adapters.redis_connect import connect, inspect
from bot.adapters.redis_errors import NOT_ALLOWED
from bot.domain.errors import Broken
from bot.domain.ids import OpId
from tests.contract.cases import a_post, opening
from tests.contract.guarded import Guarded, rules
from tests.server_groups import PASSWORD, Cluster
from tests.servers import DeskMemory, Shift, a_workspace
from tests.world import OUT, a_world

COVERS = {"RED-04"}
LUA = Path(__file__).parents[2] / "bot" / "adapters" / "lua"
GREETING = {"client|setname", "client|setinfo"}
"""What redis-py says when it connects."""
LOOKING = {"info", "time", "zrange"}
"""What the look at the start asks, and the auditor's pages, beside what `KEY_AT` names."""

DENIED = r"no permissions to run|No permissions to access|DEBUG command not allowed|not allowed from script"
"""The access list's own words; `DEBUG` and some others are closed to everybody, and to all scripts, before it is asked."""
FORBIDDEN = [
    "FLUSHALL",
    "FLUSHDB",
    "CONFIG GET requirepass",
    "CONFIG SET appendonly no",
    "KEYS *",
    "SCAN 0",
    "RANDOMKEY",
    "DEBUG JMAP",
    "ACL LIST",
    "ACL SETUSER replydesk allcommands",
    "SHUTDOWN NOSAVE",
    "REPLICAOF NO ONE",
    "SCRIPT FLUSH",
    "MODULE LIST",
    "CLIENT KILL TYPE normal",
    "SELECT 1",
    "PUBLISH news secret",
    "GET other",
    "SET other mine",
    "GET {other:0}:case:C-1001",
    "SET {other:0}:case:C-1001 mine",
    "MGET {WORKSPACE:0}:clock other",
    "HGETALL {WORKSPACE-2:0}:work",
    "GET {WORKSPACE:1}:clock",
]


@pytest.fixture
async def user(guarded: Guarded) -> AsyncIterator[tuple[str, Redis]]:
    """A workspace and its user's own connection."""
    workspace = a_workspace()
    client = connect(guarded.url_for(workspace))
    yield workspace, client
    await client.aclose()


def command(words: str, workspace: str) -> list[str]:
    return words.replace("WORKSPACE", workspace).split()


@pytest.mark.parametrize("words", FORBIDDEN, ids=lambda words: f"RED-04-{words}")
async def test_what_is_not_the_desk_s_is_denied(user: tuple[str, Redis], words: str) -> None:
    workspace, client = user
    with pytest.raises(exceptions.ResponseError, match=DENIED):
        await client.execute_command(*command(words, workspace))


@pytest.mark.parametrize("words", FORBIDDEN, ids=lambda words: f"RED-04-{words} from a script")
async def test_what_is_not_the_desk_s_is_denied_from_a_script_too(user: tuple[str, Redis], words: str) -> None:
    workspace, client = user
    parts = command(words, workspace)
    script = "return redis.call(unpack(ARGV))"
    with pytest.raises(exceptions.ResponseError, match=DENIED):
        await client.execute_command("EVAL", script, "1", f"{{{workspace}:0}}", *parts)


def test_nobody_was_let_through_to_see_it(guarded: Guarded) -> None:
    assert guarded.admin.ping()
    assert guarded.admin.config_get("appendonly") == {"appendonly": "yes"}
    assert guarded.admin.exists("other", "{other:0}:case:C-1001") == 0


def test_the_list_has_each_command_that_the_desk_uses_and_no_other() -> None:
    source = "\n".join(path.read_text() for path in LUA.glob("*.lua"))
    in_scripts = {name.lower() for name in re.findall(r"redis\.p?call[,(] ?'(\w+)'", source)}
    of_the_client = {str(name).lower() for name in KEY_AT}
    given = {word.removeprefix("+") for word in rules() if word.startswith("+")}
    assert given == in_scripts | of_the_client | LOOKING | GREETING


def test_the_list_begins_with_nothing() -> None:
    assert [word for word in rules() if not word.startswith("+")] == ["reset", "on", ">PASSWORD", "~{desk:0}*", "-@all"]


@pytest.mark.parametrize("word", ["+evalsha", "+zadd"])
async def test_a_command_that_is_missing_in_the_list_is_said_in_a_sentence(guarded: Guarded, word: str) -> None:
    workspace = a_workspace()
    client = connect(guarded.url_for(workspace, without=word))
    desk = DeskMemory(guarded.url, workspace, client, Shift())
    with pytest.raises(Broken) as told:
        await desk.store.begin(OpId("op"), opening(a_post(1)))
    await client.aclose()
    assert str(told.value) == NOT_ALLOWED


async def test_the_look_at_the_start_says_what_it_could_not_see_and_only_that(user: tuple[str, Redis]) -> None:
    (hidden,) = [finding for finding in await inspect(user[1]) if not finding.ok]
    assert (hidden.name, hidden.must, hidden.value) == ("appendfsync", True, None)
    assert hidden.sentence.startswith("The server does not tell the desk's user whether appendfsync is always: ")


async def test_with_leave_to_ask_everything_is_in_order(guarded: Guarded) -> None:
    client = connect(guarded.url_for(a_workspace(), "+config|get"))
    assert [finding for finding in await inspect(client) if not finding.ok] == []
    await client.aclose()


async def test_an_afternoon_goes_through_it_and_the_start_says_what_to_look_at(
    guarded: Guarded, tmp_path: Path
) -> None:
    workspace = a_workspace()
    async with a_world(guarded.url, workspace, tmp_path) as world:
        await world.stop()
        world._redis_url = guarded.url_for(workspace.lower())
        with pytest.raises(Broken, match=r"Ask it yourself \(CONFIG GET appendfsync\)") as told:
            await world.start()
        assert "REPLYDESK_ALLOW_VOLATILE=true" in str(told.value)
        world.more_settings = {"REPLYDESK_ALLOW_VOLATILE": "true"}
        await world.start()
        await world.resolved()
        await world.seat("otto").asks("hold all trying it out")
        await world.desk.audit.look_now()
        await world.settled()
        assert world.published() == [OUT]


@pytest.mark.xdist_group("cluster")
async def test_on_a_cluster_it_takes_one_command_more(cluster: Cluster) -> None:
    workspace, password = a_workspace(), "a-password-for-tests"
    line = " ".join(rules()).replace("PASSWORD", password).replace("{desk:0}", f"{{{workspace}:0}}").split()
    for server in cluster.servers:
        server.admin.execute_command("ACL", "SETUSER", workspace, *line, "+cluster|slots")
    client = connect(cluster.url.replace(f"://:{quote(PASSWORD, safe='')}@", f"://{workspace}:{password}@"))
    desk = DeskMemory(cluster.url, workspace, client, Shift())
    case = await desk.store.begin(OpId("op"), opening(a_post(1)))
    assert await desk.store.load(case.id) == case
    assert {finding.name for finding in await inspect(client) if not finding.ok} == {"appendfsync"}
    await client.aclose()
