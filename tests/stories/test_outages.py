"""Slack or the store is away, slow, or refuses a part; the desk stops in the middle: nothing is lost or done twice."""

import pytest

from bot.domain.ids import MINUTE, SECOND
from bot.sandbox.slack.refusals import Refusal
from bot.views import card as cards
from handlers.door import NOT_NOW
from tests.contract.proxy import proxy_before
from tests.servers import a_server, a_workspace
from tests.world import OUT, a_world

COVERS = ("FLD-05", "OUT-03", "OUT-07", "OUT-11")
WITHIN = 3_000
"""Milliseconds after which Slack tells a person that the app did not answer."""


def row(name):
    return pytest.mark.parametrize("row", [name])


@row("OUT-01")
async def test_posts_that_come_while_slack_refuses_connections_are_each_carded_once_and_marked_late(desk, row):
    await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    await desk.settled()
    client = desk.desk.directory._client
    there, client.base_url = client.base_url, "http://127.0.0.1:1/api/"
    posts = []
    for name in ("mia_travels", "theo_bakes", "nightowl_sue"):
        posts.append(desk.customer(name).writes("@LumenShop my lamp arrived broken."))
        await desk.sweep()
        await desk.pass_time(minutes=10)
        await desk.settled()
    client.base_url = there
    await desk.pass_time(minutes=1)
    shown = [await desk.carded(post) for post in posts]
    await desk.settled()
    assert len(desk.cards()) == 4
    assert ["late: this card came" in desk.card_text(case) for case in shown] == [True, True, True]
    assert "late: this card came 31 min after that" in desk.card_text(shown[0])
    assert await desk.seat("ana").clicks("Claim", shown[0]) == ""
    await desk.shows(shown[0], "<@UANA>")
    assert "late: this card came 31 min after that" in desk.card_text(shown[0]), "it stays true"


def test_the_mark_of_a_late_card_begins_at_five_minutes():
    assert cards.LATE == 5 * MINUTE


def refusing(*_args, **_more):
    raise Refusal("internal_error")


@row("OUT-03")
async def test_a_card_that_could_not_be_changed_is_drawn_again_within_a_minute_and_clicks_on_it_are_safe(desk, row):
    case = await desk.customer().posts()
    await desk.settled()
    history = desk.sandbox.slack.history
    change, history.change = history.change, refusing
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.settled()
    assert "<@UANA>" not in desk.card_text(case), "the card is stale"
    assert "<@UANA> already has this case" in await desk.seat("ben").clicks("Claim", case)
    assert (await desk.case(case)).owner == "UANA"
    history.change = change
    for _ in range(6):
        await desk.pass_time(seconds=10)
        await desk.settled()
    assert "<@UANA>" in desk.card_text(case)


@row("FLD-05")
async def test_a_post_that_cannot_be_drawn_is_set_aside_after_three_tries_and_the_others_go_on(desk, row, monkeypatch):
    render = cards.render

    def picky(case, *args, **more):
        if "poison" in case.first_post.text:
            raise ZeroDivisionError
        return render(case, *args, **more)

    monkeypatch.setattr(cards, "render", picky)
    desk.customer().writes("@LumenShop poison: my lamp arrived broken.")
    await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    assert len(desk.cards()) == 1, "nobody waited for it"
    for _ in range(3):
        await desk.settled()
        await desk.pass_time(seconds=5)
    await desk.announced("was set aside", "C0OPS")
    news = [message for message in desk.sandbox.slack.messages("C0OPS") if "was set aside" in message["text"]]
    assert len(news) == 1
    assert "poison: my lamp" not in str(news)
    await desk.customer("theo_bakes").posts("@LumenShop and mine?")
    monkeypatch.setattr(cards, "render", render)
    action = {"action_id": "try_again", "type": "button", "block_id": "b", "action_ts": "1.0"}
    value = next(e["value"] for b in news[0]["blocks"] for e in b.get("elements", []) if e["action_id"] == "try_again")
    await desk.seat("ana").seat.click_raw("C0OPS", news[0]["ts"], {**action, "value": value})
    await desk.until(lambda: len(desk.cards()) == 3, "the card that had failed")


@row("OUT-11")
async def test_a_desk_told_to_stop_records_what_is_in_flight_and_the_next_one_keeps_the_time_to_undo(desk, row):
    flying = await desk.approved()
    await desk.pass_time(seconds=26)
    waiting = await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    assert await desk.seat("ben").clicks("Claim", waiting) == ""
    assert await desk.seat("ben").drafts("Hi Priya, it is on its way.", waiting) == {}
    assert await desk.seat("pat").approves(waiting) == ""
    desk.weather.set(slow_ms=600)
    await desk.pass_time(seconds=5)
    calls = desk.sandbox.traffic.calls
    await desk.until_async(lambda: sending(desk, flying), "a call in flight")
    await desk.stop()
    desk.weather.clear()
    assert desk.published() == [OUT], calls(side="x")[-3:]
    await desk.start()
    assert [(await desk.case(flying)).status, (await desk.case(waiting)).status] == ["answered", "approved"]
    await desk.pass_time(seconds=20)
    await desk.settled()
    assert desk.published() == [OUT], "the time to undo goes on where it was"
    await desk.pass_time(seconds=6)
    await desk.reply_out(2)
    await desk.settled()
    assert len(desk.published()) == 2


async def sending(desk, case):
    draft = (await desk.case(case)).draft
    return draft is not None and draft.state == "sending"


@pytest.fixture
def own_server():
    with a_server() as server:
        yield server


async def click_approve(desk, case):
    """Return the interaction and what Pat was told."""
    return await desk.seat("pat").seat.click(case.channel, case.ts, "approve"), desk.seat("pat").told


@row("OUT-07")
async def test_an_approval_while_the_store_is_down_is_answered_in_time_and_is_not_recorded(own_server, tmp_path, row):
    async with a_world(own_server.url, a_workspace(), tmp_path) as desk:
        case = await desk.in_review()
        await desk.settled()
        own_server.stop()
        clicked, told = await click_approve(desk, case)
        assert told == NOT_NOW
        assert clicked.ms < WITHIN
        own_server.start()
        await desk.settled()
        assert await desk.status(case) == "in_review"
        await desk.pass_time(seconds=31)
        await desk.settled()
        assert desk.published() == []
        assert await desk.seat("pat").approves(case) == ""


@row("OUT-10")
async def test_a_click_while_the_store_takes_two_seconds_for_each_answer_is_answered_in_time(redis_url, tmp_path, row):
    async with proxy_before(redis_url, tmp_path) as proxy, a_world(proxy.url, a_workspace(), tmp_path) as desk:
        case = await desk.in_review()
        await desk.settled()
        proxy.delay = 2 * SECOND / 1_000
        clicked, told = await click_approve(desk, case)
        proxy.delay = 0.0
        assert clicked.ms < WITHIN
        assert told == NOT_NOW
        await desk.settled()
        assert desk.published() == []
        assert await desk.status(case) in ("in_review", "approved")
