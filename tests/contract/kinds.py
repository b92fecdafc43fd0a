"""The kinds of server that must keep the store's promises: another kind is another row."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.redis_connect import connect
from tests.servers import DeskMemory, Shift, a_workspace

SERVERS = {"single": "redis_server", "sentinel": "watched", "cluster": "cluster"}
"""Which fixture has the address of a kind."""
KINDS = ("single", *(pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in ("sentinel", "cluster")))
"""Servers that belong together are started by one worker only."""


@pytest.fixture(params=KINDS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[DeskMemory]:
    url = request.getfixturevalue(SERVERS[request.param]).url
    client = connect(url)
    yield DeskMemory(url, a_workspace(), client, Shift())
    await client.aclose()
