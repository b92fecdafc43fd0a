"""Nothing leaves that was not approved by enough of the right people, whatever they all do at the same time."""

import pytest

from tests.fault.schedules import told
from tests.fault.schedules_bugs import BUGS, Bug, first_found
from tests.fault.schedules_run import run

AT_ONCE, CHUNKS = 50, 10
"""Seeds per test, so that workers can share them; 500 in all, about 50 ms each."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_reply_leaves_unapproved_stale_or_held(chunk: int):
    seen = [run(seed) for seed in range(chunk * AT_ONCE, (chunk + 1) * AT_ONCE)]
    bad = [ended for ended in seen if ended.faults]
    assert not bad, told(bad[0])
    assert sum(ended.published for ended in seen) > AT_ONCE / 2, "so little left that nothing was shown"
    assert any(ended.alone for ended in seen), "no limit was used"


def test_the_same_seed_is_the_same_schedule():
    assert [run(seed).trace for seed in range(3)] == [run(seed).trace for seed in range(3)]


def planted(bug: Bug) -> object:
    """Return the bug as a row; one that shows itself in few schedules is looked for by `make fault`."""
    return pytest.param(bug, id=bug.name, marks=pytest.mark.long if bug.first else ())


@pytest.mark.parametrize("bug", [planted(bug) for bug in BUGS])
def test_a_planted_bug_is_seen(bug: Bug):
    assert first_found(bug), f"{bug.name}: not seen in {bug.within} schedules"
