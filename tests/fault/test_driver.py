"""The desk in real processes under fire for a minute: nothing doubles, nothing gets lost, nothing leaves unapproved."""

import shutil

import pytest

from tests.fault.driver.rounds import play, uncovered

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("fault")]
COVERS = ("DBL-02",)
RARE = "looked:"
"""After a look at the timeline: that needs a reply in doubt, which so short a round may lack. `make fault` names what it did not reach."""


@pytest.mark.parametrize("row", ["DBL-02"])
async def test_under_fire_nothing_doubles_and_nothing_gets_lost(row):
    result = await play(seed=7, seconds=45, kills=60, but=RARE)
    assert result.fine, f"{result.line()}\n{result.details()}\nlogs and traffic: {result.folder}"
    assert result.counts["kills"] >= 60
    assert result.counts["server kills"] >= 3
    assert result.published >= 20
    assert uncovered(result.covered, but=RARE) == []
    shutil.rmtree(result.folder)
