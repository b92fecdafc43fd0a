"""Between yes and out there: undo, look again, and at most one reply; what changed goes back to the approver."""

import pytest

from tests.world import OUT


async def nothing_leaves(desk):
    await desk.pass_time(hours=2)
    await desk.settled()
    assert desk.published() == []


async def test_nothing_leaves_before_the_time_to_undo_is_over(desk):
    case = await desk.approved()
    await desk.pass_time(seconds=29)
    await desk.settled()
    assert desk.published() == []
    await desk.pass_time(seconds=2)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


@pytest.mark.parametrize("name", ["ana", "pat"])
async def test_a_reply_undone_in_time_is_never_published(desk, name):
    case = await desk.approved()
    assert await desk.seat(name).clicks("Undo", case) == ""
    await desk.offers(case, "Draft a reply")
    await nothing_leaves(desk)
    assert await desk.status(case) != "answered"


async def test_only_owner_writer_and_approver_can_undo(desk):
    case = await desk.approved()
    assert "Only <@UANA>, the writer or the approver" in await desk.seat("ben").clicks("Undo", case)
    await desk.pass_time(seconds=31)
    await desk.reply_out()


async def test_undo_after_the_reply_is_out_says_that_it_is_out(desk):
    case = await desk.approved()
    before = desk.card(case)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert "the reply is out" in await desk.seat("ana").clicks("Undo", case, on=before)


async def test_an_approval_that_could_not_be_used_in_time_goes_back_to_the_approver(desk):
    case = await desk.approved()
    desk.weather.x_down = True
    await desk.pass_time(minutes=31)
    await desk.notes(case, "Back to the approver: the approval was not used in time.")
    await desk.announced(f"The reply on {case.id} needs PR again: the approval was not used in time.")
    desk.weather.x_down = False
    await nothing_leaves(desk)

    assert await desk.seat("kim").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


async def test_a_reply_waits_while_x_is_down_and_leaves_once_when_it_is_back(desk):
    case = await desk.approved()
    desk.weather.x_down = True
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert await desk.status(case) == "approved"
    desk.weather.x_down = False
    await desk.pass_time(minutes=2)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


async def test_a_post_deleted_while_its_reply_is_in_review_withdraws_the_reply(desk):
    case = await desk.in_review()
    desk.x.delete(case.post)
    await desk.look_at_open_cases()
    await desk.shows(case, "The customer deleted or hid this post.")
    assert "arrived broken" not in desk.card_text(case)
    await desk.shows(case, "Reply 1 was withdrawn: the customer deleted the post")
    assert "nothing left to reply to" in await desk.seat("ana").clicks("Draft a reply", case)


async def test_a_post_deleted_just_before_the_approval_is_found_out_because_of_it(desk):
    case = await desk.in_review()
    desk.x.delete(case.post)
    assert await desk.seat("pat").approves(case) == ""
    await desk.shows(case, "Reply 1 was withdrawn: the customer deleted the post")
    await nothing_leaves(desk)


async def test_a_post_deleted_after_the_approval_is_found_out_before_sending(desk):
    case = await desk.approved()
    await desk.settled()
    desk.x.delete(case.post)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Reply 1 was withdrawn: the customer deleted the post")
    await nothing_leaves(desk)


async def test_a_post_hidden_after_the_approval_gets_no_reply(desk):
    case = await desk.approved()
    await desk.settled()
    desk.x.protect("mia_travels")
    await desk.pass_time(seconds=31)
    await desk.hides(case, "Reply approved")
    await nothing_leaves(desk)


async def test_a_post_edited_after_the_approval_goes_back_to_the_approver(desk):
    case = await desk.approved()
    await desk.settled()
    desk.x.edit(case.post, "@LumenShop found it, all good. Great service!")
    await desk.pass_time(seconds=31)
    await desk.shows(case, "found it, all good. Great service! (edited)")
    await desk.notes(case, "Back to the approver: the customer edited the post.")
    await nothing_leaves(desk)

    assert await desk.seat("pat").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    assert desk.published() == [OUT]


async def test_a_customer_who_writes_again_sends_an_approved_reply_back(desk):
    case = await desk.approved()
    await desk.customer().writes_again(case)
    await desk.notes(case, "Back to the approver: the customer wrote again.")
    await desk.offers(case, "Approve and send")
    await nothing_leaves(desk)


async def test_an_answer_typed_on_x_itself_stops_ours_until_the_approver_says_again(desk):
    case = await desk.approved()
    await desk.settled()
    native = desk.x.reply_as_brand("Hi Mia, please see your inbox.", case.post)
    await desk.pass_time(seconds=31)
    await desk.notes(case, f"somebody answered on the platform itself: https://x.com/LumenShop/status/{native.id}")
    await nothing_leaves(desk)

    assert await desk.seat("pat").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


async def test_an_approver_who_has_left_pr_before_the_sending_does_not_count(desk):
    case = await desk.approved()
    desk.sandbox.slack.set_group("S0PR", ["UKIM"])
    await desk.pass_time(seconds=31)
    await desk.notes(case, "Back to the approver: <@UPAT> is no longer in PR.")
    await nothing_leaves(desk)


async def test_nothing_typed_in_the_thread_can_leave(desk):
    case = await desk.claimed()
    chatter = "lol what an idiot, refund him"
    await desk.seat("ana").seat.says(case.channel, chatter, thread_ts=case.ts)
    assert await desk.seat("ana").drafts("We are sorry.", case) == {}
    await desk.seat("ben").seat.says(case.channel, chatter, thread_ts=case.ts)
    await desk.seat("pat").approves(case)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    await desk.settled()
    assert desk.published() == ["@mia_travels We are sorry. ^AD"]
    bodies = [str(call.request) for call in desk.sandbox.traffic.calls() if call.side == "x"]
    assert bodies
    assert not any("idiot" in body for body in bodies)


async def test_the_published_reply_is_read_back_and_a_difference_is_told(desk):
    case = await desk.approved()
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    (out,) = desk.x.published_by_app()
    out.text = "@mia_travels something else entirely"
    await desk.pass_time(seconds=5)
    await desk.notes(case, "What stands there is not what was approved. Please look at once.")
