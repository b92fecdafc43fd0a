"""On-call schedules as `policy.toml` writes them, and the schedules of the domain that they become."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.ids import UserId
from bot.domain.on_call.oncall import Schedule
from bot.domain.on_call.rotation import Layer, Unit, Window
from bot.domain.timing.wall_clock import WEEKDAYS, Day, is_zone, read_day, read_time
from config.policy_shapes import STRICT, Short, User

_TURN = re.compile(r"([1-9]\d{0,2}) (hour|day|week)s?")
_HOURS = re.compile(r"(?:(daily)|([a-z]{3})(?:-([a-z]{3}))?) (\d\d:\d\d)-(\d\d:\d\d)")
_SHORT_DAYS = tuple(day[:3] for day in WEEKDAYS)


def _zone(value: str) -> str:
    if not is_zone(value):
        raise PydanticCustomError("zone", "is not a time zone; they are written as Europe/Berlin or America/New_York")
    return value


def _turn(value: object) -> tuple[int, Unit]:
    written = _TURN.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise PydanticCustomError("turn", 'must be the length of a turn such as "8 hours", "1 day" or "2 weeks"')
    return int(written[1]), Unit(f"{written[2]}s")


def _minutes(value: object) -> int:
    try:
        found = read_time(str(value))
    except ValueError:
        raise PydanticCustomError("clock", 'must be a time of the day such as "09:00"') from None
    if found == read_time("24:00"):
        raise PydanticCustomError("clock", 'must be a time of the day; midnight is "00:00"')
    return found


def _day(value: object) -> Day:
    try:
        return read_day(value.isoformat() if isinstance(value, date) else str(value))
    except ValueError:
        raise PydanticCustomError("day", "must be a day such as 2026-01-05") from None


def _weekday(value: object) -> int:
    if value not in WEEKDAYS:
        raise PydanticCustomError("weekday", f"must be one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(str(value))


def _window(value: object) -> Window:
    written = _HOURS.fullmatch(value) if isinstance(value, str) else None
    try:
        window = _read_window(written) if written else None
    except ValueError:
        window = None
    if window is None:
        raise PydanticCustomError(
            "hours", 'must be days and hours such as "mon-fri 18:00-09:00", "sat 00:00-24:00" or "daily 22:00-07:00"'
        )
    if window.opens == window.closes:
        raise PydanticCustomError("hours", 'begins and ends at the same time; the whole day is "00:00-24:00"')
    return window


def _read_window(written: re.Match[str]) -> Window:
    daily, first, last, opens, closes = written.groups()
    days = frozenset(range(7)) if daily else _days(first, last or first)
    return Window(weekdays=days, opens=read_time(opens), closes=read_time(closes))


def _days(first: str, last: str) -> frozenset[int]:
    start, end = _SHORT_DAYS.index(first), _SHORT_DAYS.index(last)
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))


class Section(BaseModel):
    """One table of a schedule."""

    model_config = STRICT


class LayerSection(Section):
    """People who take turns; a later layer lies above the earlier ones."""

    name: Short
    people: list[User] = Field(min_length=1, max_length=50)
    turn: Annotated[tuple[int, Unit], BeforeValidator(_turn)] = (1, Unit.WEEKS)
    handover: Annotated[int, BeforeValidator(_minutes)] = 9 * 60
    handover_day: Annotated[int, BeforeValidator(_weekday)] | None = None
    begins: Annotated[Day, BeforeValidator(_day)]
    ends: Annotated[Day, BeforeValidator(_day)] | None = None
    hours: list[Annotated[Window, BeforeValidator(_window)]] = Field(default=[], max_length=20)
    zone: Annotated[str, AfterValidator(_zone)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "LayerSection":
        if self.ends is not None and self.ends <= self.begins:
            raise PydanticCustomError("ends", "ends on or before the day it begins; it would have nobody on duty")
        if self.handover_day is not None and self.turn[1] is not Unit.WEEKS:
            raise PydanticCustomError("handover_day", "has a handover_day, which only turns of weeks have")
        return self


def _named_once(layers: list[LayerSection]) -> list[LayerSection]:
    names = [layer.name for layer in layers]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PydanticCustomError("twice", f"has “{twice[0]}” more than once; each layer has a name of its own")
    return layers


class ScheduleSection(Section):
    """An on-call schedule."""

    zone: Annotated[str, AfterValidator(_zone)]
    owner: User
    layers: Annotated[list[LayerSection], AfterValidator(_named_once)] = Field(min_length=1, max_length=10)


def schedules(sections: Mapping[str, ScheduleSection]) -> dict[str, Schedule]:
    """Return the schedules of the domain, by name."""
    return {
        name: Schedule(
            name=name,
            zone=section.zone,
            layers=tuple(_layer(layer, section.zone) for layer in section.layers),
            owner=UserId(section.owner),
        )
        for name, section in sections.items()
    }


def _layer(section: LayerSection, zone: str) -> Layer:
    every, unit = section.turn
    return Layer(
        name=section.name,
        people=tuple(UserId(user) for user in section.people),
        zone=section.zone or zone,
        every=every,
        unit=unit,
        handover=section.handover,
        handover_day=section.handover_day,
        begins=section.begins,
        ends=section.ends,
        windows=tuple(section.hours),
    )
