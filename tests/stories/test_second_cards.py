"""Slack accepts a card and its answer is lost: one card, or a second one that is found and removed within a minute."""

import pytest

from bot.sandbox.slack.clicks import action_of
from tests.mishaps import carded_unheard
from tests.world import find_control

COVERS = ("DBL-10",)


def loses_sight_of_a_card(desk):
    """Let Slack lose the answer to the next card, and show that card in its history only 15 seconds later."""
    desk.weather.set(slack_lose_answers=1, slack_history_late=15.0)


async def two_cards(desk):
    loses_sight_of_a_card(desk)
    case = await carded_unheard(desk)
    first, second = desk.cards()[-2:]
    assert second["ts"] == case.ts
    return case, first


@pytest.mark.parametrize("row", ["DBL-10"])
async def test_a_second_card_that_slipped_through_is_removed_within_a_minute(desk, row):
    case, _ = await two_cards(desk)
    await desk.pass_time(seconds=21)
    await desk.until(lambda: len(desk.cards()) == 1, "one card", lambda: str(desk.cards()))
    assert desk.cards()[0]["ts"] == case.ts
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.shows(case, "<@UANA>")


@pytest.mark.parametrize("row", ["DBL-10"])
async def test_a_second_card_that_shows_only_after_the_first_look_is_still_removed_within_a_minute(desk, row):
    case, _ = await two_cards(desk)
    desk.weather.set(slack_history_late=30.0)
    await desk.pass_time(seconds=21)
    await desk.settled()
    assert len(desk.cards()) == 2
    await desk.pass_time(seconds=21)
    await desk.until(lambda: [card["ts"] for card in desk.cards()] == [case.ts], "one card")


@pytest.mark.parametrize("label", ["Claim", "Draft a reply"])
async def test_a_click_on_a_second_card_changes_nothing_and_is_shown_the_way(desk, label):
    case, first = await two_cards(desk)
    if label != "Claim":
        assert await desk.seat("ana").clicks("Claim", case) == ""
        await desk.offers(case, label)
    before = await desk.case(case)
    block, element, option = find_control(first if label == "Claim" else desk.card(case), label)
    click = action_of(block, element, option, desk.sandbox.clock.now())
    await desk.seat("ana").seat.click_raw(case.channel, first["ts"], click)
    told = desk.seat("ana").told
    assert told.startswith("That is a second copy of the card and will be removed. <https://lumen-shop.slack.com/")
    assert case.ts.replace(".", "") in told
    assert await desk.case(case) == before
    await desk.pass_time(seconds=21)
    await desk.until(lambda: [card["ts"] for card in desk.cards()] == [case.ts], "one card")


async def test_a_card_that_was_posted_at_once_costs_no_look(desk):
    await desk.customer().posts()
    await desk.pass_time(minutes=1)
    await desk.settled()
    assert desk.sandbox.traffic.calls(method="conversations.history") == []


async def test_what_other_people_and_other_cases_have_in_the_channel_stays(desk):
    other = await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    await desk.seat("ana").seat.says("C0CARE", "I take the first one.")
    case, _ = await two_cards(desk)
    before = len(desk.sandbox.slack.messages("C0CARE"))
    await desk.pass_time(seconds=21)
    await desk.until(lambda: len(desk.sandbox.slack.messages("C0CARE")) == before - 1, "one message less")
    assert {card["ts"] for card in desk.cards()} == {other.ts, case.ts}
