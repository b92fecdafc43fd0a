"""X's rate limits: requests per endpoint in 15 minutes, posts per account in 24 hours, and the headers that tell."""

from dataclasses import dataclass

from bot.sandbox.clock import SandboxClock

WINDOW = 900
DAY = 86_400

LIMITS = {
    "me": 75,
    "user": 900,
    "mentions": 300,
    "timeline": 900,
    "lookup": 300,
    "search": 300,
    "quotes": 75,
    "create": 100,
    "delete": 50,
    "stream": 50,
    "rules": 450,
}
"""Requests per 15 minutes and account (X's rate limit page, user context; the stream's row counts connections)."""


@dataclass
class _Window:
    resets_at: float
    used: int = 0


class RateLimits:
    """Counts requests; with `counting=False` nothing is ever refused, but the headers are still there."""

    def __init__(self, clock: SandboxClock, *, counting: bool) -> None:
        self.counting = counting
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, endpoint: str, who: str, *, day_limit: int) -> tuple[bool, dict[str, str]]:
        """Whether this request may pass, and the headers of its answer. `who` is the account or app that asks."""
        window = self._window(endpoint, who, WINDOW)
        day = self._window("day", who, DAY)
        posts = endpoint == "create"
        refused = self.counting and (window.used >= LIMITS[endpoint] or (posts and day.used >= day_limit))
        if not refused:
            window.used += 1
            day.used += posts
        return not refused, {
            **_headers("x-rate-limit", LIMITS[endpoint], window),
            **_headers("x-user-limit-24hour", day_limit, day),
        }

    def spent(self, endpoint: str, who: str, *, day_limit: int) -> dict[str, str]:
        """Headers that say nothing is left, for a 429 that the weather ordered."""
        window = self._window(endpoint, who, WINDOW)
        used_up = _Window(window.resets_at, LIMITS[endpoint])
        return {
            **_headers("x-rate-limit", LIMITS[endpoint], used_up),
            **_headers("x-user-limit-24hour", day_limit, self._window("day", who, DAY)),
        }

    def _window(self, endpoint: str, who: str, seconds: int) -> _Window:
        now = self._clock.now()
        window = self._windows.get((endpoint, who))
        if window is None or window.resets_at <= now:
            window = self._windows[endpoint, who] = _Window(now + seconds)
        return window


def _headers(prefix: str, limit: int, window: _Window) -> dict[str, str]:
    left = max(0, limit - window.used)
    return {
        f"{prefix}-limit": str(limit),
        f"{prefix}-remaining": str(left),
        f"{prefix}-reset": str(int(window.resets_at) + 1),
    }
