"""Everything a round stands on: the pretend Slack and X, the store and its door, the nursery and its workers."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.redis_connect import connect, open_ports
from bot.sandbox.client import ControlClient
from tests.fault.driver.board import Board
from tests.fault.driver.failpoints import Plan
from tests.fault.driver.nursery import Nursery
from tests.fault.driver.store_door import StoreDoor
from tests.fault.driver.worker import Order
from tests.servers import Server, fast_folder, no_work
from tests.world import APPROVAL_KEY

WORKSPACE = "fault"
ANSWER_WITHIN = 300.0
"""Real seconds for one control call: on a busy machine the pretend X may be held up for long, and that is no fault."""
PATIENCE = 60.0
"""Real seconds to wait for what has to come before something is wrong."""
BASE = f"{{{WORKSPACE}:0}}"


@dataclass
class Stage:
    """The parts; `plant` names the bug that workers are to have, `hired` are the pids that were started."""

    folder: Path
    control: ControlClient
    environment: dict[str, str]
    server: Server
    door: StoreDoor
    nursery: Nursery
    board: Board
    plant: str = ""
    hired: list[int] = field(default_factory=list)

    @property
    def traffic(self) -> Path:
        return self.folder / "traffic.jsonl"

    def hits(self) -> list[str]:
        """Return what plans did to workers so far, one `place:deed` each."""
        file = self.folder / "hits"
        return file.read_text(encoding="ascii").split() if file.exists() else []

    async def hire(self, plan: Sequence[Plan] = (), *, name: str = "w", skew: float = 0.0) -> int:
        """Start a worker; returns its pid at once."""
        order = Order(
            name=name,
            folder=str(self.folder),
            environment={
                **self.environment,
                "REDIS_URL": self.door.url,
                "REPLYDESK_APPROVAL_KEY": APPROVAL_KEY,
                "REPLYDESK_WORKSPACE": WORKSPACE,
                "REPLYDESK_POLL_SECONDS": "3600",
            },
            plan=tuple(plan),
            plant=self.plant,
            skew=skew,
        )
        pid = await self.nursery.spawn(order)
        self.hired.append(pid)
        return pid

    async def alive(self) -> list[int]:
        return [pid for pid in self.hired if await self.nursery.ended(pid) is None]

    async def kill_store(self) -> None:
        """kill -9 the store and start it again on its folder."""
        self.server.kill()
        await asyncio.to_thread(self.server.start)

    def book(self) -> Path:
        """Return the file that the store appends each write to, and syncs, before it answers."""
        return max((self.folder / "appendonlydir").glob("*.incr.aof"), key=lambda file: file.stat().st_mtime_ns)

    async def until(self, true: Callable[[], Awaitable[object]], what: str) -> None:
        ends = asyncio.get_running_loop().time() + PATIENCE
        while not await true():
            if asyncio.get_running_loop().time() > ends:
                raise AssertionError(f"waited in vain for {what}; see {self.folder}")
            await asyncio.sleep(0.05)

    async def connected(self, workers: int) -> None:
        """Wait until so many workers listen to Slack."""

        async def listen() -> bool:
            return int((await self.control.state())["slack"]["sockets"]) >= workers

        await self.until(listen, f"{workers} connections to Slack")

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for everybody."""
        await self.control.advance(seconds)
        self.board.pass_time(seconds)

    @asynccontextmanager
    async def store(self):
        """Yield the store's ports past the door, with the workers' time."""
        client = connect(self.server.url)
        try:
            yield client, open_ports(client, WORKSPACE, follow=no_work, offset=lambda: self.board.passed)
        finally:
            await client.aclose()


@asynccontextmanager
async def a_stage(plant: str = "", *server_options: str, keep: bool = False) -> AsyncIterator[Stage]:
    """Put everything up, without workers, and take it down again; the folder stays where something went wrong."""
    folder = fast_folder("rf")
    server = Server(folder, *server_options)
    server.start()
    with (folder / "pretend.log").open("ab") as log:
        pretend = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.fault.driver.pretend",
            str(folder / "traffic.jsonl"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=1 << 20,
        )
    nursery = await Nursery.open()
    door = StoreDoor(folder / "door", server.socket)
    stage = None
    fine = False
    try:
        await door.start()
        assert pretend.stdout
        about = json.loads(await pretend.stdout.readline())
        async with ControlClient(about["base_url"], answer_seconds=ANSWER_WITHIN) as control:
            stage = Stage(
                folder, control, about["environment"], server, door, nursery, Board(folder / "board"), plant=plant
            )
            yield stage
        fine = True
    finally:
        for pid in await stage.alive() if stage else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await nursery.close()
        await door.close()
        assert pretend.stdin
        pretend.stdin.close()
        await pretend.wait()
        server.stop()
        if fine and not keep:
            shutil.rmtree(folder)
