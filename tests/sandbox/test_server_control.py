"""The control API, used through its own client and by plain HTTP with wrong bodies."""

import io

import aiohttp
import pytest

from bot.sandbox.client import ControlClient
from bot.sandbox.errors import NotThere, SandboxError
from bot.sandbox.server import Sandbox


@pytest.fixture
async def sandbox():
    async with Sandbox.running(limits=False) as running:
        yield running


@pytest.fixture
async def control(sandbox):
    async with ControlClient(sandbox.base_url) as client:
        yield client


async def test_customers_write_edit_and_delete(sandbox, control):
    post = await control.post("mia_travels", "@LumenShop late")
    edited = await control.edit(post["id"], "@LumenShop very late")
    assert edited["versions"] == [post["id"], edited["id"]]
    native = await control.post("LumenShop", "Sorry!", in_reply_to=edited["id"], native=True)
    assert (native["source"], native["author"]) == ("native", "LumenShop")
    assert [row["id"] for row in await control.timeline()] == [native["id"]]
    assert [row["id"] for row in await control.posts(after=edited["id"])] == [native["id"]]
    assert [row["id"] for row in await control.posts(author="mia_travels")] == [edited["id"]]
    assert (await control.count(edited["id"], likes=7))["likes"] == 7
    await control.delete(edited["id"])
    with pytest.raises(NotThere, match="any more"):
        await control.delete(edited["id"])
    assert sandbox.x.timeline("mia_travels") == []


async def test_people_join_hide_and_are_suspended(sandbox, control):
    assert (await control.join("new_here", name="Ned", followers=9))["name"] == "Ned"
    await control.protect("new_here")
    await control.suspend("new_here")
    found = sandbox.x.customer("new_here")
    assert (found.protected, found.suspended, found.followers) == (True, True, 9)
    with pytest.raises(SandboxError, match="already"):
        await control.join("New_Here")


async def test_a_bulk_replay_publishes_in_order_and_all_or_nothing(sandbox, control):
    rows = [{"handle": f"u{number % 7}", "text": f"@LumenShop number {number}"} for number in range(1_001)]
    ids = await control.replay(rows)
    assert [sandbox.x.posts[post_id].text for post_id in ids] == [row["text"] for row in rows]
    assert ids == sorted(ids, key=int)
    with pytest.raises(SandboxError, match="not a handle"):
        await control.replay([{"handle": "fine", "text": "a"}, {"handle": "not fine", "text": "b"}])
    with pytest.raises(SandboxError, match="same id"):
        await control.replay([{"handle": "fine", "text": "a", "id": "5"}, {"handle": "fine", "text": "b", "id": "5"}])
    assert len(sandbox.x.posts) == 1_001
    assert sandbox.x.people.find("fine") is None


async def test_weather_of_both_kinds_is_set_together_or_not_at_all(sandbox, control):
    values = await control.weather(slack_429=2, timeline_lag_seconds=5, x_late="cut")
    assert (values["slack_429"], values["timeline_lag_seconds"], values["x_late"]) == (2, 5.0, "cut")
    for wrong in ({"fog": True}, {"post_fault": "no_idea"}, {"x_late": "never"}, {"slack_429": -1}, {"x_down": 1}):
        with pytest.raises(SandboxError):
            await control.weather(**{"timeline_lag_seconds": 99, **wrong})
    assert sandbox.x.switches.timeline_lag_seconds == 5
    await control.fine_weather()
    assert (await control.weather())["slack_429"] == 0
    assert (sandbox.weather.x_late, sandbox.x.switches.timeline_lag_seconds) == ("no", 0)
    await control.drop_socket()


async def test_the_clock_goes_forward_only(sandbox, control):
    before = sandbox.clock.now()
    assert await control.advance(90) >= before + 90
    for wrong in (-1, 10**9):
        with pytest.raises(SandboxError, match="forward"):
            await control.advance(wrong)


async def test_the_trickle_can_be_steered(sandbox, control):
    answer = await control.trickle(running=False, per_minute=30)
    assert (answer["running"], answer["per_minute"]) == (False, 30)
    assert (await control.next_complaint())["author"] == "mia_travels"
    for wrong in (0, -1, 601):
        with pytest.raises(SandboxError, match="a minute"):
            await control.trickle(per_minute=wrong)


async def test_state_and_traffic_tell_what_happened(sandbox, control):
    async with aiohttp.ClientSession() as plain, plain.get(f"{sandbox.x_api_url}/2/users/me"):
        pass
    state = await control.state()
    assert state["brand"]["handle"] == "LumenShop"
    assert len(state["x"]["people"]) == 21
    assert [channel["name"] for channel in state["slack"]["channels"]][:2] == ["care", "pr-desk"]
    calls = await control.traffic(side="x", failed="1")
    assert [(call["method"], call["status"]) for call in calls] == [("GET /2/users/me", 401)]
    assert await control.traffic(after=calls[0]["n"]) == []
    with pytest.raises(SandboxError, match="side is"):
        await control.traffic(side="facebook")


async def test_a_seat_speaks_and_is_looked_at(sandbox, control):
    said = (await control.act("UANA", "says", channel="C0CARE", text="hi <there>"))["result"]
    messages = await control.messages("C0CARE")
    assert [(row["ts"], row["text"]) for row in messages] == [(said["ts"], "hi &lt;there&gt;")]
    assert (await control.seat("UBEN"))["unread"] == {"C0CARE": 1}
    await control.act("UBEN", "read", channel="C0CARE")
    assert (await control.seat("UBEN"))["unread"].get("C0CARE", 0) == 0
    assert len((await control.state())["slack"]["people"]) == 9


async def test_a_click_on_a_bot_that_is_not_there_is_not_acknowledged(sandbox, control):
    block = {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {"type": "button", "action_id": "claim", "text": {"type": "plain_text", "text": "Claim"}, "value": "1"}
        ],
    }
    ts = sandbox.slack.post(
        "C0CARE", {"user": "U0DESK", "bot_id": "B0DESK", "app_id": "A0REPLYDESK"}, "card", blocks=[block]
    )["ts"]
    result = await control.act("UANA", "click", channel="C0CARE", ts=ts, action_id="claim")
    assert (result["acknowledged"], result["error"]) == (False, "dispatch_failed")
    with pytest.raises(SandboxError, match="What can be clicked"):
        await control.act("UANA", "click", channel="C0CARE", ts=ts, action_id="nothing")
    raw = await control.act(
        "UANA", "click_raw", channel="C0CARE", ts=ts, action={"action_id": "x"}, overrides={"team": {"id": "T0OTHER"}}
    )
    assert raw["acknowledged"] is False


async def test_administrators_rename_archive_regroup_and_deactivate(sandbox, control):
    assert (await control.change_channel("C0CARE", name="care-two", archived=True))["is_archived"] is True
    await control.change_channel("C0RANDOM", join=["U0DESK"], leave=["UANA"])
    assert "U0DESK" in sandbox.slack.state.channels["C0RANDOM"]["members"]
    await control.set_group("S0PR", ["UPAT"])
    assert sandbox.slack.state.groups["S0PR"]["users"] == ["UPAT"]
    assert (await control.change_person("UKIM", deleted=True))["deleted"] is True
    with pytest.raises(SandboxError, match="user_not_found"):
        await control.set_group("S0PR", ["UNOBODY"])
    with pytest.raises(NotThere):
        await control.change_channel("C0NOWHERE", name="x")
    with pytest.raises(NotThere, match="Nobody here is called"):
        await control.seat("UNOBODY")


async def test_streams_are_counted_when_dropped_and_pages_can_be_spoiled(sandbox, control):
    assert await control.drop_streams() == 0
    await control.spoil("html")
    assert [str(kind) for kind in sandbox.x.spoiled] == ["html"]
    with pytest.raises(SandboxError, match="missing_fields"):
        await control.spoil("sour")


BAD = [
    ("POST", "/control/x/posts", b"{", 400),
    ("POST", "/control/x/posts", b"\xff\xfe", 400),
    ("POST", "/control/x/posts", b"[]", 400),
    ("POST", "/control/x/posts", b"[" * 100_000, 400),
    ("POST", "/control/x/posts", b'{"author": "mia_travels"}', 400),
    ("POST", "/control/x/posts", b'{"author": "mia_travels", "text": 5}', 400),
    ("POST", "/control/x/posts", b'{"author": "mia_travels", "text": "x", "colour": 1}', 400),
    ("POST", "/control/x/posts", b'{"author": "nobody", "text": "x"}', 404),
    ("PATCH", "/control/x/posts/17", b'{"text": "x"}', 404),
    ("POST", "/control/x/replay", b'{"posts": [' + b",".join([b'{"handle": "a", "text": "b"}'] * 501) + b"]}", 400),
    ("POST", "/control/x/replay", b"x" * (5 * 1024 * 1024), 413),
    ("POST", "/control/clock/advance", b'{"seconds": "1"}', 400),
    ("POST", "/control/clock/advance", b'{"seconds": 1e999}', 400),
    ("POST", "/control/weather", b'{"x_down": null}', 400),
    ("GET", "/control/x/posts?after=x", b"", 400),
    ("GET", "/control/nothing", b"", 404),
    ("DELETE", "/control/state", b"", 404),
    ("POST", "/control/seats/UANA/click", b"{}", 400),
    ("POST", "/control/seats/UANA/fly", b"{}", 404),
    ("POST", "/control/seats/UANA/submit", b'{"view_id": "V1"}', 400),
    ("POST", "/control/seats/UGUS/says", b'{"channel": "C0OPS", "text": "x"}', 400),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), BAD)
async def test_bad_input_is_answered_with_one_sentence_and_changes_nothing(sandbox, method, path, body, status):
    before = sandbox.snapshot()
    async with (
        aiohttp.ClientSession() as plain,
        plain.request(method, sandbox.base_url + path, data=io.BytesIO(body)) as answer,
    ):
        assert answer.status == status
        found = await answer.json()
    assert list(found) == ["error"]
    assert found["error"]
    assert sandbox.snapshot() == before
