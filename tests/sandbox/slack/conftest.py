"""A pretend Slack on a loopback port, the real Slack client and the real Bolt app against it."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import cast
from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.people import ALL_BOT_SCOPES
from bot.sandbox.slack.routes import routes
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.traffic import Traffic
from bot.sandbox.weather import Weather
from tests import loopback


def build(*, limits=False, scopes=ALL_BOT_SCOPES, events=None, snapshot=None):
    plain = cast.workspace()
    app = dataclasses.replace(plain.app, scopes=scopes, events=events if events is not None else plain.app.events)
    clock, changes = SandboxClock(), Changes()
    parts = {
        "cast": dataclasses.replace(plain, app=app),
        "clock": clock,
        "changes": changes,
        "traffic": Traffic(clock, changes),
        "weather": Weather(changes=changes),
        "limits": limits,
    }
    return Workspace(**parts) if snapshot is None else Workspace.from_snapshot(snapshot, **parts)


@asynccontextmanager
async def served(workspace):
    application = web.Application()
    application.add_routes(routes(workspace))

    async def close(_application):
        await workspace.close()

    application.on_shutdown.append(close)
    async with loopback.served(application) as at:
        workspace.base_url = f"http://{at}"
        yield workspace


@asynccontextmanager
async def client_of(workspace, *, token=None):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield AsyncWebClient(
            token=token or workspace.app.bot_token,
            base_url=f"{workspace.base_url}/api/",
            session=session,
            retry_handlers=[],
        )


@asynccontextmanager
async def bolt_of(workspace, *, connections=1):
    """A Bolt app; register listeners on `.app`, then `await .connect()`."""
    async with client_of(workspace) as client:
        bolt = Bolt(workspace, AsyncApp(client=client, signing_secret="unused", process_before_response=True))
        try:
            yield bolt
        finally:
            await bolt.close()


class Bolt:
    """The real Bolt app and its Socket Mode handlers."""

    def __init__(self, workspace, app):
        self.workspace = workspace
        self.app = app
        self.handlers = []

    async def connect(self):
        handler = AsyncSocketModeHandler(
            self.app, self.workspace.app.app_token, web_client=self.app.client, ping_interval=0.2
        )
        self.handlers.append(handler)
        wanted = self.workspace.socket.connections + 1
        await handler.connect_async()
        await self.workspace.until(lambda: self.workspace.socket.connections >= wanted, "a Socket Mode connection")
        return handler

    async def close(self):
        for handler in self.handlers:
            await handler.close_async()


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with served(build()) as running:
        yield running


@pytest.fixture
async def client(workspace):
    async with client_of(workspace) as web_client:
        yield web_client


@pytest.fixture
async def bolt(workspace):
    async with bolt_of(workspace) as running:
        yield running
