"""What comes in over Socket Mode, as nobody should send it: done once, or not at all, and the desk goes on."""

import json

import pytest

from tests.world import find_control

COVERS = ("SIG-07", "SIG-08", "SIG-16", "SIG-21")


async def published_homes(desk, count):
    await desk.until(lambda: len(desk.sandbox.traffic.calls(method="views.publish")) >= count, f"{count} home tabs")
    return len(desk.sandbox.traffic.calls(method="views.publish"))


def home_opened(desk, event_id):
    event = {"type": "app_home_opened", "user": "UANA", "channel": "D0UANA", "tab": "home", "event_ts": "1.0"}
    return desk.sandbox.slack.payloads.event(event, event_id, desk.sandbox.clock.now())


@pytest.mark.parametrize("case_id", ["SIG-07"])
async def test_an_event_delivered_again_is_done_once(desk, case_id):
    deliver = desk.sandbox.slack.socket.deliver
    for attempt in range(3):
        payload = {**home_opened(desk, "Ev1"), "event_time": 1_795_000_000 + attempt}
        answer = await deliver("events_api", payload, retry_attempt=attempt, retry_reason="timeout" if attempt else "")
        assert answer.acknowledged
    assert await published_homes(desk, 1) == 1
    await desk.pass_time(minutes=59)
    await deliver("events_api", home_opened(desk, "Ev1"), retry_attempt=3, retry_reason="timeout")
    await deliver("events_api", home_opened(desk, "Ev2"), retry_attempt=0, retry_reason="")
    assert await published_homes(desk, 2) == 2


@pytest.mark.parametrize("case_id", ["SIG-08"])
@pytest.mark.parametrize("attempt", [0, 1, 7, -1, None, "x"])
async def test_the_number_of_the_attempt_decides_nothing(desk, case_id, attempt):
    answer = await desk.sandbox.slack.socket.deliver(
        "events_api", home_opened(desk, "Ev1"), retry_attempt=attempt, retry_reason="forged"
    )
    assert answer.acknowledged
    assert await published_homes(desk, 1) == 1


PAYLOADS = {
    "a list": [1],
    "a word": "x",
    "nothing": None,
    "no actions": {"type": "block_actions", "actions": []},
    "no one": {"type": "block_actions", "actions": None, "user": None},
    "actions of another kind": {"type": "block_actions", "actions": ["x"], "user": "x", "team": [], "channel": 1},
    "a form without a form": {"type": "view_submission", "user": {"id": "UANA"}, "view": None},
    "a form of another kind": {"type": "view_submission", "user": {"id": "UANA"}, "view": {"state": [1]}},
    "an unknown kind": {"type": "moon_landing"},
}
OURS = {"api_app_id": "A0REPLYDESK", "team": {"id": "T0LUMEN"}, "trigger_id": "1.2"}


@pytest.mark.parametrize("case_id", ["SIG-16"])
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
@pytest.mark.parametrize("dressed", [False, True], ids=["bare", "with our ids"])
async def test_a_payload_that_cannot_be_read_changes_nothing_and_stops_nothing(desk, case_id, payload, dressed):
    case = await desk.customer().posts()
    if dressed and isinstance(payload, dict):
        payload = {**OURS, **payload}
    await send(desk, json.dumps(payload))
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.shows(case, "<@UANA>")


@pytest.mark.parametrize("case_id", ["SIG-16"])
@pytest.mark.parametrize("text", ["{", "[" * 20_000 + "]" * 20_000, '{"a":' * 5_000 + "1" + "}" * 5_000])
async def test_text_that_is_no_json_or_too_deep_stops_nothing(desk, case_id, text):
    case = await desk.customer().posts()
    await send(desk, text)
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.shows(case, "<@UANA>")


@pytest.mark.parametrize("case_id", ["SIG-21"])
@pytest.mark.parametrize("app", ["A0OTHER", "", None, ["A0REPLYDESK"]])
async def test_a_payload_for_another_app_does_nothing(desk, case_id, app):
    case = await desk.customer().posts()
    before = await desk.case(case)
    _, element, _ = find_control(desk.card(case), "Claim")
    action = {"action_id": "claim", "block_id": "b", "type": "button", "value": element["value"], "action_ts": "1.0"}
    assert await desk.seat("ana").sends(case, action, api_app_id=app) == ""
    assert await desk.case(case) == before

    form = {"type": "view_submission", "user": {"id": "UANA", "team_id": "T0LUMEN"}, **OURS, "api_app_id": app}
    view = {
        "type": "modal",
        "id": "V1",
        "callback_id": "dismiss_form",
        "private_metadata": json.dumps({"case": case.id}),
    }
    view["state"] = {"values": {"resolution": {"value": {"selected_option": {"value": "spam"}}}}}
    answer = await desk.sandbox.slack.socket.deliver("interactive", {**form, "view": view}, accepts=True)
    assert answer.acknowledged
    assert await desk.case(case) == before

    command = {"team_id": "T0LUMEN", "user_id": "UANA", "command": "/desk", "text": f"why {case.id}", "api_app_id": app}
    answer = await desk.sandbox.slack.socket.deliver("slash_commands", command, accepts=True)
    assert case.id not in str(answer.body)


async def send(desk, payload: str) -> None:
    """Put any text as the payload of an envelope onto the line."""
    envelope = f'{{"envelope_id": "e1", "type": "interactive", "accepts_response_payload": true, "payload": {payload}}}'
    await desk.sandbox.slack.socket._connections[0].socket.send_str(envelope)
