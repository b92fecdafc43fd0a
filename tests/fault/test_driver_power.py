"""Power cuts, deployments in the middle of everything, and machines whose clocks are wrong."""

import asyncio
import os
import random

import pytest

from tests.fault.driver.failpoints import Deed, Plan
from tests.fault.driver.scenes import Scene, a_scene
from tests.fault.driver.trouble import Trouble

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("fault")]


async def at_work(scene: Scene, acts: int, then) -> None:
    """Let everybody work; do something in the middle of it, after so many acts that counted, and stop some acts later."""
    people, stop = scene.people, asyncio.Event()

    async def counted(number: int) -> None:
        async def so_many() -> bool:
            return sum(act.counted for act in people.acts) >= number

        await scene.stage.until(so_many, f"{number} acts")

    async with asyncio.TaskGroup() as group:
        group.create_task(people.work(stop))
        await counted(acts)
        await then()
        await counted(2 * acts)
        stop.set()


@pytest.mark.parametrize("kept", ["all that was answered", pytest.param("half", marks=pytest.mark.long)])
async def test_a_power_cut_loses_nothing_that_anybody_was_told(kept):
    async with a_scene() as scene:
        stage = scene.stage
        answered = 0

        def answering() -> None:
            nonlocal answered
            answered = stage.book().stat().st_size

        async def cut_the_power() -> None:
            stage.door.open.clear()
            await asyncio.sleep(0.2)
            stage.server.kill()
            book = stage.book()
            end = book.stat().st_size
            assert answered <= end
            os.truncate(book, random.Random(1).randint(answered, end) if kept != "half" else answered // 2)
            stage.door.cut()
            await asyncio.to_thread(stage.server.start)
            stage.door.open.set()

        stage.door.answering = answering
        for _ in range(2):
            await stage.hire()
        await at_work(scene, 25, cut_the_power)
        truth = await scene.truth(crew=2)
    if kept == "half":
        assert truth.lost_clicks, "losing half of the book has to be seen"
        return
    assert truth.faults() == {}
    assert truth.published >= 3


async def test_a_deployment_in_the_middle_of_everything_loses_nothing():
    async with a_scene() as scene:
        stage = scene.stage
        trouble = Trouble(stage, seed=1)

        async def deploy() -> None:
            await stage.control.weather(x_late="late", x_late_seconds=0.7)
            for pid in await stage.alive():
                await stage.hire()
                await trouble.dismiss(pid)

        for _ in range(2):
            await stage.hire()
        await at_work(scene, 25, deploy)
        truth = await scene.truth(crew=2)
        ends = [code for pid in stage.hired if (code := await stage.nursery.ended(pid)) is not None]
    assert (trouble.surprises, truth.faults()) == ([], {})
    assert ends == [0, 0]
    assert truth.published >= 3


async def test_two_workers_whose_clocks_are_ten_minutes_apart_do_no_harm():
    async with a_scene() as scene:
        await scene.stage.hire(skew=300.0)
        await scene.stage.hire(skew=-300.0)

        async def nothing() -> None:
            """Their clocks are wrong all the time."""

        await at_work(scene, 25, nothing)
        truth = await scene.truth(crew=2)
    assert truth.faults() == {}
    assert truth.published >= 3


async def test_a_worker_that_was_held_up_before_it_posted_does_not_post_a_second_card():
    async with a_scene() as scene:
        await scene.stage.hire([Plan(place="posting", deed=Deed.PAUSE)])
        await scene.people.complains()
        await scene.hit("posting:pause")
        await scene.stage.hire()
        await scene.shows("claim", set())
        await scene.hit("posting:pause:over")
        truth = await scene.truth(crew=2)
    assert truth.faults() == {}
