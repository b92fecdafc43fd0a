"""What the server gives a page: files under a strict policy, a snapshot first, then exactly what changed."""

import json
import re
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.sandbox import page
from bot.sandbox.server import Sandbox
from tests.sandbox.page.samples import form

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def asked(sandbox):
    async with aiohttp.ClientSession(sandbox.base_url, timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@asynccontextmanager
async def listening(sandbox, seat="UANA"):
    async with (
        asked(sandbox) as session,
        session.ws_connect("/page/ws", params={"seat": seat}, max_msg_size=0) as socket,
    ):
        yield socket


async def told(socket, key):
    """The next news that speak of this row."""
    while True:
        news = await socket.receive_json()
        if key in news["set"] or key in news["gone"]:
            return news


@pytest.mark.parametrize("path", ["/", "/page/app.js", "/page/theme.css", "/page/icon.svg", "/page/nothing.js"])
async def test_every_answer_carries_the_strict_policy(sandbox, path):
    async with asked(sandbox) as session, session.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
        )
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.status == (404 if "nothing" in path else 200)


@pytest.mark.parametrize(
    "path",
    ["/page/../page.py", "/page/%2e%2e%2fpage.py", "/page/..%2Fcast.py", "/page/.", "/page/%00", "/page/page_table.py"],
)
async def test_only_the_files_of_the_page_are_served(sandbox, path):
    async with asked(sandbox) as session, session.get(URL(sandbox.base_url + path, encoded=True)) as answer:
        assert answer.status in {400, 404}


async def test_the_page_has_no_code_in_its_markup_and_builds_no_markup_from_text():
    for path in page.FOLDER.iterdir():
        words = path.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", words), (
            path
        )
        assert not re.search(r"https?://(?!www\.w3\.org)", re.sub(r"//\\\?|\(\?:https\?:.*", "", words)), path
    index = (page.FOLDER / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", index)


async def test_the_first_news_is_everything_that_this_seat_sees(sandbox):
    workspace = sandbox.slack
    message = workspace.post("C0CARE", {"user": "UBEN"}, "hello")
    sandbox.x.post("mia_travels", "@LumenShop hello")
    workspace.history.whisper("UBEN", "C0CARE", "for Ben alone", [])
    workspace.views.open("UANA", form())
    async with listening(sandbox) as socket:
        news = await socket.receive_json()
    assert news["type"] == "snapshot"
    rows = news["set"]
    assert rows["seat"] == "UANA"
    assert rows[f"message:C0CARE:{message['ts']}"]["text"] == "hello"
    assert rows["modal:0"]["callback_id"] == "form"
    assert not [key for key in rows if key.startswith("ephemeral:")]
    assert len([key for key in rows if key.startswith("post:")]) == 1
    assert [rows[key]["name"] for key in rows if key.startswith("person:") and rows[key]["seat"]] == [
        "Ana",
        "Ben",
        "Pat",
        "Kim",
        "Otto",
        "Gus",
    ]
    assert {rows[f"person:{user}"]["note"] for user in ("UANA", "UPAT", "UOTTO", "UGUS")} == {
        "service",
        "PR",
        "on-call",
        "guest",
    }
    assert {row["name"] for row in rows["weather"]} >= {"slack_down", "x_late", "double_delivery"}


async def test_later_news_are_only_what_changed(sandbox):
    async with listening(sandbox) as socket:
        await socket.receive_json()
        message = sandbox.slack.post("C0CARE", {"user": "UBEN"}, "hello")
        key = f"message:C0CARE:{message['ts']}"
        news = await told(socket, key)
        assert news["type"] == "changes"
        assert list(news["set"]) == [key]
        sandbox.slack.history.delete("C0CARE", message["ts"])
        assert (await told(socket, key))["gone"] == [key]


async def test_nobody_hears_of_channels_forms_and_whispers_of_others(sandbox):
    async with listening(sandbox, "UGUS") as socket:
        first = await socket.receive_json()
        sandbox.slack.post("C0PRDESK", {"user": "UPAT"}, "not for guests")
        sandbox.slack.history.whisper("UANA", "C0CARE", "not for Gus", [])
        sandbox.slack.views.open("UANA", form())
        sandbox.slack.directory.direct_messages("UANA")
        sandbox.slack.post("D0UANA", {"user": "UANA"}, "private")
        last = sandbox.slack.post("C0CARE", {"user": "UBEN"}, "the end")
        seen = json.dumps([first, await told(socket, f"message:C0CARE:{last['ts']}")])
    assert "not for" not in seen
    assert "private" not in seen
    assert "modal:" not in seen


async def test_a_flood_of_changes_ends_in_the_same_table_as_a_fresh_look(sandbox):
    async with listening(sandbox) as socket:
        table = (await socket.receive_json())["set"]
        for number in range(3_000):
            sandbox.x.post("mia_travels", f"@LumenShop {number}")
        last = sandbox.slack.post("C0CARE", {"user": "UBEN"}, "the end")
        while (
            f"message:C0CARE:{last['ts']}" not in table or len([key for key in table if key.startswith("post:")]) < 300
        ):
            news = await socket.receive_json()
            table = {key: value for key, value in {**table, **news["set"]}.items() if key not in news["gone"]}
    async with listening(sandbox) as socket:
        assert table == (await socket.receive_json())["set"]


async def test_a_seat_thrown_out_of_a_channel_sees_it_no_longer(sandbox):
    message = sandbox.slack.post("C0CARE", {"user": "UBEN"}, "hello")
    key = f"message:C0CARE:{message['ts']}"
    async with listening(sandbox) as socket:
        assert key in (await socket.receive_json())["set"]
        sandbox.slack.leave("C0CARE", "UANA")
        assert key in (await told(socket, key))["gone"]


async def test_another_site_cannot_listen(sandbox):
    async with asked(sandbox) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect("/page/ws", params={"seat": "UANA"}, origin="https://evil.example")
    assert refused.value.status == 403


async def test_a_page_that_stays_open_does_not_hold_up_the_end_of_the_sandbox():
    sandbox = await Sandbox.start(limits=False)
    async with listening(sandbox) as socket:
        await socket.receive_json()
        await sandbox.stop()
        assert (await socket.receive()).type in {
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.CLOSING,
        }


async def test_every_testid_in_the_paper_is_on_the_page():
    paper = (Path(page.__file__).parents[2] / "docs" / "sandbox-page.md").read_text()
    sources = "".join(path.read_text() for path in page.FOLDER.iterdir())
    for name in re.findall(r"^\| `([a-z-]+)", paper, re.MULTILINE):
        assert name.rstrip("-") in sources, name
