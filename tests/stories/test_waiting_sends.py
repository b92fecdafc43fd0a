"""An approved reply that cannot leave yet: the card says why and until when, and a store that forgot doubles nothing."""

from dataclasses import replace

import pytest

from bot.domain.cases import effects
from bot.sandbox.slack.refusals import Refusal
from tests.world import OUT

COVERS = ("AUT-07", "DBL-04", "OUT-04", "OUT-05", "OUT-08", "OUT-09")
OPS = "C0OPS"


def row(name):
    return pytest.mark.parametrize("row", [name])


def news(desk):
    return [message["text"] for message in desk.sandbox.slack.messages(OPS)]


async def snapshot(memory):
    keys = [key async for key in memory.client.scan_iter(match=f"{{{memory.workspace.lower()}:*")]
    return {key: await memory.client.dump(key) for key in keys}


async def restore(memory, kept):
    for key in [key async for key in memory.client.scan_iter(match=f"{{{memory.workspace.lower()}:*")]:
        await memory.client.delete(key)
    for key, dumped in kept.items():
        await memory.client.restore(key, 0, dumped)


def another_server(desk, *, name="another"):
    """Let another server answer for a store that may forget, as after a fail-over."""

    async def ask():
        return name

    desk.desk.outside.epochs.sure = False
    desk.desk.outside.epochs.ask = ask


def not_now(group):
    raise Refusal("internal_error", group=group)


@row("AUT-07")
async def test_while_slack_does_not_say_who_may_approve_nothing_leaves_and_the_card_says_so_after_five_minutes(
    desk, row
):
    case = await desk.approved()
    slack = desk.sandbox.slack.directory
    asked = slack.group
    slack.group = not_now
    await desk.pass_time(seconds=31)
    await desk.settled()
    for _ in range(4):
        await desk.pass_time(minutes=1)
        await desk.settled()
        assert "the permission check" not in desk.card_text(case)
    for _ in range(2):
        await desk.pass_time(minutes=1)
        await desk.settled()
    await desk.shows(case, "the permission check does not answer")
    assert "Tried next at <!date^" in desk.card_text(case)
    assert desk.published() == []

    slack.group = asked
    await desk.pass_time(minutes=1, seconds=1)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


@row("OUT-04")
async def test_a_card_says_when_a_reply_that_x_wants_later_is_tried_next(desk, row):
    case = await desk.approved()
    desk.sandbox.x_limits.counting = True
    desk.sandbox.x_limits._window("create", "user", 900).used = 100
    await desk.pass_time(seconds=31)
    await desk.shows(case, "X asks us to wait")
    assert "Tried next at <!date^" in desk.card_text(case)
    await desk.pass_time(minutes=16)
    await desk.shows(case, "Answered")
    assert "Tried next" not in desk.card_text(case)
    assert desk.published() == [OUT]


@row("OUT-04")
async def test_a_card_says_that_x_does_not_answer_once_that_has_lasted_a_minute(desk, row):
    case = await desk.approved()
    desk.weather.x_down = True
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert "does not answer" not in desk.card_text(case)
    for _ in range(2):
        await desk.pass_time(minutes=1, seconds=1)
        await desk.settled()
    await desk.shows(case, "X does not answer")
    desk.weather.x_down = False
    await desk.pass_time(minutes=1, seconds=1)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


@row("OUT-05")
async def test_credentials_that_were_taken_back_stop_sending_and_ops_are_told_once(desk, row):
    case = await desk.approved()
    await desk.settled()
    wire = desk.desk.outside.connections["x"].platform.wire
    right = wire.keys
    wire.keys = replace(right, access_token="900000001-other", access_secret="other")
    before = len(desk.sandbox.traffic.calls())
    asked = []
    for _ in range(10):
        await desk.pass_time(minutes=1)
        await desk.settled()
        asked = [call for call in desk.sandbox.traffic.calls()[before:] if "/2/tweets" in str(call)]
    await desk.shows(case, "the platform does not accept our credentials")
    assert len(asked) <= 4
    assert [text for text in news(desk) if "credentials" in text] == [
        "No reply leaves on X: it does not accept the desk's credentials."
    ]
    assert (await desk.case(case)).draft.approvals

    wire.keys = right
    await desk.pass_time(minutes=5, seconds=1)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


@row("DBL-04")
async def test_a_reply_that_was_accepted_behind_a_page_of_html_is_looked_for_and_not_sent_again(desk, row):
    case = await desk.approved()
    desk.weather.set(x_late="html_503")
    desk.x.switches.set(fault_times=1)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Checking that the reply is out")
    await desk.pass_time(minutes=2)
    await desk.shows(case, "Answered")
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == [OUT]


@row("OUT-08")
async def test_a_store_that_forgot_that_a_reply_is_out_finds_it_on_the_timeline_before_anything_leaves(
    desk, desk_memory, row
):
    case = await desk.approved()
    await desk.desk.changeover.look()
    desk.x.switches.set(timeline_lag_seconds=90)
    kept = await snapshot(desk_memory)
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    await desk.settled()

    await restore(desk_memory, kept)
    another_server(desk)
    await desk.pass_time(seconds=1)
    await desk.shows(case, "the store was changed over")
    assert "Tried next at <!date^" in desk.card_text(case)
    await desk.pass_time(minutes=3, seconds=1)
    await desk.shows(case, "Answered")
    await desk.settled()
    assert desk.published() == [OUT]
    assert (await desk.case(case)).sent.sent_id == desk.x.published_by_app()[0].id
    assert [text for text in news(desk) if "changed over" in text] == ["The store was changed over."]


@row("OUT-08")
async def test_an_approval_that_the_store_forgot_is_given_again_and_publishes_once(desk, desk_memory, row):
    case = await desk.in_review()
    await desk.settled()
    await desk.desk.changeover.look()
    kept = await snapshot(desk_memory)
    assert await desk.seat("pat").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    await desk.settled()

    await restore(desk_memory, kept)
    another_server(desk)
    stored = await desk.case(case)
    assert stored.draft.approvals == ()
    await desk.desk.outside.redis.outbox.add([effects.card(stored)])
    await desk.offers(case, "Approve and send")
    assert await desk.seat("kim").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "the store was changed over")
    await desk.pass_time(minutes=3, seconds=1)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


@row("OUT-09")
async def test_a_store_restored_from_yesterday_sends_nothing_until_pr_has_checked_the_timeline(desk, desk_memory, row):
    case = await desk.in_review()
    await desk.settled()
    await desk.desk.changeover.look()
    kept = await snapshot(desk_memory)
    await desk.pass_time(hours=20)
    await desk.desk.changeover.look()
    await desk.stop()
    await restore(desk_memory, kept)
    await desk.start()

    await desk.until(lambda: news(desk), "the news")
    await desk.desk.outside.redis.outbox.add([effects.card(await desk.case(case))])
    await desk.offers(case, "Approve and send")
    assert await desk.seat("pat").approves(case) == ""
    for _ in range(5):
        await desk.pass_time(minutes=1)
        await desk.settled()
    await desk.shows(case, "the store has gone back: PR has to check the timeline")
    assert desk.published() == []

    (ts,) = [m["ts"] for m in desk.sandbox.slack.messages(OPS) if "gone back" in m["text"]]
    seat = desk.seat("otto").seat
    assert (await seat.click(OPS, ts, "timeline_checked")).acknowledged
    assert "Only somebody of PR" in seat.ephemerals[-1]["text"]
    await desk.pass_time(minutes=1)
    await desk.settled()
    assert desk.published() == []

    assert (await desk.seat("pat").seat.click(OPS, ts, "timeline_checked")).acknowledged
    await desk.until(lambda: "replies leave again" in str(news(desk)), "the end of it", lambda: str(news(desk)))
    await desk.pass_time(minutes=1, seconds=1)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]
