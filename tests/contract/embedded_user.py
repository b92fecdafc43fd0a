"""A process that uses the embedded server: says when it is up, leaves when its input ends."""

import asyncio
import sys
from pathlib import Path

from bot.adapters.embedded_server import EmbeddedServer


async def main(folder: str) -> None:
    server = EmbeddedServer(Path(folder))
    print(await server.start(), flush=True)
    watching = asyncio.ensure_future(server.watch())
    await asyncio.to_thread(sys.stdin.read)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await server.stop()
    print("left", flush=True)


asyncio.run(main(sys.argv[1]))
