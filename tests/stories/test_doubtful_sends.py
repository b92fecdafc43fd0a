"""X in bad weather: an approval publishes exactly one reply or none, and the card says what is going on."""

from dataclasses import replace

import pytest

from bot.services import delivery
from tests.world import OUT


def once(desk, **fault):
    """Let one call to publish go wrong."""
    if "x_late" in fault:
        desk.weather.set(**fault)
    else:
        desk.x.switches.set(**fault)
    desk.x.switches.set(fault_times=1)


async def doubt(desk, case):
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Checking that the reply is out")
    await desk.notes(case, "It is not certain that the reply is out")


@pytest.mark.parametrize("late", ["html_503", "cut", "duplicate"])
@pytest.mark.parametrize("lag", [0, 90], ids=["", "the timeline is late"])
async def test_a_reply_published_behind_a_bad_answer_is_found_and_not_sent_again(desk, late, lag):
    case = await desk.approved()
    once(desk, x_late=late)
    desk.x.switches.set(timeline_lag_seconds=lag)
    await doubt(desk, case)
    assert desk.published() == [OUT]

    await desk.pass_time(minutes=2)
    await desk.shows(case, "Answered")
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == [OUT]
    assert (await desk.case(case)).sent.sent_id == desk.x.published_by_app()[0].id


async def test_a_reply_published_after_we_stopped_waiting_is_found_and_not_sent_again(desk, monkeypatch):
    monkeypatch.setattr(delivery, "SEND_TIMEOUT", 0.2)
    case = await desk.approved()
    once(desk, x_late="late", x_late_seconds=60.0)
    await doubt(desk, case)
    await desk.notes(case, "X did not answer in time")
    await desk.pass_time(minutes=2)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


@pytest.mark.parametrize("fault", ["refuse_503", "cut", "hang"])
async def test_a_reply_that_is_provably_not_there_is_sent_once_more(desk, fault, monkeypatch):
    monkeypatch.setattr(delivery, "SEND_TIMEOUT", 0.2)
    case = await desk.approved()
    once(desk, post_fault=fault)
    await doubt(desk, case)
    await desk.pass_time(minutes=2)
    await desk.settled()
    assert desk.published() == []
    await desk.pass_time(minutes=1, seconds=1)
    await desk.notes(case, "Not sent: it is not on our timeline. The desk tries again.")
    await desk.pass_time(seconds=6)
    await desk.shows(case, "Answered")
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == [OUT]


async def test_after_ten_minutes_of_doubt_a_person_says_that_it_is_there(desk):
    case = await desk.approved()
    once(desk, x_late="cut")
    await doubt(desk, case)
    desk.weather.x_down = True
    before = desk.card(case)
    assert "Undo" not in str(before["blocks"])
    await desk.pass_time(minutes=10, seconds=1)
    await desk.shows(case, "Is the reply out? Please look")
    assert await desk.seat("ben").clicks("It's there", case) == ""
    await desk.shows(case, "Answered")
    desk.weather.x_down = False
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == [OUT]


async def test_after_ten_minutes_of_doubt_send_again_goes_to_the_approver_first(desk):
    case = await desk.approved()
    once(desk, post_fault="cut")
    await doubt(desk, case)
    desk.weather.x_down = True
    await desk.pass_time(minutes=10, seconds=1)
    assert await desk.seat("ana").clicks("Send again", case) == ""
    await desk.notes(case, "Back to the approver: <@UANA> looked: it is not on the platform.")
    desk.weather.x_down = False
    await desk.pass_time(minutes=5)
    await desk.settled()
    assert desk.published() == []

    assert await desk.seat("kim").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == [OUT]


async def test_send_again_after_all_it_was_there_does_not_double_it(desk):
    case = await desk.approved()
    once(desk, x_late="cut")
    await doubt(desk, case)
    desk.weather.x_down = True
    await desk.pass_time(minutes=10, seconds=1)
    assert await desk.seat("ana").clicks("Send again", case) == ""
    desk.weather.x_down = False
    assert await desk.seat("kim").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


async def test_a_person_cannot_settle_while_the_desk_still_looks(desk):
    case = await desk.approved()
    once(desk, x_late="cut")
    await doubt(desk, case)
    button = {"type": "button", "action_id": "send_again", "block_id": "b", "value": f"{case.id}|1", "action_ts": "1.0"}
    assert "still looking for it by itself" in await desk.seat("ana").sends(case, button)
    assert "Too late to undo" in await desk.seat("ana").sends(case, {**button, "action_id": "recall", "value": case.id})


async def test_a_reply_that_x_does_not_allow_goes_back_to_its_writer_with_the_reason(desk):
    root = desk.x.post(author="consumer_hawk", text="Which shop is best?", reply_settings="following")
    case = await desk.customer().posts("@LumenShop you are not, my lamp is broken", in_reply_to=root.id)
    await desk.seat("ana").clicks("Claim", case)
    assert await desk.seat("ana").drafts("We are sorry.", case) == {}
    await desk.seat("pat").approves(case)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "The platform refused reply 1: The author limits who may reply, and we are not among them.")
    await desk.offers(case, "Draft a reply")
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == []


async def test_a_reply_that_x_wants_later_goes_out_later_and_once(desk):
    case = await desk.approved()
    limits = desk.sandbox.x_limits
    limits.counting = True
    limits._window("create", "user", 900).used = 100
    await desk.pass_time(seconds=31)
    await desk.notes(case, "Not sent: X asks us to wait. The desk tries again.")
    await desk.pass_time(minutes=10)
    await desk.settled()
    assert desk.published() == []
    await desk.pass_time(minutes=6)
    await desk.shows(case, "Answered")
    await desk.settled()
    assert desk.published() == [OUT]


async def test_a_day_without_any_posts_left_sends_the_reply_back_to_the_approver(desk):
    case = await desk.approved()
    desk.sandbox.x_limits.counting = True
    desk.x.switches.set(day_limit=0)
    await desk.pass_time(seconds=31)
    await desk.notes(case, "Not sent: X asks us to wait.")
    await desk.pass_time(minutes=30)
    await desk.notes(case, "Back to the approver: the approval was not used in time.")
    await desk.pass_time(hours=25)
    await desk.settled()
    assert desk.published() == []


async def test_credentials_that_x_does_not_take_publish_nothing_until_they_are_right_again(desk):
    case = await desk.approved()
    await desk.settled()
    wire = desk.desk.outside.connections["x"].platform.wire
    right = wire.keys
    wire.keys = replace(right, access_token="900000001-other", access_secret="other")
    for _ in range(4):
        await desk.pass_time(seconds=31)
        await desk.settled()
    await desk.pass_time(minutes=30)
    await desk.notes(case, "Back to the approver: the approval was not used in time.")
    wire.keys = right
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == []

    assert await desk.seat("kim").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]
