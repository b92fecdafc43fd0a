"""The kinds of server that must keep the store's promises: another kind is another row."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.redis_connect import connect
from tests.servers import DeskMemory, Shift, a_workspace

SERVERS = {"single": "redis_server", "guarded": "guarded", "sentinel": "watched", "cluster": "cluster"}
"""Which fixture has the address of a kind."""
GROUPS = tuple(pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in ("sentinel", "cluster"))
"""Servers that belong together are started by one worker only."""
KINDS = ("single", *GROUPS)
"""Servers on which the desk's user may do everything."""
GUARDED = pytest.param("guarded", marks=pytest.mark.long)
"""The whole suite through the narrow user is for `make fault`; tests/contract/test_guarded.py is not."""


@pytest.fixture(params=(GUARDED, *KINDS))
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[DeskMemory]:
    """The ports on one kind of server; on the guarded one they go through a user who may do only what the papers say."""
    server = request.getfixturevalue(SERVERS[request.param])
    client = connect(server.url)
    workspace = a_workspace()
    through = connect(server.url_for(workspace)) if request.param == "guarded" else None
    yield DeskMemory(server.url, workspace, client, Shift(), through=through)
    for one in (client, through):
        if one is not None:
            await one.aclose()
