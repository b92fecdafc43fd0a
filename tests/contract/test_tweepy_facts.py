"""What tweepy 4.17 does that decides how we wrap it: when an upgrade changes one of these, our wrapping can be thought over."""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tweepy.asynchronous import AsyncClient, AsyncStreamingClient

from bot.adapters.platforms.x_client import Answer, Request, XClient

HTML = "<html><body>Over capacity</body></html>"


class Redirected:
    """Stands in for tweepy's session and sends what goes to its fixed host to a server of the test."""

    closed = False

    def __init__(self, session: aiohttp.ClientSession, target: str) -> None:
        self.headers: dict[str, str] = {}
        self.seen: list[str] = []
        self._session = session
        self._target = target

    def request(self, method, url, **options):
        self.seen.append(str(url))
        return self._session.request(method, str(url).replace("https://api.twitter.com", self._target), **options)

    async def close(self) -> None:
        """Stay open: tweepy's streams close what they are given."""


class World:
    """A server that gives the answers it is told, and clients of tweepy's own that talk to it."""

    def __init__(self) -> None:
        self.answer = web.json_response({"data": {"id": "1"}})
        self.calls = 0
        self.lines: list[bytes] = []
        self.session: Redirected

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        if request.path.endswith("/stream"):
            response = web.StreamResponse()
            await response.prepare(request)
            for line in self.lines:
                await response.write(line)
            return response
        return web.Response(status=self.answer.status, body=self.answer.body, content_type=self.answer.content_type)

    def client(self, **options) -> AsyncClient:
        client = AsyncClient("bearer-of-ours", "key", "secret-of-ours", "1-token-of-ours", "hidden", **options)
        client.session = self.session
        return client


@pytest.fixture
async def x() -> AsyncIterator[World]:
    world = World()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", world.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        world.session = Redirected(session, str(server.make_url("")).rstrip("/"))
        yield world


async def test_the_host_is_fixed(x: World):
    await x.client(return_type=dict).get_me(user_auth=False)
    assert x.session.seen == ["https://api.twitter.com/2/users/me"]


async def test_an_error_page_escapes_as_an_error_of_the_http_library(x: World):
    x.answer = web.Response(status=503, text=HTML, content_type="text/html")
    with pytest.raises(aiohttp.ContentTypeError):
        await x.client().get_me(user_auth=False)


async def test_an_error_that_is_a_list_escapes_as_an_attribute_error(x: World):
    x.answer = web.json_response([], status=403)
    with pytest.raises(AttributeError):
        await x.client().get_me(user_auth=False)


async def test_waiting_for_the_rate_limit_crashes_with_oauth1(x: World):
    x.answer = web.json_response({}, status=429)
    with pytest.raises(AttributeError):
        await x.client(wait_on_rate_limit=True).get_me(user_auth=True)


async def test_waiting_for_the_rate_limit_asks_without_pause_with_a_bearer(x: World):
    x.answer = web.json_response({}, status=429)
    asking = asyncio.ensure_future(x.client(wait_on_rate_limit=True).get_me(user_auth=False))
    while x.calls < 50:
        await asyncio.sleep(0)
        assert not asking.done()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_at_debug_it_prints_the_bearer_token(x: World, caplog: pytest.LogCaptureFixture):
    logger = logging.getLogger("tweepy")
    before = logger.level
    caplog.set_level(logging.DEBUG, logger="tweepy")
    try:
        await x.client(return_type=dict).get_me(user_auth=False)
    finally:
        logger.setLevel(before)
    assert "bearer-of-ours" in caplog.text


async def test_a_reply_without_a_target_becomes_a_post_of_its_own(x: World):
    asked: list[object] = []

    class Asked(AsyncClient):
        async def request(self, method, route, params=None, json=None, user_auth=False):
            asked.append(json)

    await Asked(return_type=aiohttp.ClientResponse).create_tweet(text="hello", in_reply_to_tweet_id=None)
    assert asked == [{"text": "hello"}]


async def test_a_stream_that_x_closes_is_opened_again_without_pause(x: World):
    client = AsyncStreamingClient("bearer", max_retries=0)
    client.session = x.session
    task = client.filter()
    while x.calls < 20:
        await asyncio.sleep(0)
        assert not task.done()
    task.cancel()
    await asyncio.wait({task})


async def test_one_bad_line_ends_the_stream_in_silence(x: World):
    x.lines = [b'{"data": {"id": "17, \r\n', b'{"data": {"id": "18", "text": "lost"}}\r\n']
    got: list[object] = []

    class Listening(AsyncStreamingClient):
        async def on_tweet(self, tweet):
            got.append(tweet)

    client = Listening("bearer")
    client.session = x.session
    task = client.filter()
    await task
    assert (got, task.exception(), x.calls) == ([], None, 1)


async def test_every_endpoint_we_use_goes_through_the_one_method_that_we_replace():
    asked: list[Request] = []

    class Recorded:
        async def call(self, request: Request, within: float) -> Answer:
            asked.append(request)
            return Answer(status=200, body=b"{}")

    client = XClient(Recorded(), 5.0)
    answers = [
        await client.get_me(user_auth=True),
        await client.get_users_mentions(
            "1", user_auth=True, since_id=5, pagination_token=None, expansions=["author_id"]
        ),
        await client.get_users_tweets("1", user_auth=True, max_results=100),
        await client.get_tweets(["3", "4"], user_auth=True, tweet_fields=["lang", "text"]),
        await client.search_recent_tweets("a:b", user_auth=True, next_token="t"),
        await client.create_tweet(text="hi", in_reply_to_tweet_id="17", user_auth=True),
    ]
    assert all(isinstance(answer, Answer) for answer in answers), "the whole answer comes back untouched"
    assert [(r.method, r.route, dict(r.params), r.json, r.user_auth) for r in asked] == [
        ("GET", "/2/users/me", {}, None, True),
        ("GET", "/2/users/1/mentions", {"since_id": 5, "expansions": "author_id"}, None, True),
        ("GET", "/2/users/1/tweets", {"max_results": 100}, None, True),
        ("GET", "/2/tweets", {"ids": "3,4", "tweet.fields": "lang,text"}, None, True),
        ("GET", "/2/tweets/search/recent", {"query": "a:b", "next_token": "t"}, None, True),
        ("POST", "/2/tweets", {}, {"text": "hi", "reply": {"in_reply_to_tweet_id": "17"}}, True),
    ]
    assert [r.endpoint for r in asked[1:3]] == ["GET /2/users/:id/mentions", "GET /2/users/:id/tweets"]
