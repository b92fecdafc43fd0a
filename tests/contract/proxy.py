"""A door between client and server that can lose an answer after the server has done the work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Proxy:
    """Passes bytes on, `delay` seconds late. `lose(word, times)` drops the connection instead of the answers to requests with that word."""

    url: str
    server: str
    _word: bytes = b""
    _left: int = 0
    lost: int = 0
    delay: float = 0.0
    losing: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever the server has answered, before the answer is passed on."""

    def lose(self, word: str, times: int = 1) -> None:
        self._word, self._left = word.encode(), times

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_unix_connection(self.server)
        try:
            while request := await reader.read(1_000_000):
                up_writer.write(request)
                answer = await up_reader.read(1_000_000)
                if self._left and self._word in request:
                    self._left -= 1
                    self.lost += 1
                    self.losing.set()
                    return
                self.answered.set()
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(answer)
        finally:
            for one in (writer, up_writer):
                one.close()
                with suppress(OSError):
                    await one.wait_closed()


@asynccontextmanager
async def proxy_before(url: str, folder: Path) -> AsyncIterator[Proxy]:
    socket = folder / "proxy"
    proxy = Proxy(url=f"unix://{socket}", server=url.removeprefix("unix://"))
    server = await asyncio.start_unix_server(proxy.serve, str(socket))
    try:
        yield proxy
    finally:
        server.close()
