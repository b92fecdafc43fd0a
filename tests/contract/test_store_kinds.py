"""What the desk goes through when servers die, are replaced, or hand a desk to one another: nothing lost, nothing doubled."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from redis import exceptions
from redis.crc import key_slot

from bot.adapters.redis_connect import connect, inspect, server_epoch
from bot.adapters.redis_errors import NO_ANSWER, READ_ONLY
from bot.adapters.redis_scripts import Script
from bot.domain.errors import Unavailable
from bot.domain.ids import OpId
from tests.contract.cases import a_post, adding, opening
from tests.server_groups import PASSWORD, SERVICE, Cluster, PortServer, Watched, until
from tests.servers import DeskMemory, Shift, a_workspace

CHANGES, PEOPLE = 200, 8
on_the_cluster, watched_by_sentinels = pytest.mark.xdist_group("cluster"), pytest.mark.xdist_group("sentinel")
"""The same words as in `kinds`: servers that are shared are started by one worker only."""
SENTENCES = {NO_ANSWER, READ_ONLY}


@asynccontextmanager
async def memory_at(url: str, workspace: str = "") -> AsyncIterator[DeskMemory]:
    client = connect(url)
    try:
        yield DeskMemory(url, workspace or a_workspace(), client, Shift())
    finally:
        await client.aclose()


@pytest.fixture
def quick() -> Iterator[Watched]:
    """A group of the test's own whose Sentinels call a server dead after a moment."""
    group = Watched(down_after=300)
    try:
        yield group.begin()
    finally:
        group.end()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A cluster of the test's own, whose nodes call one another dead after a moment."""
    group = Cluster(timeout=600)
    try:
        yield group.begin()
    finally:
        group.end()


def losing_answers(desk: DeskMemory, every: int) -> None:
    """Let every so manieth answer to a commit be lost on the way, after the server has done the work."""
    send, commit = desk.client.execute_command, Script.load("commit").sha
    asked = itertools.count(1)

    async def sent(*words: object, **options: object) -> object:
        answer = await send(*words, **options)
        if commit in words and next(asked) % every == 0:
            raise exceptions.ConnectionError
        return answer

    desk.client.execute_command = sent


class Busy:
    """Eight people who together make 200 changes to four cases, each repeated by its maker until it is confirmed."""

    def __init__(self, desk: DeskMemory) -> None:
        """Nobody is at work yet."""
        self.desk = desk
        self.confirmed: list[int] = []
        self.refused: list[str] = []
        self.reached = {number: asyncio.Event() for number in range(CHANGES + 1)}

    async def work(self) -> None:
        self.cases = [await self.desk.store.begin(OpId(f"open{n}"), opening(a_post(1000 + n))) for n in range(4)]
        async with asyncio.TaskGroup() as group:
            for person in range(PEOPLE):
                group.create_task(self._changes(range(person, CHANGES, PEOPLE)))

    async def _changes(self, numbers: range) -> None:
        for number in numbers:
            case = self.cases[number % 4]
            while True:
                try:
                    await self.desk.store.change(case.id, OpId(f"op{number}"), adding(a_post(number)))
                except Unavailable as no:
                    self.refused.append(str(no))
                    continue
                self.confirmed.append(number)
                self.reached[len(self.confirmed)].set()
                break

    async def stored(self) -> list[int]:
        """Return the numbers of all changes that are in the cases, as often as they are there."""
        found = [await self.desk.store.load(case.id) for case in self.cases]
        return sorted(int(post.id) for case in found if case for post in case.posts[1:])

    async def written_down(self) -> int:
        """Return how many lines of changes the journal has."""
        lines = [line for case in self.cases for line in await self.desk.journal.lines(case.id, limit=500)]
        return sum(line["fact"] == "CustomerWrote" for line in lines)

    async def assert_whole(self) -> None:
        assert sorted(self.confirmed) == list(range(CHANGES))
        assert await self.stored() == list(range(CHANGES))
        assert await self.written_down() == CHANGES
        assert set(self.refused) <= SENTENCES


async def test_when_the_primary_is_killed_every_confirmed_change_is_there_once_and_work_goes_on(quick: Watched) -> None:
    async with memory_at(quick.url) as desk:
        losing_answers(desk, every=5)
        busy = Busy(desk)
        working = asyncio.ensure_future(busy.work())
        await busy.reached[40].wait()
        before, killed = await server_epoch(desk.client), quick.primary()
        killed.kill()
        confirmed = set(busy.confirmed)
        await working
        await asyncio.to_thread(until, lambda: quick.primary() is not killed, "every Sentinel knows the new primary")
        assert confirmed <= set(await busy.stored())
        assert await server_epoch(desk.client) != before
        await busy.assert_whole()


async def test_a_planned_change_of_the_primary_loses_nothing_and_is_not_noticed(quick: Watched) -> None:
    """Only a coordinated one, or `FAILOVER` on the primary: a plain one lost 935 of 3,649 confirmed cases."""
    async with memory_at(quick.url) as desk:
        old = quick.primary()
        command = ("SENTINEL", "FAILOVER", SERVICE, "COORDINATED")
        await asyncio.to_thread(quick.sentinels[0].admin.execute_command, *command)
        opened = []
        while quick.primary() is old:
            opened.append(await desk.store.begin(OpId(f"op{len(opened)}"), opening(a_post(len(opened)))))
        opened.append(await desk.store.begin(OpId("last"), opening(a_post(999_999))))
        assert [case.id for case in opened] == [f"C-{number}" for number in range(1001, 1001 + len(opened))]
        assert await asyncio.gather(*(desk.store.load(case.id) for case in opened)) == opened


async def test_a_primary_that_is_frozen_is_left_behind(quick: Watched) -> None:
    async with memory_at(quick.url) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        frozen = quick.primary()
        os.kill(frozen.pid, signal.SIGSTOP)
        while True:
            with suppress(Unavailable):
                changed = await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
                break
        os.kill(frozen.pid, signal.SIGCONT)
        assert [post.id for post in changed.posts] == ["1", "2"]
        await asyncio.to_thread(until, lambda: quick.primary() is not frozen, "every Sentinel knows the new primary")


async def test_a_primary_without_replicas_takes_no_change_and_says_so(quick: Watched) -> None:
    async with memory_at(quick.url) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        primary = quick.primary()
        for server in quick.data:
            if server is not primary:
                server.kill()
        await asyncio.to_thread(until, lambda: not primary.says("replication", "connected_slaves"), "no replicas left")
        with pytest.raises(Unavailable, match="did not answer"):
            await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
        assert await desk.store.load(case.id) == case


async def test_sentinels_that_are_gone_are_not_missed_while_one_is_left(quick: Watched) -> None:
    for sentinel in quick.sentinels[:2]:
        sentinel.kill()
    async with memory_at(quick.url) as desk:
        await asyncio.gather(*(desk.memory.now() for _ in range(50)))
        assert len({id(sentinel) for sentinel in desk.client.sentinels.sentinels}) == 3


@watched_by_sentinels
async def test_a_name_that_no_sentinel_knows_is_told(watched: Watched) -> None:
    client = connect(watched.url.replace(SERVICE, "another"))
    with pytest.raises(Unavailable, match="knows a running server called another"):
        await inspect(client)
    await client.aclose()


@on_the_cluster
async def test_while_a_node_is_away_calls_fail_with_a_sentence_and_go_on_when_it_is_back(cluster: Cluster) -> None:
    workspace = a_workspace()
    async with memory_at(cluster.url, workspace) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        node = cluster.owner(workspace)
        before = await server_epoch(desk.client)
        node.kill()
        with pytest.raises(Unavailable, match="did not answer"):
            await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
        node.start()
        while True:
            with suppress(Unavailable):
                changed = await desk.store.change(case.id, OpId("op2"), adding(a_post(2)))
                break
        assert [post.id for post in changed.posts] == ["1", "2"]
        await asyncio.to_thread(cluster.await_whole)
        assert await server_epoch(desk.client) != before


async def test_when_a_node_is_killed_its_replica_goes_on_with_every_confirmed_change_once(own_cluster: Cluster) -> None:
    workspace = a_workspace()
    owner = own_cluster.owner(workspace)
    replica = own_cluster.give_replica(owner)
    async with memory_at(own_cluster.url, workspace) as desk:
        losing_answers(desk, every=5)
        busy = Busy(desk)
        working = asyncio.ensure_future(busy.work())
        await busy.reached[40].wait()
        before = await server_epoch(desk.client)
        owner.kill()
        await working
        assert replica.says("replication", "role") == "master"
        await busy.assert_whole()
        assert await server_epoch(desk.client) != before


@on_the_cluster
async def test_while_a_desk_is_moved_to_another_node_calls_are_refused_and_nothing_is_begun_anew(
    cluster: Cluster,
) -> None:
    workspace = a_workspace()
    async with memory_at(cluster.url, workspace) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        move = Move(cluster, workspace)
        move.begin()
        with pytest.raises(Unavailable, match="moving to another machine"):
            await desk.store.begin(OpId("op2"), opening(a_post(2)))
        move.keys()
        with pytest.raises(Unavailable, match="moving to another machine"):
            await desk.store.begin(OpId("op2"), opening(a_post(2)))
        move.end()
        second = await desk.store.begin(OpId("op2"), opening(a_post(2)))
        assert (case.id, second.id) == ("C-1001", "C-1002")
        assert await desk.store.load(case.id) == case
        move.back()
        assert await desk.store.load(second.id) == second


class Move:
    """Moves the slot of a workspace, key by key, as `valkey-cli --cluster reshard` does."""

    def __init__(self, cluster: Cluster, workspace: str) -> None:
        """Nothing has moved yet."""
        self.slot = cluster.slot(workspace)
        self.source = cluster.owner(workspace)
        self.target = next(server for server in cluster.servers if server is not self.source)
        self.third = next(server for server in cluster.servers if server not in (self.source, self.target))

    def begin(self) -> None:
        self.target.admin.execute_command("CLUSTER SETSLOT", self.slot, "IMPORTING", self._id(self.source))
        self.source.admin.execute_command("CLUSTER SETSLOT", self.slot, "MIGRATING", self._id(self.target))

    def keys(self) -> None:
        names = self.source.admin.execute_command("CLUSTER GETKEYSINSLOT", self.slot, 1000)
        where = ("127.0.0.1", self.target.port, "", 0, 5000, "AUTH", PASSWORD, "KEYS")
        self.source.admin.execute_command("MIGRATE", *where, *names)

    def end(self) -> None:
        for server in (self.target, self.source, self.third):
            server.admin.execute_command("CLUSTER SETSLOT", self.slot, "NODE", self._id(self.target))

    def back(self) -> None:
        self.source, self.target = self.target, self.source
        self.begin()
        self.keys()
        self.end()

    @staticmethod
    def _id(server: PortServer) -> str:
        return str(server.admin.execute_command("CLUSTER MYID"))


@on_the_cluster
async def test_all_that_a_busy_desk_stores_lies_on_one_node_of_a_cluster(cluster: Cluster) -> None:
    workspace = a_workspace()
    async with memory_at(cluster.url, workspace) as desk:
        await Busy(desk).work()
        await desk.memory.remember("cursor:{x}", "17")
        await desk.journal.set_aside("item {y}", "unreadable")
        for server in cluster.servers:
            keys = server.admin.keys(f"{{{workspace}*")
            assert bool(keys) == (server is cluster.owner(workspace))
            assert {key_slot(key.encode()) for key in keys} <= {cluster.slot(workspace)}


async def test_more_callers_than_connections_wait_for_their_turn(desk_of_many: DeskMemory) -> None:
    case = await desk_of_many.store.begin(OpId("op"), opening(a_post(1)))
    assert await asyncio.gather(*(desk_of_many.store.load(case.id) for _ in range(600))) == [case] * 600


async def test_a_call_given_up_in_the_middle_does_not_mix_up_later_answers(desk_of_many: DeskMemory) -> None:
    desk = desk_of_many
    cases = [await desk.store.begin(OpId(f"op{n}"), opening(a_post(n))) for n in range(1, 6)]
    for turn in range(40):
        given_up = asyncio.ensure_future(desk.store.load(cases[turn % 5].id))
        for _ in range(turn % 9):
            await asyncio.sleep(0)
        given_up.cancel()
        with suppress(asyncio.CancelledError):
            await given_up
        assert await asyncio.gather(*(desk.store.load(case.id) for case in cases)) == cases


async def test_scripts_that_every_node_forgot_are_sent_again(desk_of_many: DeskMemory) -> None:
    await desk_of_many.memory.remember("cursor", "17")
    await desk_of_many.client.script_flush()
    assert await desk_of_many.memory.recall("cursor") == "17"


@pytest.fixture(
    params=[pytest.param("watched", marks=watched_by_sentinels), pytest.param("cluster", marks=on_the_cluster)]
)
async def desk_of_many(request: pytest.FixtureRequest) -> AsyncIterator[DeskMemory]:
    async with memory_at(request.getfixturevalue(request.param).url) as desk:
        yield desk
