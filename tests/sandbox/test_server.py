"""The sandbox as a whole: starting, stopping, who may talk to it, and what it remembers."""

import asyncio
import json
import time

import aiohttp
import pytest

from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import PortBusy, SandboxError
from bot.sandbox.server import Sandbox


async def status_of(sandbox, path="/control/state", **headers):
    async with aiohttp.ClientSession() as session, session.get(sandbox.base_url + path, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_the_environment_is_all_a_bot_needs():
    async with Sandbox.running() as sandbox:
        environment = sandbox.environment()
        assert sorted(environment) == sorted(
            [
                "SLACK_BOT_TOKEN",
                "SLACK_APP_TOKEN",
                "SLACK_SIGNING_SECRET",
                "SLACK_API_URL",
                "X_API_KEY",
                "X_API_SECRET",
                "X_ACCESS_TOKEN",
                "X_ACCESS_SECRET",
                "X_BEARER_TOKEN",
                "X_API_URL",
            ]
        )
        assert environment["SLACK_API_URL"] == sandbox.slack_api_url == f"http://127.0.0.1:{sandbox.port}/api/"
        assert environment["X_API_URL"] == sandbox.x_api_url == f"http://127.0.0.1:{sandbox.port}/x"
        assert environment["X_ACCESS_TOKEN"].startswith("900000001-")


async def test_slack_x_the_page_and_the_faces_are_on_one_port():
    async with Sandbox.running() as sandbox, aiohttp.ClientSession(sandbox.base_url) as session:
        token = sandbox.environment()["SLACK_BOT_TOKEN"]
        async with session.post("/api/auth.test", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert (await answer.json())["user_id"] == "U0DESK"
        async with session.get("/") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        async with session.get("/avatars/mia_travels.svg") as answer:
            assert answer.content_type == "image/svg+xml"
            assert ">MT<" in await answer.text()
        async with session.get("/avatars/%3Cscript%3E.svg") as answer:
            assert "<script" not in await answer.text()


async def test_a_taken_port_is_said_in_a_sentence():
    async with Sandbox.running() as sandbox:
        with pytest.raises(PortBusy, match=f"Port {sandbox.port} on 127.0.0.1 is taken by another program"):
            await Sandbox.start(sandbox.port)


async def test_it_stops_within_a_second_even_with_a_request_hanging():
    sandbox = await Sandbox.start()
    sandbox.weather.set(slow_ms=60_000)
    async with aiohttp.ClientSession() as session:
        hanging = asyncio.ensure_future(session.get(f"{sandbox.x_api_url}/2/users/me"))
        while not (sandbox._runner and sandbox._runner.server and sandbox._runner.server.requests_count):
            await asyncio.sleep(0)
        started = time.monotonic()
        await sandbox.stop()
        assert time.monotonic() - started < 1
        with pytest.raises(aiohttp.ClientError):
            await hanging
    await sandbox.stop()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil:{port}", ""]
)
async def test_a_foreign_host_is_refused(host):
    async with Sandbox.running() as sandbox:
        status, body = await status_of(sandbox, Host=host.format(port=sandbox.port))
        assert status in (400, 403)
        assert "sandbox answers as" in body["error"]


@pytest.mark.parametrize("path", ["/control/state", "/x/2/users/me", "/api/auth.test", "/", "/avatars/a.svg"])
@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
async def test_another_website_is_refused_everywhere(path, origin):
    async with Sandbox.running() as sandbox:
        status, body = await status_of(sandbox, path, Origin=origin)
        assert (status, body) == (403, {"error": "Other websites may not talk to the sandbox."})


async def test_our_own_page_is_let_in():
    async with Sandbox.running() as sandbox:
        for name in ("127.0.0.1", "localhost"):
            status, _ = await status_of(sandbox, Host=f"{name}:{sandbox.port}", Origin=f"http://{name}:{sandbox.port}")
            assert status == 200
        assert (await status_of(sandbox, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403


async def test_a_restart_goes_on_where_it_stopped(tmp_path):
    async with Sandbox.running(state_dir=tmp_path) as first:
        post = first.x.post("mia_travels", "@LumenShop \ud83d broken & <b>")
        edited = first.x.edit(post.id, "@LumenShop edited")
        first.x.people.join("somebody_new")
        first.x.switches.set(timeline_lag_seconds=7)
        message = await first.slack.seat("UANA").says("C0CARE", "hello")
        first.clock.advance(5_000)
        before, complaint = first.clock.now(), first.trickle.next_one()
    async with Sandbox.running(state_dir=tmp_path) as second:
        assert second.x.timeline("mia_travels")[0].text == "@LumenShop edited"
        assert second.x.posts[post.id].versions == [post.id, edited.id]
        assert second.x.posts[post.id].versions is second.x.posts[edited.id].versions
        assert second.x.switches.timeline_lag_seconds == 0
        assert second.x.people.join("another_one").id != second.x.customer("somebody_new").id
        assert second.clock.now() >= before - 1
        newer = second.x.post("mia_travels", "@LumenShop after")
        assert int(newer.id) > int(complaint) > int(edited.id)
        assert [one["text"] for one in second.slack.messages("C0CARE")] == ["hello"]
        again = await second.slack.seat("UANA").says("C0CARE", "again")
        assert float(again["ts"]) > float(message["ts"])
        assert second.trickle.next_one() not in second.x.published_by_app()
        assert second.trickle.describe()["posted"] == 2


async def test_ids_stay_above_a_replayed_one_after_a_restart(tmp_path):
    async with Sandbox.running(state_dir=tmp_path) as first:
        first.x.replay("", "u1", "@LumenShop from a file", post_id="8000000000000000000")
    async with Sandbox.running(state_dir=tmp_path) as second:
        assert int(second.x.post("mia_travels", "@LumenShop hi").id) > 8_000_000_000_000_000_000


async def test_a_change_is_on_disk_soon_without_a_stop(tmp_path):
    async with Sandbox.running(state_dir=tmp_path) as sandbox:
        post = sandbox.x.post("mia_travels", "@LumenShop hi")
        async with asyncio.timeout(10):
            while [row["id"] for row in stored(sandbox)["x"]["posts"]] != [post.id]:
                await asyncio.sleep(0.02)
        assert list(tmp_path.iterdir()) == [sandbox.storage.file]


async def test_a_full_disk_is_told_and_the_sandbox_goes_on(tmp_path):
    folder = tmp_path / "state"
    async with Sandbox.running(state_dir=folder) as sandbox:
        with sandbox.changes.subscribe() as subscription:
            (tmp_path / "kept").mkdir()
            await asyncio.to_thread(wait_for, sandbox.storage.file)
            sandbox.storage.file = tmp_path / "kept" / "no" / "sandbox.json"
            (tmp_path / "kept" / "no").write_text("a file where a folder should be")
            sandbox.x.post("mia_travels", "@LumenShop hi")
            async with asyncio.timeout(10):
                async for change in subscription:
                    if change["topic"] == "storage":
                        break
            assert "could not be written" in change["payload"]["error"]
            sandbox.storage.file = folder / "sandbox.json"
    assert len(json.loads((folder / "sandbox.json").read_text())["x"]["posts"]) == 1


def wait_for(file):
    until = time.monotonic() + 10
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.01)


def stored(sandbox):
    file = sandbox.storage.file
    return json.loads(file.read_text()) if file.exists() else {"x": {"posts": []}}


@pytest.mark.parametrize("content", ["{", '{"version": 99}', "[]", ""])
async def test_a_state_that_cannot_be_read_is_kept_and_said(tmp_path, content):
    (tmp_path / "sandbox.json").write_text(content)
    with pytest.raises(SandboxError, match="Move it away"):
        await Sandbox.start(state_dir=tmp_path)
    assert (tmp_path / "sandbox.json").read_text() == content


async def test_a_clock_that_is_handed_in_is_used():
    clock = SandboxClock(offset=1_000)
    async with Sandbox.running(clock=clock) as sandbox:
        assert sandbox.clock is clock


async def test_the_traffic_file_has_every_call_even_of_a_broken_page(tmp_path):
    async with Sandbox.running(traffic_file=tmp_path / "traffic.jsonl") as sandbox:
        await status_of(sandbox, "/x/2/users/me")
        sandbox.x.spoil("lone_surrogate")
        bearer = f"Bearer {sandbox.environment()['X_BEARER_TOKEN']}"
        status, page = await status_of(sandbox, "/x/2/users/900000001/mentions", Authorization=bearer)
        assert (status, page["data"][0]["text"][-1]) == (200, "\ud83d")
    lines = [json.loads(line) for line in (tmp_path / "traffic.jsonl").read_text().splitlines()]
    assert [(line["method"], line["status"]) for line in lines] == [
        ("GET /2/users/me", 401),
        ("GET /2/users/:id/mentions", 200),
    ]
