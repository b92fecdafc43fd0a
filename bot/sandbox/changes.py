"""What happened in the sandbox, told to whoever listens: the page, the control API and tests that wait."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Change = dict[str, Any]
"""`{"topic": str, "n": int, "payload": dict}`; n counts up by one. A listener that fell behind gets `resync` alone."""

QUEUE_LIMIT = 1_000
RESYNC = "resync"


class Subscription:
    """One listener's bounded queue of changes; `async for change in subscription` or `await subscription.get()`."""

    def __init__(self, limit: int) -> None:
        self._queue: asyncio.Queue[Change] = asyncio.Queue(limit)

    async def get(self) -> Change:
        return await self._queue.get()

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Change:
        return await self.get()

    def offer(self, change: Change) -> None:
        """Queue a change; a full queue is emptied and told to read everything afresh."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            change = {"topic": RESYNC, "n": change["n"], "payload": {}}
        self._queue.put_nowait(change)


class Changes:
    """Hands each published change to every subscription, never waits for one.

    >>> with changes.subscribe() as subscription:
    ...     change = await subscription.get()
    """

    def __init__(self) -> None:
        self._count = 0
        self._subscriptions: set[Subscription] = set()

    @property
    def count(self) -> int:
        """The number of the newest change."""
        return self._count

    def publish(self, topic: str, payload: dict[str, Any]) -> None:
        self._count += 1
        for subscription in list(self._subscriptions):
            subscription.offer({"topic": topic, "n": self._count, "payload": payload})

    @contextmanager
    def subscribe(self, *, limit: int = QUEUE_LIMIT) -> Iterator[Subscription]:
        subscription = Subscription(limit)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
