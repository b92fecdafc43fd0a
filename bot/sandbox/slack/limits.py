"""Slack's rate limits: so many calls per window, by method or channel; only where the sandbox is told to have them."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.refusals import rate_limited


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` in each `seconds`."""

    calls: int
    seconds: float = 60.0


PER_CHANNEL = Rate(3, 3.0)
"""One message a second in a channel, with a burst of three."""
TIER_2 = Rate(20)
TIER_3 = Rate(50)
TIER_4 = Rate(100)


class Limits:
    """Counts calls in sliding windows of the sandbox clock."""

    def __init__(self, clock: SandboxClock, *, on: bool) -> None:
        self._clock = clock
        self.on = on
        self._seen: dict[str, deque[float]] = defaultdict(deque)

    def count(self, key: str, rate: Rate) -> None:
        """Note one call; raises the 429 refusal, with whole seconds to wait, when the window is full."""
        if not self.on:
            return
        now, seen = self._clock.now(), self._seen[key]
        while seen and seen[0] <= now - rate.seconds:
            seen.popleft()
        if len(seen) >= rate.calls:
            raise rate_limited(max(1, math.ceil(seen[0] + rate.seconds - now)))
        seen.append(now)
