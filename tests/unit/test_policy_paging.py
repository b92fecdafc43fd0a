"""Escalation and paging in the house rules: what is read, and a sentence for each slip."""

from pathlib import Path

import pytest

from bot.domain.escalating.plan import Habit, Leases, Step, Trigger
from bot.domain.ids import MINUTE, ChannelId, UserId
from config.policy import load_policy, read_policy
from tests.unit.test_policy import SMALL, mistakes, written

PLAN = """
[paging]
last_resort = "UPAT"
[people.UKIM]
quiet = "22:00-07:00"
zone = "Europe/London"
rules = ["dm again after 5 min", "dm at once"]
[[escalation]]
name = "fire"
triggers = ["emergency"]
repeat = 2
ack = { emergency = "10 min" }
steps = [{ people = ["UKIM"] }, { group = "S0PR", channel = "C0PR", after = "3 min", both = true }]
"""


def test_a_plan_is_read_with_its_steps_and_habits(tmp_path: Path):
    paging = load_policy(written(tmp_path, SMALL + PLAN), written(tmp_path, "", "talking_points.toml")).paging
    (rule,) = paging.rules
    assert rule.triggers == frozenset({Trigger.EMERGENCY})
    assert rule.plan.steps == (
        Step(people=(UserId("UKIM"),)),
        Step(group="S0PR", channel=ChannelId("C0PR"), after=3 * MINUTE, both=True),
    )
    assert (rule.plan.leases, rule.plan.last_resort) == (Leases(emergency=10 * MINUTE), "UPAT")
    assert paging.habits == {
        UserId("UKIM"): Habit(delays=(0, 5 * MINUTE), quiet=(22 * 60, 7 * 60), zone="Europe/London")
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('last_resort = "UPAT"', "", "paging.last_resort is missing: name who is paged"),
        ('people = ["UKIM"]', "", "escalation.1 (“fire”).steps.1 needs people, a schedule, a group or a channel"),
        (
            'people = ["UKIM"]',
            'schedule = "nights"',
            "names the schedule “nights”, which is not under schedules (none)",
        ),
        ('"3 min"', '"soon"', "must be a time such as"),
        ('"3 min"', '"25 h"', "escalation.1 (“fire”).steps.2.after must be at most 1 d"),
        ("22:00-07:00", "22:00-22:00", "people.UKIM.quiet must be two different times"),
        ("Europe/London", "Londres", "people.UKIM.zone must be a time zone"),
        ("dm at once", "ring the bell", "must read like"),
        ('["emergency"]', '["fire"]', "must be 'emergency', 'pr_line', 'asked' or 'target_missed'"),
        ("repeat = 2", "repeat = 99", "escalation.1 (“fire”).repeat must be at most 10"),
        ("repeat = 2", "repeats = 2", "is not a key of this file"),
        ('emergency = "10 min"', 'emergency = "10 s"', "escalation.1 (“fire”).ack.emergency must be at least 1 min"),
        ("[people.UKIM]", "[people.kim]", "must be a Slack member id"),
    ],
)
def test_each_slip_is_told_in_a_sentence(tmp_path: Path, old: str, new: str, says: str):
    assert old in PLAN
    found = mistakes(tmp_path, SMALL + PLAN.replace(old, new))
    assert any(says in sentence for sentence in found), found


def test_a_name_may_stand_once(tmp_path: Path):
    twice = PLAN + PLAN[PLAN.index("[[escalation]]") :]
    assert any("“fire” 2 times" in sentence for sentence in mistakes(tmp_path, SMALL + twice))


def test_a_plan_that_never_gets_its_turn_is_doubtful(tmp_path: Path):
    later = (
        '[[escalation]]\nname = "later"\ntriggers = ["emergency"]\nmarkets = ["en"]\nsteps = [{ people = ["UKIM"] }]\n'
    )
    reading = read_policy(written(tmp_path, SMALL + PLAN + later), written(tmp_path, "", "talking_points.toml"))
    assert any("escalation 2 (“later”) can never be taken: “fire”" in warning for warning in reading.warnings)
