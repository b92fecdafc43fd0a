"""When a market's people are at work: business time between two instants, exact through changes of the clock.

An interval is what the clock on the wall says: the market is open at an instant when its wall clock then reads a time
inside one. So an hour that the wall clock skips does not exist, and one that it shows twice is worked twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.ids import DAY, MINUTE, Instant
from bot.domain.timing.wall_clock import offset

HORIZON = 1_100 * DAY
"""How far ahead time is looked for: a market that is closed for three years has no hours at all."""
WHOLE_DAY = 24 * 60
"""Minutes of a day on the wall clock."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Minutes of the day on the wall clock; `end` is beyond 1440 where it goes over midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A week of intervals (Monday first) in an IANA zone, without the `closed` dates (days since 1970-01-01).

    An interval over midnight belongs to the day on which it begins, also where that day or the next is closed.
    """

    zone: str
    week: tuple[tuple[Interval, ...], ...]
    closed: frozenset[int] = frozenset()

    @property
    def never_open(self) -> bool:
        return not any(self.week)

    def is_open(self, at: Instant) -> bool:
        return any(self._open(at, at + 1))

    def open_between(self, start: Instant, end: Instant) -> int:
        """Return the milliseconds of business time between two instants, 0 where the second is not later."""
        return sum(until - since for since, until in self._open(start, end))

    def after(self, start: Instant, open_ms: int) -> Instant:
        """Return the first instant by which so much business time has passed, at most `HORIZON` after the start."""
        left = max(0, open_ms)
        if left == 0:
            return start
        for since, until in self._open(start, start + HORIZON):
            if until - since >= left:
                return Instant(since + left)
            left -= until - since
        return Instant(start + HORIZON)

    def _open(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the open spans between two instants, in order and apart."""
        while start < end:
            ahead = offset(self.zone, start)
            until = _steady_until(self.zone, ahead, start, min(end, start + DAY))
            for since, to in self._by_the_wall(start + ahead, until + ahead):
                yield since - ahead, to - ahead
            start = until

    def _by_the_wall(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the open spans between two readings of the wall clock, in milliseconds since its own 1970-01-01."""
        spans = sorted(
            (max(start, day * DAY + one.start * MINUTE), min(end, day * DAY + one.end * MINUTE))
            for day in range(start // DAY - 1, (end - 1) // DAY + 1)
            if day not in self.closed
            # 1970-01-01 was a Thursday.
            for one in self.week[(day + 3) % 7]
        )
        done = start
        for since, until in spans:
            if until > max(since, done):
                yield max(since, done), until
                done = until


def around_the_clock() -> Hours:
    """Return hours that never end."""
    return Hours(zone="UTC", week=((Interval(0, WHOLE_DAY),),) * 7)


def _steady_until(zone: str, ahead: int, start: int, end: int) -> int:
    """Return until when the wall clock stays so far ahead of UTC, at most `end`.

    No zone changes its clock and changes it back within a day.
    """
    if offset(zone, end - 1) == ahead:
        return end
    steady, changed = start, end - 1
    while changed - steady > 1:
        middle = (steady + changed) // 2
        if offset(zone, middle) == ahead:
            steady = middle
        else:
            changed = middle
    return changed
