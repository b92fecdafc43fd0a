"""The page in a real Chromium, the real sandbox behind it and a small desk on the real slack-bolt."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.sandbox.server import Sandbox
from tests.browsing import Tab, browser, clean_tab_of  # noqa: F401 -- a fixture
from tests.sandbox.page.desk import Desk


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox.running(limits=False) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(sandbox) -> AsyncIterator[Desk]:
    async with Desk.connected(sandbox) as connected:
        yield connected


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser, sandbox) -> AsyncIterator[Tab]:  # noqa: F811 -- a fixture
    async with clean_tab_of(browser, sandbox) as opened:
        yield opened
