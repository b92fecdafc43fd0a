"""Markets and targets in the house rules: what is read, what is refused in which sentence, and what calendars bring."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.cases.case import Level, Route
from bot.domain.ids import HOUR, MINUTE, ChannelId
from bot.domain.people import Side
from config.free_days import BadCalendar, events_of, years_around
from config.policy import PolicyError, load_policy, read_policy
from tests.unit.test_policy import SMALL, mistakes, written

EPOCH = date(1970, 1, 1)
YEAR = datetime.now(UTC).year
MARKET = """
[markets.en]
zone = "Europe/London"
holidays = { country = "GB", subdivision = "ENG" }
closed = ["2026-12-24"]
calendar = "closed.ics"
[markets.en.hours]
mon-fri = ["09:00-12:30", "13:30-18:00"]
sat = ["22:00-06:00"]
"""
TARGET = """
[[target]]
name = "urgent"
levels = ["high"]
markets = ["en"]
first_response = "1 h"
warn_before = "10 min"
[[target]]
name = "the rest"
approval = "2 h"
"""


def a_calendar(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\nUID:{n}\n{event}\nEND:VEVENT\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:desk\n{body}END:VCALENDAR\n"


def day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def a_route(market: str = "en", topic: str = "refund") -> Route:
    return Route(
        rule="r", team="care", side=Side.SERVICE, channel=ChannelId("C0CARE"), market=market, topic=topic, policy="p"
    )


def with_market(folder: Path, text: str = SMALL + MARKET + TARGET, ics: str = a_calendar()) -> Path:
    (folder / "closed.ics").write_text(ics)
    return written(folder, text)


def test_a_market_has_its_week_and_every_free_day(tmp_path):
    ics = a_calendar("DTSTART;VALUE=DATE:20260615\nSUMMARY:Stocktaking")
    hours = load_policy(with_market(tmp_path, ics=ics)).hours("en")
    assert hours.zone == "Europe/London"
    assert [len(spans) for spans in hours.week] == [2, 2, 2, 2, 2, 1, 0]
    free = {day(number) for number in hours.closed}
    assert {date(2026, 12, 24), date(2026, 6, 15)} <= free
    assert {date(year, 12, 25) for year in years_around(YEAR)} <= free
    assert {one.year for one in free} == set(years_around(YEAR))


def test_targets_go_from_the_top_and_the_first_that_holds_decides(tmp_path):
    policy = load_policy(with_market(tmp_path))
    urgent, rest = policy.targets_for(a_route(), Level.HIGH), policy.targets_for(a_route("fr"), Level.HIGH)
    assert urgent is not None
    assert rest is not None
    assert (urgent.rule, urgent.first_response, urgent.warn_before) == ("urgent", HOUR, 10 * MINUTE)
    assert (rest.rule, rest.first_response, rest.approval) == ("the rest", None, 2 * HOUR)
    assert {urgent.policy, rest.policy} == {policy.version}


def test_without_targets_nothing_is_promised(tmp_path):
    assert load_policy(written(tmp_path, SMALL)).targets_for(a_route(), Level.EMERGENCY) is None


def test_a_market_without_a_section_works_around_the_clock_and_says_so(tmp_path):
    reading = read_policy(written(tmp_path, SMALL))
    assert reading.warnings == (
        "policy.toml: the market “en” of @Lumen has no section markets.en: its targets run around the clock.",
    )
    assert reading.policy.hours("en").open_between(0, 5 * HOUR) == 5 * HOUR


def test_a_change_in_the_calendar_file_is_another_version(tmp_path):
    first = load_policy(with_market(tmp_path)).version
    again = load_policy(with_market(tmp_path)).version
    other = load_policy(with_market(tmp_path, ics=a_calendar("DTSTART;VALUE=DATE:20260615"))).version
    assert (first == again, first == other) == (True, False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("Europe/London", "Europe/Lundon"), "markets.en.zone must be a time zone such as Europe/London."),
        (("Europe/London", "Europe"), "markets.en.zone must be a time zone such as Europe/London."),
        (("Europe/London", "../etc/passwd"), "markets.en.zone must be a time zone such as Europe/London."),
        (
            ("09:00-12:30", "9-12"),
            'markets.en.hours.mon-fri.1 must be a time such as "09:00-12:30", with "24:00" as the end.',
        ),
        (
            ("mon-fri", "weekdays"),
            "markets.en.hours.weekdays must be a weekday such as mon, or several such as mon-fri.",
        ),
        (("sat =", "fri ="), "markets.en.hours name fri more than once."),
        (("13:30-18:00", "12:00-18:00"), "markets.en.hours.mon-fri has intervals that overlap."),
        (
            ('mon-fri = ["09:00-12:30", "13:30-18:00"]\nsat = ["22:00-06:00"]', "mon = []"),
            "markets.en.hours are never open: give at least one interval, or leave the market out to work around the clock.",
        ),
        (
            ('sat = ["22:00-06:00"]', 'sun = ["22:00-10:00"]'),
            "markets.en.hours: the night of sun goes on after the first interval of the next day has begun.",
        ),
        (
            ('"ENG"', '"XYZ"'),
            "markets.en.holidays names GB with the subdivision XYZ, whose holidays the desk does not know.",
        ),
        (
            ('"GB", subdivision = "ENG"', '"QQ"'),
            "markets.en.holidays names QQ, whose holidays the desk does not know.",
        ),
        (("2026-12-24", "24.12."), 'markets.en.closed.1 must be a date such as "2026-12-24".'),
        (("closed.ics", "none.ics"), "markets.en.calendar: the file none.ics is not there."),
        (
            ('"10 min"', '"1 h"'),
            "target.1 (“urgent”).warn_before must be shorter than each of its times, or the warning comes at once.",
        ),
        (
            ('approval = "2 h"', ""),
            "target.2 (“the rest”) sets no time: give at least one of first_response, next_response, approval, silence.",
        ),
        (('"1 h"', '"0 s"'), "target.1 (“urgent”).first_response must be at least 1 min."),
    ],
)
def test_each_slip_has_its_sentence(tmp_path, change, sentence):
    text = SMALL + MARKET + TARGET
    assert change[0] in text
    (tmp_path / "closed.ics").write_text(a_calendar())
    assert mistakes(tmp_path, text.replace(*change)) == (f"policy.toml: {sentence}",)


def test_what_is_odd_about_targets_is_a_warning(tmp_path):
    text = SMALL + MARKET + TARGET + '[[target]]\nname = "late"\nmarkets = ["xx"]\nsilence = "1 h"\n'
    assert read_policy(with_market(tmp_path, text)).warnings == (
        "policy.toml: target 3 (“late”) names the market “xx”, which no account has.",
        "policy.toml: target 3 (“late”) can never match: “the rest” above it takes all that it would take. Move it up or remove it.",
    )


# --- calendars --------------------------------------------------------------------------------------------------------

YEARS = range(2026, 2029)


def events(*written: str) -> list[str]:
    return [str(one) for one in sorted(events_of(a_calendar(*written).encode(), YEARS))]


def test_an_event_goes_on_until_the_day_before_its_end():
    assert events("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260107") == ["2026-01-05", "2026-01-06"]
    assert events("DTSTART;VALUE=DATE:20260105\nDURATION:P3D") == ["2026-01-05", "2026-01-06", "2026-01-07"]


def test_meetings_and_cancelled_days_close_nothing():
    assert (
        events("DTSTART:20260105T100000Z\nDTEND:20260105T110000Z", "DTSTART;VALUE=DATE:20260105\nSTATUS:CANCELLED")
        == []
    )


def test_events_repeat_within_the_years_and_leave_out_what_they_say():
    yearly = "DTSTART;VALUE=DATE:20100501\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270501\nRDATE;VALUE=DATE:20270502"
    assert events(yearly) == ["2026-05-01", "2027-05-02", "2028-05-01"]
    assert events("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=2") == ["2026-01-30", "2026-02-27"]
    until = "DTSTART;VALUE=DATE:20261228\nRRULE:FREQ=DAILY;UNTIL=20261230T235959Z"
    assert events(until) == ["2026-12-28", "2026-12-29", "2026-12-30"]


def test_a_leap_day_repeats_in_leap_years_only():
    assert events("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY") == ["2028-02-29"]


def test_an_event_that_began_before_the_years_reaches_into_them():
    assert events("DTSTART;VALUE=DATE:20241230\nDTEND;VALUE=DATE:20250103\nRRULE:FREQ=YEARLY")[:2] == [
        "2026-01-01",
        "2026-01-02",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not an iCalendar file (.ics)"),
        ("hello", "is not an iCalendar file (.ics)"),
        (a_calendar("DTSTART:never"), "cannot be read: its dates or its rule are not valid"),
        (a_calendar("SUMMARY:no date"), "cannot be read: its dates or its rule are not valid"),
        (a_calendar("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SOMETIMES"), "its dates or its rule are not valid"),
        (a_calendar("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SECONDLY"), "it must repeat daily without conditions"),
        (a_calendar("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "without conditions"),
        (a_calendar("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20280101"), "it lasts no day, or more than a year"),
        (a_calendar("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260101"), "it lasts no day, or more than a year"),
        (a_calendar("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY"), "it begins before 1970"),
        ("x" * 2_000_001, "is larger than 2 MB"),
    ],
    ids=range(11),
)
def test_a_calendar_that_cannot_be_read_in_full_is_refused(tmp_path, text, sentence):
    with pytest.raises(BadCalendar, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        events_of(text.encode(), YEARS)
    with pytest.raises(PolicyError) as refused:
        load_policy(with_market(tmp_path, ics=text))
    assert len(refused.value.mistakes) == 1
    assert refused.value.mistakes[0].startswith("policy.toml: markets.en.calendar: the file closed.ics ")
