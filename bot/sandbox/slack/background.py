"""Tasks that run beside a request: held until they end, cancelled and awaited at close."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Background:
    """Keeps a reference to each started task; a failed one is kept so that `close` raises what it raised."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        self._tasks = {task for task in self._tasks if not task.done() or _failed(task)}
        self._tasks.add(asyncio.get_running_loop().create_task(work))

    @property
    def busy(self) -> bool:
        return any(not task.done() for task in self._tasks)

    async def close(self) -> None:
        """Cancel what still runs and wait for it; raises the first failure of any task."""
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        for result in results:
            if isinstance(result, Exception):
                raise result


def _failed(task: "asyncio.Task[Any]") -> bool:
    return not task.cancelled() and task.exception() is not None
