"""What a stored case and a shared document have in common: a version, and patience with quicker people."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator

from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import HOUR

KEEP_OPS = 2 * HOUR
"""How long an act is remembered as done; Slack repeats a delivery for at most 6 minutes, people for longer."""
TRIES = 40
WITHIN = 2.7
"""Seconds for one change, however often others are quicker: a click must be answered within 3."""
CROWDED = "Too many people changed this at the same moment, so nothing was recorded. Please try again."


def split(stored: bytes) -> tuple[str, bytes]:
    """Return the version and the document. Raises `Broken`."""
    head, line, document = stored.partition(b"\n")
    stamp = head.partition(b" ")[0]
    if not line or not stamp.isascii():
        raise Broken("Its stored bytes have no beginning.")
    return stamp.decode(), document


def next_version(stamp: str) -> str:
    """Return a number that counts and a word that cannot come twice, as a fail-over may go back and count again."""
    number = stamp.partition("-")[0]
    return f"{int(number or 0) + 1}-{secrets.token_hex(4)}"


async def step_aside(attempt: int) -> None:
    """Wait a moment after somebody was quicker, longer each time."""
    await asyncio.sleep(secrets.randbelow(attempt + 1) / 1000)


@contextlib.asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Raise `Unavailable` where what is inside takes too long."""
    try:
        async with asyncio.timeout(WITHIN):
            yield
    except TimeoutError:
        raise Unavailable(CROWDED) from None
