"""The promises of `Chat`, `Screens`, `Directory` and `Signer`, kept against the strict pretend Slack."""

import asyncio
from dataclasses import replace

import pytest

from bot.adapters.sealing import HmacSigner
from bot.adapters.slack_chat import SlackCalls, SlackChat, SlackScreens, open_client, open_session
from bot.adapters.slack_directory import SlackDirectory
from bot.adapters.slack_search import SlackCopies
from bot.domain.errors import Broken, Paced, Refused, Unavailable
from bot.domain.ids import ChannelId, Instant, MessageTs, UserId
from bot.domain.people import Side
from bot.ports import Message
from bot.sandbox.server import Sandbox
from bot.views import home, modals
from config.policy import load_policy
from config.settings import POLICY_FILE

CARE = ChannelId("C0CARE")
HELLO = Message(text="A card", blocks=({"type": "section", "text": {"type": "mrkdwn", "text": "*A card*"}},))
LINK = Message(text="see https://evil.example/pixel.png")


@pytest.fixture
async def slack():
    async with Sandbox.running(limits=False) as sandbox:
        yield sandbox.slack


@pytest.fixture
async def calls(slack):
    async with open_session() as session:
        yield SlackCalls(open_client(slack.app.bot_token, f"{slack.base_url}/api/", session))


@pytest.fixture
def chat(calls):
    return SlackChat(calls)


@pytest.fixture
def directory(calls):
    return SlackDirectory(calls, load_policy(POLICY_FILE).sides, "T0LUMEN")


async def test_a_message_is_found_by_its_mark_and_by_no_other(slack, chat):
    ts = await chat.post(CARE, HELLO, mark="card:C-1")
    assert await chat.find(CARE, "card:C-1", since=Instant(0)) == ts
    assert await chat.find(CARE, "card:C-2", since=Instant(0)) is None
    assert [m["ts"] for m in slack.messages("C0CARE")] == [ts]


async def test_a_note_is_found_in_its_thread(chat):
    card = await chat.post(CARE, HELLO, mark="card:C-1")
    note = await chat.post(CARE, Message(text="claimed"), mark="note:1", thread=card)
    assert await chat.find(CARE, "note:1", since=Instant(0), thread=card) == note


async def test_what_somebody_else_marked_is_not_ours(slack, chat):
    await chat.post(CARE, HELLO, mark="card:C-1")
    slack.messages("C0CARE")[0]["metadata"]["event_type"] = "another_app"
    assert await chat.find(CARE, "card:C-1", since=Instant(0)) is None


async def test_an_update_replaces_words_and_blocks_in_place(slack, chat):
    ts = await chat.post(CARE, HELLO, mark="card:C-1")
    await chat.update(CARE, ts, Message(text="Done"))
    message = slack.message("C0CARE", ts)
    assert (message["text"], message["blocks"]) == ("Done", [])


async def test_links_are_never_unfolded(slack, chat):
    await chat.post(CARE, LINK, mark="card:C-1")
    sent = slack.traffic.calls(method="chat.postMessage")[-1].request
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


async def test_a_whisper_is_seen_by_one_person_only(slack, chat):
    await chat.whisper(CARE, UserId("UANA"), "only you")
    assert [e["text"] for e in slack.seat("UANA").ephemerals] == ["only you"]
    assert slack.messages("C0CARE") == []
    await chat.whisper(ChannelId("UANA"), UserId("UANA"), "by message")
    assert [m["text"] for m in slack.seat("UANA").dms] == ["by message"]


async def test_a_link_leads_to_the_message(chat):
    ts = await chat.post(CARE, HELLO, mark="card:C-1")
    assert ts.replace(".", "") in await chat.link(CARE, ts)


@pytest.mark.parametrize(
    ("channel", "reason"),
    [("C0NOWHERE", "channel_not_found"), ("C0RANDOM", "not_in_channel"), ("C0OPS", "is_archived")],
)
async def test_a_channel_that_cannot_be_used_is_named_by_slacks_own_word(slack, chat, channel, reason):
    slack.archive("C0OPS", by="UKIM")
    with pytest.raises(Broken, match=reason):
        await chat.post(ChannelId(channel), HELLO, mark="card:C-1")


async def test_a_message_that_is_gone_is_named_by_slacks_own_word(chat):
    with pytest.raises(Broken, match="message_not_found"):
        await chat.update(CARE, MessageTs("1.000001"), HELLO)


async def test_slack_s_wait_is_passed_on(slack, chat):
    slack.weather.slack_429 = 1
    with pytest.raises(Paced) as paced:
        await chat.post(CARE, HELLO, mark="card:C-1")
    assert paced.value.retry_after >= 1


async def test_slack_away_is_unavailable(slack, chat):
    slack.weather.slack_down = True
    with pytest.raises(Unavailable):
        await chat.post(CARE, HELLO, mark="card:C-1")


async def test_a_lost_answer_is_unavailable_and_the_message_is_found_afterwards(slack, chat):
    slack.weather.slack_lose_answers = 1
    with pytest.raises(Unavailable):
        await chat.post(CARE, HELLO, mark="card:C-1")
    found = await chat.find(CARE, "card:C-1", since=Instant(0))
    assert [m["ts"] for m in slack.messages("C0CARE")] == [found]


async def test_a_trigger_works_once_and_the_home_tab_is_shown(slack, calls):
    screens = SlackScreens(calls)
    with pytest.raises(Broken, match=r"expired_trigger_id|invalid_trigger_id|exchanged_trigger_id|invalid_arguments"):
        await screens.open("not.a.trigger", modals.snooze("C-1"))
    await screens.home(UserId("UANA"), home.render("Ana Duarte", [], [], 0))
    assert "Your desk, Ana" in str(slack.seat("UANA").home)


@pytest.mark.parametrize(("user", "sides"), [("UANA", {Side.SERVICE}), ("UPAT", {Side.PR}), ("UOTTO", {Side.SERVICE})])
async def test_people_stand_where_their_groups_are(directory, user, sides):
    assert (await directory.person(UserId(user))).sides == sides


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("UGUS", "Guests"),
        ("UFAY", "this workspace"),
        ("UDEL", "deactivated"),
        ("U0DESK", "Only people"),
        ("U0NOBODY", "does not know"),
    ],
)
async def test_who_does_not_count_is_told_why(directory, user, words):
    with pytest.raises(Refused, match=words):
        await directory.person(UserId(user))


async def test_a_side_is_asked_for_now_and_not_from_memory(slack, directory):
    await directory.person(UserId("UPAT"))
    slack.set_group("S0PR", ["UKIM"])
    assert await directory.side_of(UserId("UPAT"), Side.PR) is False


async def test_a_colleague_who_was_deactivated_a_moment_ago_stands_on_no_side(slack, directory):
    await directory.person(UserId("UPAT"))
    slack.deactivate("UPAT")
    assert Side.PR in (await directory.person(UserId("UPAT"))).sides, "a look is answered from memory"
    assert await directory.side_of(UserId("UPAT"), Side.PR) is False
    with pytest.raises(Refused, match="deactivated"):
        await directory.person(UserId("UPAT"), live=True)


class Slow(SlackCalls):
    """Calls that are not answered before the test says so."""

    def __init__(self, calls):
        super().__init__(calls.client)
        self.asked, self.answers = [], asyncio.Event()

    async def call(self, method, make):
        self.asked.append(method)
        await self.answers.wait()
        return await super().call(method, make)


async def test_who_decides_is_asked_for_all_at_once_and_each_group_once(slack, calls):
    slow = Slow(calls)
    sides = load_policy(POLICY_FILE).sides
    directory = SlackDirectory(slow, sides, "T0LUMEN", frozenset({"S0PR", "S0LEGAL"}))
    pat = asyncio.create_task(directory.person(UserId("UPAT"), live=True))
    for _ in range(20):
        await asyncio.sleep(0)
    groups = {group for rule in sides.values() for group in rule.groups} | {"S0LEGAL"}
    assert sorted(slow.asked) == ["usergroups.users.list"] * len(groups) + ["users.info"]
    slow.answers.set()
    assert (await pat).sides == {Side.PR}


async def test_a_group_that_slack_does_not_let_us_read_is_broken_and_not_away(slack, directory):
    slack.app = replace(slack.app, scopes=slack.app.scopes - {"usergroups:read"})
    slack.directory.app = slack.app
    with pytest.raises(Broken, match="missing_scope"):
        await directory.person(UserId("UPAT"))
    with pytest.raises(Broken, match="missing_scope"):
        await directory.side_of(UserId("UPAT"), Side.PR)


async def test_a_side_that_cannot_be_asked_for_is_unavailable_and_never_yes(slack, directory):
    await directory.person(UserId("UPAT"))
    slack.weather.slack_down = True
    with pytest.raises(Unavailable):
        await directory.side_of(UserId("UPAT"), Side.PR)


def test_a_seal_holds_for_its_own_words_and_key_only():
    signer = HmacSigner(b"k" * 32)
    seal = signer.seal("C-1|digest|UPAT")
    assert signer.holds("C-1|digest|UPAT", seal)
    assert not signer.holds("C-1|digest|UKIM", seal)
    assert not HmacSigner(b"o" * 32).holds("C-1|digest|UPAT", seal)
    assert not signer.holds("C-1|digest|UPAT", "é")


async def test_a_message_is_found_beyond_the_first_page_and_so_are_all_its_copies(slack, chat, calls):
    first = await chat.post(CARE, HELLO, mark="card:C-1")
    again = await chat.post(CARE, HELLO, mark="card:C-1")
    for number in range(450):
        slack.post("C0CARE", {"user": "UANA"}, f"chatter {number}")
    copies = SlackCopies(calls)
    assert await chat.find(CARE, "card:C-1", since=Instant(0)) == again
    assert await copies.find_all(CARE, "card:C-1", since=Instant(0)) == [again, first]
    await copies.remove(CARE, first)
    await copies.remove(CARE, first)
    assert await copies.find_all(CARE, "card:C-1", since=Instant(0)) == [again]
