"""X's own word on how much is left, endpoint by endpoint: what is known to be empty is not called."""

from collections.abc import Callable, Mapping

WINDOW = "x-rate-limit"
DAY = "x-user-limit-24hour"
APP_DAY = "x-app-limit-24hour"

SHORTEST = 1.0
UNTOLD = 60.0
"""Seconds to wait after a 429 that does not say how long."""
LONGEST = {WINDOW: 900.0, DAY: 86_400.0, APP_DAY: 86_400.0}
"""Seconds; a reset further away than its window is a clock that disagrees with ours."""


class Limits:
    """Remembers for each endpoint until when it is empty. `now` gives epoch seconds, as X's headers do."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._empty_until: dict[str, float] = {}

    def wait(self, endpoint: str) -> float:
        """Return the seconds until this endpoint may be called; 0 when it may be called now."""
        return max(0.0, self._empty_until.get(endpoint, 0.0) - self._now())

    def learn(self, endpoint: str, status: int, headers: Mapping[str, str], *, writes: bool) -> None:
        """Take over what an answer says. The limits of a day stop reading only when reading itself was refused."""
        refused = status == 429
        kinds = LONGEST if writes or refused else {WINDOW: LONGEST[WINDOW]}
        waits = [self._left(kind, headers) for kind in kinds if headers.get(f"{kind}-remaining") == "0"]
        if refused and not any(waits):
            waits = [_seconds(headers.get("retry-after")) or self._left(WINDOW, headers) or UNTOLD]
        longest = max(waits, default=0.0)
        if longest:
            self._empty_until[endpoint] = self._now() + longest
        else:
            self._empty_until.pop(endpoint, None)

    def _left(self, kind: str, headers: Mapping[str, str]) -> float:
        reset = _seconds(headers.get(f"{kind}-reset"))
        if reset is None:
            return 0.0
        left = reset - self._now()
        return min(max(left, SHORTEST), LONGEST[kind])


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isascii() and value.isdigit() and len(value) <= 12 else None
