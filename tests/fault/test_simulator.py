"""At most one reply per approval, whatever happens: thousands of simulated afternoons, and bugs that must be seen in them."""

from dataclasses import replace

import pytest

from bot.domain.ids import MINUTE, SECOND
from tests.fault.simulator import failed, told
from tests.fault.simulator_bugs import BUGS, Bug, first_found
from tests.fault.simulator_experiments import IN_DOUBT, LEFT, QUIET, measure_weather
from tests.fault.simulator_run import REAL, run
from tests.fault.simulator_weather import Weather

COVERS = ("DBL-06", "DBL-07", "DBL-08", "DBL-15", "OUT-04", "OUT-08", "OUT-14")
AT_ONCE, CHUNKS = 125, 24
"""Seeds per test, so that workers can share them; 3,000 in all, about 3 ms each."""
BAD_KINDS_UNPUBLISHED = (1, 3, 5)

EACH_ALONE = {
    "DBL-06": replace(IN_DOUBT, bad_read=0.5),
    "DBL-07": replace(QUIET, processes=5, lost=0.3, slow=0.5, lasts=4 * MINUTE),
    "DBL-08": replace(QUIET, stop=0.02, aimed=20, stops=(5 * MINUTE,)),
    "DBL-15-back": replace(IN_DOUBT, jump=-10 * MINUTE, timeline_lag=60 * SECOND),
    "DBL-15-on": replace(IN_DOUBT, jump=10 * MINUTE, timeline_lag=60 * SECOND),
    "OUT-04": replace(QUIET, limits=0.5, bad_call=0.5, bad_kinds=(0, 1)),
    "OUT-14": replace(QUIET, away=(20 * SECOND, 8 * MINUTE)),
}
"""Row -> that one trouble and no other."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nothing_is_doubled_unapproved_missing_or_lost(chunk: int):
    bad = failed(range(chunk * AT_ONCE, (chunk + 1) * AT_ONCE))
    assert not bad, told(bad[0])


@pytest.mark.parametrize("seed", [6_948, 17_999, 49_047, 112_361])
def test_the_afternoons_that_showed_flaws_once_are_clean(seed: int):
    ended = run(seed)
    assert not ended.faults, told(ended)


@pytest.mark.parametrize("row", EACH_ALONE)
def test_nothing_goes_wrong_under_one_trouble_at_its_worst(row: str):
    for seed in range(150):
        ended = run(seed, REAL, EACH_ALONE[row])
        assert not ended.faults, told(ended)


@pytest.mark.parametrize("seed", range(5))
def test_on_a_calm_afternoon_each_approved_reply_is_out(seed: int):
    ended = run(seed, REAL, Weather(cases=3, timeline_lag=90 * SECOND))
    assert (ended.faults, ended.approved, ended.published) == ((), 3, 3)


def test_a_reply_that_was_swallowed_once_is_out_in_the_end():
    swallowed = replace(QUIET, bad_call=1.0, bad_kinds=BAD_KINDS_UNPUBLISHED, lasts=MINUTE)
    seen = [run(seed, REAL, swallowed) for seed in range(100)]
    assert [(ended.faults, ended.published) for ended in seen] == [((), 1)] * len(seen)


@pytest.mark.parametrize("back", [1, 10], ids=["DBL-15-1", "DBL-15-10"])
def test_a_clock_that_goes_back_between_the_last_look_and_the_mark_only_delays_a_reply(back: int):
    seen = [run(seed, REAL, replace(QUIET, jump=-back * MINUTE)) for seed in range(60)]
    assert [ended.published for ended in seen] == [1] * len(seen)


@pytest.mark.parametrize("lost", [1_900, 30_000], ids=["OUT-08", "OUT-08-half a minute"])
def test_a_server_that_forgets_doubles_nothing_though_the_timeline_is_late(lost: int):
    found = measure_weather(replace(QUIET, forgets=lost, timeline_lag=90 * SECOND, lasts=5 * MINUTE), range(200))
    assert set(found) <= {"", LEFT}


def test_the_same_seed_is_the_same_afternoon():
    assert [run(seed).trace for seed in range(20)] == [run(seed).trace for seed in range(20)]


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_found(bug: Bug):
    assert first_found(bug), f"{bug.name}: not found in {bug.within} seeds"


WINDOWS = {
    "a timeline late by up to 3 min": (replace(IN_DOUBT, timeline_lag=180 * SECOND, late_most=1), True),
    "a timeline late by up to 10 min": (replace(IN_DOUBT, timeline_lag=600 * SECOND, late_most=1), False),
    "published a minute after the call": (replace(IN_DOUBT, late_most=60 * SECOND), True),
    "published ten minutes after the call": (replace(IN_DOUBT, late_most=600 * SECOND), False),
    "held with the bytes for 4 min": (replace(QUIET, held_with_bytes=1.0, held_for=240 * SECOND), True),
    "held with the bytes for 9 min": (replace(QUIET, held_with_bytes=1.0, held_for=540 * SECOND), True),
}
"""What docs/adr/0007-sending.md says about the windows that remain: how wide they are, and that they are there."""


@pytest.mark.parametrize("name", WINDOWS)
def test_the_windows_that_remain_are_as_wide_as_we_say(name: str):
    weather, safe = WINDOWS[name]
    assert ("DOUBLED" not in measure_weather(weather, range(100))) == safe
