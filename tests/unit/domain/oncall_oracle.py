"""An independent answer to who is on call: walks minute by minute and shares no code with the desk.

For each zone it remembers the latest wall-clock time that the clock has shown so far; a turn, a window, a beginning or
an end counts from the minute at which the clock has come so far.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

UNITS = {"hours": timedelta(hours=1), "days": timedelta(days=1), "weeks": timedelta(weeks=1)}
MIDNIGHT = datetime(1970, 1, 1)
BEFORE = 4 * 24 * 60
"""Minutes walked before the first one that is asked for, so that a clock set back is known."""


def day(number):
    return date(1970, 1, 1) + timedelta(days=number)


class Wall:
    """The latest time that the clocks of a zone have shown."""

    def __init__(self, zone):
        self.zone, self.latest = ZoneInfo(zone), datetime.min

    def tick(self, utc):
        self.latest = max(self.latest, utc.astimezone(self.zone).replace(tzinfo=None))


def layer_person(layer, now):
    """Return the name, or None where the layer has nobody by itself."""
    handover = timedelta(minutes=layer.handover)
    begins = datetime.combine(day(layer.begins), datetime.min.time()) + handover
    if now < begins:
        return None
    if layer.ends is not None and now >= datetime.combine(day(layer.ends), datetime.min.time()) + handover:
        return None
    if layer.windows and not in_hours(layer.windows, now):
        return None
    first = begins
    while layer.handover_day is not None and first.weekday() != layer.handover_day:
        first -= timedelta(days=1)
    turn = 0
    while first + (turn + 1) * layer.every * UNITS[layer.unit.value] <= now:
        turn += 1
    return layer.people[turn % len(layer.people)]


def in_hours(windows, now):
    for back in range(3):
        midnight = datetime.combine(now.date() - timedelta(days=back), datetime.min.time())
        for window in windows:
            if midnight.weekday() not in window.weekdays:
                continue
            opens = midnight + timedelta(minutes=window.opens)
            closes = midnight + timedelta(minutes=window.closes)
            if closes <= opens:
                closes += timedelta(days=1)
            if opens <= now < closes:
                return True
    return False


def after_overrides(person, overrides):
    for one in overrides:
        if one.kind.value == "replace" and one.instead_of == person:
            return one.who
        if one.kind.value == "remove" and one.who == person:
            return None
    return person


def everybody(schedule, overrides, clocks, ms):
    now = [one for one in overrides if one.schedule == schedule.name and one.start <= ms < one.end]
    people = []
    plans = [one for one in now if one.kind.value == "temporary"]
    if plans:
        people = [after_overrides(part.who, now) for part in plans[0].parts if part.start <= ms < part.end]
    else:
        for layer in reversed(schedule.layers):
            person = layer_person(layer, clocks[layer.zone].latest)
            person = person and after_overrides(person, now)
            if person:
                people = [person]
                break
    return {person for person in people if person} | {one.who for one in now if one.kind.value == "add"}


def minute_by_minute(schedule, overrides, start, minutes):
    """Return who is on call in each of so many minutes from `start` (milliseconds) on, as sets."""
    clocks = {layer.zone: Wall(layer.zone) for layer in schedule.layers}
    begins = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=start)
    found = []
    for minute in range(-BEFORE, minutes):
        utc = begins + timedelta(minutes=minute)
        for clock in clocks.values():
            clock.tick(utc)
        if minute >= 0:
            found.append(everybody(schedule, overrides, clocks, start + minute * 60_000))
    return found
