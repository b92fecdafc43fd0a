"""Wall-clock time and instants: what the clock on the wall of a zone shows, and when it first shows it.

The only module of the domain that knows time zones. Two rules make every wall-clock time one instant. A time that a
clock skips (02:30 in the night when it goes forward) is the instant of the jump. A time that a clock shows twice
(02:30 in the night when it goes back) is the first of the two. So nothing happens twice and nothing is left out.
"""

from datetime import UTC, datetime, timedelta
from typing import NewType
from zoneinfo import ZoneInfo

from bot.domain.ids import MINUTE, SECOND, Instant

Wall = NewType("Wall", int)
"""Minutes since 1970-01-01 00:00 as a clock on the wall counts them, in whatever zone it hangs."""
Day = NewType("Day", int)
"""Days since 1970-01-01."""

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_START = datetime(1970, 1, 1)  # noqa: DTZ001 -- the zero of wall clocks, which have no zone
_END = datetime(3000, 1, 1)  # noqa: DTZ001 -- far from where calendars overflow
_START_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = -62_135_510_400, 253_402_214_400
"""Seconds since 1970: the years 1 to 9999 less a day at each end."""


def is_zone(name: str) -> bool:
    """Return whether this is the name of a time zone, as `Europe/Berlin`."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def shown(zone: str, at: Instant) -> Wall:
    """Return what the clock shows at an instant, whole minutes."""
    local = (_START_UTC + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return Wall((local - _START) // timedelta(minutes=1))


def moment(zone: str, wall: Wall) -> Instant:
    """Return the first instant at which the clock has come so far."""
    early, late = (_read_as(zone, wall, fold) for fold in (1, 0))
    if shown(zone, late) == wall:
        return late
    # The clock skips this time: the jump lies between the two readings.
    while late - early > 1:
        middle = Instant((early + late) // 2)
        early, late = (early, middle) if shown(zone, middle) >= wall else (middle, late)
    return late


def offset(zone: str, at: int) -> int:
    """Return how far the clock is ahead of UTC at an instant, in milliseconds; the calendar ends with its edges."""
    moment = datetime.fromtimestamp(min(max(at // SECOND, _EARLIEST), _LATEST), UTC)
    return (moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()) // timedelta(milliseconds=1)


def day_of(wall: Wall) -> Day:
    return Day(wall // DAY_MINUTES)


def at_time(day: Day, minutes: int) -> Wall:
    """Return the wall-clock time so many minutes after midnight of a day."""
    return Wall(day * DAY_MINUTES + minutes)


def weekday(day: Day) -> int:
    """Return 0 for Monday to 6 for Sunday."""
    return (day + 3) % 7


def read_day(text: str) -> Day:
    """Return the day written as 2026-01-05; raises `ValueError` for anything else."""
    if len(text) != len("2026-01-05"):
        raise ValueError("no day: a day looks like 2026-01-05")
    found = datetime.fromisoformat(text)
    if not _START <= found < _END:
        raise ValueError("no day that can be planned with")
    return Day((found - _START).days)


def read_time(text: str) -> int:
    """Return the minutes after midnight of 09:00, up to 24:00; raises `ValueError` for anything else."""
    hours, colon, minutes = text.partition(":")
    plain = (hours + minutes).isascii() and (hours + minutes).isdigit()
    if not colon or not plain or len(hours) != 2 or len(minutes) != 2 or int(minutes) >= HOUR_MINUTES:
        raise ValueError("no time: a time looks like 09:00")
    found = int(hours) * HOUR_MINUTES + int(minutes)
    if found > DAY_MINUTES:
        raise ValueError("no time of a day: the last one is 24:00")
    return found


def in_words(zone: str, at: Instant) -> str:
    """Return an instant as people of the zone write it, as `Mon 5 Jan 09:00`."""
    local = _START + timedelta(minutes=shown(zone, at))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def date_and_time(zone: str, at: Instant) -> tuple[str, str]:
    """Return date and time as forms write them: 2026-01-05 and 09:00."""
    local = _START + timedelta(minutes=shown(zone, at))
    return f"{local:%Y-%m-%d}", f"{local:%H:%M}"


def _read_as(zone: str, wall: Wall, fold: int) -> Instant:
    """Return the instant by one of the two readings that the calendar has around a change of the clock."""
    naive = (_START + timedelta(minutes=wall)).replace(fold=fold)
    offset = naive.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    return Instant(wall * MINUTE - offset // timedelta(milliseconds=1))
