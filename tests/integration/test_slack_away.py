"""Why the desk keeps its connections to Slack itself: what the SDK does by itself, pinned for the next upgrade."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from tests.loopback import served


@pytest.fixture
async def refusing() -> AsyncIterator[tuple[str, list[str]]]:
    """A server that refuses every connection, as Slack does with an address that was used; and what was asked."""
    asked: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        asked.append(request.query["ticket"])
        return web.Response(status=403)

    app = web.Application()
    app.router.add_get("/", refuse)
    async with served(app) as at:
        yield f"ws://{at}/?ticket=", asked


async def test_the_sdk_tries_an_address_that_works_only_once_again_and_again(refusing: tuple[str, list[str]]) -> None:
    address, asked = refusing
    client = SocketModeClient(app_token="xa" + "pp-1-A0-sandbox", ping_interval=0.01)
    client.wss_uri = f"{address}1"
    connecting = asyncio.ensure_future(client.connect())
    try:
        async with asyncio.timeout(20):
            while len(asked) < 3:
                await asyncio.sleep(0.01)
    finally:
        connecting.cancel()
        await asyncio.wait([connecting])
        await client.close()
    assert set(asked) == {"1"}
