"""Fixtures shared by all tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers import desk_memory, redis_server, redis_url  # noqa: F401 -- fixtures
from tests.world import World, a_world


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="also what takes a minute; CI=true does it as well")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes a minute; runs with --run-slow or CI=true")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-slow") or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="takes a minute: --run-slow or CI=true"))


@pytest.fixture
async def desk(desk_memory, tmp_path: Path) -> AsyncIterator[World]:  # noqa: F811 -- a fixture
    """A whole desk, running, with nobody's time limits in the way."""
    async with a_world(desk_memory.url, desk_memory.workspace, tmp_path) as world:
        yield world
