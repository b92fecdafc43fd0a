"""What holds for every kind of servers that belong together, besides the contracts of the store."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.adapters.redis_connect import CONNECTIONS
from bot.domain.ids import OpId
from tests.contract.busy import give_up_in_the_middle
from tests.contract.cases import a_post, opening
from tests.contract.kinds import GROUPS, SERVERS
from tests.server_groups import Group, PortServer
from tests.servers import DeskMemory, memory_at


@pytest.mark.parametrize("kind", GROUPS)
async def test_more_callers_than_connections_wait_for_their_turn(request: pytest.FixtureRequest, kind: str) -> None:
    group: Group = request.getfixturevalue(SERVERS[kind])
    async with memory_at(group.url) as desk:
        case = await desk.store.begin(OpId("op"), opening(a_post(1)))
        assert await asyncio.gather(*(desk.store.load(case.id) for _ in range(600))) == [case] * 600
        assert max(doors_opened(server) for server in group.servers) <= CONNECTIONS + 1


def doors_opened(server: PortServer) -> int:
    """Return how many connections desks have to a server; one more than they may is for asking about a cluster."""
    return sum(client["name"] == "replydesk" for client in server.admin.client_list())


async def test_a_call_given_up_in_the_middle_does_not_mix_up_later_answers(desk_of_many: DeskMemory) -> None:
    await give_up_in_the_middle(desk_of_many, turns=40, furthest=9)


async def test_scripts_that_every_node_forgot_are_sent_again(desk_of_many: DeskMemory) -> None:
    await desk_of_many.memory.remember("cursor", "17")
    await desk_of_many.client.script_flush()
    assert await desk_of_many.memory.recall("cursor") == "17"


@pytest.fixture(params=GROUPS)
async def desk_of_many(request: pytest.FixtureRequest) -> AsyncIterator[DeskMemory]:
    async with memory_at(request.getfixturevalue(SERVERS[request.param]).url) as desk:
        yield desk
