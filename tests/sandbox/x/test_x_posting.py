"""What may be published through the pretend X, what it refuses, and how its answers get lost."""

import asyncio
import warnings

import aiohttp
import pytest
import tweepy

from bot.sandbox.x.rules import weighted_length

BRAND = "900000001"

LENGTHS = [
    ("hello", 5),
    ("é", 1),
    ("e\u0301", 1),
    ("你好", 4),
    ("👍", 2),
    ("👨‍👩‍👧‍👦", 2),
    ("👋🏽🇩🇪1️⃣", 6),
    ("©️", 2),
    ("©", 2),
    ("“quoted” – and …", 17),
    ("see https://example.com/a/very/long/path?with=a&query=1", 27),
    ("see lumen.shop", 27),
    ("see example.de, and example.invalid", 48),
    ("mail a@example.com", 18),
    ("a.b e.g. this", 13),
    ("(https://x.com/a)", 25),
    ("two\r\nlines", 9),
]


@pytest.mark.parametrize(("text", "length"), LENGTHS)
def test_length_is_counted_as_x_counts_it(text, length):
    assert weighted_length(text) == length


@pytest.mark.parametrize("text", [text for text, _ in LENGTHS])
def test_the_length_table_agrees_with_a_port_of_the_official_library(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from twitter_text import parse_tweet  # noqa: PLC0415 -- its import warns about its own age

    assert parse_tweet(text).weightedLength == weighted_length(text)


def test_leading_mentions_of_a_reply_are_free_and_others_are_not():
    assert weighted_length("@mia_travels @LumenShop hi @zoe", reply=True) == len("hi @zoe")
    assert weighted_length("@mia_travels hi") == len("@mia_travels hi")


async def test_a_summoned_reply_goes_out_under_the_customer_s_post(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    sent = await client.create_tweet(text="Sorry, Mia & all", in_reply_to_tweet_id=post.id)
    truth = sandbox.x.timeline("LumenShop")[0]
    assert sent["data"] == {
        "id": truth.id,
        "text": "@mia_travels Sorry, Mia &amp; all",
        "edit_history_tweet_ids": [truth.id],
    }
    assert (truth.text, truth.in_reply_to, truth.conversation_id) == ("@mia_travels Sorry, Mia & all", post.id, post.id)
    assert sandbox.x.published_by_app() == [truth]
    assert sandbox.x.replies_to(post.id) == [truth]


async def test_a_reply_to_somebody_who_did_not_call_is_refused_in_x_s_words(sandbox, client):
    post = sandbox.x.post("mia_travels", "my lamp from a certain shop is late")
    with pytest.raises(
        tweepy.Forbidden, match=r"You can only reply to or quote posts where you are mentioned or are the author\."
    ):
        await client.create_tweet(text="Sorry!", in_reply_to_tweet_id=post.id)
    with pytest.raises(tweepy.Forbidden, match="You can only reply to or quote posts"):
        await client.create_tweet(text="Sorry!", quote_tweet_id=post.id)
    assert sandbox.x.timeline("LumenShop") == []


async def test_quoting_the_brand_is_a_summons_too_and_so_is_the_brand_s_own_post(sandbox, client):
    own = sandbox.x.post("LumenShop", "New lamps!", source="native")
    quote = sandbox.x.post("theo_bakes", "mine broke", quote_of=own.id)
    await client.create_tweet(text="Sorry!", in_reply_to_tweet_id=quote.id)
    await client.create_tweet(text="One more thing", in_reply_to_tweet_id=own.id)
    assert len(sandbox.x.timeline("LumenShop")) == 3


async def test_a_conversation_closed_to_the_brand_stays_closed(sandbox, client):
    root = sandbox.x.post("mia_travels", "friends only", reply_settings="following")
    call = sandbox.x.post("theo_bakes", "@LumenShop look", in_reply_to=root.id)
    with pytest.raises(tweepy.Forbidden, match="Reply to this conversation is not allowed"):
        await client.create_tweet(text="Hi", in_reply_to_tweet_id=call.id)
    sandbox.x.customer("mia_travels").follows.append(BRAND)
    await client.create_tweet(text="Hi", in_reply_to_tweet_id=call.id)


async def test_a_reply_to_a_deleted_or_hidden_post_is_refused(sandbox, client):
    gone = sandbox.x.post("mia_travels", "@LumenShop one")
    hidden = sandbox.x.post("theo_bakes", "@LumenShop two")
    sandbox.x.delete(gone.id)
    sandbox.x.protect("theo_bakes")
    for post in (gone, hidden):
        with pytest.raises(tweepy.Forbidden, match="deleted or not visible to you"):
            await client.create_tweet(text="Hi", in_reply_to_tweet_id=post.id)


async def test_the_same_words_twice_are_refused_in_x_s_words_until_the_first_is_deleted(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    first = await client.create_tweet(text="Sorry, Mia", in_reply_to_tweet_id=post.id)
    with pytest.raises(tweepy.Forbidden, match=r"You are not allowed to create a Tweet with duplicate content\."):
        await client.create_tweet(text="sorry,  mia", in_reply_to_tweet_id=post.id)
    other = sandbox.x.post("theo_bakes", "@LumenShop late too")
    await client.create_tweet(text="Sorry, Mia", in_reply_to_tweet_id=other.id)
    await client.delete_tweet(first["data"]["id"])
    await client.create_tweet(text="Sorry, Mia", in_reply_to_tweet_id=post.id)


async def test_280_is_enough_and_281_is_too_long(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    await client.create_tweet(text="@mia_travels " + "x" * 280, in_reply_to_tweet_id=post.id)
    with pytest.raises(tweepy.Forbidden, match="too long"):
        await client.create_tweet(text="y" * 281, in_reply_to_tweet_id=post.id)


async def test_an_empty_text_is_a_bad_request(client):
    with pytest.raises(tweepy.BadRequest):
        await client.create_tweet(text=" \n ")


async def test_only_own_posts_can_be_deleted(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    with pytest.raises(tweepy.Forbidden, match="not authorized to delete"):
        await client.delete_tweet(post.id)
    own = await client.create_tweet(text="Sorry", in_reply_to_tweet_id=post.id)
    assert await client.delete_tweet(own["data"]["id"]) == {"data": {"deleted": True}}
    assert sandbox.x.timeline("LumenShop") == []
    assert len(sandbox.x.published_by_app()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"text": 5},
        {"text": "half an emoji: \ud83d"},
        {"text": "hi", "colour": "red"},
        {"text": "hi", "poll": {"options": ["a", "b"]}},
        {"text": "hi", "reply": {"in_reply_to_tweet_id": 17}},
        {"text": "hi", "reply": {}},
        {"text": "hi", "reply_settings": "nobody"},
        {"text": "hi", "media": {"media_ids": []}},
    ],
)
async def test_a_body_that_x_would_not_take_is_refused(client, body):
    with pytest.raises(tweepy.BadRequest):
        await client.request("POST", "/2/tweets", params={}, json=body, user_auth=True)


async def test_a_post_answered_late_is_published_at_once_and_answered_when_the_time_has_come(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    sandbox.weather.set(x_late="late", x_late_seconds=60)
    sending = asyncio.ensure_future(client.create_tweet(text="Sorry", in_reply_to_tweet_id=post.id))
    await sandbox.x.until(sandbox.x.published_by_app, "the reply")
    assert not sending.done()
    sandbox.clock.advance(60)
    assert (await sending)["data"]["id"] == sandbox.x.timeline("LumenShop")[0].id


LOST = [
    ({"x_late": "cut"}, {}, aiohttp.ClientError, 1),
    ({"x_late": "html_503"}, {}, aiohttp.ContentTypeError, 1),
    ({"x_late": "duplicate"}, {}, tweepy.Forbidden, 1),
    ({}, {"post_fault": "refuse_503"}, tweepy.TwitterServerError, 0),
    ({}, {"post_fault": "cut"}, aiohttp.ClientError, 0),
    ({"x_down": True}, {}, tweepy.TwitterServerError, 0),
    ({"x_down": True, "x_html_errors": True}, {}, aiohttp.ContentTypeError, 0),
    ({"x_429": 1}, {}, tweepy.TooManyRequests, 0),
    ({}, {"unreachable": True}, aiohttp.ClientError, 0),
]


@pytest.mark.parametrize(("weather", "switches", "error", "published"), LOST)
async def test_bad_weather_publishes_or_not_whatever_the_answer_says(
    sandbox, client, weather, switches, error, published
):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    sandbox.weather.set(**weather)
    sandbox.x.switches.set(**switches)
    with pytest.raises(error):
        await client.create_tweet(text="Sorry", in_reply_to_tweet_id=post.id)
    assert len(sandbox.x.timeline("LumenShop")) == published


async def test_a_hanging_post_never_answers_and_the_sandbox_still_stops(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    sandbox.x.switches.set(post_fault="hang", fault_times=1)
    sending = asyncio.ensure_future(client.create_tweet(text="Sorry", in_reply_to_tweet_id=post.id))
    await sandbox.x.until(lambda: sandbox.x.switches.fault_times == 0, "the fault to be used up")
    await sandbox.stop()
    with pytest.raises(aiohttp.ClientError):
        await sending
    assert sandbox.x.timeline("LumenShop") == []


async def test_a_fault_can_hit_just_once(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    sandbox.x.switches.set(fault_times=1)
    sandbox.weather.set(x_late="cut")
    with pytest.raises(aiohttp.ClientError):
        await client.create_tweet(text="Sorry", in_reply_to_tweet_id=post.id)
    await client.create_tweet(text="Sorry again", in_reply_to_tweet_id=post.id)
    assert sandbox.weather.x_late == "no"


async def test_every_call_is_in_the_traffic_without_its_keys(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop late")
    await client.create_tweet(text="Sorry", in_reply_to_tweet_id=post.id)
    call = sandbox.traffic.calls("POST /2/tweets")[0]
    assert (call.side, call.status, call.who, call.request["json"]["text"]) == ("x", 201, "@LumenShop", "Sorry")
    assert sandbox.environment()["X_API_KEY"] not in str(call.as_dict())
