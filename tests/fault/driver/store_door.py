"""The door between the workers and the store: it can cut everybody off, hold bytes back, and lose answers."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CHUNK = 1 << 18


class StoreDoor:
    """Passes bytes on. `lose_answers` are so many answers that are thrown away together with their connections.

    `answering` hears of each answer before it is passed on.
    """

    def __init__(self, path: Path, server: Path) -> None:
        self.url = f"unix://{path}"
        self.lose_answers = 0
        self.answering: Callable[[], None] = lambda: None
        self.open = asyncio.Event()
        self.open.set()
        self._path = path
        self._server = server
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        self._listener = await asyncio.start_unix_server(self._serve, str(self._path))

    async def close(self) -> None:
        if self._listener:
            self._listener.close()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def cut(self) -> int:
        """Cut every connection; returns how many there were."""
        found = list(self._writers)
        for writer in found:
            writer.transport.abort()
        return len(found) // 2

    async def hold(self, seconds: float) -> None:
        """Let nothing through for a while."""
        self.open.clear()
        await asyncio.sleep(seconds)
        self.open.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            up_reader, up_writer = await asyncio.open_unix_connection(str(self._server), limit=CHUNK)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, up_writer}
        self._writers |= pair
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, up_writer, pair, answers=False))
                group.create_task(self._pump(up_reader, writer, pair, answers=True))
        finally:
            self._writers -= pair

    async def _pump(self, reader, writer, pair, *, answers: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self.open.wait()
                if answers and self.lose_answers:
                    self.lose_answers -= 1
                    break
                if answers:
                    self.answering()
                writer.write(data)
                await writer.drain()
        for one in pair:
            one.transport.abort()
