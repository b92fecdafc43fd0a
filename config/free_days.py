"""The dates on which a market is closed: public holidays, own dates, and the all-day events of a calendar file.

They are worked out whenever the policy is read, from the year before to ten years ahead, so that a desk that is
started anew once in ten years never runs out of them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, TypeAlias

import holidays
from dateutil.rrule import rrulestr
from icalendar import Calendar

from config.hours_file import HolidaysSection

YEARS_BACK, YEARS_AHEAD = 1, 10
LARGEST = 2_000_000
"""Bytes of a calendar file."""
MOST = 20_000
"""Dates taken from one event that repeats: more than twelve years have days."""
_RHYTHMS = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})


_Parsed: TypeAlias = Any
"""What icalendar made of a part of the file: one of thirty types, and anything unfit fails under one guard."""


class BadCalendar(Exception):  # noqa: N818 -- reads as the fact it is
    """A source of free days that cannot be used; the message is a sentence without its subject and full stop."""


def years_around(year: int) -> range:
    return range(year - YEARS_BACK, year + YEARS_AHEAD + 1)


def public_holidays(section: HolidaysSection, years: range) -> frozenset[date]:
    """Return a country's holidays. Raises `BadCalendar` for one that the `holidays` library does not know."""
    country, part = section.country.upper(), section.subdivision.upper()
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError:
        where = f"{country} with the subdivision {part}" if part else country
        raise BadCalendar(f"names {where}, whose holidays the desk does not know") from None
    return frozenset(day for day in found if day.year in years)


def events_of(text: bytes, years: range) -> frozenset[date]:
    """Return the dates of a calendar's all-day events, repeated ones too; meetings with a time close nothing.

    Raises `BadCalendar` where the file cannot be read in full: half a list of free days is a trap.
    """
    if len(text) > LARGEST:
        raise BadCalendar(f"is larger than {LARGEST // 1_000_000} MB")
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError):
        raise BadCalendar("is not an iCalendar file (.ics)") from None
    found: set[date] = set()
    for number, event in enumerate(calendar.walk("VEVENT"), start=1):
        try:
            found |= _dates(event, years)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise BadCalendar(f"has an event (number {number}) that cannot be read: {_why(error)}") from None
    return frozenset(found)


def read_calendar(path: Path) -> bytes:
    """Return the bytes of a calendar file. Raises `BadCalendar`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadCalendar("is not there") from None
    except OSError as error:
        raise BadCalendar(f"cannot be read ({type(error).__name__})") from None


class _Odd(ValueError):  # noqa: N818 -- reads as the fact it is
    """What is wrong with an event, in words."""


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, _Odd) else "its dates or its rule are not valid"


def _dates(event: _Parsed, years: range) -> set[date]:
    if event.errors:
        raise _Odd("its dates or its rule are not valid")
    first = event["DTSTART"].dt
    if isinstance(first, datetime) or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return set()
    length = _length(event, first)
    left_out = set(_listed(event, "EXDATE"))
    begins = {*_repeated(event, first, years, length), *_listed(event, "RDATE")} - left_out
    days = {begin + timedelta(days=n) for begin in begins for n in range(length)}
    return {day for day in days if day.year in years}


def _length(event: _Parsed, first: date) -> int:
    """Return for how many days an event goes on; its end is the day after the last."""
    if "DTEND" in event:
        days = (event["DTEND"].dt - first).days
    else:
        days = event["DURATION"].dt.days if "DURATION" in event else 1
    if not 1 <= days <= 366:
        raise _Odd("it lasts no day, or more than a year")
    return int(days)


def _repeated(event: _Parsed, first: date, years: range, length: int) -> Iterator[date]:
    rule = event.get("RRULE")
    if rule is None:
        yield first
        return
    if isinstance(rule, list):
        raise _Odd("it has more than one rule to repeat")
    if not _RHYTHMS.issuperset(rule.get("FREQ", ())) or (rule["FREQ"] == ["DAILY"] and _has_conditions(rule)):
        raise _Odd("it must repeat daily without conditions, weekly, monthly or yearly")
    if first.year < 1970:
        raise _Odd("it begins before 1970")
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 -- a date, and no zone
    begins = datetime(years[0], 1, 1) - timedelta(days=length)  # noqa: DTZ001 -- see above
    ends = datetime(years[-1], 12, 31)  # noqa: DTZ001 -- see above
    repeats = rrulestr(_without_zone(rule), dtstart=start)
    upcoming = takewhile(lambda one: one <= ends, repeats.xafter(begins, inc=True))
    yield from (one.date() for one in islice(upcoming, MOST))


def _has_conditions(rule: _Parsed) -> bool:
    return any(key.startswith("BY") for key in rule)


def _without_zone(rule: _Parsed) -> str:
    """Return the rule as text; a last day written with a zone means that day."""
    written: str = rule.to_ical().decode()
    parts = (part[:14] if part.startswith("UNTIL=") else part for part in written.split(";"))
    return ";".join(parts)


def _listed(event: _Parsed, name: str) -> Iterator[date]:
    """Yield dates of `EXDATE` or `RDATE`, which may stand there once or several times."""
    found = event.get(name, [])
    for group in found if isinstance(found, list) else [found]:
        for one in group.dts:
            yield one.dt.date() if isinstance(one.dt, datetime) else one.dt
