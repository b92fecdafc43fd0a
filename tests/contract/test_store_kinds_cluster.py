"""What the desk goes through when nodes of a cluster die, or hand it to one another: nothing lost, nothing doubled."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from redis.crc import key_slot

from bot.adapters.redis_connect import server_epoch
from bot.domain.errors import Unavailable
from bot.domain.ids import OpId
from tests.contract.busy import Busy, losing_answers
from tests.contract.cases import a_post, adding, opening
from tests.server_groups import PASSWORD, Cluster, PortServer
from tests.servers import a_workspace, memory_at

on_the_cluster = pytest.mark.xdist_group("cluster")


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A cluster of the test's own, whose nodes call one another dead after a moment."""
    group = Cluster(timeout=1000)
    try:
        yield group.begin()
    finally:
        group.end()


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
