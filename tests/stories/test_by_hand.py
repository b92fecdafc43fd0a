"""Where X lets the desk publish nothing: a person posts the approved words, and says so on the card."""

import pytest

from tests.world import controls


@pytest.fixture
async def quote(desk):
    """A quote of our post by somebody who limits who may answer."""
    ours = desk.x.post("LumenShop", "New lamps are here!")
    return await desk.customer().posts("Mine broke on day one.", quote_of=ours.id, reply_settings="following")


async def test_a_reply_that_only_a_person_can_post_is_never_sent_by_the_desk(desk, quote):
    await desk.shows(quote, "The desk cannot publish here: The author limits who may reply.")
    await desk.seat("ana").clicks("Claim", quote)
    assert await desk.seat("ana").drafts("We are sorry, Mia.", quote) == {}
    assert await desk.seat("pat").approves(quote, "Approve") == ""
    await desk.offers(quote, "Open on X")

    links = [element["url"] for _, element in controls(desk.card(quote)) if element.get("url")]
    assert links == [f"https://x.com/intent/tweet?in_reply_to={quote.post}&text=We+are+sorry%2C+Mia.+%5EAD"]
    assert await desk.seat("ana").clicks("Open on X", quote) == ""
    await desk.pass_time(minutes=20)
    await desk.settled()
    assert desk.published() == []

    desk.x.reply_as_brand("We are sorry, Mia. ^AD", quote.post)
    assert await desk.seat("ana").clicks("It's posted", quote) == ""
    await desk.shows(quote, "Answered")
    await desk.notes(quote, "<@UANA> posted the reply by hand.")
    assert await desk.seat("ana").clicks("Resolve", quote) == ""
    await desk.shows(quote, "Resolved, answered")
    assert desk.published() == []


async def test_a_card_for_a_reply_by_hand_never_offers_to_send(desk, quote):
    await desk.seat("ana").clicks("Claim", quote)
    await desk.seat("ana").drafts("We are sorry, Mia.", quote)
    await desk.offers(quote, "Approve")
    assert "Approve and send" not in desk.card_text(quote)
    await desk.shows(quote, "Somebody then posts it by hand")


async def test_only_somebody_of_this_desk_says_that_it_is_posted(desk, quote):
    await desk.seat("ana").clicks("Claim", quote)
    await desk.seat("ana").drafts("We are sorry, Mia.", quote)
    await desk.seat("pat").approves(quote, "Approve")
    assert await desk.seat("gus").clicks("It's posted", quote) == "Guests cannot work at this desk."
    assert await desk.status(quote) == "approved"


async def test_it_is_posted_is_refused_where_the_desk_sends_by_itself(desk):
    case = await desk.approved()
    button = {"type": "button", "action_id": "posted_by_hand", "block_id": "b", "value": case.id, "action_ts": "1.0"}
    assert "publishes this reply itself" in await desk.seat("ana").sends(case, button)
    await desk.pass_time(seconds=31)
    await desk.reply_out()


async def test_a_protected_account_gets_no_reply_at_all(desk):
    case = await desk.customer().posts()
    desk.x.protect("mia_travels")
    await desk.look_at_open_cases()
    await desk.shows(case, "The customer deleted or hid this post.")
