"""What the real tweepy reads from the pretend X."""

import asyncio

import pytest
import tweepy

BRAND = "900000001"
POST_FIELDS = [
    "created_at",
    "author_id",
    "conversation_id",
    "referenced_tweets",
    "in_reply_to_user_id",
    "entities",
    "public_metrics",
    "lang",
]


async def test_the_brand_account_is_who_the_keys_say(client):
    answer = await client.get_me(user_auth=True, user_fields=["public_metrics", "verified"])
    assert answer["data"]["id"] == BRAND
    assert answer["data"]["username"] == "LumenShop"
    assert answer["data"]["public_metrics"]["followers_count"] == 48_200


async def test_a_mention_comes_with_its_author_and_its_text_is_escaped_exactly_once(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop <b> & &lt;")
    page = await client.get_users_mentions(
        BRAND,
        user_auth=True,
        tweet_fields=POST_FIELDS,
        expansions=["author_id"],
        user_fields=["public_metrics", "profile_image_url"],
    )
    assert page["data"][0]["id"] == post.id
    assert page["data"][0]["text"] == "@LumenShop &lt;b&gt; &amp; &amp;lt;"
    assert page["data"][0]["conversation_id"] == post.id
    assert page["includes"]["users"][0]["username"] == "mia_travels"
    assert page["includes"]["users"][0]["profile_image_url"] == f"{sandbox.base_url}/avatars/mia_travels.svg"
    assert page["meta"] == {"result_count": 1, "newest_id": post.id, "oldest_id": post.id}


async def test_an_empty_page_has_no_data_but_a_count(client):
    assert await client.get_users_mentions(BRAND) == {"meta": {"result_count": 0}}


async def test_since_id_gives_only_what_is_newer_and_pages_fit_together(sandbox, client):
    posts = [sandbox.x.post("mia_travels", f"@LumenShop number {number}") for number in range(12)]
    first = await client.get_users_mentions(BRAND, since_id=posts[0].id, max_results=5)
    second = await client.get_users_mentions(
        BRAND, since_id=posts[0].id, max_results=5, pagination_token=first["meta"]["next_token"]
    )
    third = await client.get_users_mentions(
        BRAND, since_id=posts[0].id, max_results=5, pagination_token=second["meta"]["next_token"]
    )
    seen = [row["id"] for page in (first, second, third) for row in page["data"]]
    assert seen == [post.id for post in reversed(posts[1:])]
    assert "next_token" not in third["meta"]


async def test_only_the_newest_800_mentions_can_be_read(sandbox, client):
    for number in range(805):
        sandbox.x.post("mia_travels", f"@LumenShop number {number}")
    token, seen = None, []
    while True:
        page = await client.get_users_mentions(BRAND, max_results=100, pagination_token=token)
        seen += [row["text"] for row in page["data"]]
        token = page["meta"].get("next_token")
        if token is None:
            break
    assert len(seen) == 800
    assert seen[-1] == "@LumenShop number 5"


async def test_a_reply_shows_whom_it_answers_and_belongs_to_the_conversation(sandbox, client):
    first = sandbox.x.post("mia_travels", "@LumenShop where is it?")
    answer = sandbox.x.reply_as_brand("On its way.", first.id)
    second = sandbox.x.post("mia_travels", "thanks", in_reply_to=answer.id)
    page = await client.get_users_mentions(
        BRAND, since_id=first.id, tweet_fields=POST_FIELDS, expansions=["referenced_tweets.id"]
    )
    row = page["data"][0]
    assert row["text"] == "@LumenShop thanks"
    assert (row["id"], row["conversation_id"], row["in_reply_to_user_id"]) == (second.id, first.id, BRAND)
    assert row["referenced_tweets"] == [{"type": "replied_to", "id": answer.id}]
    assert page["includes"]["tweets"][0]["id"] == answer.id


async def test_gone_and_protected_posts_are_errors_inside_a_good_answer(sandbox, client):
    kept = sandbox.x.post("mia_travels", "@LumenShop kept")
    gone = sandbox.x.post("mia_travels", "@LumenShop gone")
    hidden = sandbox.x.post("theo_bakes", "@LumenShop hidden")
    sandbox.x.delete(gone.id)
    sandbox.x.protect("theo_bakes")
    answer = await client.get_tweets([kept.id, gone.id, hidden.id, "17"], user_auth=True)
    assert [row["id"] for row in answer["data"]] == [kept.id]
    assert [(row["resource_id"], row["title"]) for row in answer["errors"]] == [
        (gone.id, "Not Found Error"),
        (hidden.id, "Authorization Error"),
        ("17", "Not Found Error"),
    ]
    single = await client.get_tweet(gone.id)
    assert [row["title"] for row in single["errors"]] == ["Not Found Error"]
    assert "data" not in single


async def test_a_suspended_account_and_its_posts_are_gone(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop hello")
    sandbox.x.people.suspend("mia_travels")
    assert (await client.get_tweets([post.id]))["errors"][0]["title"] == "Not Found Error"
    assert (await client.get_user(username="mia_travels"))["errors"][0]["title"] == "Not Found Error"
    assert (await client.get_users_mentions(BRAND))["meta"]["result_count"] == 0


async def test_an_edit_is_a_new_id_with_the_same_history_and_the_old_id_still_reads(sandbox, client):
    old = sandbox.x.post("mia_travels", "@LumenShop late")
    new = sandbox.x.edit(old.id, "@LumenShop late again")
    page = await client.get_users_mentions(BRAND, since_id=old.id)
    assert [(row["id"], row["text"]) for row in page["data"]] == [(new.id, "@LumenShop late again")]
    assert page["data"][0]["edit_history_tweet_ids"] == [old.id, new.id]
    looked_up = (await client.get_tweets([old.id]))["data"][0]
    assert (looked_up["text"], looked_up["edit_history_tweet_ids"]) == ("@LumenShop late", [old.id, new.id])
    sandbox.x.delete(old.id)
    assert len((await client.get_tweets([old.id, new.id]))["errors"]) == 2


async def test_the_timeline_shows_a_post_only_after_the_read_lag(sandbox, client):
    sandbox.x.switches.set(timeline_lag_seconds=30)
    post = sandbox.x.post("mia_travels", "@LumenShop hi")
    sent = await client.create_tweet(text="Hello!", in_reply_to_tweet_id=post.id)
    assert (await client.get_users_tweets(BRAND))["meta"]["result_count"] == 0
    assert sandbox.x.timeline("LumenShop")[0].id == sent["data"]["id"]
    sandbox.clock.advance(30)
    assert [row["id"] for row in (await client.get_users_tweets(BRAND))["data"]] == [sent["data"]["id"]]


async def test_search_finds_quotes_conversations_and_mentions(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop hi")
    answer = sandbox.x.reply_as_brand("Hello", post.id)
    quote = sandbox.x.post("theo_bakes", "look at this", quote_of=answer.id)
    repost = sandbox.x.repost("zoe_and_dogs", post.id)

    async def found(query):
        return [row["id"] for row in (await client.search_recent_tweets(query)).get("data", [])]

    assert await found(f"quotes_of_tweet_id:{answer.id}") == [quote.id]
    assert await found(f"conversation_id:{post.id}") == [answer.id, post.id]
    assert await found("@LumenShop") == [repost.id, post.id]
    assert await found("@LumenShop -is:retweet") == [post.id]
    assert await found("from:theo_bakes OR from:LumenShop") == [quote.id, answer.id]
    assert await found("to:mia_travels hello") == [answer.id]
    quotes = await client.get_quote_tweets(answer.id)
    assert [row["id"] for row in quotes["data"]] == [quote.id]
    with pytest.raises(tweepy.BadRequest, match="operator"):
        await client.search_recent_tweets("sample:10")


async def test_search_goes_back_seven_days_and_refuses_ids_from_before(sandbox, client):
    old = sandbox.x.post("mia_travels", "@LumenShop hi")
    sandbox.clock.advance(7 * 86_400 + 1)
    new = sandbox.x.post("mia_travels", "@LumenShop hello?")
    assert [row["id"] for row in (await client.search_recent_tweets("@LumenShop"))["data"]] == [new.id]
    for bound in ({"since_id": old.id}, {"until_id": old.id}):
        with pytest.raises(tweepy.BadRequest, match="seven days"):
            await client.search_recent_tweets("@LumenShop", **bound)


async def test_search_shows_a_post_only_after_its_lag_and_mentions_at_once(sandbox, client):
    sandbox.x.switches.set(search_lag_seconds=30)
    post = sandbox.x.post("mia_travels", "@LumenShop hi")
    assert (await client.search_recent_tweets("@LumenShop"))["meta"]["result_count"] == 0
    assert [row["id"] for row in (await client.get_users_mentions(BRAND))["data"]] == [post.id]
    sandbox.clock.advance(30)
    assert [row["id"] for row in (await client.search_recent_tweets("@LumenShop"))["data"]] == [post.id]


async def test_search_can_be_closed_to_the_app(sandbox, client):
    sandbox.x.switches.set(search_closed=True)
    with pytest.raises(tweepy.Forbidden):
        await client.search_recent_tweets("@LumenShop")


async def test_links_are_shortened_and_written_out_in_the_entities(sandbox, client):
    sandbox.x.post("mia_travels", "@LumenShop & see https://example.com/a?b=1 and lumen.shop.")
    row = (await client.get_users_mentions(BRAND, tweet_fields=["entities"]))["data"][0]
    assert "example.com" not in row["text"]
    assert row["text"].endswith(".")
    urls = row["entities"]["urls"]
    assert [url["expanded_url"] for url in urls] == ["https://example.com/a?b=1", "http://lumen.shop"]
    unescaped = row["text"].replace("&amp;", "&")
    assert [unescaped[url["start"] : url["end"]] for url in urls] == [url["url"] for url in urls]


async def test_the_newer_spelling_of_references_can_be_switched_on(sandbox, client):
    post = sandbox.x.post("mia_travels", "@LumenShop hi")
    sandbox.x.switches.set(new_spelling=True)
    sandbox.x.post("mia_travels", "and another thing, @LumenShop", in_reply_to=post.id)
    row = (await client.get_users_mentions(BRAND, since_id=post.id, tweet_fields=["referenced_tweets"]))["data"][0]
    assert row["referenced_posts"] == [{"type": "replied_to", "id": post.id}]
    assert "referenced_tweets" not in row


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("2/users/900000001/mentions?max_results=4", "is not between 5 and 100"),
        ("2/users/900000001/mentions?max_results=101", "is not between 5 and 100"),
        ("2/users/900000001/mentions?max_results=²", "is not between 5 and 100"),
        ("2/users/900000001/mentions?since_id=abc", "is not valid"),
        ("2/users/900000001/mentions?pagination_token=zz", "is not valid"),
        ("2/users/900000001/mentions?tweet.fields=colour", "is not one of"),
        ("2/users/900000001/mentions?expansions=everything", "is not one of"),
        ("2/users/900000001/mentions?color=red", "is not one of"),
        ("2/users/me2/mentions", "does not match"),
        ("2/tweets", "does not match"),
        ("2/tweets?ids=" + ",".join(str(n) for n in range(101)), "not between 1 and 100"),
        ("2/tweets/search/recent", "1 to 1024 characters"),
    ],
)
async def test_a_wrong_parameter_is_400_in_x_s_words(http, path, message):
    async with http.get(path) as answer:
        assert answer.status == 400
        body = await answer.json()
        assert body["title"] == "Invalid Request"
        assert message in body["errors"][0]["message"]


async def test_an_unknown_address_is_404_in_x_s_shape(http):
    async with http.get("2/nothing") as answer:
        assert answer.status == 404
        assert (await answer.json())["title"] == "Not Found"


@pytest.mark.parametrize("kind", ["missing_fields", "huge_text", "empty_text", "lone_surrogate", "unknown_spelling"])
async def test_a_spoiled_page_has_one_bad_post_before_the_good_ones_and_only_once(sandbox, client, kind):
    post = sandbox.x.post("mia_travels", "@LumenShop fine")
    sandbox.x.spoil(kind)
    page = await client.get_users_mentions(BRAND)
    assert page["data"][1]["id"] == post.id
    assert page["meta"]["newest_id"] == page["data"][0]["id"]
    bad = page["data"][0]
    assert {
        "missing_fields": "text" not in bad,
        "huge_text": len(bad.get("text") or "") >= 10_000_000,
        "empty_text": bad.get("text") == "",
        "lone_surrogate": (bad.get("text") or "").endswith("\ud83d"),
        "unknown_spelling": "referenced_items" in bad,
    }[kind]
    assert [row["id"] for row in (await client.get_users_mentions(BRAND))["data"]] == [post.id]


@pytest.mark.parametrize(("kind", "content_type"), [("not_json", "application/json"), ("html", "text/html")])
async def test_a_spoiled_body_is_no_json_at_all(sandbox, http, kind, content_type):
    sandbox.x.spoil(kind)
    async with http.get(f"2/users/{BRAND}/mentions") as answer:
        assert (answer.status, answer.content_type) == (200, content_type)
        with pytest.raises(ValueError):  # noqa: PT011 -- any way of not being JSON
            await answer.json(content_type=None)


async def test_a_lookup_of_the_slowest_weather_waits(sandbox, client):
    sandbox.weather.set(slow_ms=30)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await client.get_me(user_auth=True)
    assert loop.time() - started >= 0.03
