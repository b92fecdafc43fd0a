"""The filtered stream, read by the real tweepy stream client."""

import asyncio
import json

import pytest
import tweepy
from tweepy.asynchronous import AsyncStreamingClient
from x_clients import Rewriting

from bot.sandbox.changes import QUEUE_LIMIT


class Listening(AsyncStreamingClient):
    """Keeps what the stream says in a queue."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.heard: asyncio.Queue[tuple[str, object]] = asyncio.Queue()

    async def on_connect(self):
        self.heard.put_nowait(("connect", None))

    async def on_data(self, raw_data):
        self.heard.put_nowait(("data", raw_data))

    async def on_keep_alive(self):
        self.heard.put_nowait(("keep-alive", None))

    async def on_closed(self, resp):
        self.heard.put_nowait(("closed", None))
        self.disconnect()

    async def on_request_error(self, status_code):
        self.heard.put_nowait(("error", status_code))
        self.disconnect()

    async def next(self, kind):
        async with asyncio.timeout(10):
            while True:
                heard, value = await self.heard.get()
                if heard == kind:
                    return value


@pytest.fixture
async def listener(sandbox):
    made = []

    async def connect(**more):
        stream = Listening(sandbox.environment()["X_BEARER_TOKEN"], return_type=dict, max_retries=0)
        stream.session = Rewriting(sandbox.x_api_url)
        made.append(stream)
        if more.get("rule", "@LumenShop"):
            await stream.add_rules(tweepy.StreamRule(more.get("rule", "@LumenShop"), tag="brand"))
        return stream

    yield connect
    for stream in made:
        stream.disconnect()
        if stream.task is not None:
            await asyncio.gather(stream.task, return_exceptions=True)
        await stream.session.close()


async def test_a_matching_post_arrives_as_one_line_with_its_rule(sandbox, listener):
    stream = await listener()
    stream.filter(expansions=["author_id"], tweet_fields=["conversation_id"])
    await stream.next("keep-alive")
    sandbox.x.post("theo_bakes", "no brand in here")
    post = sandbox.x.post("mia_travels", "@LumenShop <late>")
    line = json.loads(await stream.next("data"))
    assert line["data"]["id"] == post.id
    assert line["data"]["text"] == "@LumenShop &lt;late&gt;"
    assert line["data"]["conversation_id"] == post.id
    assert line["includes"]["users"][0]["username"] == "mia_travels"
    assert [rule["tag"] for rule in line["matching_rules"]] == ["brand"]


async def test_the_stream_stays_alive_however_much_else_happens(sandbox, listener):
    stream = await listener()
    stream.filter()
    await stream.next("keep-alive")
    for number in range(3):
        sandbox.x.post("mia_travels", f"@LumenShop {number}")
        await stream.next("data")
        sandbox.clock.advance(8)
    await stream.next("keep-alive")


async def test_an_edit_comes_down_the_stream_and_a_protected_post_does_not(sandbox, listener):
    stream = await listener()
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    sandbox.x.protect("theo_bakes")
    stream.filter()
    await stream.next("keep-alive")
    sandbox.x.post("theo_bakes", "@LumenShop psst")
    edited = sandbox.x.edit(post.id, "@LumenShop too late")
    line = json.loads(await stream.next("data"))
    assert (line["data"]["id"], line["data"]["edit_history_tweet_ids"]) == (edited.id, [post.id, edited.id])


async def test_a_quiet_stream_is_kept_alive_every_20_seconds(sandbox, listener):
    stream = await listener()
    stream.filter()
    await stream.next("keep-alive")
    for _ in range(2):
        coming = asyncio.ensure_future(stream.next("keep-alive"))
        while not coming.done():
            sandbox.clock.advance(20)
            await asyncio.wait({coming}, timeout=0.02)
        await coming


async def test_a_second_stream_is_refused_and_a_dropped_one_is_closed(sandbox, listener):
    stream = await listener()
    stream.filter()
    await stream.next("keep-alive")
    second = await listener(rule=None)
    second.filter()
    assert await second.next("error") == 429
    sandbox.streams.drop()
    await stream.next("closed")
    await sandbox.x.until(lambda: sandbox.streams.connected() == 0, "no stream")


async def test_a_reader_that_falls_too_far_behind_is_hung_up_on_and_no_line_is_left_out(sandbox, listener):
    stream = await listener()
    stream.filter()
    await stream.next("keep-alive")
    for number in range(QUEUE_LIMIT + 10):
        sandbox.x.post("mia_travels", f"@LumenShop {number}")
    await stream.next("closed")
    await sandbox.x.until(lambda: sandbox.streams.connected() == 0, "no stream")


async def test_what_is_posted_without_a_stream_never_comes_again(sandbox, listener):
    sandbox.x.post("mia_travels", "@LumenShop missed")
    stream = await listener()
    stream.filter()
    await stream.next("keep-alive")
    after = sandbox.x.post("mia_travels", "@LumenShop seen")
    assert json.loads(await stream.next("data"))["data"]["id"] == after.id


async def test_x_going_down_closes_the_stream(sandbox, listener):
    stream = await listener()
    stream.filter()
    await stream.next("keep-alive")
    sandbox.weather.set(x_down=True)
    await stream.next("closed")


async def test_a_broken_line_can_be_sent(sandbox, listener):
    stream = await listener()
    stream.filter()
    await stream.next("keep-alive")
    sandbox.x.spoil("stream_line")
    with pytest.raises(ValueError):  # noqa: PT011 -- any way of not being JSON
        json.loads(await stream.next("data"))


async def test_rules_can_be_listed_and_deleted_and_a_bad_one_is_refused(listener):
    stream = await listener()
    rules = (await stream.get_rules())["data"]
    assert [(rule["value"], rule["tag"]) for rule in rules] == [("@LumenShop", "brand")]
    with pytest.raises(tweepy.BadRequest, match="Duplicate rule"):
        await stream.add_rules(tweepy.StreamRule("@LumenShop"))
    with pytest.raises(tweepy.BadRequest, match="brackets"):
        await stream.add_rules(tweepy.StreamRule("(a OR b) c"))
    await stream.delete_rules([rules[0]["id"]])
    assert "data" not in await stream.get_rules()


@pytest.mark.parametrize(
    "body", [{}, [], {"add": None}, {"add": [5]}, {"add": [{"value": ""}]}, {"delete": None}, {"delete": {"ids": None}}]
)
async def test_a_rules_request_of_the_wrong_shape_is_400(listener, body):
    stream = await listener()
    with pytest.raises(tweepy.BadRequest):
        await stream.request("POST", "/2/tweets/search/stream/rules", params={}, json=body)
    assert len((await stream.get_rules())["data"]) == 1
