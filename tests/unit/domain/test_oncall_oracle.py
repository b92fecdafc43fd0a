"""Random schedules against an answer worked out minute by minute: the same people, and no gap without a reason."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import MINUTE, Instant, UserId
from bot.domain.on_call.oncall import Kind, Override, Part, Schedule, gaps, on_duty, shifts
from bot.domain.on_call.rotation import Layer, Unit, Window
from bot.domain.timing.wall_clock import Day, at_time, moment, read_day
from tests.unit.domain.oncall_oracle import minute_by_minute

PEOPLE = [UserId(name) for name in ("UANA", "UBEN", "UKIM", "UOTTO", "UPAT")]
NIGHTS = [
    ("Europe/Berlin", "2026-03-28"),
    ("Europe/Berlin", "2026-10-24"),
    ("America/New_York", "2026-03-07"),
    ("America/New_York", "2026-10-31"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("America/Sao_Paulo", "2018-02-17"),
    ("America/Sao_Paulo", "2018-11-03"),
    ("Pacific/Apia", "2011-12-29"),
    ("Asia/Kathmandu", "2027-12-31"),
    ("Africa/Casablanca", "2026-02-14"),
    ("UTC", "2028-02-28"),
]
"""Zones, and the eve of what is odd there: clocks forward and back, a day left out, a new year, a leap day."""
WALKED = 3 * 24 * 60


@st.composite
def layers(draw, eve: Day):
    unit = draw(st.sampled_from(list(Unit)))
    begins = Day(eve + draw(st.integers(-20, 2)))
    ends = draw(st.none() | st.integers(-1, 3).map(lambda days: Day(eve + days)))
    minutes = st.integers(0, 95).map(lambda quarter: 15 * quarter) | st.integers(0, 1439)
    window = st.builds(
        Window,
        weekdays=st.frozensets(st.integers(0, 6), min_size=1),
        opens=minutes,
        closes=minutes | st.just(1440),
    )
    return Layer(
        name=draw(st.sampled_from(["base", "nights", "weekend"])),
        people=tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4))),
        zone=draw(st.sampled_from([zone for zone, _ in NIGHTS])),
        every=draw(st.integers(1, 12) if unit is Unit.HOURS else st.integers(1, 3)),
        unit=unit,
        handover=draw(minutes),
        begins=begins,
        handover_day=draw(st.none() | st.integers(0, 6)) if unit is Unit.WEEKS else None,
        ends=ends,
        windows=tuple(draw(st.lists(window, max_size=2))),
    )


@st.composite
def overrides(draw, start: Instant):
    def stretch():
        begins = draw(st.integers(-300, WALKED))
        length = draw(st.integers(1, WALKED))
        return Instant(start + begins * MINUTE), Instant(start + (begins + length) * MINUTE)

    kind = draw(st.sampled_from(list(Kind)))
    begins, ends = stretch()
    people = draw(st.permutations(PEOPLE))
    parts = tuple(
        Part(who=draw(st.sampled_from(PEOPLE)), start=part[0], end=part[1])
        for part in (stretch() for _ in range(2))
        if kind is Kind.TEMPORARY
    )
    who, instead_of = (people[0], people[1] if kind is Kind.REPLACE else "") if kind is not Kind.TEMPORARY else ("", "")
    name = draw(st.sampled_from(["care", "care", "care", "other"]))
    number = draw(st.integers(1, 999))
    return Override(
        id=f"O-{number}",
        schedule=name,
        kind=kind,
        start=begins,
        end=ends,
        who=who,
        instead_of=UserId(instead_of),
        parts=parts,
    )


@st.composite
def plans(draw):
    zone, eve = draw(st.sampled_from(NIGHTS))
    day = read_day(eve)
    start = moment(zone, at_time(day, draw(st.integers(0, 1439))))
    schedule = Schedule(
        name="care",
        zone=zone,
        layers=tuple(draw(st.lists(layers(day), min_size=1, max_size=3))),
        owner=UserId("UKIM"),
    )
    return schedule, tuple(draw(st.lists(overrides(start), max_size=4))), start


@settings(max_examples=60, deadline=None)
@given(plans())
def test_who_is_on_call_is_what_a_walk_minute_by_minute_finds_and_every_gap_has_its_reasons(plan):
    schedule, changes, start = plan
    end = Instant(start + WALKED * MINUTE)
    walked = minute_by_minute(schedule, changes, start, WALKED)
    listed = [set() for _ in range(WALKED)]
    for shift in shifts(schedule, changes, start, end):
        assert start <= shift.start < shift.end <= end
        for minute in minutes_of(shift, start):
            listed[minute].add(shift.who)
    assert listed == walked
    explained = set()
    for gap in gaps(schedule, changes, start, end):
        assert gap.why, "a gap without a reason"
        explained |= set(minutes_of(gap, start))
    assert explained == {minute for minute, people in enumerate(walked) if not people}
    changed = [minute for minute in range(1, WALKED) if walked[minute] != walked[minute - 1]]
    for minute in {0, *changed, *(minute - 1 for minute in changed), *range(0, WALKED, 61)}:
        assert set(on_duty(schedule, changes, Instant(start + minute * MINUTE))) == walked[minute]


def minutes_of(stretch, start):
    return range((stretch.start - start) // MINUTE, (stretch.end - start) // MINUTE)
