"""How a method of a service becomes something that the relay does: may it wait, does its lease matter."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.work import Work
from bot.jobs.relay import Doing


@dataclass(frozen=True, slots=True)
class Doings:
    """Makes doings; `call` is how many seconds one call to Slack may take."""

    call: float

    def once(self, do: Callable[[Work], Awaitable[None]]) -> Doing:
        """Return a doing that never has to wait for its time."""

        async def doing(work: Work, lease_ends: float) -> int | None:  # noqa: ARG001 -- one shape for every job
            await do(work)
            return None

        return doing

    def in_time(self, do: Callable[[Work, float], Awaitable[None]]) -> Doing:
        """Return a doing that speaks to Slack only while its lease is still good for a whole call."""

        async def doing(work: Work, lease_ends: float) -> int | None:
            await do(work, lease_ends - self.call)
            return None

        return doing

    def paging(self, do: Callable[[Work, float], Awaitable[int | None]]) -> Doing:
        """Return a doing that may have to wait, and speaks to Slack only while its lease is good for two calls."""

        async def doing(work: Work, lease_ends: float) -> int | None:
            return await do(work, lease_ends - 2 * self.call)

        return doing

    def any_time(self, do: Callable[[Work], Awaitable[int | None]]) -> Doing:
        """Return a doing that does not care when its lease ends, because doing it twice does no harm."""

        async def doing(work: Work, lease_ends: float) -> int | None:  # noqa: ARG001 -- one shape for every job
            return await do(work)

        return doing
