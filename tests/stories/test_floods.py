"""What a flood of posts becomes: a few cards and a count, the most severe first, and people are still heard."""

import pytest

from tests.chairs import COMPLAINT

COVERS = ("FLD-04",)
BOYCOTT = "@LumenShop shame on you, the lamps of the Aurora series are a fraud. Pass it on!"


def like(number: int) -> str:
    """Return the same words as another hand would copy them."""
    return BOYCOTT.upper() if number % 3 else f"{BOYCOTT} 🔥🔥 https://example.com/{number}"


async def flood(desk, authors, texts) -> None:
    for author, text in zip(authors, texts, strict=True):
        desk.x.replay(author, author, text, lang="en")
        if author.endswith("99") or text.endswith("99"):
            await desk.sweep()
    await desk.sweep()


def counting(desk) -> list[str]:
    return [
        str(card["blocks"]) for card in desk.cards() if "more say the same" in str(card) or "by the same" in str(card)
    ]


@pytest.mark.parametrize("row", ["FLD-04"])
async def test_of_five_hundred_authors_with_the_same_words_all_but_the_first_few_are_counted_on_one_card(desk, row):
    await desk.sweep()
    await flood(desk, [f"author{n}" for n in range(500)], map(like, range(500)))
    await desk.settled()
    await desk.pass_time(seconds=16)
    await desk.until(
        lambda: "and 497 more say the same" in "".join(counting(desk)), "the count", lambda: str(counting(desk))
    )
    assert len(desk.cards()) == 3
    assert len(counting(desk)) == 1
    assert counting(desk)[0].partition("newest of")[2].count("@author") == 5


@pytest.mark.parametrize("row", ["FLD-04"])
async def test_of_five_hundred_posts_of_one_author_all_but_the_first_few_are_counted_on_one_card(desk, row):
    await desk.sweep()
    await flood(desk, ["loud"] * 500, [f"@LumenShop answer me, this is my message number {n}" for n in range(500)])
    await desk.settled()
    await desk.pass_time(seconds=16)
    await desk.until(
        lambda: "and 495 more by the same author" in "".join(counting(desk)), "the count", lambda: str(counting(desk))
    )
    assert len(desk.cards()) == 5
    assert len(counting(desk)) == 1


async def test_a_counted_post_that_is_delivered_again_is_counted_once(desk):
    await desk.sweep()
    posts = [desk.x.replay(f"author{n}", f"author{n}", BOYCOTT, lang="en") for n in range(20)]
    await desk.sweep()
    store = desk.desk.outside.redis.store
    holder = await store.holder(f"post:x:{posts[7].id}")
    for post in posts[5:9]:
        await desk.desk.intake.receive(await the_post(desk, post.id))
    assert (await desk.case(holder)).echoed == 17


async def test_once_the_case_is_answered_the_next_such_post_has_a_card_of_its_own(desk):
    for _ in range(3):
        desk.x.replay("someone", f"s{_}", BOYCOTT, lang="en")
    await desk.sweep()
    found = [
        await desk.desk.outside.redis.store.load(one) for one in await desk.desk.outside.redis.store.listed("open")
    ]
    assert len(found) == 3
    last = max(found, key=lambda case: case.seats)
    shown = await desk.carded(last.first_post.id)
    await desk.seat("ana").clicks("Claim", shown)
    assert await desk.seat("ana").drafts("Hi, I'm sorry. Please tell us your order number.", shown) == {}
    await desk.offers(shown, "Approve and send")
    assert await desk.seat("pat").approves(shown) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(shown, "Answered")
    late = desk.x.replay("late", "late", BOYCOTT, lang="en")
    assert (await desk.carded(late.id)).id != shown.id


async def test_a_post_more_urgent_than_those_like_it_has_a_card_of_its_own(desk):
    for number in range(6):
        desk.x.replay("loud", "loud", f"@LumenShop answer me, message {number}", lang="en")
    await desk.sweep()
    emergency = desk.x.replay("loud", "loud", "@LumenShop your lamp caught fire, my child is in hospital", lang="en")
    shown = await desk.carded(emergency.id)
    assert (await desk.case(shown)).first_post.id == emergency.id
    assert "EMERGENCY" in desk.card_text(shown)


async def test_the_author_of_a_counted_post_that_is_gone_is_forgotten(desk):
    posts = [desk.x.replay(f"author{n}", f"author{n}", BOYCOTT, lang="en") for n in range(5)]
    await desk.sweep()
    holder = await desk.desk.outside.redis.store.holder(f"post:x:{posts[4].id}")
    desk.x.delete(posts[4].id)
    await desk.look_at_open_cases()
    case = await desk.case(holder)
    assert [echo.author for echo in case.echoes] == ["author3"]
    assert case.echoed == 2


async def the_post(desk, post_id):
    platform = desk.desk.outside.connections["x"].platform
    return (await platform.look_up([post_id]))[post_id]


async def test_words_that_differ_are_not_counted_together(desk):
    for number in range(8):
        desk.x.replay(f"a{number}", f"a{number}", COMPLAINT.replace("lamp", f"lamp {number}"), lang="en")
    await desk.sweep()
    assert await desk.desk.outside.redis.store.count("open") == 8
