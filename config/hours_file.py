"""The shape of `[markets.NAME]` in `policy.toml`: a zone, a week of intervals, and the dates on which nobody works."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from bot.domain.timing.hours import WHOLE_DAY, Interval
from bot.domain.timing.wall_clock import is_zone
from config.policy_shapes import STRICT

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?- ?(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_DAY = re.compile(rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?")


def read_interval(written: str) -> Interval:
    """Return an interval as the file writes it; one that ends at or before its beginning goes over midnight."""
    found = _INTERVAL.fullmatch(written)
    if found is None:
        raise ValueError(written)
    start = 60 * int(found[1]) + int(found[2])
    end = 60 * int(found[3]) + int(found[4]) if found[3] else WHOLE_DAY
    return Interval(start, end if end > start else end + WHOLE_DAY)


def read_days(written: str) -> tuple[int, ...]:
    """Return the weekdays that a key names, Monday as 0: `sat`, or `mon-fri`, also over the week's end."""
    found = _DAY.fullmatch(written)
    if found is None:
        raise ValueError(written)
    first = DAYS.index(found[1])
    last = DAYS.index(found[2] or found[1])
    return tuple((first + n) % 7 for n in range((last - first) % 7 + 1))


def _zone(name: str) -> str:
    if not is_zone(name):
        raise PydanticCustomError("zone", "must be a time zone such as Europe/London")
    return name


def _interval(written: str) -> str:
    try:
        read_interval(written)
    except ValueError:
        raise PydanticCustomError("interval", 'must be a time such as "09:00-12:30", with "24:00" as the end') from None
    return written


def _days(written: str) -> str:
    try:
        read_days(written)
    except ValueError:
        raise PydanticCustomError("days", "must be a weekday such as mon, or several such as mon-fri") from None
    return written


def _one_day_once(week: dict[str, list[str]]) -> dict[str, list[str]]:
    named = [day for key in week for day in read_days(key)]
    twice = next((day for day in named if named.count(day) > 1), None)
    if twice is not None:
        raise PydanticCustomError("day_twice", "name {day} more than once", {"day": DAYS[twice]})
    return week


def _sound_dates(dates: list[date]) -> list[date]:
    return sorted(set(dates))


Days = Annotated[str, AfterValidator(_days)]
Span = Annotated[str, AfterValidator(_interval)]
Week = Annotated[dict[Days, Annotated[list[Span], Field(max_length=12)]], AfterValidator(_one_day_once)]
Closed = Annotated[list[date], Field(max_length=1_000), AfterValidator(_sound_dates)]


class _Section(BaseModel):
    """One table of a market."""

    model_config = STRICT


class HolidaysSection(_Section):
    """Whose public holidays are free days: an ISO country, and a part of it where that has holidays of its own."""

    country: str = Field(min_length=2, max_length=3)
    subdivision: str = Field(default="", max_length=10)


class MarketSection(_Section):
    """When a market is at work."""

    zone: Annotated[str, AfterValidator(_zone)]
    hours: Week
    holidays: HolidaysSection | None = None
    closed: Closed = []
    calendar: str = Field(default="", max_length=200)
