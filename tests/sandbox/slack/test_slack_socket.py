"""Socket Mode with the real Bolt: acks, redelivery, reconnects, double delivery, many connections."""

import asyncio

import aiohttp
import pytest

from bot.sandbox.slack.socket_mode import MOST_CONNECTIONS
from tests.sandbox.slack.conftest import bolt_of, build, client_of, served
from tests.sandbox.slack.samples import CARD


async def raw_socket(workspace, session, client):
    opened = await client.apps_connections_open(app_token=workspace.app.app_token)
    return await session.ws_connect(opened["url"])


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_hello_says_which_app_and_how_many_connections(workspace, client, session):
    async with (
        await raw_socket(workspace, session, client) as first,
        await raw_socket(workspace, session, client) as second,
    ):
        hello = [await first.receive_json(), await second.receive_json()]

    assert [h["num_connections"] for h in hello] == [1, 2]
    assert hello[0]["type"] == "hello"
    assert hello[0]["connection_info"] == {"app_id": "A0REPLYDESK"}


async def test_an_address_works_once_and_not_for_ever(workspace, client, session):
    used = (await client.apps_connections_open(app_token=workspace.app.app_token))["url"]
    old = (await client.apps_connections_open(app_token=workspace.app.app_token))["url"]
    async with session.ws_connect(used) as socket:
        await socket.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(used)
    workspace.clock.advance(31)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(old)


async def test_the_eleventh_connection_is_sent_away(workspace, client, session):
    open_ones = [await raw_socket(workspace, session, client) for _ in range(MOST_CONNECTIONS)]
    for socket in open_ones:
        assert (await socket.receive_json())["type"] == "hello"
    eleventh = await raw_socket(workspace, session, client)

    assert await eleventh.receive_json() == {
        "type": "disconnect",
        "reason": "too_many_websockets",
        "debug_info": {"host": "sandbox"},
    }
    assert workspace.socket.connections == MOST_CONNECTIONS


async def test_an_envelope_goes_to_one_connection_and_all_take_their_turn(workspace, client, session):
    sockets = [await raw_socket(workspace, session, client) for _ in range(3)]
    for socket in sockets:
        await socket.receive_json()
    posted = await client.chat_postMessage(channel="C0CARE", **CARD)

    async def acked(socket):
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        return envelope

    acks = asyncio.gather(*(acked(socket) for socket in sockets))
    for _ in sockets:
        assert (await workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim")).acknowledged
    envelopes = await acks
    assert len({e["envelope_id"] for e in envelopes}) == 3
    assert {e["type"] for e in envelopes} == {"interactive"}


async def test_a_click_without_a_connection_fails_at_once(workspace, client):
    posted = await client.chat_postMessage(channel="C0CARE", **CARD)
    clicked = await workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim")

    assert (clicked.acknowledged, clicked.error) == (False, "dispatch_failed")


async def test_a_click_that_nobody_acknowledges_times_out_and_is_not_repeated(workspace, client, session):
    socket = await raw_socket(workspace, session, client)
    await socket.receive_json()
    posted = await client.chat_postMessage(channel="C0CARE", **CARD)
    click = asyncio.ensure_future(workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim"))
    envelope = await socket.receive_json()
    workspace.clock.advance(3)
    clicked = await click

    assert (clicked.acknowledged, clicked.error) == (False, "operation_timeout")
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    await workspace.until(lambda: workspace.traffic.calls("ack"), "the late ack")
    workspace.clock.advance(600)
    assert len(workspace.traffic.calls("interactive")) == 1


async def test_an_event_comes_again_with_the_same_id_until_it_is_acknowledged(workspace, client, session):
    socket = await raw_socket(workspace, session, client)
    await socket.receive_json()
    workspace.rename("C0CARE", "care-team")

    tries = []
    for forward in (3, 63, 300):
        tries.append(await socket.receive_json())
        workspace.clock.advance(3)
        await workspace.until(lambda: len(workspace.traffic.calls("events_api")) == len(tries), "the timeout")
        workspace.clock.advance(forward - 3)
    last = await socket.receive_json()
    await socket.send_json({"envelope_id": last["envelope_id"]})
    await workspace.until(lambda: len(workspace.traffic.calls("events_api")) == 4, "the ack")

    envelopes = [*tries, last]
    assert len({e["payload"]["event_id"] for e in envelopes}) == 1
    assert len({e["envelope_id"] for e in envelopes}) == 4
    assert [(e["retry_attempt"], e["retry_reason"]) for e in envelopes] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert envelopes[0]["payload"]["event"]["channel"] == {
        "id": "C0CARE",
        "name": "care-team",
        "created": 1_700_000_000,
    }
    assert workspace.traffic.calls("events_api")[-1].ok


async def test_an_acknowledged_event_never_comes_again_and_the_next_one_has_another_id(workspace, client, session):
    socket = await raw_socket(workspace, session, client)
    await socket.receive_json()
    ids = []
    for name in ("one", "two"):
        workspace.rename("C0CARE", name)
        envelope = await socket.receive_json()
        ids.append(envelope["payload"]["event_id"])
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await workspace.until(lambda: len(workspace.traffic.calls("events_api")) == len(ids), "the ack")
        workspace.clock.advance(600)

    assert len(set(ids)) == 2
    posted = await client.chat_postMessage(channel="C0CARE", **CARD)
    click = asyncio.ensure_future(workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim"))
    envelope = await socket.receive_json()
    assert envelope["type"] == "interactive"
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await click).acknowledged


async def test_an_event_reaches_a_bolt_that_comes_late(bolt):
    heard = asyncio.get_running_loop().create_future()

    @bolt.app.event("channel_archive")
    async def archived(body):
        heard.set_result(body)

    bolt.workspace.archive("C0CARE", by="UANA")
    await bolt.workspace.until(lambda: len(bolt.workspace.traffic.calls("events_api")) == 2, "two failed deliveries")
    await bolt.connect()
    bolt.workspace.clock.advance(60)

    body = await heard
    assert body["event"]["user"] == "UANA"
    assert body["api_app_id"] == "A0REPLYDESK"


async def test_events_without_subscription_or_scope_are_not_sent():
    scopes = frozenset({"channels:read", "channels:history", "chat:write"})
    events = frozenset({"message.channels", "message.im", "user_change"})
    async with served(build(scopes=scopes, events=events)) as workspace:
        await workspace.seat("UANA").says("C0CARE", "heard")
        await workspace.seat("UANA").says("D0UANA", "no scope im:history")
        workspace.deactivate("UBEN")
        workspace.archive("C0OPS")
        await workspace.until(lambda: len(workspace.traffic.calls("events_api")) >= 2, "a delivery and its repetition")

        told = {call.request["payload"]["event"].get("text") for call in workspace.traffic.calls("events_api")}
        assert told == {"heard"}


EVENTS = frozenset(
    {
        "message.channels",
        "message_metadata_posted",
        "member_joined_channel",
        "subteam_members_changed",
        "user_change",
        "app_home_opened",
    },
)


async def test_events_carry_what_slack_puts_in_them():
    async with served(build(events=EVENTS)) as workspace, client_of(workspace) as client:
        await client.chat_postMessage(
            channel="C0CARE", text="x", metadata={"event_type": "card", "event_payload": {"case": "C-1"}}
        )
        workspace.join("C0RANDOM", "U0DESK")
        workspace.set_group("S0PR", ["UKIM", "UANA"])
        workspace.set_person("UANA", real_name="Ana Maria")
        await workspace.seat("UANA").open_home()
        await workspace.until(
            lambda: len(workspace.traffic.calls("events_api")) >= 12, "six events and their repetitions"
        )

        told = {
            c.request["payload"]["event"]["type"]: c.request["payload"]["event"]
            for c in workspace.traffic.calls("events_api")
        }
        assert told["message"]["channel_type"] == "channel"
        assert told["message_metadata_posted"]["metadata"]["event_payload"] == {"case": "C-1"}
        assert (told["member_joined_channel"]["user"], told["member_joined_channel"]["channel"]) == (
            "U0DESK",
            "C0RANDOM",
        )
        assert (told["subteam_members_changed"]["added_users"], told["subteam_members_changed"]["removed_users"]) == (
            ["UANA"],
            ["UPAT"],
        )
        assert told["user_change"]["user"]["real_name"] == "Ana Maria"
        assert (told["app_home_opened"]["user"], told["app_home_opened"]["tab"]) == ("UANA", "home")


async def test_double_delivery_brings_the_same_payload_twice(bolt):
    workspace, seen = bolt.workspace, []

    @bolt.app.action("case_claim")
    async def claim(ack, body):
        seen.append(body["trigger_id"])
        await ack()

    await bolt.connect()
    posted = await bolt.app.client.chat_postMessage(channel="C0CARE", **CARD)
    workspace.weather.set(double_delivery=True)
    clicked = await workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim")

    assert clicked.acknowledged
    assert len(seen) == 2
    assert len(set(seen)) == 1


@pytest.mark.parametrize("cut", ["drop", "refresh"])
async def test_bolt_comes_back_after_its_connection_went(bolt, cut):
    workspace = bolt.workspace

    @bolt.app.action("case_claim")
    async def claim(ack):
        await ack()

    await bolt.connect()
    posted = await bolt.app.client.chat_postMessage(channel="C0CARE", **CARD)
    if cut == "drop":
        workspace.weather.drop_socket()
        assert workspace.socket.connections == 0
    else:
        await workspace.socket.refresh()
    await workspace.until(lambda: workspace.socket.opened == 2, "a second connection")

    assert (await workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim")).acknowledged
    await workspace.until(lambda: workspace.socket.connections == 1, "the old connection to be gone")


async def test_two_connections_carry_on_when_one_is_asked_to_leave():
    async with served(build()) as workspace, bolt_of(workspace) as bolt:

        @bolt.app.action("case_claim")
        async def claim(ack):
            await ack()

        await bolt.connect()
        await bolt.connect()
        posted = await bolt.app.client.chat_postMessage(channel="C0CARE", **CARD)
        clicks = [
            await workspace.seat(user).click("C0CARE", posted["ts"], "case_claim") for user in ("UANA", "UBEN", "UPAT")
        ]
        assert all(click.acknowledged for click in clicks)


async def test_an_ack_with_words_for_a_click_is_a_complaint(bolt):
    @bolt.app.action("case_claim")
    async def claim(ack):
        await ack(text="Nobody will read this")

    await bolt.connect()
    posted = await bolt.app.client.chat_postMessage(channel="C0CARE", **CARD)
    await bolt.workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim")

    assert bolt.workspace.complaints == ["The ack of block_actions carries an answer that Slack ignores."]


async def test_noise_on_the_socket_is_a_complaint_and_ends_nothing(workspace, client, session):
    socket = await raw_socket(workspace, session, client)
    await socket.receive_json()
    for noise in ("{", "[]", '{"envelope_id": "x", "payload": "words"}', '{"envelope_id": []}'):
        await socket.send_str(noise)
    await workspace.until(lambda: len(workspace.complaints) == 4, "four complaints")

    assert workspace.socket.connections == 1
