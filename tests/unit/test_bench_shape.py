"""The benchmarks run and answer in the promised shape. How fast anything is, is not looked at here."""

import json
import subprocess
import sys

import pytest

from tests.bench.figures import Figure, Goal, Rule, percentile
from tests.bench.place import ROOT

KEYS = {"name", "value", "unit", "baseline", "ratio", "goal", "goal_met"}
WITH_A_GOAL = {
    "click_to_ack_p50": "≤ 0.5 × baseline",
    "click_to_ack_p99": "< 25 ms",
    "click_over_commit_p50": "≤ baseline + 1.5 ms",
    "decide_by_200_rules": "< 1 ms",
    "approve_without_asking_p50": "≤ 1.2 × baseline",
    "ingest_rate": "≥ 500 posts/s",
    "ingest_share": "≥ 0.5 × baseline",
    "post_to_card_p99": "< 150 ms",
    "memory_idle": "< 120 MB",
    "store_per_case": "< 3 kB",
    "scale_bytes_per_case": "≤ 1.3 × baseline",
    "scale_click": "≤ 1.3 × baseline",
    "scale_restart": "< 3 s",
    "tick": "< 1 s",
    "tick_flat": "≤ 1.3 × baseline",
    "page_late_p99": "< 2000 ms",
    "help_wall": "< 200 ms",
}


def bench(*words: str) -> str:
    command = [sys.executable, "-m", "tests.bench", "--quick", *words]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_figure_is_one_json_object_with_its_baseline():
    figures = {found["name"]: found for found in map(json.loads, bench("--json").splitlines())}
    for name, found in figures.items():
        assert set(found) == KEYS, name
        assert found["value"] > 0, name
        assert found["baseline"] > 0, name
        assert (found["goal_met"] is None) == (found["goal"] is None), name
    assert {name: found["goal"] for name, found in figures.items() if found["goal"]} == WITH_A_GOAL


def test_one_bench_alone_is_a_table_with_its_figures():
    head, *rows = bench("--only", "help").splitlines()
    assert "baseline" in head
    assert [row.split()[0] for row in rows] == ["help_wall"]


@pytest.mark.parametrize(
    ("rule", "limit", "value", "met"),
    [
        (Rule.BELOW, 10, 9.9, True),
        (Rule.BELOW, 10, 10, False),
        (Rule.AT_LEAST, 10, 10, True),
        (Rule.AT_LEAST, 10, 9.9, False),
        (Rule.RATIO_AT_MOST, 0.5, 2, True),
        (Rule.RATIO_AT_MOST, 0.5, 2.1, False),
        (Rule.RATIO_AT_LEAST, 0.5, 2, True),
        (Rule.RATIO_AT_LEAST, 0.5, 1.9, False),
        (Rule.ABOVE_BASELINE_AT_MOST, 1.5, 5.5, True),
        (Rule.ABOVE_BASELINE_AT_MOST, 1.5, 5.6, False),
    ],
)
def test_a_goal_is_met_on_its_own_side_of_the_limit(rule, limit, value, met):
    figure = Figure(name="n", value=value, unit="ms", baseline=4, against="", goal=Goal(rule, limit))
    assert figure.goal_met is met


def test_a_percentile_is_one_of_the_samples():
    samples = [float(number) for number in range(1, 101)]
    assert (percentile(samples, 0.5), percentile(samples, 0.99), percentile([7.0], 0.99)) == (50.0, 99.0, 7.0)
