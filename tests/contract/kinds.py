"""The kinds of server that must keep the store's promises: another kind is another row."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.redis_connect import connect
from tests.servers import DeskMemory, Shift, a_workspace

KINDS = ("single",)


@pytest.fixture(params=KINDS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[DeskMemory]:
    url = request.getfixturevalue({"single": "redis_url"}[request.param])
    client = connect(url)
    yield DeskMemory(url, a_workspace(), client, Shift())
    await client.aclose()
