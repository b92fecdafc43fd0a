"""Fixtures shared by all tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers import desk_memory, redis_server, redis_url  # noqa: F401 -- fixtures
from tests.world import World, a_world


@pytest.fixture
async def desk(desk_memory, tmp_path: Path) -> AsyncIterator[World]:  # noqa: F811 -- a fixture
    """A whole desk, running, with nobody's time limits in the way."""
    async with a_world(desk_memory.url, desk_memory.workspace, tmp_path) as world:
        yield world
