"""The live feed of X: against the pretend X, and against a server that breaks it in every way we know."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.platforms import PLATFORMS
from bot.adapters.platforms.connection import Connection
from bot.adapters.platforms.x import XPlatform
from bot.adapters.platforms.x_client import Keys
from bot.adapters.platforms.x_stream import XStream
from bot.domain.errors import Broken, Paced, Unavailable
from bot.ports import Account
from bot.sandbox.server import Sandbox

BRAND = Account(id="900000001", handle="LumenShop")
GOOD = b'{"data": {"id": "%d", "author_id": "7", "text": "@LumenShop hi"}}\r\n'


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox.running(limits=False) as running:
        yield running


@pytest.fixture
async def connection(sandbox: Sandbox) -> AsyncIterator[Connection]:
    settings = {k.removeprefix("X_").lower(): v for k, v in sandbox.environment().items() if k.startswith("X_")}
    made = PLATFORMS["x"](BRAND, settings)
    yield made
    await made.close()


async def connected(sandbox: Sandbox) -> None:
    await sandbox.x.until(lambda: sandbox.streams.connected() == 1, "an open stream")


async def test_posts_come_as_they_are_written_and_equal_those_of_the_sweep(sandbox: Sandbox, connection: Connection):
    assert connection.stream is not None
    feed = connection.stream.listen()
    coming = asyncio.ensure_future(anext(feed))
    await connected(sandbox)
    sandbox.x.post("theo_bakes", "no word of the brand")
    sandbox.x.post("LumenShop", "@LumenShop our own words")
    sandbox.x.post("mia_travels", "@LumenShop my lamp <broke> & fell")
    post = await coming
    assert post.text == "@LumenShop my lamp <broke> & fell"
    assert (await connection.platform.fetch(None)).posts == (post,)
    await feed.aclose()


async def test_a_malformed_line_costs_nothing_but_itself(sandbox: Sandbox, connection: Connection):
    stream = connection.stream
    assert isinstance(stream, XStream)
    feed = stream.listen()
    coming = asyncio.ensure_future(anext(feed))
    await connected(sandbox)
    sandbox.changes.publish("x_spoil_stream", {})
    sandbox.x.post("mia_travels", "@LumenShop still here")
    assert (await coming).text == "@LumenShop still here"
    assert stream.unreadable == 1
    await feed.aclose()


async def test_a_feed_that_x_closes_ends_once_and_can_be_opened_again(sandbox: Sandbox, connection: Connection):
    assert connection.stream is not None
    for _ in range(2):
        feed = connection.stream.listen()
        coming = asyncio.ensure_future(anext(feed))
        await connected(sandbox)
        sandbox.streams.drop()
        with pytest.raises(Unavailable):
            await coming
        await sandbox.x.until(lambda: sandbox.streams.connected() == 0, "no open stream")
    assert len(sandbox.traffic.calls(method="GET /2/tweets/search/stream")) == 2


async def test_leaving_the_feed_closes_the_connection(sandbox: Sandbox, connection: Connection):
    assert connection.stream is not None
    feed = connection.stream.listen()
    coming = asyncio.ensure_future(anext(feed))
    await connected(sandbox)
    sandbox.x.post("mia_travels", "@LumenShop hello")
    await coming
    await feed.aclose()
    sandbox.x.post("mia_travels", "@LumenShop to nobody")  # the pretend X notices when it writes
    await sandbox.x.until(lambda: sandbox.streams.connected() == 0, "no open stream")


async def test_our_rule_is_made_once_and_those_of_others_are_left_alone(sandbox: Sandbox, connection: Connection):
    assert connection.stream is not None
    sandbox.streams.rules["5"] = {"id": "5", "value": "@LumenShop lang:de", "tag": "replydesk"}
    sandbox.streams.rules["6"] = {"id": "6", "value": "cats", "tag": "somebody else's"}
    for _ in range(2):
        feed = connection.stream.listen()
        coming = asyncio.ensure_future(anext(feed))
        await connected(sandbox)
        sandbox.x.post("mia_travels", "@LumenShop hello")
        await coming
        await feed.aclose()
        sandbox.streams.drop()
        await sandbox.x.until(lambda: sandbox.streams.connected() == 0, "no open stream")
    assert sorted((rule["value"], rule.get("tag")) for rule in sandbox.streams.rules.values()) == [
        ("@LumenShop -is:retweet -from:LumenShop", "replydesk"),
        ("cats", "somebody else's"),
    ]


def test_without_a_bearer_token_there_is_no_feed():
    keys = dict.fromkeys(("api_key", "api_secret", "access_token", "access_secret"), "k")
    assert PLATFORMS["x"](BRAND, keys).stream is None


class Feed:
    """A server whose stream answers with this status and these lines, and counts who opens it."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self.opened = 0
        self.cut = False

    async def rules(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"data": [{"id": "1", "value": "@LumenShop -is:retweet -from:LumenShop", "tag": "replydesk"}]}
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.opened += 1
        # A client that opens it again and again is stopped, so that the test fails instead of hanging.
        response = web.StreamResponse(status=self.status if self.opened <= 3 else 403, headers=self.headers)
        await response.prepare(request)
        for chunk in self.chunks:
            await response.write(chunk)
        if self.cut and request.transport:
            request.transport.abort()
        return response


@pytest.fixture
async def feed() -> AsyncIterator[tuple[Feed, XStream]]:
    made = Feed()
    app = web.Application()
    app.router.add_get("/x/2/tweets/search/stream/rules", made.rules)
    app.router.add_get("/x/2/tweets/search/stream", made.stream)
    keys = Keys(api_key="a", api_secret="b", access_token="c", access_secret="d", bearer_token="e")
    async with (
        TestServer(app) as server,
        XPlatform(account=BRAND, keys=keys, api_url=str(server.make_url("/x"))) as platform,
    ):
        yield made, XStream(platform.wire, platform.reader)


async def heard(stream: XStream) -> tuple[list[str], Exception]:
    ids: list[str] = []
    try:
        async for post in stream.listen():
            ids.append(post.id)  # noqa: PERF401 -- what came before the error counts
    except (Unavailable, Broken) as error:
        return ids, error
    raise AssertionError("a feed never ends in silence")


async def test_everything_that_came_before_the_end_is_handed_on(feed: tuple[Feed, XStream]):
    server, stream = feed
    server.chunks = [GOOD % n for n in range(1, 501)]
    ids, error = await heard(stream)
    assert ids == [str(n) for n in range(1, 501)]
    assert isinstance(error, Unavailable)
    assert server.opened == 1


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"17",
        b"null",
        b'"words"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"data": null}',
        b'{"data": {"id": "17"}}',
        b"{}",
        b"a" * 200_000,
    ],
)
async def test_no_single_line_ends_the_feed(feed: tuple[Feed, XStream], line: bytes):
    server, stream = feed
    server.chunks = [GOOD % 1, line + b"\r\n", b"\r\n", GOOD % 2]
    ids, _ = await heard(stream)
    assert ids == ["1", "2"]
    assert stream.unreadable == 1


async def test_an_error_line_ends_the_feed(feed: tuple[Feed, XStream]):
    server, stream = feed
    server.chunks = [GOOD % 1, b'{"errors": [{"title": "operational-disconnect"}]}\r\n', GOOD % 2]
    ids, error = await heard(stream)
    assert ids == ["1"]
    assert isinstance(error, Unavailable)


async def test_a_line_without_end_breaks_the_feed_and_not_the_memory(feed: tuple[Feed, XStream]):
    server, stream = feed
    server.chunks = [b"a" * 1_000_000] * 5
    ids, error = await heard(stream)
    assert ids == []
    assert isinstance(error, Unavailable)


async def test_a_cut_connection_breaks_the_feed_once(feed: tuple[Feed, XStream]):
    server, stream = feed
    server.chunks, server.cut = [GOOD % 1], True
    _, error = await heard(stream)
    assert isinstance(error, Unavailable)
    assert server.opened == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Broken), (403, Broken), (429, Unavailable), (420, Unavailable), (503, Unavailable), (307, Unavailable)],
)
async def test_a_refusal_ends_the_feed_at_once(feed: tuple[Feed, XStream], status: int, kind: type[Exception]):
    server, stream = feed
    server.status = status
    _, error = await heard(stream)
    assert type(error) is kind
    assert server.opened == 1


async def test_silence_is_a_broken_feed(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, connection: Connection):
    monkeypatch.setattr("bot.adapters.platforms.x_stream.SILENCE_SECONDS", 0.2)
    assert isinstance(connection.stream, XStream)
    _, error = await heard(connection.stream)
    assert isinstance(error, Unavailable)
    assert not isinstance(error, Paced)
