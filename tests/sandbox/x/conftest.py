"""The sandbox on a free port, and the real tweepy against it."""

import aiohttp
import pytest
from x_clients import Rewriting, client_of

from bot.sandbox.server import Sandbox


@pytest.fixture
async def sandbox():
    async with Sandbox.running(limits=False) as running:
        yield running


@pytest.fixture
async def session(sandbox):
    rewriting = Rewriting(sandbox.x_api_url)
    yield rewriting
    await rewriting.close()


@pytest.fixture
def client(sandbox, session):
    return client_of(sandbox, session)


@pytest.fixture
async def http(sandbox):
    """Plain HTTP with the bearer token; `http.get("/2/…")`."""
    headers = {"Authorization": f"Bearer {sandbox.environment()['X_BEARER_TOKEN']}"}
    base = sandbox.x_api_url + "/"
    async with aiohttp.ClientSession(base, headers=headers, timeout=aiohttp.ClientTimeout(total=20)) as plain:
        yield plain
