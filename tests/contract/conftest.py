"""The servers that the contracts of the store are tried on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.guarded import guarded  # noqa: F401 -- a fixture
from tests.server_groups import cluster, watched  # noqa: F401 -- fixtures
from tests.servers import Server, fast_folder


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
