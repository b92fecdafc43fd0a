"""Tests of the driver's people who hold, and who agree in twos: each planted bug shows in the truth, and only it."""

import pytest

from tests.fault.driver.failpoints import Deed, Plan
from tests.fault.driver.holders import EVERYTHING, Held, Holders
from tests.fault.driver.people import TWO_SIDED_EACH
from tests.fault.driver.scenes import a_scene
from tests.fault.driver.truth import find
from tests.fault.driver.under_hold import Revision, sent_under

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("fault")]
CASE = Revision("C-1001", 1)


@pytest.mark.long
@pytest.mark.parametrize("plant", ["", "no_hold"])
async def test_a_reply_that_leaves_under_a_hold_is_caught(plant):
    async with a_scene(plant) as scene:
        await scene.stage.hire()
        case = await scene.in_review()
        holders = Holders(scene.people)
        await holders.place(f"case {case}")
        assert [hold.id for hold in holders.held] == ["H-1"]
        assert await scene.people.click("UPAT", "approve", case, draft=1)
        if plant:
            await scene.published()
        else:
            await scene.stage.pass_time(20)
        await holders.lift_everything()
        await scene.published()
        await scene.truth()
        truth = await find(scene.stage, scene.people, holders.held)
    assert list(truth.faults()) == (["under_hold"] if plant else [])


@pytest.mark.long
async def test_a_reply_whose_sending_had_begun_before_the_hold_may_arrive_under_it():
    async with a_scene() as scene:
        await scene.stage.hire([Plan(place="marked", deed=Deed.PAUSE)])
        case = await scene.in_review()
        holders = Holders(scene.people)
        assert await scene.people.click("UPAT", "approve", case, draft=1)
        await scene.hit("marked:pause")
        await holders.place(EVERYTHING)
        await scene.stage.hire()
        await scene.hit("marked:pause:over")
        await holders.lift_everything()
        await scene.truth()
        truth = await find(scene.stage, scene.people, holders.held)
    assert truth.faults() == {}


@pytest.mark.long
@pytest.mark.parametrize("plant", ["", "one_yes"])
async def test_a_reply_that_leaves_with_the_yes_of_one_side_where_it_takes_two_is_caught(plant):
    async with a_scene(plant) as scene:
        await scene.stage.hire()
        scene.people.drafts |= dict.fromkeys(range(1, TWO_SIDED_EACH), "")
        case = await scene.in_review()
        assert await scene.people.click("UPAT", "approve", case, draft=TWO_SIDED_EACH)
        if not plant:
            assert not await scene.people.click("UANA", "approve", case, draft=TWO_SIDED_EACH)
            assert await scene.people.click("UBEN", "approve", case, draft=TWO_SIDED_EACH)
        await scene.published()
        truth = await scene.truth()
    assert list(truth.faults()) == (["unapproved"] if plant else [])


STARTED = {b"fact": b"SendStarted", b"case": b"C-1001", b"rev": b"1", b"detail": b""}
OTHERS = STARTED | {b"case": b"C-1002"}
PLACED = {b"fact": b"HoldPlaced", b"case": b"-", b"rev": b"0", b"detail": b"H-1 everything"}
LIFTED = PLACED | {b"fact": b"HoldLifted"}


@pytest.mark.parametrize(
    ("began", "journal", "allowed"),
    [
        (9.0, [PLACED, STARTED], True),
        (10.5, [STARTED, PLACED, LIFTED], True),
        (10.5, [OTHERS, PLACED, LIFTED, STARTED], False),
        (10.5, [STARTED, PLACED, STARTED, LIFTED], False),
        (16.0, [STARTED, PLACED, LIFTED], False),
        (20.5, [STARTED, PLACED, LIFTED], True),
    ],
)
@pytest.mark.parametrize("reach", [EVERYTHING, "C-1001"])
def test_a_call_under_a_hold_counts_unless_it_had_begun_before(began, journal, allowed, reach):
    held = [Held(id="H-1", reach=reach, since=10.0, until=20.0)]
    calls = [({"at": began + 0.1, "ms": 100.0}, CASE)]
    assert (sent_under(held, calls, journal) == []) is allowed
    assert sent_under([Held(id="H-1", reach="C-1002", since=10.0, until=20.0)], calls, journal) == []
