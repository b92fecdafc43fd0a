"""What every platform promises, tried on each of them: another platform is another row in `WORLDS`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.adapters.platforms import PLATFORMS
from bot.adapters.platforms.connection import Connection
from bot.domain.cases.post import Post, PostKind, ReplyPolicy
from bot.domain.errors import Broken, Refused
from bot.domain.ids import PostId
from bot.domain.replies.reply import NotSent, RefusedByPlatform, Reply, Sent, Unconfirmed
from bot.ports import Account, Gone
from bot.sandbox.server import Sandbox
from bot.sandbox.x.posts import body_of


class World(Protocol):
    """A platform with people on it: what the tests do there, and what the desk is connected to it by."""

    connection: Connection

    def customer_writes(
        self, text: str, *, under: str | None = None, quoting: str | None = None, by: str = "mia_travels"
    ) -> PostId: ...
    def brand_writes(self, text: str, *, under: str | None = None) -> PostId: ...
    def customer_reshares(self, post_id: str) -> None: ...
    def customer_edits(self, post_id: str, text: str) -> PostId: ...
    def customer_deletes(self, post_id: str) -> None: ...
    def customer_hides(self, handle: str) -> None: ...
    def goes_away(self) -> None: ...
    def asks_for_time(self) -> None: ...
    def loses_the_answer(self) -> None: ...
    def published(self) -> list[tuple[str, str | None]]:
        """Return what stands on the brand's account: words and the post they answer, oldest first."""
        ...

    def calls(self) -> int:
        """Return how many attempts to publish the platform saw."""
        ...


class XWorld:
    def __init__(self, sandbox: Sandbox, connection: Connection) -> None:
        self.sandbox = sandbox
        self.connection = connection

    def customer_writes(
        self, text: str, *, under: str | None = None, quoting: str | None = None, by: str = "mia_travels"
    ) -> PostId:
        return PostId(self.sandbox.x.post(by, text, in_reply_to=under, quote_of=quoting).id)

    def brand_writes(self, text: str, *, under: str | None = None) -> PostId:
        return PostId(self.sandbox.x.post("LumenShop", text, in_reply_to=under, source="native").id)

    def customer_reshares(self, post_id: str) -> None:
        self.sandbox.x.repost("theo_bakes", post_id)

    def customer_edits(self, post_id: str, text: str) -> PostId:
        return PostId(self.sandbox.x.edit(post_id, text).id)

    def customer_deletes(self, post_id: str) -> None:
        self.sandbox.x.delete(post_id)

    def customer_hides(self, handle: str) -> None:
        self.sandbox.x.protect(handle)

    def goes_away(self) -> None:
        self.sandbox.weather.set(x_down=True)

    def asks_for_time(self) -> None:
        self.sandbox.weather.set(x_429=1)

    def loses_the_answer(self) -> None:
        self.sandbox.weather.set(x_late="cut")

    def published(self) -> list[tuple[str, str | None]]:
        return [(body_of(post.text), post.in_reply_to) for post in self.sandbox.x.timeline("LumenShop")]

    def calls(self) -> int:
        return len(self.sandbox.traffic.calls(method="POST /2/tweets"))


@asynccontextmanager
async def on_x() -> AsyncIterator[World]:
    async with Sandbox.running(limits=False) as sandbox:
        settings = {k.removeprefix("X_").lower(): v for k, v in sandbox.environment().items() if k.startswith("X_")}
        connection = PLATFORMS["x"](Account(id="900000001", handle="LumenShop"), settings)
        try:
            yield XWorld(sandbox, connection)
        finally:
            await connection.close()


WORLDS: dict[str, Callable[[], AbstractAsyncContextManager[World]]] = {"x": on_x}


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with WORLDS[request.param]() as made:
        yield made


def test_every_platform_of_the_registry_is_tried_here():
    assert set(WORLDS) == set(PLATFORMS)


@pytest.mark.parametrize("name", PLATFORMS)
def test_missing_credentials_are_named(name: str):
    with pytest.raises(Refused, match=name.upper()):
        PLATFORMS[name](Account(id="1", handle="brand"), {})


def a_reply(world: World, target: str, text: str) -> Reply:
    platform = world.connection.platform
    return Reply(platform=platform.name, account=platform.account.id, target=PostId(target), text=text)


async def posts_since(world: World, cursor: str | None) -> tuple[list[Post], str]:
    batch = await world.connection.platform.fetch(cursor)
    return list(batch.posts), batch.cursor


async def test_the_credentials_belong_to_the_account(world: World):
    assert (await world.connection.platform.whoami()).id == world.connection.platform.account.id


async def test_what_concerns_the_brand_is_fetched_oldest_first_and_once(world: World):
    own = world.brand_writes("We have new lamps")
    mention = world.customer_writes("@LumenShop my lamp broke")
    answer = world.customer_writes("mine too", under=own)
    quote = world.customer_writes("they sell these", quoting=own, by="theo_bakes")
    world.customer_reshares(mention)
    posts, cursor = await posts_since(world, None)
    assert [(post.id, post.kind) for post in posts] == [
        (mention, PostKind.MENTION),
        (answer, PostKind.REPLY),
        (quote, PostKind.QUOTE),
    ]
    assert [post.reply_policy for post in posts] == [ReplyPolicy.API] * 3
    assert (await posts_since(world, cursor))[0] == []
    later = world.customer_writes("@LumenShop hello?")
    assert [post.id for post in (await posts_since(world, cursor))[0]] == [later]


async def test_an_empty_start_begins_with_the_first_post(world: World):
    posts, cursor = await posts_since(world, None)
    assert posts == []
    first = world.customer_writes("@LumenShop are you there?")
    assert [post.id for post in (await posts_since(world, cursor))[0]] == [first]


async def test_a_flood_comes_in_lots_and_nothing_is_lost(world: World):
    _, cursor = await posts_since(world, None)
    start = world.customer_writes("@LumenShop 0")
    _, cursor = await posts_since(world, cursor)
    wrote = [world.customer_writes(f"@LumenShop number {n}") for n in range(620)]
    got: list[str] = []
    more = True
    while more:
        batch = await world.connection.platform.fetch(cursor)
        got, cursor, more = [*got, *(post.id for post in batch.posts)], batch.cursor, batch.more
    assert got == wrote
    assert start not in got


async def test_a_cursor_that_cannot_be_read_is_said_so(world: World):
    with pytest.raises(Broken):
        await world.connection.platform.fetch("not a cursor")


@pytest.mark.parametrize(
    "text",
    [
        "@LumenShop <b>bold</b> & \"quoted\" 'single'",
        "@LumenShop &lt;!channel&gt; stays what was typed",
        "@LumenShop &amp;lt;!here&amp;gt; double",
        "@LumenShop <!channel> <@U0123ABCD> <https://evil.example|bank>",
        "@LumenShop مرحبا สวัสดี Tiếng Việt 日本語 👩‍👩‍👧‍👦",
    ],
)
async def test_words_arrive_as_they_were_typed(world: World, text: str):
    post_id = world.customer_writes(text)
    (post,), _ = await posts_since(world, None)
    assert post.text == text
    assert (await world.connection.platform.look_up([post_id]))[post_id] == post


async def test_a_reply_is_published_once_as_given_under_its_post_and_is_read_back(world: World):
    post_id = world.customer_writes("@LumenShop my lamp <broke> & fell")
    text = "So sorry & we are <on it>: lumen.shop/help\n\nWrite to us? ^AD"
    outcome = await world.connection.platform.reply(a_reply(world, post_id, text), 5)
    assert isinstance(outcome, Sent)
    assert world.published() == [(text, post_id)]
    (own,) = await world.connection.platform.own_posts(None)
    assert (own.id, own.text, own.in_reply_to, own.url) == (outcome.id, text, post_id, outcome.url)
    assert list(await world.connection.platform.own_posts(own.id)) == []


async def test_own_posts_come_newest_first(world: World):
    wrote = [world.brand_writes(f"news {n}") for n in range(4)]
    assert [own.id for own in await world.connection.platform.own_posts(None)] == wrote[::-1]
    assert [own.id for own in await world.connection.platform.own_posts(wrote[1])] == [wrote[3], wrote[2]]


@pytest.mark.parametrize("target", ["", "abc", "0", "12; drop", "-1", "１２", "1" * 40])
async def test_a_reply_without_a_real_target_is_refused_without_a_call(world: World, target: str):
    outcome = await world.connection.platform.reply(a_reply(world, target, "hello"), 5)
    assert isinstance(outcome, RefusedByPlatform)
    assert (world.published(), world.calls()) == ([], 0)


async def test_a_reply_to_a_deleted_post_is_refused_for_good(world: World):
    post_id = world.customer_writes("@LumenShop my lamp broke")
    world.customer_deletes(post_id)
    assert isinstance(await world.connection.platform.reply(a_reply(world, post_id, "sorry"), 5), RefusedByPlatform)
    assert world.published() == []


async def test_a_reply_whose_answer_is_lost_is_in_doubt_and_made_once(world: World):
    post_id = world.customer_writes("@LumenShop my lamp broke")
    world.loses_the_answer()
    assert isinstance(await world.connection.platform.reply(a_reply(world, post_id, "sorry"), 5), Unconfirmed)
    assert world.published() == [("sorry", post_id)]
    assert world.calls() == 1


async def test_a_reply_while_the_platform_is_away_is_in_doubt(world: World):
    post_id = world.customer_writes("@LumenShop my lamp broke")
    world.goes_away()
    assert isinstance(await world.connection.platform.reply(a_reply(world, post_id, "sorry"), 5), Unconfirmed)
    assert world.published() == []


async def test_a_platform_that_asks_for_time_gets_it_and_is_not_called_meanwhile(world: World):
    post_id = world.customer_writes("@LumenShop my lamp broke")
    world.asks_for_time()
    first = await world.connection.platform.reply(a_reply(world, post_id, "sorry"), 5)
    again = await world.connection.platform.reply(a_reply(world, post_id, "sorry"), 5)
    for outcome in (first, again):
        assert isinstance(outcome, NotSent)
        assert outcome.retry_after is not None
        assert 0 < outcome.retry_after <= 900
    assert world.calls() == 1
    assert world.published() == []


async def test_the_same_words_again_are_never_a_refusal_because_they_may_be_out(world: World):
    post_id = world.customer_writes("@LumenShop my lamp broke")
    assert isinstance(await world.connection.platform.reply(a_reply(world, post_id, "sorry"), 5), Sent)
    assert not isinstance(await world.connection.platform.reply(a_reply(world, post_id, "sorry"), 5), RefusedByPlatform)


async def test_an_edited_post_is_found_under_the_id_asked_for(world: World):
    old = world.customer_writes("@LumenShop my lamb broke")
    new = world.customer_edits(old, "@LumenShop my lamp broke")
    found = (await world.connection.platform.look_up([old]))[old]
    assert isinstance(found, Post)
    assert (found.text, found.id) == ("@LumenShop my lamp broke", new)
    assert old in found.ids


async def test_posts_that_are_gone_are_told_apart_from_posts_that_are_there(world: World):
    kept = world.customer_writes("@LumenShop one")
    deleted = world.customer_writes("@LumenShop two")
    hidden = world.customer_writes("@LumenShop three", by="theo_bakes")
    world.customer_deletes(deleted)
    world.customer_hides("theo_bakes")
    found = await world.connection.platform.look_up([kept, deleted, hidden, PostId("no id at all")])
    assert isinstance(found[kept], Post)
    assert found[deleted] == Gone(reason="deleted")
    assert found[hidden] == Gone(reason="protected")
    assert isinstance(found[PostId("no id at all")], Gone)


async def test_many_posts_are_looked_up_at_once(world: World):
    wrote = [world.customer_writes(f"@LumenShop {n}") for n in range(230)]
    found = await world.connection.platform.look_up(wrote)
    assert list(found) == wrote


async def test_the_length_of_a_reply_is_counted_as_the_platform_counts_it(world: World):
    rule = world.connection.platform.text_rule
    post_id = world.customer_writes("@LumenShop my lamp broke")
    fits = "sorry " * 60
    fits = next(
        fits[:n] for n in range(len(fits), 0, -1) if rule.count(fits[:n]) <= rule.maximum and fits[n - 1] != " "
    )
    assert isinstance(
        await world.connection.platform.reply(a_reply(world, post_id, fits + "!" * 20), 5), RefusedByPlatform
    )
    assert isinstance(await world.connection.platform.reply(a_reply(world, post_id, fits), 5), Sent)


def test_the_address_for_answering_by_hand_carries_target_and_text():
    connection = PLATFORMS["x"](
        Account(id="1", handle="brand"), dict.fromkeys(("api_key", "api_secret", "access_token", "access_secret"), "k")
    )
    url = urlsplit(connection.platform.by_hand_url(PostId("17"), "50% off & <more>\nhere #1 ü"))
    assert (url.scheme, url.netloc, url.path) == ("https", "x.com", "/intent/tweet")
    assert parse_qs(url.query) == {"in_reply_to": ["17"], "text": ["50% off & <more>\nhere #1 ü"]}
