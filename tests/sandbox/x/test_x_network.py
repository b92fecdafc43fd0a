"""The state of the pretend X, used in process by tests, and what customers do by themselves."""

import pytest

from bot.sandbox.complaints import COMPLAINTS
from bot.sandbox.errors import NotThere, SandboxError
from bot.sandbox.x.ids import Snowflakes


def test_ids_grow_even_when_the_clock_stands_still():
    ids = Snowflakes()
    made = [int(ids.next(1_795_000_000.0)) for _ in range(5)] + [int(ids.next(1_794_000_000.0))]
    assert made == sorted(set(made))


async def test_a_replayed_post_brings_its_author_and_keeps_its_time(sandbox):
    post = sandbox.x.replay("", "u4711", "@LumenShop alt", lang="de", created_at=1_700_000_000.0)
    assert sandbox.x.customer("u4711").name == "u4711"
    assert (post.created_at, post.lang) == (1_700_000_000.0, "de")
    again = sandbox.x.replay("", "u4711", "@LumenShop neu")
    assert int(again.id) > int(post.id)


async def test_what_cannot_be_is_refused_in_a_sentence(sandbox):
    post = sandbox.x.post("mia_travels", "@LumenShop hi")
    sandbox.x.delete(post.id)
    for wrong in (
        lambda: sandbox.x.post("nobody_here", "hi"),
        lambda: sandbox.x.edit(post.id, "again"),
        lambda: sandbox.x.delete(post.id),
        lambda: sandbox.x.post("mia_travels", "hi", in_reply_to="17"),
    ):
        with pytest.raises(NotThere):
            wrong()
    for wrong in (
        lambda: sandbox.x.people.join("much_too_long_handle"),
        lambda: sandbox.x.people.join("MIA_travels"),
        lambda: sandbox.x.post("mia_travels", "hi", reply_settings="nobody"),
        lambda: sandbox.x.post("mia_travels", "hi", post_id="abc"),
        lambda: sandbox.x.spoil("sour"),
    ):
        with pytest.raises(SandboxError):
            wrong()


async def test_waiting_in_vain_says_what_was_there_instead(sandbox):
    sandbox.x.post("mia_travels", "@LumenShop hi")
    with pytest.raises(SandboxError, match=r"in vain for: a reply.*@mia_travels: '@LumenShop hi'"):
        await sandbox.x.until(lambda: False, "a reply", seconds=0.01)


def test_every_complaint_calls_the_brand_and_comes_from_the_cast(sandbox_cast_handles):
    assert len(COMPLAINTS) >= 40
    assert {one.author for one in COMPLAINTS} <= sandbox_cast_handles
    assert all("@LumenShop" in one.text and len(one.text) <= 280 for one in COMPLAINTS)
    assert {"en", "de", "fr", "es"} == {one.lang for one in COMPLAINTS}
    assert len({one.text for one in COMPLAINTS}) == len(COMPLAINTS)


@pytest.fixture
def sandbox_cast_handles():
    from bot.sandbox import cast  # noqa: PLC0415 -- only here

    return {handle for handle, _, _ in cast.CUSTOMERS}


async def test_complaints_come_by_themselves_and_their_writers_say_thanks(sandbox):
    sandbox.trickle.resume()
    first = (await sandbox.x.until(sandbox.x.latest, "a complaint"))[0]
    sandbox.trickle.pause()
    answer = sandbox.x.reply_as_brand("We are on it.", first.id)
    sandbox.trickle.set_speed(0.001)
    sandbox.trickle.resume()
    await sandbox.x.until(lambda: sandbox.trickle.describe()["due"] == 2, "the answer to be noticed")
    sandbox.clock.advance(30_000)
    await sandbox.x.until(lambda: sandbox.x.replies_to(answer.id), "thanks")
    assert sandbox.x.replies_to(answer.id)[0].text == "@LumenShop " + COMPLAINTS[0].thanks


async def test_a_paused_trickle_says_nothing(sandbox):
    sandbox.clock.advance(10_000)
    assert sandbox.x.latest() == []


async def test_nobody_answering_makes_them_ask_again(sandbox):
    post_id = sandbox.trickle.next_one()
    sandbox.trickle.resume()
    sandbox.clock.advance(100_000)
    await sandbox.x.until(lambda: sandbox.x.replies_to(post_id), "still waiting")
    assert COMPLAINTS[0].waiting in sandbox.x.replies_to(post_id)[0].text
