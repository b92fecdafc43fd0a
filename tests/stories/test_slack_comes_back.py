"""Slack was away for half an hour: what waited comes at Slack's pace, the most severe first, each card once."""

import pytest

from tests.world import World, a_world

AT_ONCE = 3
"""Cards that Slack takes at once after a rest: so many may come before the desk knows that Slack is back, and side by side."""
PARCEL = "@LumenShop where is my parcel, I am {}?"
PRESS = "@LumenShop a journalist asks, I am {}."
WAVES = {
    "high before normal": ("C0CARE", [PARCEL] * 8 + ["@LumenShop my lamp sparks, says {}."] * 5),
    "emergencies before the press": ("C0PRDESK", [PRESS] * 8 + ["@LumenShop your lamp caught fire, I am {}!"] * 4),
}
"""Where the cards go, and what comes in while Slack is away: what is more severe comes last."""


@pytest.fixture
async def limited(desk_memory, tmp_path):
    async with a_world(desk_memory.url, desk_memory.workspace, tmp_path, limits=True) as world:
        yield world


async def shown_in(desk: World, channel: str) -> list[str]:
    """Return who wrote the posts of the cards in a channel, in the order in which the cards came."""
    cases = [await desk.case(case_id) for case_id in await desk.desk.outside.redis.store.listed("open")]
    cards = [(case.card, case.first_post.author.handle) for case in cases if case.card]
    return [author for card, author in sorted(cards, key=lambda one: one[0].ts) if card.channel == channel]


@pytest.mark.parametrize("row", ["OUT-01"])
@pytest.mark.parametrize("wave", WAVES)
async def test_after_half_an_hour_without_slack_the_most_severe_cards_come_first_and_each_comes_once(
    limited, row, wave
):
    desk, (channel, posts) = limited, WAVES[wave]
    client = desk.desk.directory._client
    there, client.base_url = client.base_url, "http://127.0.0.1:1/api/"
    for number, words in enumerate(posts):
        desk.x.replay(f"author{number}", f"author{number}", words.format(f"author{number}"), lang="en")
        await desk.sweep()
        await desk.pass_time(minutes=2, seconds=30)
        await desk.settled()
    client.base_url = there
    for _ in range(180):
        await desk.pass_time(seconds=1.1)
        await desk.settled()
        if len(came := await shown_in(desk, channel)) == len(posts):
            break
    calm = sum(words == posts[0] for words in posts)
    severe_first = [f"author{number}" for number in (*range(calm, len(posts)), *range(calm))]
    assert sorted(came) == sorted(severe_first)
    rest = came[AT_ONCE:]
    in_order = sorted(rest, key=severe_first.index)
    assert all(abs(in_order.index(author) - place) < AT_ONCE for place, author in enumerate(rest)), came
    marks = [card["metadata"]["event_payload"]["mark"] for card in desk.cards()]
    cards = [mark for mark in marks if mark.startswith("card:")]
    assert len(cards) == len(set(cards)) == len(posts)
