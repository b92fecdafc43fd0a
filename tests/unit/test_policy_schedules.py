"""On-call schedules in the house rules: what is read, and the sentence for each slip of the pen."""

import pytest

from bot.commands.policy import gaps_ahead
from bot.domain.on_call.rotation import Unit, Window
from bot.domain.timing.wall_clock import at_time, moment, read_day
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE
from tests.unit.test_policy import SMALL, mistakes, written

NIGHTS = """
[schedules.nights]
zone = "Europe/Berlin"
owner = "UOTTO"
[[schedules.nights.layers]]
name = "weekly"
people = ["UANA", "UBEN"]
turn = "2 weeks"
handover = "18:30"
handover_day = "friday"
begins = 2026-01-09
ends = "2026-06-01"
hours = ["fri-mon 18:00-09:00", "daily 22:00-24:00"]
"""


def test_a_schedule_is_read_with_its_days_its_turns_and_its_hours(tmp_path):
    policy = load_policy(written(tmp_path, SMALL + NIGHTS), written(tmp_path, "", "talking_points.toml"))
    schedule = policy.schedules["nights"]
    (layer,) = schedule.layers
    assert (schedule.name, schedule.zone, schedule.owner) == ("nights", "Europe/Berlin", "UOTTO")
    assert (layer.zone, layer.people, layer.every, layer.unit) == ("Europe/Berlin", ("UANA", "UBEN"), 2, Unit.WEEKS)
    assert (layer.handover, layer.handover_day) == (18 * 60 + 30, 4)
    assert (layer.begins, layer.ends) == (read_day("2026-01-09"), read_day("2026-06-01"))
    assert layer.windows == (
        Window(weekdays=frozenset({4, 5, 6, 0}), opens=18 * 60, closes=9 * 60),
        Window(weekdays=frozenset(range(7)), opens=22 * 60, closes=24 * 60),
    )


def test_the_schedules_we_ship_are_those_of_the_demo():
    schedules = load_policy(POLICY_FILE, TALKING_POINTS_FILE).schedules
    assert {name: schedule.owner for name, schedule in schedules.items()} == {
        "care-nights": "UOTTO",
        "press-line": "UPAT",
    }


WEEKLY = "policy.toml: schedules.nights.layers.1 (“weekly”)"
HOURS = 'must be days and hours such as "mon-fri 18:00-09:00", "sat 00:00-24:00" or "daily 22:00-07:00"'
SLIPS = [
    ('zone = "Europe/Berlin"', 'zone = "Berlin"', "zone is not a time zone; they are written as Europe/Berlin"),
    ('owner = "UOTTO"', 'owner = "otto"', "owner must be a Slack member id such as UANA."),
    ('owner = "UOTTO"', "", "owner is missing."),
    ('["UANA", "UBEN"]', "[]", "people needs at least one entry."),
    ('["UANA", "UBEN"]', '["UANA", "@ben"]', "people.2 must be a Slack member id such as UANA."),
    ('"2 weeks"', '"fortnight"', 'turn must be the length of a turn such as "8 hours", "1 day" or "2 weeks".'),
    ('"2 weeks"', '"0 weeks"', 'turn must be the length of a turn such as "8 hours", "1 day" or "2 weeks".'),
    ('"2 weeks"', '"2 days"', "has a handover_day, which only turns of weeks have."),
    ('"18:30"', '"6 pm"', 'handover must be a time of the day such as "09:00".'),
    ('"18:30"', '"24:00"', 'handover must be a time of the day; midnight is "00:00".'),
    ('"friday"', '"freitag"', "handover_day must be one of monday, tuesday"),
    ("2026-01-09", '"2026-02-30"', "begins must be a day such as 2026-01-05."),
    ("2026-01-09", "2026-01-09T09:00:00", "begins must be a day such as 2026-01-05."),
    ('"2026-06-01"', '"2026-01-09"', "ends on or before the day it begins; it would have nobody on duty."),
    ("fri-mon 18:00-09:00", "fri-mon 18-9", HOURS),
    ("fri-mon 18:00-09:00", "fri-tag 18:00-09:00", HOURS),
    ("fri-mon 18:00-09:00", "fri 25:00-26:00", HOURS),
    ("fri-mon 18:00-09:00", "fri 09:00-09:00", 'begins and ends at the same time; the whole day is "00:00-24:00".'),
    ('name = "weekly"', 'name = "weekly"\nrota = 1', "rota is not a key of this file; remove it"),
]


@pytest.mark.parametrize(("good", "bad", "sentence"), SLIPS, ids=[f"{bad} for {good}" for good, bad, _ in SLIPS])
def test_a_slip_of_the_pen_in_a_schedule_is_told_in_a_sentence(tmp_path, good, bad, sentence):
    (said,) = mistakes(tmp_path, SMALL + NIGHTS.replace(good, bad, 1))
    assert said.startswith("policy.toml: schedules.nights")
    assert sentence in said


def test_a_schedule_without_layers_and_two_layers_of_one_name_are_refused(tmp_path):
    head, found, layer = NIGHTS.partition("[[schedules")
    (said,) = mistakes(tmp_path, SMALL + head + "layers = []")
    assert said == "policy.toml: schedules.nights.layers needs at least one entry."
    (said,) = mistakes(tmp_path, SMALL + NIGHTS + found + layer)
    assert said == "policy.toml: schedules.nights.layers has “weekly” more than once; each layer has a name of its own."


def test_hours_in_which_nobody_is_on_call_are_told_with_their_reasons(tmp_path):
    text = SMALL + NIGHTS.replace('"fri-mon 18:00-09:00", ', "").replace('ends = "2026-06-01"', "")
    policy = load_policy(written(tmp_path, text), written(tmp_path, "", "talking_points.toml"))
    now = moment("Europe/Berlin", at_time(read_day("2026-01-12"), 12 * 60))
    told = gaps_ahead(policy, now)
    assert told[0] == (
        "nights: nobody from Mon 12 Jan 12:00 to Mon 12 Jan 22:00 (Europe/Berlin): outside the hours of weekly"
    )
    assert told[-1] == "nights: 10 more"
    assert gaps_ahead(load_policy(POLICY_FILE, TALKING_POINTS_FILE), now) == []
