"""Rows about approvals that must not count: of the wrong people, and of a post that is not what it was."""

import pytest

COVERS = ("APR-07", "APR-08", "AUT-03")


async def nothing_leaves(desk):
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert desk.published() == []


@pytest.mark.parametrize("row", ["AUT-03"])
async def test_who_is_not_of_the_side_that_is_asked_cannot_approve(desk, row):
    case = await desk.in_review()
    assert "Only PR can decide" in await desk.seat("ben").approves(case)
    assert await desk.status(case) == "in_review"
    await nothing_leaves(desk)


@pytest.mark.parametrize("row", ["APR-07"])
async def test_a_reply_to_a_post_that_was_edited_after_approval_goes_back(desk, row):
    case = await desk.approved()
    desk.x.edit(case.post, "@LumenShop my lamp arrived broken and now it is on fire.")
    await nothing_leaves(desk)
    assert await desk.status(case) == "in_review"
    await desk.shows(case, "now it is on fire")


@pytest.mark.parametrize("row", ["APR-08"])
async def test_a_reply_to_a_post_that_was_deleted_after_approval_does_not_leave(desk, row):
    case = await desk.approved()
    desk.x.delete(case.post)
    await nothing_leaves(desk)
    assert await desk.status(case) == "claimed"
    await desk.hides(case, "my lamp arrived broken")
