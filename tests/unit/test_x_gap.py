"""A gap is read from its oldest end to its newest, whole, each post once, and at no more than twice its own pages."""

import random

import pytest

from bot.adapters.platforms.x_cursor import Cursor, Gap
from bot.adapters.platforms.x_fetch import END_ITEMS, MOST_POSTS, Found
from bot.adapters.platforms.x_gap import Windows, filled, left_by
from bot.adapters.platforms.x_ids import first_id_at
from bot.adapters.platforms.x_wire import Page
from bot.domain.errors import Broken, Paced
from tests.unit.test_x_fetch import a_page

NOW = 1_800_000_000_000
HOUR = 3_600_000


def at(seconds: float) -> int:
    """Return the id of a post made so many seconds after a moment."""
    return first_id_at(round(NOW + seconds * 1000))


class PaperSearch:
    """Posts by id, found newest first, a hundred a page; after `allowed` pages it asks for time, once."""

    def __init__(self, ids: list[int], allowed: int = 1_000_000) -> None:
        self.ids, self.allowed, self.pages = sorted(ids, reverse=True), allowed, 0

    async def __call__(self, after: int, upto: int, token: str | None) -> Page:
        if self.allowed == 0:
            self.allowed = 1_000_000
            raise Paced("wait", 900)
        self.allowed, self.pages = self.allowed - 1, self.pages + 1
        below = int(token) if token else upto + 1
        left = [found for found in self.ids if after < found <= upto and found < below]
        shown = left[:100]
        return a_page(shown, str(shown[-1]) if len(left) > 100 else None)


async def caught_up(search: PaperSearch, after: int, upto: int) -> list[int]:
    """Return what came, in the order in which it came, over batches as the desk asks for them."""
    windows, came = Windows(), []
    cursor = Cursor(gap=Gap(after=after, upto=upto))
    while cursor.gap:
        try:
            found = await windows.read(search, cursor.gap.after, cursor.gap.upto)
        except Paced:
            continue
        batch = filled(cursor, cursor.gap, found, upto, None)
        assert len(batch.posts) <= MOST_POSTS
        assert batch.more == (Cursor.read(batch.cursor).gap is not None)
        came += [int(post.id) for post in batch.posts]
        cursor = Cursor.read(batch.cursor)
    return came


def evenly(chance: random.Random) -> list[int]:
    return [at(chance.uniform(1, 86_400)) for _ in range(4_000)]


def in_bursts(chance: random.Random) -> list[int]:
    starts = [chance.uniform(1, 6 * 86_400) for _ in range(4)]
    return [at(chance.choice(starts) + chance.expovariate(0.2)) for _ in range(4_000)]


def growing(chance: random.Random) -> list[int]:
    return [at(86_400 * chance.random() ** 0.1) for _ in range(4_000)]


def dying(chance: random.Random) -> list[int]:
    return [at(86_400 * chance.random() ** 10 + 1) for _ in range(4_000)]


def in_one_millisecond(_chance: random.Random) -> list[int]:
    return [at(3_600) + number for number in range(4_000)]


def hardly_anybody(chance: random.Random) -> list[int]:
    return [at(chance.uniform(1, 6 * 86_400)) for _ in range(3)]


RHYTHMS = (evenly, in_bursts, growing, dying, in_one_millisecond, hardly_anybody)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rhythm", RHYTHMS, ids=lambda rhythm: rhythm.__name__)
async def test_whatever_the_rhythm_everything_comes_once_oldest_first_and_is_read_twice_at_most(rhythm, seed: int):
    ids = list(set(rhythm(random.Random(seed))))
    search = PaperSearch(ids)
    assert await caught_up(search, at(0), at(7 * 86_400)) == sorted(ids)
    assert search.pages <= 2 * len(ids) / 100 + 60


@pytest.mark.parametrize("allowed", [0, 3, 10, 11, 25])
async def test_where_x_asks_for_time_in_the_middle_nothing_is_lost_and_what_was_learned_stays(allowed: int):
    ids = list(set(in_bursts(random.Random(9))))
    search = PaperSearch(ids, allowed)
    assert await caught_up(search, at(0), at(7 * 86_400)) == sorted(ids)
    assert search.pages <= 2 * len(ids) / 100 + 80


async def test_what_lies_outside_the_gap_is_left_alone():
    search = PaperSearch([at(second) for second in range(100)])
    assert await caught_up(search, at(10), at(20)) == [at(second) for second in range(11, 21)]


async def test_a_search_that_shows_what_it_was_not_asked_for_does_not_go_on_forever():
    class Deaf(PaperSearch):
        async def __call__(self, after: int, upto: int, token: str | None) -> Page:
            return await super().__call__(0, at(10**6), token)

    with pytest.raises(Broken):
        await Windows().read(Deaf([at(second) for second in range(1_000, 4_000)]), at(0), at(500))


def looked(**more: int) -> Found:
    return Found(newest=at(900), oldest=at(600), **more)


@pytest.mark.parametrize(
    ("mentions", "short"),
    [
        pytest.param(looked(items=800, pages=8), True, id="all 800"),
        pytest.param(looked(items=731, pages=8), True, id="some of the 800 are hidden"),
        pytest.param(looked(items=731, pages=7), True, id="hidden ones are not among the pages"),
        pytest.param(looked(items=310, pages=8), True, id="most of the 800 are hidden"),
        pytest.param(looked(items=END_ITEMS - 1, pages=6), False, id="fewer than X shows"),
        pytest.param(looked(items=1_000, pages=10, ended=False), True, id="more than are read in one go"),
    ],
)
def test_mentions_that_may_have_ended_too_soon_leave_a_gap(mentions: Found, short: bool):
    gap = left_by(Cursor(mentions=at(0)), mentions, None, (at(0), 0))
    assert gap == (Gap(after=at(0), upto=at(600) - 1) if short else None)


def test_mentions_that_reach_back_to_a_known_post_leave_none():
    assert left_by(Cursor(mentions=at(700)), looked(items=800, pages=8), None, (at(580), 0)) is None


def test_a_first_look_leaves_none():
    assert left_by(Cursor(fresh=True), looked(items=800, pages=8), None, (0, 0)) is None


def test_a_later_gap_is_joined_with_the_one_that_is_still_open():
    since = Cursor(mentions=at(500), gap=Gap(after=at(0), upto=at(100)))
    assert left_by(since, looked(items=800, pages=8), None, (at(500), 0)) == Gap(after=at(0), upto=at(600) - 1)


def test_after_quiet_days_with_looks_a_gap_begins_an_hour_before_the_last_one():
    since = Cursor(mentions=at(-5 * 86_400), looked=NOW)
    gap = left_by(since, looked(items=800, pages=8), None, (since.mentions, 0))
    assert gap == Gap(after=first_id_at(NOW - HOUR), upto=at(600) - 1)


def test_a_last_look_by_a_clock_gone_wrong_hides_nothing():
    since = Cursor(mentions=at(0), looked=NOW + 365 * 24 * HOUR)
    assert left_by(since, looked(items=800, pages=8), None, (at(0), 0)) == Gap(after=at(0), upto=at(600) - 1)


def test_a_cursor_keeps_its_gap_and_one_of_an_earlier_version_has_none():
    cursor = Cursor(mentions=3, quotes=4, looked=5, gap=Gap(after=1, upto=2))
    assert Cursor.read(cursor.write()) == cursor
    assert Cursor.read('{"mentions": "3", "quotes": "4", "seen": []}') == Cursor(mentions=3, quotes=4)


@pytest.mark.parametrize("gap", ['["1"]', '["a", "b"]', "7", '{"after": 1}'])
def test_a_gap_that_we_did_not_write_is_refused(gap: str):
    with pytest.raises(Broken):
        Cursor.read(f'{{"mentions": "3", "quotes": "4", "gap": {gap}}}')
