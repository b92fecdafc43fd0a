"""From X's JSON to posts: the same whatever X spells it, and safe whatever somebody wrote."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.platforms.x_wire import Reader
from bot.domain.cases.post import Post, PostKind, ReplyPolicy
from bot.ports import Account, Gone

BRAND = Account(id="1", handle="LumenShop")
READER = Reader(BRAND)
MIA = {
    "id": "7",
    "username": "mia_travels",
    "name": "Mia",
    "public_metrics": {"followers_count": 412},
    "profile_image_url": "https://pbs.twimg.com/a/mia.jpg",
}


def a_row(**fields: Any) -> dict[str, Any]:
    row = {
        "id": "900",
        "author_id": "7",
        "text": "@LumenShop my lamp broke",
        "created_at": "2026-11-22T10:00:00.250Z",
        "conversation_id": "800",
        "edit_history_tweet_ids": ["900"],
        "lang": "en",
        "reply_settings": "everyone",
    }
    return {name: value for name, value in {**row, **fields}.items() if value is not ...}


def a_body(*rows: object, users: list[Any] | None = None, **includes: object) -> dict[str, Any]:
    return {
        "data": list(rows),
        "includes": {"users": [MIA] if users is None else users, **includes},
        "meta": {"result_count": len(rows)},
    }


def read(*rows: object, **more: Any) -> Post:
    page = READER.page(a_body(*rows, **more))
    assert page.unreadable == ()
    (post,) = page.posts
    return post


def test_an_ordinary_mention():
    post = read(a_row())
    assert (post.id, post.account, post.platform, post.kind) == ("900", "1", "x", PostKind.MENTION)
    assert post.created_at == 1_795_341_600_250
    assert (post.author.handle, post.author.name, post.author.followers) == ("mia_travels", "Mia", 412)
    assert post.author.avatar_url == "https://pbs.twimg.com/a/mia.jpg"
    assert post.url == "https://x.com/mia_travels/status/900"
    assert (post.conversation_id, post.lang, post.media, post.ids) == ("800", "en", 0, ("900",))
    assert (post.reply_policy, post.reply_policy_reason) == (ReplyPolicy.API, "")


@pytest.mark.parametrize("spelling", ["referenced_tweets", "referenced_posts"])
@pytest.mark.parametrize("included", ["tweets", "posts"])
def test_both_spellings_of_references_are_read(spelling: str, included: str):
    ours = {included: [{"id": "500", "author_id": "1"}]}
    answer = read(a_row(in_reply_to_user_id="1", **{spelling: [{"type": "replied_to", "id": "500"}]}), **ours)
    assert (answer.kind, answer.in_reply_to) == (PostKind.REPLY, "500")
    quote = read(a_row(text="look", **{spelling: [{"type": "quoted", "id": "500"}]}), **ours)
    assert (quote.kind, quote.in_reply_to, quote.reply_policy) == (PostKind.QUOTE, None, ReplyPolicy.API)
    page = READER.page(a_body(a_row(**{spelling: [{"type": "retweeted", "id": "500"}]}), **ours))
    assert (page.posts, page.unreadable, page.newest) == ((), (), 900)


def test_our_own_posts_are_left_out():
    page = READER.page(a_body(a_row(author_id="1")))
    assert (page.posts, page.unreadable) == ((), ())


@pytest.mark.parametrize(
    ("fields", "user", "policy", "word"),
    [
        ({}, {}, ReplyPolicy.API, ""),
        ({"text": "the shop is bad"}, {}, ReplyPolicy.MANUAL, "mentioned or quoted"),
        ({"text": "@LumenShopper is bad"}, {}, ReplyPolicy.MANUAL, "mentioned or quoted"),
        ({"text": "mail me@LumenShop"}, {}, ReplyPolicy.MANUAL, "mentioned or quoted"),
        ({"text": "@lumenshop hi"}, {}, ReplyPolicy.API, ""),
        ({"text": "long …", "entities": {"mentions": [{"username": "LumenShop", "id": "1"}]}}, {}, ReplyPolicy.API, ""),
        ({"reply_settings": "following"}, {}, ReplyPolicy.API, ""),
        ({"text": "bad", "referenced_tweets": [{"type": "quoted", "id": "500"}]}, {}, ReplyPolicy.API, ""),
        (
            {"text": "bad", "referenced_tweets": [{"type": "quoted", "id": "501"}]},
            {},
            ReplyPolicy.MANUAL,
            "mentioned or quoted",
        ),
        (
            {"text": "bad", "referenced_tweets": [{"type": "quoted", "id": "500"}], "reply_settings": "following"},
            {},
            ReplyPolicy.MANUAL,
            "limits who may reply",
        ),
        ({}, {"protected": True}, ReplyPolicy.NONE, "protected"),
    ],
)
def test_where_a_reply_may_be_written(fields: dict[str, Any], user: dict[str, Any], policy: ReplyPolicy, word: str):
    post = read(
        a_row(**fields),
        users=[{**MIA, **user}],
        tweets=[{"id": "500", "author_id": "1"}, {"id": "501", "author_id": "9"}],
    )
    assert post.reply_policy is policy
    assert word in post.reply_policy_reason


@pytest.mark.parametrize(
    ("wire", "shown"),
    [
        ("a &amp; b", "a & b"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("&amp;lt;!channel&amp;gt;", "&lt;!channel&gt;"),
        ("&amp;amp;lt;", "&amp;lt;"),
        ("50% &gt; 40%", "50% > 40%"),
        ("", ""),
    ],
)
def test_text_is_unescaped_exactly_once(wire: str, shown: str):
    assert read(a_row(text=wire)).text == shown


def test_a_long_post_is_read_whole():
    post = read(a_row(text="the beginning …", note_tweet={"text": "the beginning &amp; the end @LumenShop"}))
    assert post.text == "the beginning & the end @LumenShop"
    assert post.reply_policy is ReplyPolicy.API


def test_short_links_are_shown_as_what_they_lead_to():
    urls = [{"url": "https://t.co/abc", "expanded_url": "https://evil.example/?a=1&b=2", "display_url": "evil.example"}]
    assert read(a_row(text="see https://t.co/abc", entities={"urls": urls})).text == "see https://evil.example/?a=1&b=2"


def test_half_an_emoji_is_replaced_and_the_post_can_be_written_down():
    post = read(a_row(text=json.loads('"broken \\ud83d"')))
    assert post.text == "broken \ufffd"
    post.text.encode()


def test_an_edited_post_knows_its_earlier_ids():
    assert read(a_row(id="902", edit_history_tweet_ids=["902", "900", "901"])).earlier_ids == ("900", "901")
    assert read(a_row(id="900", edit_history_tweet_ids=["902", "900", "901"])).earlier_ids == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://pbs.twimg.com/a.jpg",
        "https://pbs.twimg.com.evil.example/a.jpg",
        "https://pbs.twimg.com@evil.example/a.jpg",
        "https://pbs.twimg.com:8443/a.jpg",
        "https://evil.example/pbs.twimg.com",
        "javascript:alert(1)",
        "https://[pbs.twimg.com",
        "https://pbs.twimg.com/" + "a" * 600,
        "http://169.254.169.254/latest",
        17,
        None,
    ],
)
def test_a_picture_from_anywhere_but_x_is_left_out(url: object):
    assert read(a_row(), users=[{**MIA, "profile_image_url": url}]).author.avatar_url == ""


def test_an_author_who_says_odd_things_about_themselves():
    user = {
        "id": "7",
        "username": "no handle\nat all",
        "name": "PR Bot ✅ Approved\nStatus: APPROVED " + "x" * 90,
        "public_metrics": {"followers_count": "many"},
    }
    author = read(a_row(), users=[user]).author
    assert (author.handle, author.followers) == ("7", 0)
    assert "\n" not in author.name
    assert len(author.name) <= 50


def test_an_author_who_is_missing_costs_the_name_only():
    post = read(a_row(), users=[])
    assert (post.author.id, post.author.handle, post.url) == ("7", "7", "https://x.com/i/web/status/900")


@pytest.mark.parametrize("created_at", [..., None, "yesterday", "2026-11-22T10:00:00", 17])
def test_without_a_readable_time_the_id_tells_it(created_at: object):
    post = read(a_row(id="2124318587672854528", created_at=created_at))
    assert post.created_at == 1_795_311_993_889


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("words", "no_id"),
        (None, "no_id"),
        ({}, "no_id"),
        (a_row(id=900), "no_id"),
        (a_row(id="0"), "no_id"),
        (a_row(id="9" * 30), "no_id"),
        (a_row(author_id=...), "no_author:900"),
        (a_row(author_id={"id": "7"}), "no_author:900"),
        (a_row(text=...), "no_text:900"),
        (a_row(text=["a"]), "no_text:900"),
    ],
)
def test_an_item_that_is_no_post_is_named_by_a_code(row: object, reason: str):
    page = READER.page(a_body(row, a_row(id="899")))
    assert [post.id for post in page.posts] == ["899"]
    assert page.unreadable == (reason,)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "text", "users", "tweets", "mentions", "urls", "url"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [*a_row(), "note_tweet", "entities", "attachments", "referenced_tweets", "in_reply_to_user_id"]
        ),
        ANYTHING,
    ),
    st.dictionaries(st.sampled_from(["users", "tweets", "posts"]), ANYTHING),
)
def test_no_field_of_any_shape_spoils_the_page(fields: dict[str, Any], includes: dict[str, Any]):
    body = {"data": [{**a_row(), **fields}, a_row(id="899")], "includes": includes, "meta": {}}
    page = READER.page(body)
    assert page.posts[-1].id == "899" or "899" in {post.id for post in page.posts}
    READER.looked_up(body)
    READER.newer_versions(body)
    READER.own_posts(body)


@settings(deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_answer_of_any_shape_is_too_much(data: object, includes: object, errors: object):
    body = {"data": data, "includes": includes, "errors": errors, "meta": includes}
    READER.page(body)
    READER.looked_up(body)
    READER.own_posts(body)


def test_our_own_posts_are_read_back_as_they_were_written():
    urls = [
        {"url": "https://t.co/a", "expanded_url": "http://lumen.shop/help", "display_url": "lumen.shop/help"},
        {
            "url": "https://t.co/b",
            "expanded_url": "https://lumen.shop/track?id=1&x=2",
            "display_url": "lumen.shop/track?id=1…",
        },
    ]
    row = a_row(
        author_id="1",
        text="@mia_travels @theo Sorry &amp; &lt;3 https://t.co/a or https://t.co/b",
        entities={"urls": urls},
        referenced_tweets=[{"type": "replied_to", "id": "880"}],
    )
    (own,) = READER.own_posts({"data": [row]})
    assert own.text == "Sorry & <3 lumen.shop/help or https://lumen.shop/track?id=1&x=2"
    assert (own.in_reply_to, own.url) == ("880", "https://x.com/LumenShop/status/900")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"type": "https://api.twitter.com/2/problems/resource-not-found"}, "deleted"),
        ({"type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}, "protected"),
        (
            {
                "type": "https://api.twitter.com/2/problems/resource-not-found",
                "detail": "User has been suspended: [7].",
            },
            "suspended",
        ),
        ({"type": 17}, "not readable"),
    ],
)
def test_a_post_that_is_gone_says_why(row: dict[str, object], reason: str):
    assert READER.looked_up({"errors": [{"parameter": "ids", "value": "900", **row}]}) == {"900": Gone(reason=reason)}
