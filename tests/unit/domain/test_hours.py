"""Business time, against an oracle that looks at the wall clock minute by minute and knows no arithmetic."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import DAY, HOUR, MINUTE, Instant
from bot.domain.timing.hours import HORIZON, Hours, Interval, around_the_clock

EPOCH = date(1970, 1, 1)


def days(*written: str) -> frozenset[int]:
    return frozenset((date.fromisoformat(one) - EPOCH).days for one in written)


def span(written: str) -> Interval:
    start, _, end = written.partition("-")
    first, last = (60 * int(part[:2]) + int(part[3:]) for part in (start, end))
    return Interval(first, last if last > first else last + 24 * 60)


def every_day(zone: str, *spans: str, closed: frozenset[int] = frozenset()) -> Hours:
    return Hours(zone=zone, week=(tuple(span(one) for one in spans),) * 7, closed=closed)


def office(zone: str = "Europe/Berlin", *, closed: frozenset[int] = frozenset()) -> Hours:
    working = (span("09:00-12:30"), span("13:30-18:00"))
    return Hours(zone=zone, week=(working,) * 5 + ((), ()), closed=closed)


def at(written: str) -> Instant:
    """Return the instant of an ISO time with its offset."""
    return Instant(round(datetime.fromisoformat(written).timestamp() * 1000))


# --- the oracle -------------------------------------------------------------------------------------------------------


def open_by_the_wall(hours: Hours, minute: datetime) -> bool:
    """Say whether the wall clock reads an open time: by comparing readings, for today's and yesterday's intervals."""
    reading = minute.astimezone(ZoneInfo(hours.zone)).replace(tzinfo=None)
    for begun in (reading.date(), reading.date() - timedelta(days=1)):
        if (begun - EPOCH).days in hours.closed:
            continue
        midnight = datetime.combine(begun, datetime.min.time())
        for one in hours.week[begun.weekday()]:
            if midnight + timedelta(minutes=one.start) <= reading < midnight + timedelta(minutes=one.end):
                return True
    return False


def minutes_open(hours: Hours, start: Instant, end: Instant) -> int:
    first = datetime.fromtimestamp(start // 1000, UTC)
    return sum(open_by_the_wall(hours, first + timedelta(minutes=n)) for n in range((end - start) // MINUTE))


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
]
CHANGES = [
    at(one)
    for one in (
        "2026-03-29T01:00+00:00",
        "2026-10-25T01:00+00:00",
        "2026-03-08T07:00+00:00",
        "2026-11-01T06:00+00:00",
        "2026-04-04T15:00+00:00",
        "2026-10-03T15:30+00:00",
        "2018-11-04T03:00+00:00",
        "2019-02-17T02:00+00:00",
        "2011-12-30T10:00+00:00",
        "2024-02-29T12:00+00:00",
        "2026-02-15T02:00+00:00",
        "2027-01-01T00:00+00:00",
    )
]
"""Moments at which something changes in one of these zones, a leap day and a turn of the year."""
SPANS = st.builds(
    lambda start, length: Interval(start, start + length), st.integers(0, 24 * 60 - 1), st.integers(1, 24 * 60)
)
WEEKS = st.lists(st.lists(SPANS, max_size=3).map(tuple), min_size=7, max_size=7).map(tuple)


@st.composite
def hours_near_a_change(draw: st.DrawFn) -> tuple[Hours, Instant]:
    near = draw(st.sampled_from(CHANGES)) + MINUTE * draw(st.integers(-3 * 24 * 60, 24 * 60))
    day = near // DAY
    closed = draw(st.frozensets(st.integers(day - 2, day + 4), max_size=2))
    return Hours(zone=draw(st.sampled_from(ZONES)), week=draw(WEEKS), closed=closed), Instant(near)


@given(hours_near_a_change(), st.integers(0, 3 * 24 * 60))
@settings(max_examples=120, deadline=None)
def test_business_time_is_what_the_wall_clock_showed_minute_by_minute(drawn, length):
    hours, start = drawn
    end = Instant(start + length * MINUTE)
    assert hours.open_between(start, end) == MINUTE * minutes_open(hours, start, end)


@given(hours_near_a_change(), st.integers(1, 2 * DAY))
@settings(max_examples=200, deadline=None)
def test_after_is_the_first_instant_by_which_so_much_time_has_passed(drawn, open_ms):
    hours, start = drawn
    found = hours.after(start, open_ms)
    if found == start + HORIZON:
        assert hours.open_between(start, found) <= open_ms
        return
    assert hours.open_between(start, found) == open_ms
    assert hours.is_open(Instant(found - 1)), "the last millisecond counted"


@given(hours_near_a_change(), st.integers(0, 3 * DAY), st.integers(0, 3 * DAY))
@settings(max_examples=200, deadline=None)
def test_two_stretches_have_as_much_as_the_whole(drawn, first, second):
    hours, start = drawn
    middle, end = Instant(start + first), Instant(start + first + second)
    parts = hours.open_between(start, middle) + hours.open_between(middle, end)
    assert hours.open_between(start, end) == parts
    assert hours.open_between(end, start) == 0


# --- by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "spans", "start", "end", "hours"),
    [
        # Berlin: 02:00 to 03:00 does not exist on 29 March, and comes twice on 25 October.
        ("Europe/Berlin", ["00:00-24:00"], "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 23),
        ("Europe/Berlin", ["02:00-03:00"], "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 0),
        ("Europe/Berlin", ["01:30-03:30"], "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 1),
        ("Europe/Berlin", ["00:00-24:00"], "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 25),
        ("Europe/Berlin", ["02:00-03:00"], "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 2),
        ("Europe/Berlin", ["02:30-03:30"], "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 1.5),
        ("Europe/Berlin", ["22:00-06:00"], "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 9),
        ("Europe/Berlin", ["22:00-06:00"], "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", 7),
        ("America/New_York", ["01:00-04:00"], "2026-03-08T00:00-05:00", "2026-03-09T00:00-04:00", 2),
        ("America/New_York", ["01:00-04:00"], "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00", 4),
        # Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", ["01:00-03:00"], "2026-10-04T00:00+10:30", "2026-10-05T00:00+11:00", 1.5),
        ("Australia/Lord_Howe", ["01:00-03:00"], "2026-04-05T00:00+11:00", "2026-04-06T00:00+10:30", 2.5),
        # São Paulo changed at midnight until 2019: 00:00 to 01:00 was skipped, and later 23:00 to 24:00 came twice.
        ("America/Sao_Paulo", ["00:00-02:00"], "2018-11-03T20:00-03:00", "2018-11-04T12:00-02:00", 1),
        ("America/Sao_Paulo", ["23:00-24:00"], "2019-02-16T12:00-02:00", "2019-02-17T12:00-03:00", 2),
        # Kathmandu is 5:45 ahead and never changes.
        ("Asia/Kathmandu", ["09:00-17:30"], "2026-03-29T00:00+05:45", "2026-03-30T00:00+05:45", 8.5),
        # Apia had no 30 December 2011.
        ("Pacific/Apia", ["09:00-17:00"], "2011-12-29T00:00-10:00", "2012-01-01T00:00+14:00", 16),
        ("Europe/Berlin", ["09:00-17:00"], "2024-02-28T00:00+01:00", "2024-03-02T00:00+01:00", 24),
        ("Europe/Berlin", ["09:00-12:00", "11:00-13:00"], "2026-06-01T00:00+02:00", "2026-06-02T00:00+02:00", 4),
    ],
)
def test_an_interval_is_as_long_as_the_wall_clock_makes_it(zone, spans, start, end, hours):
    assert every_day(zone, *spans).open_between(at(start), at(end)) == hours * HOUR


def test_four_hours_on_friday_afternoon_end_on_monday():
    assert office().after(at("2026-11-20T16:00+01:00"), 4 * HOUR) == at("2026-11-23T11:00+01:00")


def test_a_weekend_with_a_change_of_the_clock_makes_no_difference_to_monday():
    assert office().after(at("2026-03-27T17:00+01:00"), 2 * HOUR) == at("2026-03-30T10:00+02:00")
    assert office().after(at("2026-10-23T17:00+02:00"), 2 * HOUR) == at("2026-10-26T10:00+01:00")


def test_the_lunch_break_and_closed_dates_do_not_count():
    hours = office(closed=days("2026-12-24", "2026-12-25"))
    assert hours.after(at("2026-12-23T12:00+01:00"), 5 * HOUR) == at("2026-12-23T18:00+01:00")
    assert hours.after(at("2026-12-23T12:00+01:00"), 5 * HOUR + 1) == at("2026-12-28T09:00:00.001+01:00")


def test_a_night_shift_belongs_to_the_day_on_which_it_begins():
    hours = every_day("Europe/Berlin", "22:00-06:00", closed=days("2026-12-24"))
    assert hours.is_open(at("2026-12-24T03:00+01:00"))
    assert not hours.is_open(at("2026-12-24T23:00+01:00"))
    assert not hours.is_open(at("2026-12-25T03:00+01:00"))
    assert hours.is_open(at("2026-12-25T22:00+01:00"))


def test_an_interval_begins_with_its_first_moment_and_ends_before_its_last():
    hours = office()
    assert [hours.is_open(Instant(at("2026-11-23T09:00+01:00") + n)) for n in (-1, 0)] == [False, True]
    assert [hours.is_open(Instant(at("2026-11-23T18:00+01:00") + n)) for n in (-1, 0)] == [True, False]


def test_around_the_clock_every_millisecond_counts():
    start = at("2026-03-29T00:30+00:00")
    assert around_the_clock().after(start, 90 * MINUTE) == start + 90 * MINUTE
    assert around_the_clock().open_between(start, Instant(start + 400 * DAY)) == 400 * DAY


def test_hours_that_never_open_are_known_and_end_at_the_horizon():
    never = every_day("UTC")
    start = at("2026-03-29T00:30+00:00")
    assert (never.never_open, office().never_open) == (True, False)
    assert never.after(start, 1) == start + HORIZON
    assert never.after(start, 0) == start


@pytest.mark.parametrize("insane", [-(10**15), 0, 10**15, 10**17])
def test_a_clock_that_says_nonsense_raises_nothing(insane):
    assert office().open_between(Instant(insane), Instant(insane + DAY)) >= 0
    assert office().after(Instant(insane), HOUR) >= insane


def test_no_zone_changes_its_clock_and_back_within_a_day():
    """The search for a change looks once a day; what the time-zone database says of 1990 to 2037 allows that."""
    start, end = at("1990-01-01T00:00+00:00") // 1000, at("2037-01-01T00:00+00:00") // 1000
    for name in ("Africa/Casablanca", "Africa/El_Aaiun", "Pacific/Apia", "Asia/Gaza", "Africa/Cairo", *ZONES):
        assert name in available_timezones()
        zone = ZoneInfo(name)
        times = (datetime.fromtimestamp(hour, UTC) for hour in range(start, end, 6 * 3600))
        seen = [time.astimezone(zone).utcoffset() for time in times]
        assert not any(a != b and a == e for a, b, e in zip(seen, seen[2:], seen[4:], strict=False)), name
