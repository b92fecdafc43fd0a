"""More posts between two looks than X keeps readable as mentions: the desk catches up by search, and nobody is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, a_world


@pytest.fixture
async def desk(desk_memory, tmp_path: Path) -> AsyncIterator[World]:
    """A desk whose cards go at Slack's pace, so that two thousand of them are in nobody's way."""
    async with a_world(desk_memory.url, desk_memory.workspace, tmp_path, limits=True) as world:
        yield world


async def test_of_two_thousand_posts_between_two_looks_each_is_held_once(desk):
    desk.x.post("mia_travels", "@LumenShop my lamp broke")
    await desk.sweep()
    posts = []
    for number in range(2_000):
        author = f"n{number}"
        posts.append(desk.x.replay(author, author, f"@LumenShop where is order {number}?", lang="en").id)
        desk.sandbox.clock.advance(1.5)
    await desk.pass_time(minutes=3)
    await desk.sweep()
    store = desk.desk.outside.redis.store
    assert [number for number, post in enumerate(posts) if await store.holder(f"post:x:{post}") is None] == []
    cases = [await store.load(case) for case in await store.listed("open", 10_000)]
    held = [post.id for case in cases for post in case.posts]
    assert len(held) == len(set(held)) == 2_001


async def too_many(desk: World) -> None:
    """Let more people write than X shows, and the sweeps pass in which X is asked for the rest."""
    for number in range(900):
        desk.x.replay("loud", "loud", f"@LumenShop answer me, message {number}", lang="en")
        desk.sandbox.clock.advance(1)
    for _ in range(3):
        await desk.pass_time(minutes=3)
        await desk.sweep()


async def test_posts_that_x_does_not_let_the_desk_read_are_told_once_a_day_and_each_time_is_in_the_record(desk):
    desk.x.switches.set(search_closed=True)
    desk.x.post("mia_travels", "@LumenShop my lamp broke")
    await desk.sweep()
    for _ in range(2):
        await too_many(desk)
    await desk.announced("may never have reached the desk", "C0OPS")
    await desk.settled()
    news = [str(m) for m in desk.sandbox.slack.messages("C0OPS") if "may never have reached" in m["text"]]
    assert len(news) == 1
    assert "https://x.com/search?" in news[0]
    assert (await desk.desk.outside.redis.journal.counts())["set_aside"] == 2


async def test_what_the_live_feed_missed_is_read_after_the_gap_and_replies_go_under_the_newest_post(desk):
    """The customer writes twice while the feed is away, so long ago and so lately that the second comes first."""
    desk.more_settings["REPLYDESK_STREAM"] = "true"
    await desk.restart()
    await desk.sweep()
    await desk.x.until(lambda: desk.sandbox.streams.connected() == 1, "an open stream")
    desk.sandbox.streams.drop()
    first = desk.x.post("mia_travels", "@LumenShop my lamp broke")
    desk.sandbox.clock.advance(60)
    posts = []
    for number in range(1_200):
        posts.append(desk.x.replay(f"n{number}", f"n{number}", f"@LumenShop where is order {number}?", lang="en").id)
        desk.sandbox.clock.advance(1)
    second = desk.x.post("mia_travels", "@LumenShop and now it burns!", in_reply_to=first.id)
    for _ in range(2):
        await desk.pass_time(minutes=3)
        await desk.sweep()
    store = desk.desk.outside.redis.store
    assert [post for post in (first.id, *posts, second.id) if await store.holder(f"post:x:{post}") is None] == []
    case = await desk.case(await store.holder(f"post:x:{first.id}"))
    assert [post.id for post in case.posts] == [first.id, second.id]
    assert case.last_post.id == second.id
