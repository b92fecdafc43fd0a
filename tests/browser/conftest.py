"""A tab on the page of the demo, with a whole desk behind it; one Chromium serves all these tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browsing import Tab, browser, clean_tab_of  # noqa: F401 -- a fixture
from tests.servers import memory_at
from tests.world import World, a_world


@pytest_asyncio.fixture(loop_scope="session")
async def desk(redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The desk of the other tests, in the loop in which the browser lives."""
    async with memory_at(redis_url) as memory, a_world(memory.url, memory.workspace, tmp_path) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="session")
async def page(request: pytest.FixtureRequest, browser, desk) -> AsyncIterator[Tab]:  # noqa: F811 -- a fixture
    """A tab in the light theme, or in the one that a module asks for."""
    async with clean_tab_of(browser, desk.sandbox, color_scheme=getattr(request, "param", "light")) as tab:
        yield tab
