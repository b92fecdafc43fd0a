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
