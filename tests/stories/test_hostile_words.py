"""What customers write pings nobody, styles nothing and leads nowhere that it does not say."""

import pytest

from tests.world import controls

NASTY = "@LumenShop <!channel> <!here> <@UANA> <!subteam^S0PR> @here *bold* `x` <https://evil.example|click> &lt;!channel&gt;"


def mentions(desk):
    """Return every mention that any message, note, whisper or form of the desk made."""
    state = desk.sandbox.slack.state
    messages = [m for channel in state.messages.values() for m in channel]
    whispers = [m for seat in state.ephemerals.values() for m in seat]
    return {(m["kind"], m["id"]) for message in [*messages, *whispers] for m in message["mentions"]}


async def test_a_hostile_post_notifies_nobody(desk):
    desk.x.people.get("mia_travels").name = "<!channel> <@UPAT> *Mia*"
    case = await desk.customer().posts(NASTY)
    await desk.customer().writes_again(case, NASTY + " again")
    await desk.settled()
    await desk.seat("ana").asks("find mia_travels")
    await desk.seat("ana").asks(f"why {case.id}")
    await desk.seat("ana").home("Your desk")
    assert mentions(desk) == set()


async def test_hostile_words_of_the_customer_stay_harmless_to_the_end(desk):
    desk.x.people.get("mia_travels").name = "<!channel> <@UPAT> *Mia*"
    case = await desk.in_review(text=NASTY)
    await desk.seat("pat").approves(case)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    await desk.seat("ana").clicks("Resolve", case)
    await desk.shows(case, "Resolved, answered")
    await desk.settled()
    assert mentions(desk) == {("user", "UANA"), ("user", "UPAT")}


@pytest.mark.parametrize("words", ["<!channel> <!here> <!everyone>", "<!subteam^S0PR>"])
async def test_words_typed_by_staff_broadcast_to_nobody(desk, words):
    case = await desk.claimed()
    await desk.seat("ana").fills("Hand to PR…", case, reason=words)
    await desk.seat("kim").clicks("Accept", case)
    await desk.seat("kim").drafts(f"Sorry {words}", case, note=words)
    await desk.offers(case, "Ask for changes")
    await desk.seat("pat").fills("Ask for changes", case, words=words)
    await desk.settled()
    await desk.seat("ana").asks(f"why {case.id}")
    assert {kind for kind, _ in mentions(desk)} == {"user"}


async def test_a_card_number_is_gone_before_anybody_reads_it(desk):
    case = await desk.customer().posts("@LumenShop charge 4111 1111 1111 1111 again, would you?")
    await desk.shows(case, "[card number removed, ends 1111]")
    assert "4111" not in str(desk.card(case))


async def test_no_button_of_a_card_carries_words(desk):
    case = await desk.in_review(reply="Secret words of a draft")
    values = [
        str(element.get("value", "")) + str(element.get("options", "")) for _, element in controls(desk.card(case))
    ]
    assert not any("Secret" in value or "lamp" in value for value in values)
