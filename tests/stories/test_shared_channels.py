"""Another company can read a channel: the desk says nothing more there, and comes back when that is over."""

from dataclasses import replace

import pytest

from tests.world import Shown

COVERS = ("AUT-14",)
BLANK = "This channel is shared with another company: the card is not shown here."
CARE, OPS = "C0CARE", "C0OPS"


def row():
    return pytest.mark.parametrize("row", ["AUT-14"])


def ours(desk, channel):
    """Return what the desk has written in a channel."""
    return [message["text"] for message in desk.sandbox.slack.messages(channel)]


def news(desk, channel=OPS):
    return [text for text in ours(desk, channel) if "another company" in text and text != BLANK]


async def standing(desk, case, channel):
    """Wait until the card stands in a channel, and return it as it is shown there."""

    async def there():
        card = (await desk.case(case)).card
        return card if card and card.channel == channel else None

    card = await desk.until_async(there, f"the card of {case.id} in {channel}")
    await desk.settled()
    return Shown(id=case.id, channel=card.channel, ts=card.ts, post=case.post)


@row()
async def test_cards_leave_a_channel_that_is_shared_and_come_back_when_it_is_no_more(desk, row):
    case = await desk.claimed()
    await desk.settled()
    desk.sandbox.slack.share(CARE)
    away = await standing(desk, case, OPS)
    assert desk.card(case)["text"] == BLANK
    assert "arrived broken" not in str(desk.card(case))
    written = len(ours(desk, CARE))
    assert await desk.seat("ana").drafts("Hi Mia, we are sorry.", away) == {}
    new = await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    assert new.channel == OPS
    await desk.settled()
    assert len(ours(desk, CARE)) == written, "nothing more is said there"
    assert len(news(desk)) == 1
    assert not any("cannot be posted" in text for text in ours(desk, OPS)), "it is said once"
    desk.sandbox.slack.share(CARE, shared=False)
    back = await standing(desk, case, CARE)
    assert "Hi Mia, we are sorry." in desk.card_text(back)
    assert desk.card(away)["text"] == f"The card of {case.id} is in <#{CARE}> again."
    await standing(desk, new, CARE)
    assert len(news(desk)) == 2


@row()
@pytest.mark.parametrize("how", ["accepted", "pending"])
async def test_what_slack_said_to_nobody_is_seen_at_the_next_start(desk, how, row):
    case = await desk.customer().posts()
    await desk.settled()
    await desk.stop()
    desk.sandbox.slack.share(CARE, pending=how == "pending")
    await desk.start()
    await standing(desk, case, OPS)
    assert desk.card(case)["text"] == BLANK
    assert len(news(desk)) == 1


@row()
async def test_what_slack_said_to_nobody_is_seen_by_the_hourly_look(desk, row):
    desk.sandbox.slack.app = replace(desk.sandbox.slack.app, events=frozenset())
    case = await desk.customer().posts()
    await desk.settled()
    desk.sandbox.slack.share(CARE)
    await desk.desk.shared.ask()
    await standing(desk, case, OPS)


@row()
async def test_a_channel_is_looked_at_before_the_first_message_in_it(desk, row):
    desk.sandbox.slack.app = replace(desk.sandbox.slack.app, events=frozenset())
    desk.house = lambda policy: replace(policy, shared_channels=frozenset())
    await desk.restart()
    case = await desk.customer("jonas_liest").posts("@LumenShop meine Lampe flackert seit heute früh.", lang="de")
    assert case.channel == OPS
    assert ours(desk, "C0CAREDE") == []


@row()
async def test_who_runs_the_desk_hears_of_an_invitation_to_a_shared_channel(desk, row):
    desk.sandbox.slack.share("C0RANDOM")
    desk.sandbox.slack.add_bot("C0RANDOM")
    await desk.announced("<#C0RANDOM> is shared with another company", OPS)


@row()
async def test_the_card_of_a_resolved_case_is_blanked_where_it_stands(desk, row):
    case = await desk.resolved()
    await desk.settled()
    desk.sandbox.slack.share(CARE)
    await desk.until(lambda: desk.card(case)["text"] == BLANK, "the card blanked")
    await desk.settled()
    assert (await desk.case(case)).card.channel == CARE
    assert [text for text in ours(desk, OPS) if text.startswith(case.id)] == []
    desk.sandbox.slack.share(CARE, shared=False)
    await desk.shows(case, "Resolved, answered")


@row()
async def test_a_channel_that_the_policy_allows_keeps_its_cards(desk, row):
    case = await desk.customer("jonas_liest").posts("@LumenShop meine Lampe flackert seit heute früh.", lang="de")
    await desk.settled()
    assert (case.channel, news(desk)) == ("C0CAREDE", [])


@row()
async def test_where_pr_s_channel_is_shared_it_is_told_in_the_ops_channel(desk, row):
    desk.sandbox.slack.share("C0PRDESK")
    await desk.announced("another company", OPS)
    case = await desk.claimed()
    assert await desk.seat("ana").drafts("Hi Mia, we are sorry.", case) == {}
    await desk.announced(f"A reply on {case.id} waits for PR", OPS)
    assert ours(desk, "C0PRDESK") == []


@row()
async def test_where_the_ops_channel_is_shared_customer_service_hears_of_it(desk, row):
    desk.sandbox.slack.share(OPS)
    await desk.announced("another company", CARE)
    await desk.settled()
    assert ours(desk, OPS) == []
