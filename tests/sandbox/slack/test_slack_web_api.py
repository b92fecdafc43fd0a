"""The Web API as the real client calls it: wire forms, Slack's errors, scopes, limits, threads, mentions, lost answers."""

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.web_api import METHODS
from tests.sandbox.slack.conftest import build, client_of, served
from tests.sandbox.slack.samples import CARD, actions, button, field, home, modal, mrkdwn, plain, section

METADATA = {"event_type": "case_card", "event_payload": {"case": "C-1"}}


async def error_of(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def test_the_app_learns_who_it_is(client):
    who = await client.auth_test()

    assert (who["team_id"], who["user_id"], who["bot_id"]) == ("T0LUMEN", "U0DESK", "B0DESK")
    assert "chat:write" in who.headers["x-oauth-scopes"]


@pytest.mark.parametrize("method", ["auth.test", "chat.postMessage", "apps.connections.open"])
async def test_a_wrong_token_is_refused(workspace, method):
    async with client_of(workspace, token="xo" + "xb-other") as client:
        assert (await error_of(client.api_call(method)))["error"] == "invalid_auth"


async def test_each_token_opens_only_its_own_methods(workspace, client):
    assert (await error_of(client.apps_connections_open(app_token=workspace.app.bot_token)))[
        "error"
    ] == "not_allowed_token_type"
    async with client_of(workspace, token=workspace.app.app_token) as other:
        assert (await error_of(other.users_list()))["error"] == "not_allowed_token_type"


async def test_no_token_at_all_is_not_authed(workspace):
    async with aiohttp.ClientSession() as session, session.post(f"{workspace.base_url}/api/auth.test") as answer:
        assert await answer.json() == {"ok": False, "error": "not_authed"}


async def test_json_form_and_query_carry_the_same_arguments(workspace):
    blocks = [section("Hello")]
    headers = {"Authorization": f"Bearer {workspace.app.bot_token}"}
    url = f"{workspace.base_url}/api/chat.postMessage"
    as_text = {"channel": "C0CARE", "text": "Hello", "blocks": json.dumps(blocks)}
    async with aiohttp.ClientSession(headers=headers) as session:
        for form in ({"json": {**as_text, "blocks": blocks}}, {"data": as_text}, {"params": as_text}):
            async with session.post(url, **form) as answer:
                assert (await answer.json())["ok"], form
        async with session.get(url, params=as_text) as answer:
            assert (await answer.json())["ok"]
        async with session.post(url, data="{", headers={"Content-Type": "application/json"}) as answer:
            assert (await answer.json())["error"] == "invalid_json"
        async with session.post(url, json=[]) as answer:
            assert (await answer.json())["error"] == "json_not_object"

    assert [m["blocks"][0]["text"]["text"] for m in workspace.messages("C0CARE")] == ["Hello"] * 4


async def test_a_posted_message_is_stored_with_its_metadata(workspace, client):
    posted = await client.chat_postMessage(
        channel="C0CARE", **CARD, metadata=METADATA, unfurl_links=False, unfurl_media=False
    )

    message = workspace.message("C0CARE", posted["ts"])
    assert message["metadata"] == METADATA
    assert posted["message"]["bot_id"] == "B0DESK"
    assert "mentions" not in posted["message"]
    assert workspace.seat("UANA").unread == {"C0CARE": 1}
    assert workspace.complaints == []


REFUSED_POSTS = [
    ("unknown channel", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    ("a channel's name", {"channel": "#care", "text": "x"}, "channel_not_found"),
    ("a channel without the bot", {"channel": "C0RANDOM", "text": "x"}, "not_in_channel"),
    ("nothing to say", {"channel": "C0CARE"}, "no_text"),
    ("no channel", {"text": "x"}, "invalid_arguments"),
    ("an endless text", {"channel": "C0CARE", "text": "x" * 40_001}, "msg_too_long"),
    ("a wrong block", {"channel": "C0CARE", "text": "x", "blocks": [{"type": "sparkle"}]}, "invalid_blocks"),
    ("blocks as broken text", {"channel": "C0CARE", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
    ("blocks as an object", {"channel": "C0CARE", "text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
    ("too much in all", {"channel": "C0CARE", "text": "x", "blocks": [section("y" * 2_700)] * 5}, "msg_blocks_too_long"),
    ("metadata without payload", {"channel": "C0CARE", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
    ("metadata without type", {"channel": "C0CARE", "text": "x", "metadata": {"event_payload": {}}}, "invalid_metadata_format"),
    ("huge metadata", {"channel": "C0CARE", "text": "x", "metadata": {"event_type": "a", "event_payload": {"a": "b" * 20_000}}}, "metadata_too_large"),
    ("a thread that is not", {"channel": "C0CARE", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ("attachments", {"channel": "C0CARE", "text": "x", "attachments": [{"text": "x"}]}, "invalid_attachments"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "error"), [row[1:] for row in REFUSED_POSTS], ids=[row[0] for row in REFUSED_POSTS]
)
async def test_a_wrong_post_is_refused_and_leaves_nothing(workspace, client, arguments, error):
    answer = await error_of(client.api_call("chat.postMessage", json=arguments))

    assert answer["error"] == error
    assert workspace.messages("C0CARE") == []


async def test_wrong_blocks_are_explained_with_their_place(client):
    answer = await error_of(client.chat_postMessage(channel="C0CARE", text="x", blocks=[section("y" * 3001)]))

    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_an_unknown_method_is_refused(client):
    assert (await error_of(client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_an_unknown_argument_is_a_complaint(workspace, client):
    await client.chat_postMessage(channel="C0CARE", text="x", thread="1.0")

    assert workspace.complaints == ["chat.postMessage does not know the argument 'thread'."]


async def test_linking_names_and_mute_messages_are_complaints(workspace, client):
    await client.chat_postMessage(channel="C0CARE", text="x", link_names=True)
    with pytest.warns(UserWarning, match="text"):
        await client.chat_postMessage(channel="C0CARE", blocks=[section()])

    assert [c.split("`")[1:2] or c.split()[0] for c in workspace.complaints] == [["link_names"], "A"]


@pytest.mark.parametrize(
    ("call", "needed"),
    [
        (lambda c: c.chat_postMessage(channel="C0CARE", text="x"), "chat:write"),
        (lambda c: c.users_info(user="UANA"), "users:read"),
        (lambda c: c.usergroups_users_list(usergroup="S0PR"), "usergroups:read"),
        (lambda c: c.conversations_history(channel="C0CARE"), "channels:history"),
        (lambda c: c.conversations_list(types="public_channel,private_channel"), "groups:read"),
        (lambda c: c.conversations_open(users="UANA"), "im:write"),
        (lambda c: c.reactions_add(channel="C0CARE", name="eyes", timestamp="1.0"), "reactions:write"),
    ],
)
async def test_a_missing_scope_is_named(call, needed):
    async with served(build(scopes=frozenset({"channels:read"}))) as workspace, client_of(workspace) as client:
        answer = await error_of(call(client))

    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", needed, "channels:read")


async def test_an_update_with_text_only_takes_the_blocks_away(workspace, client):
    posted = await client.chat_postMessage(channel="C0CARE", **CARD, metadata=METADATA)
    await client.chat_update(channel="C0CARE", ts=posted["ts"], text="Done")

    message = workspace.message("C0CARE", posted["ts"])
    assert (message["text"], message["blocks"], message["metadata"]) == ("Done", [], METADATA)
    assert message["edited"]["user"] == "U0DESK"


async def test_only_its_own_messages_can_be_changed_or_deleted(workspace, client):
    said = await workspace.seat("UANA").says("C0CARE", "Mine")

    assert (await error_of(client.chat_update(channel="C0CARE", ts=said["ts"], text="x")))[
        "error"
    ] == "cant_update_message"
    assert (await error_of(client.chat_delete(channel="C0CARE", ts=said["ts"])))["error"] == "cant_delete_message"
    assert (await error_of(client.chat_update(channel="C0CARE", ts="1.000000", text="x")))[
        "error"
    ] == "message_not_found"


async def test_an_archived_channel_takes_nothing_more(workspace, client):
    posted = await client.chat_postMessage(channel="C0CARE", text="x")
    workspace.archive("C0CARE")

    assert (await error_of(client.chat_postMessage(channel="C0CARE", text="x")))["error"] == "is_archived"
    assert (await error_of(client.chat_update(channel="C0CARE", ts=posted["ts"], text="y")))["error"] == "is_archived"


async def test_a_removed_bot_is_not_in_the_channel(workspace, client):
    workspace.remove_bot("C0CARE")
    assert (await error_of(client.chat_postMessage(channel="C0CARE", text="x")))["error"] == "not_in_channel"
    workspace.add_bot("C0CARE")
    assert (await client.chat_postMessage(channel="C0CARE", text="x"))["ok"]


async def test_replies_hang_on_their_parent(workspace, client):
    parent = await client.chat_postMessage(channel="C0CARE", text="Card")
    first = await client.chat_postMessage(channel="C0CARE", text="claimed", thread_ts=parent["ts"])
    await client.chat_postMessage(channel="C0CARE", text="still in the thread", thread_ts=first["ts"])

    assert [m["text"] for m in workspace.thread("C0CARE", parent["ts"])] == ["Card", "claimed", "still in the thread"]
    assert workspace.message("C0CARE", parent["ts"])["reply_count"] == 2
    replies = await client.conversations_replies(channel="C0CARE", ts=parent["ts"])
    assert len(replies["messages"]) == 3
    history = await client.conversations_history(channel="C0CARE")
    assert [m["text"] for m in history["messages"]] == ["Card"]
    await client.chat_delete(channel="C0CARE", ts=parent["ts"])
    assert workspace.messages("C0CARE")[0]["subtype"] == "tombstone"


async def test_history_goes_backwards_page_by_page_and_shows_metadata_when_asked(client):
    for number in range(5):
        await client.chat_postMessage(channel="C0CARE", text=str(number), metadata=METADATA)

    first = await client.conversations_history(channel="C0CARE", limit=2)
    second = await client.conversations_history(
        channel="C0CARE", limit=3, cursor=first["response_metadata"]["next_cursor"], include_all_metadata=True
    )
    assert [m["text"] for m in [*first["messages"], *second["messages"]]] == ["4", "3", "2", "1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert first["messages"][0]["metadata"] == {"event_type": "case_card"}
    assert second["messages"][0]["metadata"] == METADATA
    since = await client.conversations_history(channel="C0CARE", oldest=second["messages"][0]["ts"])
    assert [m["text"] for m in since["messages"]] == ["4", "3"]


HOSTILE = [
    ("<!channel> help", [{"kind": "broadcast", "id": "channel", "where": "text"}], 6),
    ("<!here|here>", [{"kind": "broadcast", "id": "here", "where": "text"}], 6),
    ("<@UPAT> and <!subteam^S0PR|pr>", [{"kind": "user", "id": "UPAT", "where": "text"}, {"kind": "group", "id": "S0PR", "where": "text"}], 2),
    ("&lt;!channel&gt; &lt;@UPAT&gt; @channel @pat", [], 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mentions", "people"), HOSTILE)
async def test_a_message_says_whom_it_would_have_notified(workspace, client, text, mentions, people):
    posted = await client.chat_postMessage(channel="C0CARE", text=text)

    message = workspace.message("C0CARE", posted["ts"])
    assert "mentions" not in posted["message"]
    assert message["mentions"] == mentions
    assert len(message["notified"]) == people


async def test_mentions_count_in_mrkdwn_and_rich_text_but_not_in_plain_text(workspace, client):
    rich = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_quote",
                "elements": [{"type": "text", "text": "<!channel>"}, {"type": "user", "user_id": "UKIM"}],
            }
        ],
    }
    blocks = [
        {"type": "header", "text": plain("<!channel>")},
        {"type": "context", "elements": [mrkdwn("<@UPAT>")]},
        rich,
    ]
    posted = await client.chat_postMessage(channel="C0CARE", text="x", blocks=blocks)

    assert workspace.message("C0CARE", posted["ts"])["notified"] == ["UKIM", "UPAT"]
    await client.chat_update(channel="C0CARE", ts=posted["ts"], text="<!here>")
    assert workspace.message("C0CARE", posted["ts"])["mentions"] == [
        {"kind": "broadcast", "id": "here", "where": "text"}
    ]


async def test_an_ephemeral_message_is_seen_by_one_person_only(workspace, client):
    await client.chat_postEphemeral(channel="C0CARE", user="UANA", text="Ben has it.")

    assert (await workspace.seat("UANA").until_ephemeral())["text"] == "Ben has it."
    assert workspace.seat("UBEN").ephemerals == []
    assert workspace.messages("C0CARE") == []
    assert (await error_of(client.chat_postEphemeral(channel="C0CAREDE", user="UANA", text="x")))[
        "error"
    ] == "user_not_in_channel"
    assert (await error_of(client.chat_postEphemeral(channel="C0CARE", user="UNOBODY", text="x")))[
        "error"
    ] == "user_not_found"


async def test_direct_messages_open_at_need(workspace, client):
    opened = await client.conversations_open(users="UANA")
    await client.chat_postMessage(channel=opened["channel"]["id"], text="Yours is due.")
    await client.chat_postMessage(channel="UANA", text="Still due.")

    assert opened["channel"]["id"] == "D0UANA"
    assert [m["text"] for m in workspace.seat("UANA").dms] == ["Yours is due.", "Still due."]
    assert (await error_of(client.conversations_open(users="UDEL")))["error"] == "user_disabled"
    assert (await error_of(client.conversations_open(users="UNOBODY")))["error"] == "user_not_found"
    assert (await error_of(client.api_call("conversations.open")))["error"] == "users_list_not_supplied"


async def test_people_and_groups_are_told_as_they_are_now(workspace, client):
    gus, fay, deleted = [(await client.users_info(user=user))["user"] for user in ("UGUS", "UFAY", "UDEL")]
    assert (gus["is_restricted"], gus["is_ultra_restricted"]) == (True, True)
    assert (fay["team_id"], fay["is_stranger"]) == ("T0OTHER", True)
    assert deleted["deleted"]

    workspace.set_group("S0PR", ["UKIM", "UANA"])
    assert (await client.usergroups_users_list(usergroup="S0PR"))["users"] == ["UKIM", "UANA"]
    groups = await client.usergroups_list(include_users=True)
    assert {g["handle"]: g["users"] for g in groups["usergroups"]}["oncall"] == ["UOTTO"]
    assert (await error_of(client.usergroups_users_list(usergroup="S0NONE")))["error"] == "no_such_subteam"
    assert (await error_of(client.users_info(user="UNOBODY")))["error"] == "user_not_found"


async def test_channels_are_listed_in_pages_and_looked_up(workspace, client):
    workspace.rename("C0RANDOM", "chatter")
    first = await client.conversations_list(limit=3)
    rest = await client.conversations_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    names = [c["name"] for c in [*first["channels"], *rest["channels"]]]

    assert names == ["care", "pr-desk", "desk-ops", "care-de", "chatter"]
    assert (await client.conversations_info(channel="C0CARE"))["channel"]["is_member"]
    assert "UANA" in (await client.conversations_members(channel="C0CARE"))["members"]
    await client.conversations_setTopic(channel="C0CARE", topic="Held")
    assert (await client.conversations_info(channel="C0CARE"))["channel"]["topic"]["value"] == "Held"


async def test_reactions_and_links_to_messages(workspace, client):
    posted = await client.chat_postMessage(channel="C0CARE", text="x")
    await client.reactions_add(channel="C0CARE", name="eyes", timestamp=posted["ts"])

    assert workspace.message("C0CARE", posted["ts"])["reactions"] == [{"name": "eyes", "users": ["U0DESK"], "count": 1}]
    assert (await error_of(client.reactions_add(channel="C0CARE", name="eyes", timestamp=posted["ts"])))[
        "error"
    ] == "already_reacted"
    link = await client.chat_getPermalink(channel="C0CARE", message_ts=posted["ts"])
    assert link["permalink"] == f"https://lumen-shop.slack.com/archives/C0CARE/p{posted['ts'].replace('.', '')}"


async def test_a_home_tab_is_kept_per_person_and_guarded_by_its_hash(workspace, client):
    first = await client.views_publish(user_id="UANA", view=home(section("Your day, Ana")))
    second = await client.views_publish(user_id="UANA", view=home(section("Two open")), hash=first["view"]["hash"])

    assert second["view"]["id"] == first["view"]["id"]
    answer = await error_of(client.views_publish(user_id="UANA", view=home(), hash=first["view"]["hash"]))
    assert answer["error"] == "hash_conflict"
    assert workspace.seat("UANA").home["blocks"][0]["text"]["text"] == "Two open"
    assert workspace.seat("UBEN").home is None
    assert (await error_of(client.views_publish(user_id="UNOBODY", view=home())))["error"] == "user_not_found"
    assert (await error_of(client.views_publish(user_id="UANA", view=modal())))["error"] == "invalid_arguments"


async def test_a_view_of_more_than_250_kb_is_too_large(client):
    answer = await error_of(client.views_publish(user_id="UANA", view=home(*[section("ü" * 2_900)] * 60)))

    assert answer["error"] == "view_too_large"


async def test_a_wrong_view_does_not_use_up_the_trigger(workspace, client):
    trigger = workspace.tickets.new_trigger("UANA")
    answer = await error_of(client.views_open(trigger_id=trigger, view={**modal(), "title": plain("x" * 25)}))

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    assert (await client.views_open(trigger_id=trigger, view=modal()))["ok"]


async def test_a_trigger_works_once_and_for_three_seconds(workspace, client):
    used, late = workspace.tickets.new_trigger("UANA"), workspace.tickets.new_trigger("UANA")
    await client.views_open(trigger_id=used, view=modal())
    assert (await error_of(client.views_open(trigger_id=used, view=modal())))["error"] == "exchanged_trigger_id"
    workspace.clock.advance(3.1)
    assert (await error_of(client.views_open(trigger_id=late, view=modal())))["error"] == "expired_trigger_id"
    assert (await error_of(client.views_open(trigger_id="1.2.abc", view=modal())))["error"] == "invalid_trigger_id"


async def test_a_stack_holds_three_views(workspace, client):
    def trigger():
        return workspace.tickets.new_trigger("UANA")

    assert (await error_of(client.views_push(trigger_id=trigger(), view=modal())))["error"] == "not_found"
    root = await client.views_open(trigger_id=trigger(), view=modal())
    await client.views_push(trigger_id=trigger(), view=modal())
    third = await client.views_push(trigger_id=trigger(), view=modal())
    assert (await error_of(client.views_push(trigger_id=trigger(), view=modal())))["error"] == "push_limit_reached"
    assert third["view"]["root_view_id"] == root["view"]["id"]
    assert len(workspace.seat("UANA").modals) == 3
    assert workspace.seat("UBEN").modals == []


async def test_an_update_with_an_old_hash_conflicts(workspace, client):
    opened = (
        await client.views_open(trigger_id=workspace.tickets.new_trigger("UANA"), view=modal(external_id="draft-1"))
    )["view"]
    newer = (await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal()))["view"]

    assert newer["hash"] != opened["hash"]
    assert (await error_of(client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal())))[
        "error"
    ] == "hash_conflict"
    assert (await error_of(client.views_update(view_id="V0GONE", view=modal())))["error"] == "not_found"
    assert (await error_of(client.views_update(external_id="draft-1", view=modal())))["error"] == "not_found"


async def test_what_was_typed_survives_an_update_under_the_same_ids(workspace, client):
    opened = (await client.views_open(trigger_id=workspace.tickets.new_trigger("UANA"), view=modal()))["view"]
    workspace.seat("UANA").fill(opened["id"], {"reply": "Half a sentence"})
    same = await client.views_update(view_id=opened["id"], view=modal(field(), section()))
    other = await client.views_update(view_id=opened["id"], view=modal(field(block_id="reply_2")))

    assert same["view"]["state"]["values"]["reply"]["text"]["value"] == "Half a sentence"
    assert other["view"]["state"]["values"] == {"reply_2": {"text": {"type": "plain_text_input", "value": None}}}


async def test_more_than_one_message_a_second_in_a_channel_is_limited():
    async with served(build(limits=True)) as workspace, client_of(workspace) as client:
        for _ in range(3):
            await client.chat_postMessage(channel="C0CARE", text="x")
        answer = await error_of(client.chat_postMessage(channel="C0CARE", text="x"))

        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert 1 <= int(answer.headers["Retry-After"]) <= 3
        assert (await client.chat_postMessage(channel="C0OPS", text="elsewhere"))["ok"]
        workspace.clock.advance(int(answer.headers["Retry-After"]))
        assert (await client.chat_postMessage(channel="C0CARE", text="x"))["ok"]


@pytest.mark.parametrize(
    ("method", "arguments", "most"),
    [
        ("users.info", {"user": "UANA"}, 100),
        ("usergroups.list", {}, 20),
        ("chat.update", {"channel": "C0CARE", "text": "x"}, 50),
    ],
)
async def test_each_tier_ends_with_429_and_begins_again(method, arguments, most):
    async with served(build(limits=True)) as workspace, client_of(workspace) as client:
        posted = await client.chat_postMessage(channel="C0CARE", text="x")
        arguments = {**arguments, "ts": posted["ts"]} if method == "chat.update" else arguments
        for _ in range(most):
            await client.api_call(method, params=arguments)
        answer = await error_of(client.api_call(method, params=arguments))
        assert answer.status_code == 429
        workspace.clock.advance(int(answer.headers["Retry-After"]))
        assert (await client.api_call(method, params=arguments))["ok"]


async def test_without_limits_nothing_is_limited(client):
    for _ in range(30):
        assert (await client.chat_postMessage(channel="C0CARE", text="x"))["ok"]


async def test_a_lost_answer_has_taken_effect(workspace, client):
    workspace.weather.set(slack_lose_answers=1)
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await client.chat_postMessage(channel="C0CARE", text="Did it arrive?")

    assert [m["text"] for m in workspace.messages("C0CARE")] == ["Did it arrive?"]
    (call,) = workspace.traffic.calls("chat.postMessage")
    assert (call.status, call.error) == (0, "answer_lost")
    assert (await client.chat_postMessage(channel="C0CARE", text="Again"))["ok"]


async def test_bad_weather_answers_429_and_503(workspace, client):
    workspace.weather.set(slack_429=1)
    limited = await error_of(client.chat_postMessage(channel="C0CARE", text="x"))
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "1")
    workspace.weather.set(slack_down=True)
    assert (await error_of(client.auth_test())).status_code == 503
    workspace.weather.clear()
    assert (await client.auth_test())["ok"]
    assert workspace.messages("C0CARE") == []


async def test_slow_weather_passes_on_the_sandbox_clock(workspace, client):
    workspace.weather.set(slow_ms=200)
    before = workspace.clock.now()
    await client.auth_test()

    assert workspace.clock.now() - before >= 0.2


async def test_tokens_never_reach_the_traffic(workspace, client):
    await client.chat_postMessage(
        channel="C0CARE", text=f"my token is {workspace.app.bot_token}", blocks=[actions(button())]
    )
    async with aiohttp.ClientSession() as session:
        await (
            await session.post(f"{workspace.base_url}/api/auth.test", data={"token": workspace.app.bot_token})
        ).read()

    assert workspace.app.bot_token not in json.dumps([call.as_dict() for call in workspace.traffic.calls()])
    assert len(workspace.traffic.calls()) == 2


async def test_a_snapshot_opens_as_the_same_workspace(workspace, client):
    posted = await client.chat_postMessage(channel="C0CARE", **CARD, metadata=METADATA)
    await client.views_open(trigger_id=workspace.tickets.new_trigger("UANA"), view=modal())
    await client.chat_postEphemeral(channel="C0CARE", user="UBEN", text="psst")
    workspace.set_group("S0PR", ["UKIM"])
    saved = json.loads(json.dumps(workspace.snapshot()))

    async with served(build(snapshot=saved)) as resumed, client_of(resumed) as other:
        assert resumed.snapshot() == saved
        assert len(resumed.seat("UANA").modals) == 1
        assert (await other.usergroups_users_list(usergroup="S0PR"))["users"] == ["UKIM"]
        again = await other.chat_postMessage(channel="C0CARE", text="later")
        assert float(again["ts"]) > float(posted["ts"])


JUNK = [0, -1, True, "", "x", "☃" * 300, [], [[]], [None], {}, {"type": []}, {"type": "modal", "blocks": [{"type": 3}]}]


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_junk_is_answered_in_slacks_shape_and_never_breaks_the_sandbox(workspace, client, method):
    posted = await client.chat_postMessage(channel="C0CARE", text="x")
    right = {"channel": "C0CARE", "ts": posted["ts"], "user": "UANA", "text": "x", "view": modal(), "users": "UANA"}
    names = (*METHODS[method].needed, *METHODS[method].allowed)
    token = workspace.app.app_token if METHODS[method].token == "app" else workspace.app.bot_token
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for name in names:
            for junk in JUNK:
                arguments = {key: right[key] for key in names if key in right} | {name: junk}
                async with session.post(f"{workspace.base_url}/api/{method}", json=arguments) as answer:
                    told = await answer.json()
                    assert answer.status == 200, (name, junk, told)
                    assert told["ok"] or told["error"], (name, junk)
    json.dumps(workspace.snapshot())
