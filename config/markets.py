"""From a market's section of the policy to its hours, with every free day worked out."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bot.domain.timing.hours import Hours, Interval
from config.free_days import BadCalendar, events_of, public_holidays, read_calendar, years_around
from config.hours_file import HolidaysSection, MarketSection, read_days, read_interval

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketReading:
    """A market's hours, and a fingerprint of its calendar file, "" where it has none."""

    hours: Hours
    calendar: str = ""


def read_market(key: str, section: MarketSection, folder: Path, year: int, mistakes: list[str]) -> MarketReading:
    """Return a market's hours with the free days around a year; what cannot be used is added to the mistakes."""
    years = years_around(year)
    free = set(section.closed)
    fingerprint = ""
    try:
        if section.holidays:
            free |= _holidays(section.holidays, years)
    except BadCalendar as bad:
        mistakes.append(f"{key}.holidays {bad}.")
    try:
        if section.calendar:
            text = read_calendar(folder / section.calendar)
            fingerprint = hashlib.sha256(text).hexdigest()
            free |= events_of(text, years)
    except BadCalendar as bad:
        mistakes.append(f"{key}.calendar: the file {section.calendar} {bad}.")
    closed = frozenset((day - _EPOCH).days for day in free)
    return MarketReading(hours=Hours(zone=section.zone, week=_week(section), closed=closed), calendar=fingerprint)


@cache
def _holidays(section: HolidaysSection, years: range) -> frozenset[date]:
    return public_holidays(section, years)


def _week(section: MarketSection) -> tuple[tuple[Interval, ...], ...]:
    week: list[tuple[Interval, ...]] = [()] * 7
    for days, written in section.hours.items():
        for day in read_days(days):
            week[day] = tuple(sorted(read_interval(one) for one in written))
    return tuple(week)
