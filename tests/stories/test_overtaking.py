"""What is stopped while a reply is on its way out: of the stop and the beginning of the send one is first, for everybody."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.services.delivery import Delivery, Step
from tests.stories.test_limits import sent_alone
from tests.stories.test_talking_points import POINT, nothing, written_from_the_point
from tests.world import Shown, World


async def approved_from_the_point(desk: World) -> Shown:
    case = await written_from_the_point(desk)
    assert await desk.seat("pat").approves(case) == ""
    return case


async def approved(desk: World) -> Shown:
    return await desk.approved()


STOPS = {
    "a talking point is withdrawn": (
        approved_from_the_point,
        f"points withdraw {POINT} the fair is cancelled",
        "points",
    ),
    "a limit is switched off": (sent_alone, "limit off late parcel", "limits"),
    "a hold is placed": (approved, "hold all a recall is coming", "holds"),
}
"""How a reply comes to leave, what stops it from anybody at PR, and the document in which that stands."""


async def stopped_before_the_mark(desk: World, prepare: Callable[[World], Awaitable[Shown]], stop: str) -> Shown:
    """Have somebody stop a reply after the sender has looked at everything, and before it marks that sending begins."""
    said: list[str] = []

    async def stopping(step: Step) -> None:
        if step is Step.MARKING and not said:
            said.append(await desk.seat("pat").asks(stop))

    desk.reached = stopping
    await desk.restart()
    case = await prepare(desk)
    # Nobody sweeps: only what the mark is made on can stop it.
    desk.desk.relay._jobs["take_back_drafts"] = nothing
    await desk.pass_time(seconds=31)
    await desk.until(lambda: said, f"{stop!r} to be asked for")
    await desk.settled()
    return case


@pytest.mark.parametrize("what", STOPS)
async def test_nothing_leaves_once_it_was_stopped_between_the_last_look_and_the_mark(desk, what):
    prepare, stop, _ = STOPS[what]
    case = await stopped_before_the_mark(desk, prepare, stop)
    await desk.pass_time(minutes=2)
    await desk.settled()
    assert desk.published() == []
    assert "SendStarted" not in await desk.story(case)


@pytest.mark.parametrize("what", STOPS)
async def test_a_mark_that_leaves_the_document_out_is_overtaken(desk, monkeypatch, what):
    prepare, stop, document = STOPS[what]
    mark = Delivery._mark

    async def forgetful(self, *args, ground):
        left = {name: version for name, version in ground.standing.items() if name != document}
        assert left != ground.standing
        return await mark(self, *args, ground=replace(ground, standing=left))

    monkeypatch.setattr(Delivery, "_mark", forgetful)
    case = await stopped_before_the_mark(desk, prepare, stop)
    await desk.reply_out()
    assert "SendStarted" in await desk.story(case)
