"""Waiting for something to become true in the sandbox, without sleeping."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.errors import SandboxError


async def until(
    changes: Changes, true: Callable[[], Any], what: str, *, seconds: float, seen: Callable[[], str]
) -> Any:
    """What the condition gave when it first held, looked at after each change; SandboxError after `seconds`."""
    with changes.subscribe() as subscription:
        try:
            async with asyncio.timeout(seconds):
                while not (result := true()):
                    await subscription.get()
        except TimeoutError:
            raise SandboxError(f"Waited {seconds:g} s in vain for: {what}. {seen()}") from None
    return result
