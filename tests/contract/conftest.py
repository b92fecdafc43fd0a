"""The servers that the contracts of the store are tried on."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.adapters.redis_scripts import PARTS, Script
from tests.contract.guarded import guarded  # noqa: F401 -- a fixture
from tests.contract.proxy import Proxy, proxy_before
from tests.server_groups import cluster, watched  # noqa: F401 -- fixtures
from tests.servers import DeskMemory, Server, fast_folder, memory_at


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = fast_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """A server of the test's own, to be killed and cut off."""
    with Server(folder).running() as server:
        yield server


@pytest.fixture
async def cut_off(redis_url: str, folder: Path) -> AsyncIterator[tuple[DeskMemory, Proxy]]:
    """A memory whose answers can be lost on the way."""
    async with proxy_before(redis_url, folder) as proxy, memory_at(proxy.url) as desk:
        await desk.memory.now()
        yield desk, proxy


@pytest.fixture
async def warm(cut_off: tuple[DeskMemory, Proxy]) -> tuple[DeskMemory, Proxy]:
    """The same, with every script known to the server, so that each call is one request."""
    desk, proxy = cut_off
    for name in PARTS:
        await desk.client.script_load(Script.load(name).text)
    return desk, proxy
