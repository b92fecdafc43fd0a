"""Who is on call: hand-overs by the clock on the wall, layers, hours, what people changed, and gaps with their reasons."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.ids import DAY, HOUR, MINUTE, Instant, UserId
from bot.domain.on_call.oncall import Kind, Override, Part, Schedule, gaps, on_duty, roll_at, shifts
from bot.domain.on_call.rotation import Layer, Unit, Why, Window
from bot.domain.timing.wall_clock import at_time, date_and_time, in_words, is_zone, moment, read_day, read_time, shown

ANA, BEN, KIM = UserId("UANA"), UserId("UBEN"), UserId("UKIM")
BERLIN, NEW_YORK, LORD_HOWE, APIA = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"


def utc(text: str) -> Instant:
    return Instant(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000))


def local(zone: str, text: str) -> Instant:
    day, _, time = text.partition(" ")
    return moment(zone, at_time(read_day(day), read_time(time)))


def layer(name="all", people=(ANA, BEN), zone=BERLIN, **more):
    given = {"every": 1, "unit": Unit.DAYS, "handover": 540, "begins": read_day("2026-01-05"), **more}
    return Layer(name=name, people=tuple(people), zone=zone, **given)


def schedule(*layers, zone=BERLIN):
    return Schedule(name="care", zone=zone, layers=layers or (layer(),), owner=KIM)


def override(kind, start, end, **more):
    return Override(id=more.pop("id", "O-1"), schedule="care", kind=kind, start=start, end=end, **more)


# Wall clocks: zone, wall-clock time, the instant. Forward: the skipped time is the jump. Back: the first of the two.
CHANGES = [
    (BERLIN, "2026-03-29 01:59", "2026-03-29T00:59"),
    (BERLIN, "2026-03-29 02:00", "2026-03-29T01:00"),
    (BERLIN, "2026-03-29 02:30", "2026-03-29T01:00"),
    (BERLIN, "2026-03-29 03:00", "2026-03-29T01:00"),
    (BERLIN, "2026-03-29 03:01", "2026-03-29T01:01"),
    (BERLIN, "2026-10-25 02:00", "2026-10-25T00:00"),
    (BERLIN, "2026-10-25 02:30", "2026-10-25T00:30"),
    (BERLIN, "2026-10-25 03:00", "2026-10-25T02:00"),
    (NEW_YORK, "2026-03-08 02:30", "2026-03-08T07:00"),
    (NEW_YORK, "2026-11-01 01:30", "2026-11-01T05:30"),
    (NEW_YORK, "2026-11-01 02:00", "2026-11-01T07:00"),
    (LORD_HOWE, "2026-10-04 02:15", "2026-10-03T15:30"),
    (LORD_HOWE, "2026-04-05 01:45", "2026-04-04T14:45"),
    (LORD_HOWE, "2026-04-05 02:00", "2026-04-04T15:30"),
    (APIA, "2011-12-30 09:00", "2011-12-30T10:00"),
    (APIA, "2011-12-31 00:00", "2011-12-30T10:00"),
    ("America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04T03:00"),
    ("America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18T01:30"),
    ("Asia/Kathmandu", "2026-06-01 09:00", "2026-06-01T03:15"),
    ("UTC", "2028-02-29 23:59", "2028-02-29T23:59"),
]


@pytest.mark.parametrize(("zone", "wall", "instant"), CHANGES, ids=[f"{zone} {wall}" for zone, wall, _ in CHANGES])
def test_a_time_on_the_wall_is_one_instant_also_where_the_clock_is_changed(zone, wall, instant):
    assert local(zone, wall) == utc(instant)


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE, APIA])
def test_instants_of_growing_wall_clock_times_never_go_back(zone):
    for day in ("2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03", "2011-12-29"):
        walls = [moment(zone, at_time(read_day(day), minutes)) for minutes in range(0, 4320, 15)]
        assert walls == sorted(walls)


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        (BERLIN, ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"]),
        (NEW_YORK, ["2026-03-07", "2026-03-08", "2026-03-09", "2026-10-31", "2026-11-01", "2026-11-02"]),
        (LORD_HOWE, ["2026-04-04", "2026-04-05", "2026-04-06", "2026-10-03", "2026-10-04", "2026-10-05"]),
        ("America/Santiago", ["2026-04-04", "2026-04-05", "2026-04-06", "2026-09-05", "2026-09-06", "2026-09-07"]),
        ("Africa/Cairo", ["2026-04-23", "2026-04-24", "2026-04-25", "2026-10-29", "2026-10-30", "2026-10-31"]),
    ],
)
def test_people_hand_over_at_nine_on_the_wall_whatever_the_clocks_do(zone, days):
    """Elsewhere shifts move with daylight saving (grafana/oncall#3261)."""
    plan = schedule(layer(zone=zone, people=(ANA, BEN, KIM)), zone=zone)
    for day in days:
        before, after = (on_duty(plan, (), local(zone, f"{day} {time}")) for time in ("08:59", "09:00"))
        people = (ANA, BEN, KIM)
        assert people[(people.index(before[0]) + 1) % 3] == after[0]


def test_a_night_of_winter_time_is_an_hour_longer_and_one_of_summer_time_an_hour_shorter():
    plan = schedule(layer(handover=0))
    lengths = [
        [shift.end - shift.start for shift in shifts(plan, (), local(BERLIN, a), local(BERLIN, b))]
        for a, b in (("2026-03-28 00:00", "2026-03-31 00:00"), ("2026-10-24 00:00", "2026-10-27 00:00"))
    ]
    assert lengths == [[24 * HOUR, 23 * HOUR, 24 * HOUR], [24 * HOUR, 25 * HOUR, 24 * HOUR]]


def test_hours_of_work_are_those_of_the_layers_own_zone():
    """Elsewhere business hours are UTC only (grafana/oncall#5512)."""
    day = Window(weekdays=frozenset(range(7)), opens=540, closes=1020)
    plan = schedule(
        layer("berlin", (ANA,), BERLIN, windows=(day,)),
        layer("new york", (BEN,), NEW_YORK, windows=(day,)),
    )
    assert on_duty(plan, (), utc("2026-07-01T07:00")) == (ANA,)
    assert on_duty(plan, (), utc("2026-01-07T07:59")) == ()
    assert on_duty(plan, (), utc("2026-01-07T08:00")) == (ANA,)
    assert on_duty(plan, (), utc("2026-07-01T13:00")) == (BEN,)


def test_a_skipped_day_has_no_turn_of_its_own_and_nobody_is_left_out_of_the_count():
    plan = schedule(layer(zone=APIA, people=(ANA, BEN, KIM), begins=read_day("2011-12-28"), handover=0), zone=APIA)
    found = shifts(plan, (), local(APIA, "2011-12-28 00:00"), local(APIA, "2012-01-02 00:00"))
    assert [(shift.who, shift.end - shift.start) for shift in found] == [(ANA, DAY), (BEN, DAY), (ANA, DAY), (BEN, DAY)]


def test_weekly_turns_hand_over_on_their_day_across_the_end_of_the_year_and_a_leap_day():
    plan = schedule(
        layer(unit=Unit.WEEKS, begins=read_day("2027-12-22"), handover_day=0, people=(ANA, BEN, KIM)),
    )
    found = shifts(plan, (), local(BERLIN, "2027-12-22 09:00"), local(BERLIN, "2028-03-07 09:00"))
    starts = [date_and_time(BERLIN, shift.start) for shift in found]
    assert starts[:3] == [("2027-12-22", "09:00"), ("2027-12-27", "09:00"), ("2028-01-03", "09:00")]
    assert starts[-2:] == [("2028-02-28", "09:00"), ("2028-03-06", "09:00")]
    assert [shift.who for shift in found[:4]] == [ANA, BEN, KIM, ANA]


def test_turns_of_some_hours_go_by_the_clock_on_the_wall():
    plan = schedule(layer(every=8, unit=Unit.HOURS, handover=0, people=(ANA, BEN, KIM)))
    found = shifts(plan, (), local(BERLIN, "2026-03-29 00:00"), local(BERLIN, "2026-03-30 00:00"))
    assert [(shift.end - shift.start) // HOUR for shift in found] == [7, 8, 8]
    assert {shift.who for shift in found} == {ANA, BEN, KIM}


def test_an_upper_layer_wins_where_it_has_somebody():
    weekend = Window(weekdays=frozenset({5, 6}), opens=0, closes=1440)
    plan = schedule(layer("base", (ANA,)), layer("weekend", (BEN,), windows=(weekend,)))
    assert on_duty(plan, (), local(BERLIN, "2026-01-09 23:59")) == (ANA,)
    assert on_duty(plan, (), local(BERLIN, "2026-01-10 00:00")) == (BEN,)
    assert on_duty(plan, (), local(BERLIN, "2026-01-11 23:59")) == (BEN,)
    assert on_duty(plan, (), local(BERLIN, "2026-01-12 00:00")) == (ANA,)


def test_hours_over_midnight_belong_to_the_day_they_began_on():
    friday_night = Window(weekdays=frozenset({4}), opens=22 * 60, closes=7 * 60)
    plan = schedule(layer("nights", (ANA,), windows=(friday_night,)))
    found = shifts(plan, (), local(BERLIN, "2026-01-05 09:00"), local(BERLIN, "2026-01-19 09:00"))
    assert [(in_words(BERLIN, s.start), in_words(BERLIN, s.end)) for s in found] == [
        ("Fri 9 Jan 22:00", "Sat 10 Jan 07:00"),
        ("Fri 16 Jan 22:00", "Sat 17 Jan 07:00"),
    ]
    assert on_duty(plan, (), local(BERLIN, "2026-01-10 03:00")) == (ANA,)
    assert on_duty(plan, (), local(BERLIN, "2026-01-10 07:00")) == ()


NOW = local(BERLIN, "2026-01-06 12:00")
"""Tuesday noon: by `layer()` it is Ben's turn."""
SOON = Instant(NOW + 2 * HOUR)


def at_noon(*overrides, plan=None):
    return on_duty(plan or schedule(), overrides, NOW)


def test_somebody_added_is_on_duty_beside_the_layers_person():
    assert at_noon(override(Kind.ADD, NOW, SOON, who=KIM)) == (BEN, KIM)
    assert at_noon(override(Kind.ADD, NOW, SOON, who=BEN)) == (BEN,)


def test_a_replacement_stands_in_only_for_the_one_it_names_and_only_while_it_lasts():
    stand_in = override(Kind.REPLACE, NOW, SOON, who=KIM, instead_of=BEN)
    assert at_noon(stand_in) == (KIM,)
    assert on_duty(schedule(), (stand_in,), SOON) == (BEN,)
    assert at_noon(replace(stand_in, instead_of=ANA)) == (BEN,)


def test_where_a_person_was_removed_the_layer_below_stands_in():
    remove = override(Kind.REMOVE, NOW, SOON, who=BEN)
    assert at_noon(remove) == ()
    assert at_noon(remove, plan=schedule(layer("below", (KIM,)), layer("above"))) == (KIM,)
    assert at_noon(replace(remove, schedule="other")) == (BEN,)


def test_a_temporary_plan_silences_the_layers_and_can_itself_be_changed():
    plan = override(Kind.TEMPORARY, NOW, SOON, parts=(Part(who=KIM, start=NOW, end=Instant(NOW + HOUR)),))
    assert at_noon(plan) == (KIM,)
    assert on_duty(schedule(), (plan,), Instant(NOW + HOUR)) == ()
    assert at_noon(plan, override(Kind.REPLACE, NOW, SOON, who=ANA, instead_of=KIM, id="O-2")) == (ANA,)
    assert [gap.why[0].why for gap in gaps(schedule(), (plan,), NOW, SOON)] == [Why.TEMPORARY]


def test_every_gap_says_why_for_each_layer():
    night = Window(weekdays=frozenset(range(7)), opens=1320, closes=420)
    plan = schedule(
        layer("nights", (ANA,), windows=(night,)),
        layer("ended", (BEN,), ends=read_day("2026-01-06")),
        layer("later", (BEN,), begins=read_day("2026-01-08")),
    )
    start, end = local(BERLIN, "2026-01-06 09:00"), local(BERLIN, "2026-01-06 23:00")
    (gap,) = gaps(plan, (), start, end)
    assert (gap.start, in_words(BERLIN, gap.end)) == (start, "Tue 6 Jan 22:00")
    assert [(absence.layer, absence.why) for absence in gap.why] == [
        ("later", Why.NOT_BEGUN),
        ("ended", Why.ENDED),
        ("nights", Why.OUTSIDE_HOURS),
    ]


def test_a_gap_made_by_a_removal_names_it():
    (gap,) = gaps(schedule(), (override(Kind.REMOVE, NOW, SOON, who=BEN, id="O-7"),), NOW, Instant(NOW + DAY))
    assert (gap.start, gap.end, gap.why[0].why, gap.why[0].by) == (NOW, SOON, Why.REMOVED, "O-7")


def test_who_is_on_duty_is_known_by_what():
    stand_in = override(Kind.REPLACE, NOW, SOON, who=KIM, instead_of=BEN, id="O-3")
    assert [(post.who, post.by) for post in roll_at(schedule(), (stand_in,), NOW).on] == [(KIM, "O-3")]
    assert [(post.who, post.by) for post in roll_at(schedule(), (), NOW).on] == [(BEN, "all")]


@pytest.mark.parametrize("text", ["Mars/Base", "", "Europe", "../etc/passwd", "Europe/Berlin\0", "/etc/localtime"])
def test_what_is_no_zone_is_no_zone(text):
    assert not is_zone(text)


@pytest.mark.parametrize("text", ["9:00", "24:01", "12:60", "ab:cd", "1200", "٠٩:٠٠", "-1:00", ""])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"^no time"):
        read_time(text)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-1-5", "tomorrow", "20260105", "2026-01-05T00:00", ""])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r"day|month|isoformat"):
        read_day(text)


def test_a_clock_shows_whole_minutes():
    assert shown(BERLIN, Instant(utc("2026-01-05T08:00") + 59_999)) == at_time(read_day("2026-01-05"), 540)
    assert moment(BERLIN, at_time(read_day("2026-01-05"), 1440)) == utc("2026-01-05T23:00")
    assert MINUTE == 60_000
