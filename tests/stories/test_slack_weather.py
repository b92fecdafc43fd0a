"""Slack in bad weather: lost answers, 429, doubled deliveries, an API that is down; one card, one note, one act."""

import itertools

import pytest

from tests.mishaps import answers_lost, carded_unheard
from tests.world import OUT, REPLY, a_world

LOOKS = ("conversations.history", "conversations.replies")


async def test_a_card_whose_answer_was_lost_is_found_again_and_not_posted_twice(desk):
    desk.weather.slack_lose_answers = 1
    case = await carded_unheard(desk)
    assert len(desk.cards()) == 1
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.shows(case, "<@UANA>")


async def test_a_note_whose_answer_was_lost_is_not_written_twice(desk):
    case = await desk.customer().posts()
    await desk.settled()
    desk.weather.slack_lose_answers = 1
    await desk.seat("ana").clicks("Claim", case)
    await answers_lost(desk)
    await desk.pass_time(seconds=3)
    await desk.settled()
    await desk.shows(case, "<@UANA>")
    assert desk.thread(case) == ["<@UANA> claimed it."]


async def test_an_announcement_whose_answer_was_lost_is_not_made_twice(desk):
    case = await desk.claimed()
    await desk.settled()
    await desk.seat("ana").opens("Draft a reply", case)
    desk.weather.slack_lose_answers = 2
    assert await desk.seat("ana").submits({"reply": REPLY}) == {}
    await answers_lost(desk)
    for _ in range(4):
        await desk.settled()
        await desk.pass_time(seconds=8)
    await desk.offers(case, "Approve and send")
    told = [m["text"] for m in desk.sandbox.slack.messages("C0PRDESK") if "waits for PR" in m["text"]]
    assert len(told) == 1
    assert sum("asks for approval" in note for note in desk.thread(case)) == 1


async def test_the_desk_waits_as_long_as_slack_asks_and_then_goes_on(desk):
    await desk.desk.shared.is_closed("C0CARE")
    await desk.settled()
    desk.weather.slack_429 = 1
    desk.customer().writes("@LumenShop hello?")
    await desk.sweep()
    await desk.until(lambda: desk.weather.slack_429 == 0, "a 429")
    await desk.settled()
    assert desk.cards() == []
    await desk.pass_time(seconds=1.01)
    await desk.settled()
    assert len(desk.cards()) == 1
    assert [c.error for c in desk.sandbox.traffic.calls(method="chat.postMessage")] == ["ratelimited", ""]


async def test_who_was_only_told_to_wait_does_not_look_for_what_was_never_posted(desk):
    desk.weather.slack_429 = 1
    post = desk.customer().writes("@LumenShop hello?")
    case = await waited_for(desk, post)
    desk.weather.slack_429 = 2
    desk.customer().writes("@LumenShop still nothing", in_reply_to=post)
    await waited_for(desk, post)
    assert len(desk.cards()) == 1
    assert len(desk.thread(case)) == 1
    assert [call.method for call in desk.sandbox.traffic.calls() if call.method in LOOKS] == []


async def test_who_is_told_to_wait_before_and_after_an_answer_was_lost_still_posts_once(desk):
    await desk.desk.shared.is_closed("C0CARE")
    await desk.settled()
    desk.weather.slack_429 = 1
    post = desk.customer().writes("@LumenShop hello?")
    await desk.sweep()
    await desk.until(lambda: desk.weather.slack_429 == 0, "a 429")
    await desk.settled()
    desk.weather.slack_lose_answers = 1
    await desk.pass_time(seconds=2)
    await answers_lost(desk)
    desk.weather.slack_429 = 1
    await desk.pass_time(seconds=10)
    await waited_for(desk, post)
    assert len(desk.cards()) == 1
    assert "conversations.history" in [call.method for call in desk.sandbox.traffic.calls()]


async def waited_for(desk, post):
    """Wait until Slack has asked to wait as often as it was to, and all that had to wait is done."""
    await desk.sweep()
    await desk.until(lambda: desk.weather.slack_429 == 0, "the 429s")
    for _ in range(4):
        await desk.settled()
        await desk.pass_time(seconds=20)
    return await desk.carded(post)


async def test_everything_delivered_twice_happens_once(desk):
    case = await desk.customer().posts()
    desk.weather.double_delivery = True
    assert await desk.seat("ana").clicks("Claim", case) == ""
    assert await desk.seat("ana").drafts(REPLY, case) == {}
    assert await desk.seat("pat").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert await desk.seat("ana").clicks("Resolve", case) == ""
    await desk.shows(case, "Resolved, answered")
    await desk.settled()
    facts = await desk.story(case)
    assert [facts.count(fact) for fact in ("Claimed", "Submitted", "Approved", "Resolved")] == [1, 1, 1, 1]
    assert [desk.seat(name).seat.ephemerals for name in ("ana", "pat")] == [[], []]
    assert desk.published() == [OUT]


async def test_a_click_while_slack_cannot_say_who_clicked_changes_nothing(desk):
    case = await desk.customer().posts()
    await desk.seat("gus").clicks("Claim", case)
    await desk.settled()
    desk.weather.slack_down = True
    answer = await desk.seat("ana").seat.click(case.channel, case.ts, "claim")
    assert not answer.acknowledged, "nothing was done and Ana could not be told, so Slack has to say that it failed"
    desk.weather.slack_down = False
    assert (await desk.case(case)).owner is None
    assert await desk.seat("ana").clicks("Claim", case) == ""


async def test_a_click_after_the_connection_was_cut_is_heard_again(desk):
    case = await desk.customer().posts()
    await desk.sandbox.slack.socket.refresh()
    await desk.until(lambda: desk.sandbox.slack.socket.opened > 1, "a second connection")
    assert await desk.seat("ana").clicks("Claim", case) == ""


@pytest.fixture
async def limited(desk_memory, tmp_path):
    async with a_world(desk_memory.url, desk_memory.workspace, tmp_path, limits=True) as world:
        yield world


async def test_a_wave_of_posts_is_carded_at_the_pace_slack_allows(limited):
    customers = ("mia_travels", "priya_codes", "theo_bakes", "nightowl_sue", "lucie_lit", "ama_reads")
    posts = [limited.customer(name).writes(f"@LumenShop where is my parcel for {name}?") for name in customers]
    await limited.sweep()
    for _ in range(8):
        await limited.settled()
        await limited.pass_time(seconds=1.1)
    for post in posts:
        await limited.carded(post)
    assert len(limited.cards()) == len(posts)
    calls = limited.sandbox.traffic.calls(method="chat.postMessage")
    waits = [after.at - call.at for call, after in itertools.pairwise(calls) if call.error == "ratelimited"]
    assert all(wait >= 1 for wait in waits), waits
    assert len(waits) <= 1
