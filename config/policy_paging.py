"""The shape of escalation and paging in `policy.toml`, what must fit together in it, and the plans made of it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.cases.case import Level
from bot.domain.escalating.plan import Habit, Leases, Plan, Step, Trigger
from bot.domain.ids import HOUR, MINUTE, ChannelId, UserId
from bot.domain.policy import EscalationRule, Paging
from bot.domain.timing.wall_clock import is_zone
from config.policy_shapes import STRICT, UNITS, Channel, Group, Name, Short, Time, User

Raw = Mapping[str, object]

_RULE = re.compile(r"dm(?: again)? (?:at once|after (\d{1,4}) ?(s|min|h))")
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?- ?([01]\d|2[0-3]):([0-5]\d)")

_EMAIL = re.compile(r"[^\s@<>,;:\"]{1,64}@[A-Za-z0-9.-]{1,190}")


def _rule(text: str) -> str:
    if not _RULE.fullmatch(text):
        raise PydanticCustomError("page_rule", 'must read like "dm at once" or "dm again after 5 min"')
    return text


def _quiet(text: str) -> str:
    found = _QUIET.fullmatch(text)
    if not found or found[1] + found[2] == found[3] + found[4]:
        raise PydanticCustomError("quiet", 'must be two different times such as "22:00-07:00"')
    return text


def _zone(name: str) -> str:
    if not is_zone(name):
        raise PydanticCustomError("zone", "must be a time zone such as Europe/Berlin")
    return name


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise PydanticCustomError("email", "must be one address such as kim@example.com")
    return text


class _Section(BaseModel):
    model_config = STRICT


class StepSection(_Section):
    """One step: whom to page, so long after the step before."""

    after: Time = Field(default=0, ge=0, le=24 * HOUR)
    people: list[User] = []
    schedule: Short | None = None
    group: Group | None = None
    channel: Channel | None = None
    both: bool = False

    @model_validator(mode="after")
    def _somebody(self) -> "StepSection":
        if not (self.people or self.schedule or self.group or self.channel):
            raise PydanticCustomError("empty_step", "needs people, a schedule, a group or a channel")
        return self


class LeasesSection(_Section):
    """How long an acknowledgement holds, by level."""

    low: Time = Field(default=4 * HOUR, ge=MINUTE, le=24 * HOUR)
    normal: Time = Field(default=2 * HOUR, ge=MINUTE, le=24 * HOUR)
    high: Time = Field(default=HOUR, ge=MINUTE, le=24 * HOUR)
    emergency: Time = Field(default=15 * MINUTE, ge=MINUTE, le=24 * HOUR)


class EscalationSection(_Section):
    """One plan and when it is taken."""

    name: Name
    triggers: list[Trigger] = []
    markets: list[Short] = []
    levels: list[Level] = []
    topics: list[Annotated[str, Field(min_length=1, max_length=40)]] = []
    hours: Literal["", "open", "closed"] = ""
    steps: list[StepSection] = Field(min_length=1, max_length=20)
    repeat: int = Field(default=1, ge=0, le=10)
    repeat_after: Time = Field(default=5 * MINUTE, ge=MINUTE, le=24 * HOUR)
    ack: LeasesSection = LeasesSection()


class PersonSection(_Section):
    """When and how often one person wants to be paged."""

    rules: list[Annotated[str, AfterValidator(_rule)]] = Field(
        default=["dm at once", "dm again after 5 min"], min_length=1, max_length=5
    )
    quiet: Annotated[str, AfterValidator(_quiet)] | None = None
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    email: Annotated[str, AfterValidator(_email)] | None = None


class PagingSection(_Section):
    """What holds for all pages."""

    last_resort: User | None = None
    an_hour: int = Field(default=12, ge=1, le=60)
    words_by_mail: bool = False
    rules: list[Annotated[str, AfterValidator(_rule)]] = Field(
        default=["dm at once", "dm again after 5 min"], min_length=1, max_length=5
    )


def mistakes_in_paging(file: str, table: Raw) -> Iterator[str]:
    """Yield what does not fit together: names used twice, plans without a last resort, schedules that are not there."""
    rows = [row for row in _list(table.get("escalation")) if isinstance(row, Mapping)]
    for name, count in Counter(str(row.get("name")) for row in rows).items():
        if count > 1:
            yield f"{file}: escalation has “{name}” {count} times; each name may stand once."
    paging = table.get("paging")
    if rows and not (isinstance(paging, Mapping) and paging.get("last_resort")):
        yield f"{file}: paging.last_resort is missing: name who is paged when nobody in any step is there or answers."
    schedules = table.get("schedules")
    known = frozenset(schedules) if isinstance(schedules, Mapping) else frozenset()
    for row in rows:
        for step in _list(row.get("steps")):
            schedule = step.get("schedule") if isinstance(step, Mapping) else None
            if isinstance(schedule, str) and schedule not in known:
                listed = ", ".join(sorted(known)) or "none"
                yield (
                    f"{file}: escalation (“{row.get('name')}”) names the schedule “{schedule}”, which is not under "
                    f"schedules ({listed})."
                )


def doubts_in_paging(file: str, plans: list[EscalationSection]) -> Iterator[str]:
    """Yield what is odd but can be used: plans that never get their turn, emergencies that no plan takes."""
    for place, later in enumerate(plans):
        first = next((plan for plan in plans[:place] if _takes_all_of(plan, later)), None)
        if first:
            yield (
                f"{file}: escalation {place + 1} (“{later.name}”) can never be taken: “{first.name}” above it takes "
                "all that it would take. Move it up or remove it."
            )


def _takes_all_of(first: EscalationSection, later: EscalationSection) -> bool:
    pairs = ((first.triggers, later.triggers), (first.markets, later.markets), (first.topics, later.topics))
    lists = (*pairs, (first.levels, later.levels))
    in_time = not first.hours or first.hours == later.hours
    return in_time and all(not wide or (bool(narrow) and set(narrow) <= set(wide)) for wide, narrow in lists)


def read_paging(paging: PagingSection, plans: list[EscalationSection], people: Mapping[str, PersonSection]) -> Paging:
    """Return the plans and habits as the desk reads them."""
    last_resort = UserId(paging.last_resort) if paging.last_resort else None
    return Paging(
        rules=tuple(_escalation(section, last_resort) for section in plans),
        habits={UserId(user): _habit(section) for user, section in people.items()},
        usual=Habit(delays=_delays(paging.rules)),
        an_hour=paging.an_hour,
        addresses={UserId(user): section.email for user, section in people.items() if section.email},
        words_by_mail=paging.words_by_mail,
        last_resort=last_resort,
    )


def _escalation(section: EscalationSection, last_resort: UserId | None) -> EscalationRule:
    plan = Plan(
        name=section.name,
        steps=tuple(_step(step) for step in section.steps),
        repeat=section.repeat,
        repeat_after=section.repeat_after,
        leases=Leases(**section.ack.model_dump()),
        last_resort=last_resort,
    )
    return EscalationRule(
        plan=plan,
        triggers=frozenset(section.triggers),
        markets=frozenset(section.markets),
        levels=frozenset(section.levels),
        topics=frozenset(section.topics),
        hours=section.hours,
    )


def _step(section: StepSection) -> Step:
    return Step(
        after=section.after,
        people=tuple(UserId(user) for user in section.people),
        schedule=section.schedule or "",
        group=section.group or "",
        channel=ChannelId(section.channel) if section.channel else None,
        both=section.both,
    )


def _habit(section: PersonSection) -> Habit:
    quiet = _QUIET.fullmatch(section.quiet) if section.quiet else None
    hours = (int(quiet[1]) * 60 + int(quiet[2]), int(quiet[3]) * 60 + int(quiet[4])) if quiet else None
    return Habit(delays=_delays(section.rules), quiet=hours, zone=section.zone)


def _delays(rules: list[str]) -> tuple[int, ...]:
    found = [_RULE.fullmatch(rule) for rule in rules]
    return tuple(sorted({int(rule[1]) * UNITS[rule[2]] if rule and rule[1] else 0 for rule in found}))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
