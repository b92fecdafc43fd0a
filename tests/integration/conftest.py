"""A folder of its own for each test, and a sandbox in it; what a killed desk leaves running is ended with it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.integration.place import Place
from tests.integration.processes import end_servers
from tests.servers import fast_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = fast_folder("it")
    yield folder
    for store in (folder / "data" / "store", folder / ".desk" / "demo" / "store", folder / "demo" / "store"):
        end_servers(store)
    shutil.rmtree(folder)


@pytest.fixture
async def place(folder: Path) -> AsyncIterator[Place]:
    async with Sandbox.running(limits=False) as sandbox:
        yield Place(sandbox, folder)
