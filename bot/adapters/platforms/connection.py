"""What connecting to a platform brings: the platform, its live feed where it has one, and how to let go."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.ports import Platform, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One brand account on one platform. Nothing is called before its first use; `close` ends it."""

    platform: Platform
    stream: Stream | None
    close: Callable[[], Awaitable[None]]
