"""Real processes of the command line: started as people start them, heard line by line, ended by their own number."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

REPO = Path(__file__).parents[2]
GUARD = 60.0
"""Seconds after which a process that neither says nor does what is waited for counts as hanging."""


class Process:
    """One `python -m bot …`, or any other program. `out` and `err` are its lines so far."""

    def __init__(self, process: asyncio.subprocess.Process, words: str) -> None:
        self.out: list[str] = []
        self.err: list[str] = []
        self.words = words
        self._process = process
        self._heard = asyncio.Condition()
        assert process.stdout
        assert process.stderr
        self._readers = (
            asyncio.ensure_future(self._read(process.stdout, self.out)),
            asyncio.ensure_future(self._read(process.stderr, self.err)),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    @property
    def said(self) -> str:
        return "\n".join((*self.out, *self.err))

    async def says(self, words: str) -> str:
        """Wait for a line with these words and return it."""
        async with asyncio.timeout(GUARD), self._heard:
            while not (lines := [line for line in (*self.out, *self.err) if words in line]):
                assert not all(reader.done() for reader in self._readers), f"{self.words} ended: {self.said}"
                await self._heard.wait()
        return lines[0]

    async def ends(self) -> int:
        """Wait for the end and return the exit code; all its lines are in then."""
        try:
            async with asyncio.timeout(GUARD):
                await self._process.wait()
                await asyncio.wait(self._readers)
        except TimeoutError:
            raise AssertionError(f"{self.words} hangs; it said: {self.said}") from None
        assert self._process.returncode is not None
        return self._process.returncode

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def stops(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.send(number)
        return await self.ends()

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        await self.ends()

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        try:
            async for line in stream:
                async with self._heard:
                    lines.append(line.decode(errors="replace").rstrip("\n"))
                    self._heard.notify_all()
        finally:
            async with self._heard:
                self._heard.notify_all()


def _heed_interrupts() -> None:
    """Take Ctrl-C as a program in a terminal does: one that was started in the background of a shell would ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@asynccontextmanager
async def started(
    *words: str, environment: Mapping[str, str] | None = None, folder: Path, program: str = sys.executable
) -> AsyncIterator[Process]:
    """Run a program in `folder` with nothing of our own environment but the way to its parts; killed at the end."""
    own = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    process = await asyncio.create_subprocess_exec(
        program,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={**own, "PYTHONPATH": str(REPO), **(environment or {})},
        limit=16 * 1024 * 1024,
        preexec_fn=_heed_interrupts,
    )
    one = Process(process, " ".join(words))
    try:
        yield one
    finally:
        await one.kill()


@asynccontextmanager
async def bot(*words: str, environment: Mapping[str, str] | None = None, folder: Path) -> AsyncIterator[Process]:
    async with started("-m", "bot", *words, environment=environment, folder=folder) as process:
        yield process


async def finished(*words: str, environment: Mapping[str, str] | None = None, folder: Path) -> tuple[int, Process]:
    """Run a command to its end; returns the exit code and what it said."""
    async with bot(*words, environment=environment, folder=folder) as process:
        return await process.ends(), process


def servers_on(folder: Path) -> list[psutil.Process]:
    """Return the servers whose working folder this is."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() in {"valkey-server", "redis-server"} and process.cwd() == str(folder):
                found.append(process)
    return found


def end_servers(folder: Path) -> None:
    """End what a killed desk left running, as its own next start would have found it."""
    for server in servers_on(folder):
        with suppress(psutil.Error):
            server.kill()
            server.wait(10)
