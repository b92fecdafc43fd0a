"""Every post of a week of a big brand at once: all are stored and routed once, and carded or waiting for their card."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.commands.replay import addressed
from bot.domain.cases.case import Case
from tests.world import World, a_world

POSTS = Path(os.environ.get("REPLYDESK_POSTS") or Path(__file__).parents[3] / "shared" / "data" / "posts.jsonl")
CHUNK = 500
"""Posts between two looks at X, which shows the last 800."""


@pytest.mark.skipif(not POSTS.is_file(), reason=f"there is no {POSTS.name} to replay; name one in REPLYDESK_POSTS")
async def test_a_week_of_posts_is_stored_routed_and_carded_once(desk_memory, tmp_path: Path) -> None:
    async with a_world(desk_memory.url, desk_memory.workspace, tmp_path, limits=True) as desk:
        await desk.sweep()  # the very first look takes the newest page only
        posted: list[str] = []
        rows = [json.loads(line) for line in POSTS.read_text(encoding="utf-8").splitlines()]
        for start in range(0, len(rows), CHUNK):
            for row in rows[start : start + CHUNK]:
                text = addressed(row["text"], "@LumenShop")
                posted.append(desk.x.replay(row["author"], row["handle"], text, lang=row["lang"]).id)
            await desk.sweep()
        cases = await stored(desk)
        await every_post_is_in_one_case(desk, cases, posted)
        await every_case_is_carded_or_waits(desk, cases)


async def stored(desk: World) -> list[Case]:
    """Return every case there is, read one by one."""
    redis = desk.desk.outside.redis
    found = [await redis.store.load(case_id) for case_id in await redis.store.listed("open", 100_000)]
    assert all(found)
    return [case for case in found if case]


async def every_post_is_in_one_case(desk: World, cases: Sequence[Case], posted: Sequence[str]) -> None:
    held = Counter(post.id for case in cases for post in case.posts)
    assert set(held) - set(posted) == set()
    holder = {post: await desk.desk.outside.redis.store.holder(f"post:x:{post}") for post in posted}
    assert [desk.x.get(post).text for post, case in holder.items() if case is None] == []
    assert set(held.values()) == {1}
    assert set(holder.values()) == {case.id for case in cases}
    assert len(held) + sum(case.echoed for case in cases) == len(posted), "shown and counted are not all there was"
    assert all(case.route.channel and case.route.team for case in cases)
    assert await desk.desk.outside.redis.outbox.set_aside_list() == ()


async def every_case_is_carded_or_waits(desk: World, cases: Sequence[Case]) -> None:
    """A card is posted, or on its way (its answer not yet here), or waits in the outbox."""
    shown = Counter(message["text"].split(" ")[0].rstrip(":,.") for message in desk.cards())
    assert all(count == 1 for count in shown.values()), shown.most_common(3)
    waiting = await cards_waiting(desk)
    assert {case.id for case in cases} == set(shown) | waiting
    channels = {case.route.channel for case in cases}
    assert len(shown) >= len(channels)


async def cards_waiting(desk: World) -> set[str]:
    outbox = desk.desk.outside.redis.outbox
    work = outbox._shard.key("work")
    keys = [key.decode() async for key, _ in outbox._shard._client.hscan_iter(work, count=1_000)]
    return {key.removeprefix("card:") for key in keys if key.startswith("card:")}
