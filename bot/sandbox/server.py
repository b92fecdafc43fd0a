"""The whole sandbox as one object: pretend Slack, pretend X, page and control API on one loopback server."""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from bot.sandbox import avatars, cast, page
from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.control import Control
from bot.sandbox.errors import PortBusy
from bot.sandbox.guard import only_this_machine
from bot.sandbox.slack.background import Background
from bot.sandbox.slack.routes import routes as slack_routes
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.storage import Storage
from bot.sandbox.traffic import Traffic
from bot.sandbox.trickle import Trickle
from bot.sandbox.weather import Weather
from bot.sandbox.x.api import XApi
from bot.sandbox.x.limits import RateLimits
from bot.sandbox.x.network import Network
from bot.sandbox.x.oauth import Door, Keys
from bot.sandbox.x.stream import Streams

HOST = "127.0.0.1"
LARGEST_REQUEST = 4 * 1024 * 1024
"""Bytes; a view of Slack's may have 250 kB, a bulk replay of 500 posts about 1 MB."""
STOP_SECONDS = 0.3
"""What running requests get at the end before they are cut."""


class Sandbox:
    """Built by `start` or `running`, ended by `stop`; every part is an attribute that tests may use directly."""

    def __init__(
        self,
        *,
        state_dir: Path | None,
        clock: SandboxClock | None,
        limits: bool,
        trickle: bool,
        traffic_file: Path | None,
    ) -> None:
        self.storage = Storage(state_dir) if state_dir else None
        stored = self.storage.load() if self.storage else None
        self.clock = clock or SandboxClock(offset=stored["clock_offset"] if stored else 0.0)
        self.changes = Changes()
        self.weather = Weather(changes=self.changes)
        self.traffic = Traffic(self.clock, self.changes, file=traffic_file)
        self.x = Network(self.clock, self.changes, brand=cast.brand())
        self.streams = Streams(network=self.x, changes=self.changes, weather=self.weather, traffic=self.traffic)
        self.slack = self._workspace(stored, limits=limits)
        self.trickle = Trickle(self.x, self.clock, self.changes, running=trickle)
        self.x_limits = RateLimits(self.clock, counting=limits)
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._background = Background()
        self._restore(stored)

    @classmethod
    async def start(
        cls,
        port: int = 0,
        *,
        state_dir: Path | None = None,
        clock: SandboxClock | None = None,
        limits: bool = True,
        trickle: bool = False,
        traffic_file: Path | None = None,
    ) -> Self:
        """Listen on 127.0.0.1; port 0 takes a free one. Raises PortBusy, or SandboxError for an unreadable state."""
        sandbox = cls(state_dir=state_dir, clock=clock, limits=limits, trickle=trickle, traffic_file=traffic_file)
        await sandbox._listen(port)
        return sandbox

    @classmethod
    @asynccontextmanager
    async def running(cls, port: int = 0, **options: Any) -> AsyncIterator[Self]:
        """`start`, and `stop` at the end of the block."""
        sandbox = await cls.start(port, **options)
        try:
            yield sandbox
        finally:
            await sandbox.stop()

    async def stop(self) -> None:
        """Close what is open within a second and save; safe to call twice. Raises what went wrong in the background."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        try:
            await self._background.close()
        finally:
            self.streams.drop()
            await self.slack.close()
            await runner.cleanup()
            self.save()

    def save(self) -> None:
        """Write the snapshot now, where there is a folder for it."""
        if self.storage is not None:
            self.storage.save(self.snapshot())

    def snapshot(self) -> dict[str, Any]:
        return {
            "clock_offset": self.clock.offset,
            "slack": self.slack.snapshot(),
            "x": self.x.snapshot(),
            "stream_rules": self.streams.rules,
            "trickle": self.trickle.snapshot(),
        }

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def slack_api_url(self) -> str:
        return f"{self.base_url}/api/"

    @property
    def x_api_url(self) -> str:
        return f"{self.base_url}/x"

    @property
    def page_url(self) -> str:
        return f"{self.base_url}/"

    def environment(self) -> dict[str, str]:
        """The environment variables that point a bot at this sandbox."""
        return {
            "SLACK_BOT_TOKEN": cast.SLACK_BOT_TOKEN,
            "SLACK_APP_TOKEN": cast.SLACK_APP_TOKEN,
            "SLACK_SIGNING_SECRET": cast.SLACK_SIGNING_SECRET,
            "SLACK_API_URL": self.slack_api_url,
            "X_API_KEY": cast.X_API_KEY,
            "X_API_SECRET": cast.X_API_SECRET,
            "X_ACCESS_TOKEN": cast.X_ACCESS_TOKEN,
            "X_ACCESS_SECRET": cast.X_ACCESS_SECRET,
            "X_BEARER_TOKEN": cast.X_BEARER_TOKEN,
            "X_API_URL": self.x_api_url,
        }

    def _workspace(self, stored: dict[str, Any] | None, *, limits: bool) -> Workspace:
        parts: dict[str, Any] = {
            "cast": cast.workspace(),
            "clock": self.clock,
            "changes": self.changes,
            "traffic": self.traffic,
            "weather": self.weather,
            "limits": limits,
        }
        return Workspace.from_snapshot(stored["slack"], **parts) if stored else Workspace(**parts)

    def _restore(self, stored: dict[str, Any] | None) -> None:
        if stored is None:
            for account in cast.customers():
                self.x.people.add(account)
            return
        self.x.restore(stored["x"])
        self.streams.rules = dict(stored["stream_rules"])
        self.trickle.restore(stored["trickle"])

    async def _listen(self, port: int) -> None:
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError as error:
            await runner.cleanup()
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortBusy(
                f"Port {port} on {HOST} is taken by another program. Choose another, or 0 for any free one."
            ) from error
        self._runner = runner
        self.port = runner.addresses[0][1]
        self.slack.base_url = self.base_url
        self._start_tasks()

    def _start_tasks(self) -> None:
        self._background.start(self.trickle.run())
        if self.storage is not None:
            self._background.start(self.storage.keep(self.changes, self.snapshot))

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[only_this_machine], client_max_size=LARGEST_REQUEST)
        keys = Keys(
            api_key=cast.X_API_KEY,
            api_secret=cast.X_API_SECRET,
            access_token=cast.X_ACCESS_TOKEN,
            access_secret=cast.X_ACCESS_SECRET,
            bearer_token=cast.X_BEARER_TOKEN,
            account_id=cast.BRAND_ID,
        )
        x_api = XApi(
            network=self.x,
            weather=self.weather,
            traffic=self.traffic,
            door=Door(keys, self.clock),
            limits=self.x_limits,
            streams=self.streams,
        )
        app.add_routes(slack_routes(self.slack))
        app.add_routes([*avatars.routes(), *x_api.routes(), *Control(self).routes()])
        app.add_routes(page.routes(self))
        return app
