"""A layer of an on-call schedule: people who take turns by the clock on the wall, perhaps only at certain hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import Instant, UserId
from bot.domain.timing.wall_clock import DAY_MINUTES, HOUR_MINUTES, Day, Wall, at_time, day_of, moment, shown, weekday


class Unit(StrEnum):
    """What the length of a turn is counted in."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"

    @property
    def minutes(self) -> int:
        return {"hours": HOUR_MINUTES, "days": DAY_MINUTES, "weeks": 7 * DAY_MINUTES}[self.value]


class Why(StrEnum):
    """Why a layer has nobody on duty."""

    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    OUTSIDE_HOURS = "outside_hours"
    REMOVED = "removed"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours at which a layer is on duty: from `opens` to `closes` (minutes after midnight) on these weekdays.

    Where it closes at or before the time it opens, it goes over midnight and belongs to the day it began on.
    """

    weekdays: frozenset[int]
    opens: int
    closes: int

    def on(self, day: Day) -> tuple[Wall, Wall] | None:
        """Return from when to when it is open on a day, or nothing."""
        if weekday(day) not in self.weekdays:
            return None
        length = self.closes - self.opens if self.closes > self.opens else self.closes - self.opens + DAY_MINUTES
        start = at_time(day, self.opens)
        return start, Wall(start + length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """People in order, each on duty for `every` units, handing over at a wall-clock time.

    Begins on the day `begins` at the time of handing over, ends on the day `ends` at that time (never without it).
    Turns are counted from `begins`, or from the `handover_day` (0 is Monday) at or before it.
    """

    name: str
    people: tuple[UserId, ...]
    zone: str
    every: int
    unit: Unit
    handover: int
    begins: Day
    handover_day: int | None = None
    ends: Day | None = None
    windows: tuple[Window, ...] = ()

    @property
    def length(self) -> int:
        """Minutes of one turn by the clock on the wall."""
        return self.every * self.unit.minutes

    @property
    def first_turn(self) -> Wall:
        back = 0 if self.handover_day is None else (weekday(self.begins) - self.handover_day) % 7
        return at_time(Day(self.begins - back), self.handover)

    def turn_begins(self, turn: int) -> Instant:
        return moment(self.zone, Wall(self.first_turn + turn * self.length))


def whose_turn(layer: Layer, at: Instant) -> UserId | Why:
    """Return who of a layer is on duty at an instant, or why nobody is."""
    if at < moment(layer.zone, at_time(layer.begins, layer.handover)):
        return Why.NOT_BEGUN
    if layer.ends is not None and at >= moment(layer.zone, at_time(layer.ends, layer.handover)):
        return Why.ENDED
    if layer.windows and not any(start <= at < end for start, end in _open(layer, at, at)):
        return Why.OUTSIDE_HOURS
    return layer.people[turn_at(layer, at) % len(layer.people)]


def turn_at(layer: Layer, at: Instant) -> int:
    """Return the number of the turn at an instant; the first is 0."""
    turn = (shown(layer.zone, at) - layer.first_turn) // layer.length
    # The clock may have been set back or forward since: the instants decide.
    while layer.turn_begins(turn) > at:
        turn -= 1
    while layer.turn_begins(turn + 1) <= at:
        turn += 1
    return turn


def edges(layer: Layer, start: Instant, end: Instant) -> Iterator[Instant]:
    """Yield every instant from `start` on and before `end` at which the layer may change; others may be among them."""
    yield moment(layer.zone, at_time(layer.begins, layer.handover))
    if layer.ends is not None:
        yield moment(layer.zone, at_time(layer.ends, layer.handover))
    turn = turn_at(layer, start)
    while (begins := layer.turn_begins(turn)) < end:
        yield begins
        turn += 1
    for opens, closes in _open(layer, start, end):
        yield opens
        yield closes


def _open(layer: Layer, start: Instant, end: Instant) -> Iterator[tuple[Instant, Instant]]:
    """Yield the open hours around a stretch of time."""
    # Two days before: open hours may go over midnight, and a zone may skip a whole day.
    first, last = day_of(shown(layer.zone, start)) - 2, day_of(shown(layer.zone, end)) + 1
    for day in range(first, last + 1):
        for window in layer.windows:
            if (hours := window.on(Day(day))) is not None:
                yield moment(layer.zone, hours[0]), moment(layer.zone, hours[1])
