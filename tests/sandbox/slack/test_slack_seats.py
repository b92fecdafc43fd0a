"""What people can do from their seats, and what the app is told and may answer."""

import asyncio
import re

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.errors import SandboxError
from tests.sandbox.slack.samples import (
    CARD,
    actions,
    button,
    field,
    home,
    modal,
    option,
    overflow,
    plain,
    section,
    text_input,
)

CHOICES = [
    field(text_input(max_length=10, min_length=3), "reply"),
    field({"type": "static_select", "action_id": "pick", "option_groups": [{"label": plain("Any"), "options": [option("t1"), option("t2")]}]}, "template", optional=True, dispatch_action=True),
    field({"type": "checkboxes", "action_id": "flags", "options": [option("refund"), option("legal")]}, "contains", optional=True),
    field({"type": "users_select", "action_id": "who", "initial_user": "UPAT"}, "approver"),
    field({"type": "datepicker", "action_id": "day"}, "due", optional=True),
    field({"type": "email_text_input", "action_id": "mail"}, "mail", optional=True),
]  # fmt: skip


class Desk:
    """A Bolt app that keeps what it was told and answers what the test wants."""

    def __init__(self, bolt):
        self.workspace, self.app, self.told = bolt.workspace, bolt.app, []
        self.answer = {}
        for listen in (
            self.app.action({"action_id": ANY}),
            self.app.view(ANY),
            self.app.view_closed(ANY),
            self.app.command("/desk"),
        ):
            listen(self._take)

    async def _take(self, ack, body):
        self.told.append(body)
        await ack(**self.answer)

    async def open(self, view, user="UANA"):
        trigger = self.workspace.tickets.new_trigger(user)
        return (await self.app.client.views_open(trigger_id=trigger, view=view))["view"]["id"]


ANY = re.compile(".*")


@pytest.fixture
async def desk(bolt):
    desk = Desk(bolt)
    await bolt.connect()
    return desk


@pytest.fixture
async def card(desk):
    return (
        await desk.app.client.chat_postMessage(
            channel="C0CARE", **CARD, metadata={"event_type": "card", "event_payload": {}}
        )
    )["ts"]


async def test_a_click_says_who_where_and_what(desk, card):
    await desk.workspace.seat("UANA").click("C0CARE", card, "case_claim")

    (body,) = desk.told
    assert body["user"] == {"id": "UANA", "username": "ana", "name": "ana", "team_id": "T0LUMEN"}
    assert body["team"] == {"id": "T0LUMEN", "domain": "lumen-shop"}
    assert body["api_app_id"] == "A0REPLYDESK"
    assert body["channel"] == {"id": "C0CARE", "name": "care"}
    assert body["container"] == {"type": "message", "message_ts": card, "channel_id": "C0CARE", "is_ephemeral": False}
    assert body["message"]["metadata"]["event_type"] == "card"
    assert "notified" not in body["message"]
    assert body["response_url"].startswith(desk.workspace.base_url)
    (action,) = body["actions"]
    assert {key: action[key] for key in ("action_id", "block_id", "type", "value")} == {
        "action_id": "case_claim",
        "block_id": "act",
        "type": "button",
        "value": "C-1",
    }
    assert float(action["action_ts"]) > 1


async def test_an_overflow_sends_the_option_that_was_picked(desk, card):
    await desk.workspace.seat("UANA").click("C0CARE", card, "case_more", option="history")

    assert desk.told[0]["actions"][0]["selected_option"] == {"text": plain("Option history"), "value": "history"}


async def test_only_what_is_shown_can_be_clicked(desk, card):
    ana = desk.workspace.seat("UANA")
    with pytest.raises(SandboxError, match="act/case_claim, act/case_more"):
        await ana.click("C0CARE", card, "case_release")
    with pytest.raises(SandboxError, match="no option 'burn'"):
        await ana.click("C0CARE", card, "case_more", option="burn")
    with pytest.raises(SandboxError, match=r"no message 1\.0"):
        await ana.click("C0CARE", "1.0", "case_claim")
    with pytest.raises(SandboxError, match="UFAY is not in C0CARE"):
        await desk.workspace.seat("UFAY").click("C0CARE", card, "case_claim")
    with pytest.raises(SandboxError, match="deactivated"):
        await desk.workspace.seat("UDEL").click("C0CARE", card, "case_claim")
    with pytest.raises(SandboxError, match="Nobody here"):
        desk.workspace.seat("UNOBODY")
    assert desk.told == []


async def test_a_hostile_click_may_carry_anything(desk, card):
    forged = {"action_id": "case_claim", "block_id": "act", "type": "button", "value": "C-999", "action_ts": "1.0"}
    await desk.workspace.seat("UFAY").click_raw(
        "C0CARE", card, forged, api_app_id="A0EVIL", team={"id": "T0OTHER", "domain": "x"}
    )

    body = desk.told[0]
    assert (body["api_app_id"], body["team"]["id"], body["user"]["team_id"]) == ("A0EVIL", "T0OTHER", "T0OTHER")
    assert body["actions"] == [forged]


async def test_saying_no_to_a_dialog_sends_nothing(desk):
    ask = {"title": plain("Sure?"), "text": plain("It goes out."), "confirm": plain("Send"), "deny": plain("No")}
    posted = await desk.app.client.chat_postMessage(channel="C0CARE", text="x", blocks=[actions(button(confirm=ask))])
    answered = await desk.workspace.seat("UANA").click("C0CARE", posted["ts"], "case_claim", confirm=False)

    assert (answered.acknowledged, answered.error, desk.told) == (False, "not_sent", [])


async def test_a_form_sends_every_kind_of_value(desk):
    view_id = await desk.open(modal(*CHOICES, private_metadata="C-1"))
    ana = desk.workspace.seat("UANA")
    sent = await ana.submit(view_id, {"reply": "Sorry!", "pick": "t2", "flags": ["legal"], "due": "2026-12-01"})

    assert sent.acknowledged
    view = desk.told[0]["view"]
    assert view["state"]["values"] == {
        "reply": {"text": {"type": "plain_text_input", "value": "Sorry!"}},
        "template": {"pick": {"type": "static_select", "selected_option": option("t2")}},
        "contains": {"flags": {"type": "checkboxes", "selected_options": [option("legal")]}},
        "approver": {"who": {"type": "users_select", "selected_user": "UPAT"}},
        "due": {"day": {"type": "datepicker", "selected_date": "2026-12-01"}},
        "mail": {"mail": {"type": "email_text_input", "value": None}},
    }
    assert (view["id"], view["root_view_id"], view["private_metadata"]) == (view_id, view_id, "C-1")
    assert view["hash"]
    assert "user" not in view
    assert ana.modals == []


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"reply": "Please complete this required field."}),
        ({"reply": "x" * 11}, {"reply": "Please enter no more than 10 characters."}),
        ({"reply": "x"}, {"reply": "Please enter at least 3 characters."}),
        ({"reply": "fine", "mail": "nonsense"}, {"mail": "Enter a valid email address."}),
        ({"reply": "fine", "approver": None}, {"approver": "Please complete this required field."}),
    ],
)
async def test_the_form_itself_keeps_back_what_slack_would(desk, values, errors):
    view_id = await desk.open(modal(*CHOICES))
    refused = await desk.workspace.seat("UANA").submit(view_id, values)

    assert (refused.errors, refused.error, desk.told) == (errors, "not_sent", [])


async def test_a_field_that_is_not_there_cannot_be_filled(desk):
    view_id = await desk.open(modal(*CHOICES))
    with pytest.raises(SandboxError, match="'colour' names 0 fields"):
        await desk.workspace.seat("UANA").submit(view_id, {"colour": "red"})
    with pytest.raises(SandboxError, match="has no modal"):
        await desk.workspace.seat("UBEN").submit(view_id, {})


async def test_an_ack_can_update_push_and_clear(desk):
    ana = desk.workspace.seat("UANA")
    view_id = await desk.open(modal(field(block_id="one", optional=True)))
    desk.answer = {"response_action": "update", "view": modal(title=plain("Updated"))}
    await ana.submit(view_id)
    assert [v["title"]["text"] for v in ana.modals] == ["Updated"]
    desk.answer = {"response_action": "push", "view": modal(title=plain("Pushed"))}
    await ana.submit(view_id, {"reply": "x"})
    assert [v["title"]["text"] for v in ana.modals] == ["Updated", "Pushed"]
    desk.answer = {"response_action": "clear"}
    await ana.submit(ana.modals[-1]["id"], {"reply": "x"})
    assert ana.modals == []
    assert desk.workspace.complaints == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_arguments"),
        ({"response_action": "dance"}, "invalid_response_action"),
    ],
)
async def test_a_wrong_ack_of_a_form_is_a_complaint_and_the_form_stays(desk, answer, error):
    view_id = await desk.open(modal(field(optional=True)))
    desk.answer = answer
    sent = await desk.workspace.seat("UANA").submit(view_id)

    assert sent.error == error
    assert len(desk.workspace.complaints) == 1
    assert len(desk.workspace.seat("UANA").modals) == 1


async def test_errors_for_a_field_that_is_not_there_are_a_complaint(desk):
    view_id = await desk.open(modal(field(optional=True)))
    desk.answer = {"response_action": "errors", "errors": {"elsewhere": "No."}}
    await desk.workspace.seat("UANA").submit(view_id)

    assert desk.workspace.complaints == ["Errors for fields that this form does not have: elsewhere"]


async def test_an_impatient_double_click_sends_the_form_twice(desk):
    view_id = await desk.open(modal(field(optional=True)))
    sent = await desk.workspace.seat("UANA").submit(view_id, twice=True)

    assert sent.acknowledged
    assert len({body["trigger_id"] for body in desk.told}) == 2


async def test_closing_tells_the_app_only_where_it_asked(desk):
    ana = desk.workspace.seat("UANA")
    await ana.close(await desk.open(modal()))
    assert desk.told == []
    root = await desk.open(modal(notify_on_close=True))
    closed = await ana.close(root, all_of_them=True)

    assert closed.acknowledged
    assert (desk.told[0]["type"], desk.told[0]["is_cleared"], desk.told[0]["view"]["id"]) == ("view_closed", True, root)
    assert ana.modals == []


async def test_picking_in_a_form_sends_what_stands_in_it(desk):
    view_id = await desk.open(modal(*CHOICES))
    await desk.workspace.seat("UANA").click_in_view(view_id, "pick", "t1", values={"reply": "Half"})

    body = desk.told[0]
    assert body["container"] == {"type": "view", "view_id": view_id}
    assert body["actions"][0]["selected_option"]["value"] == "t1"
    values = body["view"]["state"]["values"]
    assert (values["reply"]["text"]["value"], values["template"]["pick"]["selected_option"]["value"]) == ("Half", "t1")


async def test_a_click_in_the_home_tab(desk):
    ana = desk.workspace.seat("UANA")
    with pytest.raises(SandboxError, match="no home tab"):
        await ana.click_home("case_next")
    await desk.app.client.views_publish(user_id="UANA", view=home(actions(button("case_next"))))
    assert (await ana.until_home())["type"] == "home"
    assert (await ana.click_home("case_next")).acknowledged
    assert desk.told[0]["view"]["type"] == "home"
    assert "channel" not in desk.told[0]


async def test_a_command_carries_slacks_form_fields_and_answers_the_person(desk):
    desk.answer = {"text": "You have two cases.", "blocks": [section("Two")]}
    ben = desk.workspace.seat("UBEN")
    done = await ben.command("/desk", "mine", channel="C0CARE")

    assert done.acknowledged
    body = desk.told[0]
    assert (body["command"], body["text"], body["user_id"], body["channel_name"], body["team_id"]) == (
        "/desk",
        "mine",
        "UBEN",
        "care",
        "T0LUMEN",
    )
    assert (await ben.until_ephemeral())["text"] == "You have two cases."
    desk.answer = {"text": "For all", "response_type": "in_channel"}
    await ben.command("/desk")
    assert desk.workspace.messages("C0CARE")[-1]["text"] == "For all"
    with pytest.raises(SandboxError, match="not a valid command"):
        await ben.command("/lunch")


async def test_a_command_answered_with_wrong_blocks_is_a_complaint(desk):
    desk.answer = {"text": "x", "blocks": [{"type": "sparkle"}]}
    await desk.workspace.seat("UBEN").command("/desk")

    assert "invalid_blocks" in desk.workspace.complaints[0]
    assert desk.workspace.seat("UBEN").ephemerals == []


async def test_a_response_address_answers_replaces_and_ends(desk, card):
    ana = desk.workspace.seat("UANA")
    await ana.click("C0CARE", card, "case_claim")
    hook = AsyncWebhookClient(desk.told[0]["response_url"])

    assert (await hook.send(text="only you", response_type="ephemeral")).status_code == 200
    assert ana.ephemerals[-1]["text"] == "only you"
    await hook.send(text="all of you", response_type="in_channel", replace_original=False)
    assert desk.workspace.messages("C0CARE")[-1]["text"] == "all of you"
    await hook.send(text="changed", replace_original=True)
    assert desk.workspace.message("C0CARE", card)["text"] == "changed"
    wrong = await hook.send(text="x", blocks=[{"type": "sparkle"}])
    assert "invalid_blocks" in wrong.body
    await hook.send(delete_original=True)
    assert card not in [m["ts"] for m in desk.workspace.messages("C0CARE")]
    sixth = await hook.send(text="once too often")
    assert (sixth.status_code, '"used_url"' in sixth.body) == (404, True)


async def test_a_response_address_ends_after_half_an_hour(desk, card):
    await desk.workspace.seat("UANA").click("C0CARE", card, "case_claim")
    desk.workspace.clock.advance(30 * 60 + 1)

    late = await AsyncWebhookClient(desk.told[0]["response_url"]).send(text="late")
    assert (late.status_code, '"expired_url"' in late.body) == (404, True)


async def test_an_ephemeral_message_can_be_clicked_and_replaced(desk):
    ana = desk.workspace.seat("UANA")
    await desk.app.client.chat_postEphemeral(
        channel="C0CARE", user="UANA", text="Sure?", blocks=[actions(button("yes"), overflow())]
    )
    shown = await ana.until_ephemeral()
    await ana.click("C0CARE", shown["ts"], "yes")

    body = desk.told[0]
    assert body["container"]["is_ephemeral"]
    assert "message" not in body
    await AsyncWebhookClient(body["response_url"]).send(text="Done", replace_original=True)
    assert [e["text"] for e in ana.ephemerals] == ["Done"]
    await AsyncWebhookClient(body["response_url"]).send(delete_original=True)
    assert ana.ephemerals == []


async def test_what_people_write_is_escaped_and_marks_it_unread_for_the_others(desk):
    await desk.workspace.seat("UANA").says("C0CARE", "a < b & <!channel>")

    message = desk.workspace.messages("C0CARE")[-1]
    assert (message["text"], message["mentions"]) == ("a &lt; b &amp; &lt;!channel&gt;", [])
    ben = desk.workspace.seat("UBEN")
    assert (ben.unread["C0CARE"], desk.workspace.seat("UANA").unread) == (1, {})
    ben.read("C0CARE")
    assert ben.unread["C0CARE"] == 0


async def test_waiting_in_vain_says_what_was_seen(workspace):
    with pytest.raises(SandboxError, match=r"in vain for: the moon\. The last calls were: none"):
        await workspace.until(lambda: False, "the moon", seconds=0.01)


async def test_a_modal_can_be_awaited(desk):
    waiting = asyncio.ensure_future(desk.workspace.seat("UANA").until_modal())
    view_id = await desk.open(modal())

    assert (await waiting)["id"] == view_id
