"""Pages from newest to oldest become batches from oldest to newest, and the cursor never passes what was not handed on."""

import json
from collections.abc import Sequence

import pytest

from bot.adapters.platforms.x_cursor import Cursor
from bot.adapters.platforms.x_fetch import Found, batch, read_since, search_floor
from bot.adapters.platforms.x_ids import first_id_at, instant_of
from bot.adapters.platforms.x_wire import Page
from bot.domain.cases.post import Author, Post, PostKind
from bot.domain.errors import Broken, Unavailable


def a_post(number: int) -> Post:
    return Post(
        platform="x",
        account="1",
        id=str(number),
        author=Author(id="7", handle="m"),
        text="",
        created_at=0,
        kind=PostKind.MENTION,
        conversation_id="1",
    )


def a_page(ids: Sequence[int], token: str | None) -> Page:
    """Return the page that shows these posts."""
    return Page(
        posts=tuple(a_post(found) for found in ids),
        unreadable=(),
        newest=max(ids, default=0),
        oldest=min(ids, default=0),
        items=len(ids),
        token=token,
    )


class PaperX:
    """Posts by id, newest first, so many a page."""

    def __init__(self, newest: int, size: int = 100, breaks_at: int = 0) -> None:
        self.newest, self.size, self.breaks_at, self.pages = newest, size, breaks_at, 0

    async def __call__(self, since: int, token: str | None) -> Page:
        self.pages += 1
        if self.pages == self.breaks_at:
            raise Unavailable("in the middle")
        top = int(token) if token else self.newest
        ids = range(top, max(since, top - self.size), -1)
        more = bool(ids) and ids[-1] > since + 1
        return a_page(ids, str(ids[-1] - 1) if more else None)


async def test_pages_are_read_back_to_the_last_known_post():
    found = await read_since(PaperX(350), 100, first_page_only=False)
    assert sorted(int(post.id) for post in found.posts) == list(range(101, 351))
    assert found.newest == 350


async def test_the_first_look_ever_takes_the_newest_page_only():
    x = PaperX(5_000)
    assert len((await read_since(x, 0, first_page_only=True)).posts) == 100
    assert x.pages == 1


async def test_a_page_that_breaks_hands_on_nothing():
    with pytest.raises(Unavailable):
        await read_since(PaperX(350, breaks_at=2), 100, first_page_only=False)


async def test_without_an_end_reading_stops_and_says_so():
    found = await read_since(PaperX(100_000), 1, first_page_only=False)
    assert len(found.posts) == 1_000
    assert (found.ended, found.oldest) == (False, 99_001)


async def test_a_flood_is_handed_on_oldest_first_and_the_cursor_stands_at_the_last_one_handed_on():
    since = Cursor(mentions=100, quotes=50)
    first = batch(since, await read_since(PaperX(800), 100, first_page_only=False), Found(newest=50))
    assert [int(post.id) for post in first.posts] == list(range(101, 601))
    assert (first.more, tops(first.cursor)) == (True, ("600", "50"))
    rest = batch(Cursor.read(first.cursor), await read_since(PaperX(800), 600, first_page_only=False), Found(newest=50))
    assert [int(post.id) for post in rest.posts] == list(range(601, 801))
    assert rest.more is False


def tops(cursor: str) -> tuple[str, str]:
    stored = json.loads(cursor)
    return stored["mentions"], stored["quotes"]


def test_a_post_found_twice_is_handed_on_once():
    both = Found(posts=(a_post(7), a_post(5)), newest=7)
    assert [post.id for post in batch(Cursor(), both, both).posts] == ["5", "7"]


def test_without_quotes_their_cursor_stays():
    assert tops(batch(Cursor(mentions=1, quotes=3), Found(newest=9), None).cursor) == ("9", "3")


def test_left_out_items_move_the_cursor_too():
    assert tops(batch(Cursor(), Found(unreadable=("no_text:9",), newest=9), None).cursor) == ("9", "0")


NOW = 1_800_000_000_000


def at(seconds: float) -> int:
    """Return the id of a post made so many seconds from now."""
    return first_id_at(round(NOW + seconds * 1000)) + 1


def test_a_post_that_x_shows_late_is_still_found_and_those_seen_are_not_handed_on_again():
    shown = Found(posts=(a_post(at(-5)), a_post(at(-40))), newest=at(-5))
    cursor = Cursor.read(batch(Cursor(mentions=at(-300)), shown, None).cursor)
    start = cursor.since(cursor.mentions, NOW / 1000)
    assert start < at(-100)
    late = Found(posts=(a_post(at(-5)), a_post(at(-20)), a_post(at(-40))), newest=at(-5))
    assert [int(post.id) for post in batch(cursor, late, None).posts] == [at(-20)]


def test_a_quiet_account_reads_nothing_twice():
    cursor = Cursor.read(batch(Cursor(), Found(posts=(a_post(at(-500)),), newest=at(-500)), None).cursor)
    assert cursor.since(cursor.mentions, NOW / 1000) == at(-500)


@pytest.mark.parametrize("skew", [-86_400, -60, 0, 60, 86_400])
def test_whatever_our_clock_says_nothing_is_handed_on_twice(skew: int):
    posts = tuple(a_post(at(-seconds)) for seconds in range(1, 400))
    cursor = Cursor.read(batch(Cursor(), Found(posts=posts, newest=at(-1)), None).cursor)
    start = cursor.since(cursor.mentions, NOW / 1000 + skew)
    again = Found(posts=tuple(post for post in posts if int(post.id) > start), newest=at(-1))
    assert batch(cursor, again, None).posts == ()


def test_a_cursor_stays_small_under_a_flood_and_still_hands_nothing_on_twice():
    cursor, wrote = Cursor(mentions=at(-100)), [at(-90) + n for n in range(5_000)]
    for _ in range(20):
        start = cursor.since(cursor.mentions, NOW / 1000)
        found = Found(posts=tuple(a_post(n) for n in wrote if n > start), newest=wrote[-1])
        got = batch(cursor, found, None)
        assert not {post.id for post in got.posts} & cursor.seen
        assert len(got.cursor) < 50_000
        cursor = Cursor.read(got.cursor)
        if not got.more:
            break
    assert cursor.mentions == wrote[-1]


def test_search_is_never_asked_for_more_than_its_seven_days():
    now = 1_800_000_000.0
    week = 7 * 86_400
    assert search_floor(0, now) == 0
    recent = first_id_at(int((now - 60) * 1000))
    assert search_floor(recent, now) == recent
    old = search_floor(first_id_at(int((now - 30 * 86_400) * 1000)), now)
    assert now - week < instant_of(str(old)) / 1000 <= now - week + 3_600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"mentions": "x", "quotes": "1"}',
        '{"mentions": null, "quotes": "1"}',
        "17",
        "null",
        "[" * 100_000,
    ],
)
def test_a_cursor_that_we_did_not_write_is_refused(text: str):
    with pytest.raises(Broken):
        Cursor.read(text)
