"""Where workers come from: a process that has imported everything and forks, so that a worker starts in a moment.

    python -m tests.fault.driver.nursery        reads lines: `spawn <order>` answers a pid, `ended` answers who has

A pid stays that worker's until `ended` has told of it, so a kill cannot hit anybody else.
"""

import asyncio
import gc
import json
import os
import signal
import sys
import traceback
from contextlib import suppress

from tests.fault.driver.worker import Order, work


def serve() -> None:
    """Fork and reap on command until the driver is gone, then end whoever still lives."""
    children: set[int] = set()
    gc.freeze()
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "spawn":
            pid = os.fork()
            if pid == 0:
                _child(rest)
            children.add(pid)
            answer: object = pid
        else:
            answer = _ended(children)
        print(json.dumps(answer), flush=True)
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _child(order: str) -> None:
    code = 70
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = work(Order.from_json(order))
    except BaseException as error:
        print(f"worker failed: {error!r}", file=sys.stderr, flush=True)
        traceback.print_exc()
    finally:
        os._exit(code)


def _ended(children: set[int]) -> list[list[int]]:
    """Return pid and exit code (minus the signal) of those that ended since the last time."""
    found = []
    for pid in sorted(children):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            children.discard(pid)
            found.append([pid, os.waitstatus_to_exitcode(status)])
    return found


class Nursery:
    """The driver's end of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asking = asyncio.Lock()
        self._codes: dict[int, int] = {}

    @classmethod
    async def open(cls) -> "Nursery":
        command = (sys.executable, "-m", "tests.fault.driver.nursery")
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 20))

    async def spawn(self, order: Order) -> int:
        return int(await self._ask(f"spawn {order.to_json()}"))

    async def ended(self, pid: int) -> int | None:
        """Return the exit code of a worker (minus the signal that ended it), None while it lives."""
        if pid not in self._codes:
            self._codes.update((int(a), int(b)) for a, b in await self._ask("ended"))
        return self._codes.get(pid)

    async def until_ended(self, pid: int) -> int:
        while (code := await self.ended(pid)) is None:
            await asyncio.sleep(0.01)
        return code

    async def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    async def _ask(self, line: str):
        async with self._asking:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(line.encode() + b"\n")
            await self._process.stdin.drain()
            return json.loads(await self._process.stdout.readline())


if __name__ == "__main__":
    serve()
