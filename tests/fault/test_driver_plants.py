"""Tests of the driver itself: each planted bug shows in the truth, and the desk without it does not."""

import pytest

from tests.fault.driver.failpoints import Deed, Plan
from tests.fault.driver.scenes import a_scene
from tests.fault.driver.truth import find

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("fault")]


@pytest.mark.long
@pytest.mark.parametrize("plant", ["", "blind_retry"])
async def test_sending_again_without_looking_is_caught(plant):
    async with a_scene(plant) as scene:
        await scene.stage.hire()
        case = await scene.in_review()
        await scene.stage.control.weather(x_late="html_503", fault_times=1)
        assert await scene.people.click("UPAT", "approve", case, draft=1)
        await scene.published()
        truth = await scene.truth()
    assert list(truth.faults()) == (["doubled"] if plant else [])
    assert truth.published == (2 if plant else 1)


@pytest.mark.long
@pytest.mark.parametrize("plant", ["", "no_mark"])
async def test_a_mark_that_is_not_durable_is_caught(plant):
    async with a_scene(plant) as scene:
        await scene.stage.control.weather(timeline_lag_seconds=6.0)
        await scene.stage.hire([Plan(place="called", deed=Deed.KILL)])
        await scene.approved()
        await scene.hit("called:kill")
        if not plant:
            assert (await scene.truth()).faults() == {}
            return
        await scene.stage.hire()

        async def doubled() -> bool:
            return len(await scene.stage.control.timeline()) > 1

        await scene.stage.until(doubled, "the second reply")
        assert "doubled" in (await find(scene.stage, scene.people)).faults()


@pytest.mark.parametrize("plant", ["", "no_find"])
async def test_a_card_posted_again_without_looking_for_the_first_is_caught(plant):
    async with a_scene(plant) as scene:
        await scene.stage.control.weather(slack_lose_answers=1)
        await scene.stage.hire()
        await scene.carded()
        truth = await scene.truth()
    assert list(truth.faults()) == (["doubled_cards"] if plant else [])


@pytest.mark.parametrize("plant", ["", "no_op"])
async def test_a_click_taken_for_two_is_caught(plant):
    async with a_scene(plant) as scene:
        await scene.stage.hire()
        case = await scene.carded()
        assert await scene.people.click("UANA", "claim", case)
        await scene.offers("draft", case)
        await scene.stage.control.weather(double_delivery=True)
        assert await scene.people.writes("UANA", case)
        truth = await scene.truth()
    assert list(truth.faults()) == (["doubled_acts"] if plant else [])
