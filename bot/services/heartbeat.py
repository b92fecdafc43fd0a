"""The sign of life for a watch elsewhere: withheld when something is wrong, so that the watch raises the alarm."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.ports.alarm import Heart
from bot.services.audit import Audit


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Beats only after a clean audit, and while the parts of this process are alive."""

    audit: Audit
    heart: Heart | None
    alive: Callable[[], bool]

    async def beat(self) -> bool:
        """Return whether a sign was given. Raises `Unavailable` or `Broken` where the watch does not take it."""
        if self.heart is None or not self.alive() or not await self.audit.is_clean():
            return False
        await self.heart.beat()
        return True
