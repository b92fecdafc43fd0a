"""From the platform to the desk, losing nothing: against hand-written platforms, feeds and intakes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import pytest
import structlog

from bot.domain.cases.post import Author, Post, PostKind
from bot.domain.errors import Broken, Paced, Refused, Unavailable
from bot.domain.ids import PostId
from bot.jobs.ingest import AT_ONCE, LOTS_AT_ONCE, TOGETHER, Ingest, Swept
from bot.ports import Account, Batch, Gone, Missed


def a_post(number: int, conversation: int | None = None) -> Post:
    return Post(
        platform="x",
        account="1",
        id=str(number),
        author=Author(id=str(conversation or number), handle="someone"),
        text=f"words {number}",
        created_at=number,
        kind=PostKind.MENTION,
        conversation_id=str(conversation or number),
    )


class PaperPlatform:
    """Posts in a list; the cursor is how many of them have been handed out."""

    name = "x"
    account = Account(id="1", handle="brand")

    def __init__(self, posts: Sequence[Post] = (), lot: int = 100) -> None:
        self.posts = list(posts)
        self.lot = lot
        self.unreadable: tuple[str, ...] = ()
        self.missed: Missed | None = None
        self.trouble: Exception | None = None
        self.asked: list[tuple[str, ...]] = []
        self.gone: set[str] = set()
        self.fetched_from: list[str | None] = []

    async def fetch(self, cursor: str | None) -> Batch:
        self.fetched_from.append(cursor)
        if self.trouble:
            raise self.trouble
        start = int(cursor or 0)
        end = min(start + self.lot, len(self.posts))
        return Batch(
            posts=tuple(self.posts[start:end]),
            cursor=str(end),
            unreadable=self.unreadable,
            more=end < len(self.posts),
            missed=self.missed,
        )

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post | Gone]:
        self.asked.append(tuple(ids))
        return {i: Gone(reason="deleted") if i in self.gone else a_post(int(i)) for i in ids}


class PaperIntake:
    """Takes posts; `trouble` says per post id what goes wrong."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.trouble: dict[str, Exception] = {}
        self.open: list[str] = []
        self.news: list[tuple[str, Post | Gone, str]] = []
        self.arrived = asyncio.Event()
        self.before: Callable[[Post], object] = lambda _post: None

    async def receive(self, post: Post) -> None:
        await asyncio.sleep(0)
        self.before(post)
        if post.id in self.trouble:
            raise self.trouble[post.id]
        self.received.append(post.id)
        self.arrived.set()

    async def receive_all(self, posts: Sequence[Post]) -> Sequence[PostId]:
        return ()

    async def posts_to_check(self) -> Sequence[PostId]:
        return self.open

    async def noticed(self, post_id: PostId, now_is: Post | Gone, platform: str) -> None:
        if post_id in self.trouble:
            raise self.trouble[post_id]
        self.news.append((post_id, now_is, platform))


class PaperMemory:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def recall(self, name: str) -> str | None:
        return self.kept.get(name)

    async def remember(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def now(self) -> int:
        return 0

    async def first_time(self, name: str, keep: int) -> bool:
        return True


class PaperJournal:
    def __init__(self) -> None:
        self.aside: list[tuple[str, str]] = []
        self.trouble: Exception | None = None

    async def set_aside(self, what: str, reason: str) -> None:
        if self.trouble:
            raise self.trouble
        self.aside.append((what, reason))

    async def refused(self, case_id: str, by: str, act: str, sentence: str) -> None:
        raise AssertionError

    async def lines(self, case_id: str, limit: int = 100) -> Sequence[Mapping[str, object]]:
        raise AssertionError


class PaperStream:
    """Each opening plays the next act: posts, then an error or a quiet end. It says that it is open where `says_so`."""

    def __init__(self, *acts: Sequence[Post | Exception]) -> None:
        self.acts = list(acts)
        self.opened = 0
        self.closed = 0
        self.says_so = False

    async def listen(self, opened: Callable[[], None] | None = None) -> AsyncIterator[Post]:
        self.opened += 1
        if opened and self.says_so:
            opened()
        act = self.acts.pop(0) if self.acts else None
        try:
            for item in act or ():
                if isinstance(item, Exception):
                    raise item
                yield item
            if act is None:
                await asyncio.Event().wait()
        finally:
            self.closed += 1


class Desk:
    """Everything around one ingest; naps are recorded instead of slept."""

    def __init__(self, posts: Sequence[Post] = (), *, lot: int = 100, stream: PaperStream | None = None) -> None:
        self.platform, self.intake = PaperPlatform(posts, lot), PaperIntake()
        self.memory, self.journal = PaperMemory(), PaperJournal()
        self.naps: list[float] = []
        self.napped = asyncio.Event()
        self.ingest = Ingest(
            platform=self.platform,
            intake=self.intake,
            memory=self.memory,
            journal=self.journal,
            log=structlog.get_logger(),
            stream=stream,
            sleep=self.nap,
            chance=lambda: 1.0,
        )

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.napped.set()
        await asyncio.sleep(0)

    @property
    def cursor(self) -> str | None:
        return self.memory.kept.get("cursor:x:1")


async def test_a_sweep_takes_in_everything_and_then_moves_the_cursor():
    desk = Desk([a_post(n) for n in (1, 2, 3)])
    assert await desk.ingest.sweep_once() == Swept(received=3)
    assert sorted(desk.intake.received) == ["1", "2", "3"]
    assert desk.cursor == "3"
    assert await desk.ingest.sweep_once() == Swept()


async def test_while_posts_are_taken_in_the_cursor_stands_where_it_stood():
    desk = Desk([a_post(1), a_post(2)])
    seen: list[str | None] = []
    desk.intake.before = lambda _post: seen.append(desk.cursor)
    await desk.ingest.sweep_once()
    assert seen == [None, None]


async def test_a_flood_is_swept_batch_by_batch():
    desk = Desk([a_post(n) for n in range(1, 251)], lot=100)
    assert await desk.ingest.sweep_once() == Swept(received=250)
    assert desk.platform.fetched_from == [None, "100", "200"]


async def test_a_flood_without_end_leaves_the_rest_to_the_next_sweep():
    desk = Desk([a_post(n) for n in range(1, 31)], lot=1)
    assert await desk.ingest.sweep_once() == Swept(received=20, more=True)
    assert await desk.ingest.sweep_once() == Swept(received=10)


async def test_within_a_conversation_posts_keep_their_order():
    posts = [a_post(n, conversation=n % 7 + 1) for n in range(1, 200)]
    desk = Desk(posts, lot=500)
    await desk.ingest.sweep_once()
    for lot in range(1, 8):
        taken = [int(i) for i in desk.intake.received if int(i) % 7 + 1 == lot]
        assert taken == sorted(taken)
    assert len(desk.intake.received) == 199


class TogetherIntake(PaperIntake):
    """Takes what comes together, but for the ids in `left` and lots with one in `poison`."""

    def __init__(self) -> None:
        super().__init__()
        self.lots: list[list[str]] = []
        self.left: set[str] = set()
        self.poison: dict[str, Exception] = {}

    async def receive_all(self, posts: Sequence[Post]) -> Sequence[PostId]:
        self.lots.append([post.id for post in posts])
        await asyncio.sleep(0)
        for post in posts:
            if post.id in self.poison:
                raise self.poison[post.id]
        return [post.id for post in posts if post.id not in self.left]


def together(desk: Desk) -> TogetherIntake:
    desk.ingest._intake = intake = TogetherIntake()
    return intake


async def test_the_first_of_each_lot_are_stored_together_and_only_the_rest_one_by_one():
    desk = Desk([a_post(1), a_post(2), a_post(3, conversation=1), a_post(4)])
    intake = together(desk)
    intake.left = {"4"}
    assert await desk.ingest.sweep_once() == Swept(received=4)
    assert intake.lots == [["1", "2", "4"]]
    assert sorted(intake.received) == ["3", "4"]


async def test_of_many_posts_so_many_go_together():
    desk = Desk([a_post(n) for n in range(1, 101)])
    intake = together(desk)
    assert await desk.ingest.sweep_once() == Swept(received=100)
    assert [len(lot) for lot in intake.lots] == [TOGETHER] * 4
    assert intake.received == []


@pytest.mark.parametrize("poison", [ValueError("words of a customer"), Broken("unreadable"), Refused("No.")])
async def test_a_poison_post_among_those_that_go_together_is_set_aside_alone(poison: Exception):
    desk = Desk([a_post(n) for n in (1, 2, 3)])
    intake = together(desk)
    intake.poison, intake.trouble = {"2": poison}, {"2": poison}
    assert await desk.ingest.sweep_once() == Swept(received=2, set_aside=1)
    assert desk.journal.aside == [("post:x:2", type(poison).__name__)]
    assert sorted(intake.received) == ["1", "3"]


async def test_where_the_store_goes_away_under_posts_that_go_together_the_sweep_ends_and_the_cursor_stays():
    desk = Desk([a_post(n) for n in range(1, 101)])
    intake = together(desk)
    intake.poison = {"1": Unavailable("the store is away")}
    with pytest.raises(Unavailable):
        await desk.ingest.sweep_once()
    assert (desk.cursor, intake.received) == (None, [])
    assert len(intake.lots) <= LOTS_AT_ONCE
    intake.poison.clear()
    assert await desk.ingest.sweep_once() == Swept(received=100)


async def test_conversations_are_taken_in_side_by_side():
    desk = Desk([a_post(1), a_post(2)])
    both = asyncio.Barrier(2)

    class Meeting(PaperIntake):
        async def receive(self, post: Post) -> None:
            await both.wait()  # one after the other would wait here for ever
            await super().receive(post)

    desk.ingest._intake = Meeting()
    assert await desk.ingest.sweep_once() == Swept(received=2)


@pytest.mark.parametrize(
    "poison", [ValueError("words of a customer"), Broken("unreadable"), RecursionError(), KeyError("x")]
)
async def test_a_poison_post_is_set_aside_and_the_rest_goes_on(poison: Exception):
    desk = Desk([a_post(n) for n in (1, 2, 3)])
    desk.intake.trouble["2"] = poison
    assert await desk.ingest.sweep_once() == Swept(received=2, set_aside=1)
    assert desk.journal.aside == [("post:x:2", type(poison).__name__)]
    assert desk.cursor == "3"


async def test_items_that_the_platform_could_not_read_are_counted():
    desk = Desk([a_post(1)])
    desk.platform.unreadable = ("no_text", "no_author")
    assert await desk.ingest.sweep_once() == Swept(received=1, set_aside=2)
    assert desk.journal.aside == [("post:x", "no_text"), ("post:x", "no_author")]


async def test_what_is_missed_is_told_before_the_cursor_passes_it():
    desk = Desk([a_post(1)])
    desk.platform.missed = Missed(since=0, until=60_000, url="https://x.com/search")
    told: list[tuple[Missed, str | None]] = []

    async def tell(missed: Missed) -> None:
        told.append((missed, desk.cursor))
        if len(told) == 1:
            raise Unavailable("the store is away")

    desk.ingest._missed = tell
    with pytest.raises(Unavailable):
        await desk.ingest.sweep_once()
    assert desk.cursor is None
    await desk.ingest.sweep_once()
    assert told == [(desk.platform.missed, None)] * 2
    assert desk.journal.aside[-1] == ("posts:x", "missed:1970-01-01T00:00:00Z..1970-01-01T00:01:00Z")


async def test_a_flood_that_one_sweep_does_not_end_counts_as_being_read():
    desk = Desk([a_post(n) for n in range(1, 31)], lot=1)
    assert (await desk.ingest.sweep_once()).more
    assert "read:cursor:x:1" in desk.memory.kept


async def test_a_store_that_is_away_stops_the_sweep_and_the_cursor_stays():
    desk = Desk([a_post(n, conversation=1) for n in (1, 2, 3)])
    desk.intake.trouble["2"] = Unavailable("the store is away")
    with pytest.raises(Unavailable):
        await desk.ingest.sweep_once()
    assert (desk.cursor, desk.intake.received) == (None, ["1"])
    desk.intake.trouble.clear()
    assert await desk.ingest.sweep_once() == Swept(received=3)


async def test_what_was_begun_when_the_store_went_away_is_finished_not_cut():
    desk = Desk([a_post(1), a_post(2)])
    began, gone = asyncio.Event(), asyncio.Event()

    class Slow(PaperIntake):
        async def receive(self, post: Post) -> None:
            if post.id == "1":
                await began.wait()
                gone.set()
                raise Unavailable("the store is away")
            began.set()
            await gone.wait()
            await asyncio.sleep(0)
            await super().receive(post)

    desk.ingest._intake = slow = Slow()
    with pytest.raises(Unavailable):
        await desk.ingest.sweep_once()
    assert slow.received == ["2"]


async def test_when_the_store_is_away_nothing_more_is_begun():
    desk = Desk([a_post(n) for n in range(1, 101)])
    desk.intake.trouble["1"] = Unavailable("the store is away")
    with pytest.raises(Unavailable):
        await desk.ingest.sweep_once()
    assert len(desk.intake.received) < AT_ONCE


async def test_a_journal_that_is_away_stops_the_sweep_too():
    desk = Desk([a_post(1)])
    desk.intake.trouble["1"] = ValueError()
    desk.journal.trouble = Unavailable("the journal is away")
    with pytest.raises(Unavailable):
        await desk.ingest.sweep_once()
    assert desk.cursor is None


async def test_a_platform_that_is_away_leaves_the_cursor_alone():
    desk = Desk([a_post(1)])
    desk.platform.trouble = Unavailable("X is away")
    with pytest.raises(Unavailable):
        await desk.ingest.sweep_once()
    assert desk.cursor is None


async def test_two_sweeps_at_once_take_turns():
    desk = Desk([a_post(1)])
    both = await asyncio.gather(desk.ingest.sweep_once(), desk.ingest.sweep_once())
    assert sorted(swept.received for swept in both) == [0, 1]
    assert desk.intake.received == ["1"]


async def test_posts_of_open_cases_are_looked_up_a_hundred_at_a_time_and_what_they_are_now_is_handed_on():
    desk = Desk()
    desk.intake.open = [str(n) for n in range(1, 251)]
    desk.platform.gone = {"7"}
    desk.intake.trouble["9"] = ValueError("poison")
    assert await desk.ingest.check_open_cases() == 250
    assert [len(lot) for lot in desk.platform.asked] == [100, 100, 50]
    assert ("7", Gone(reason="deleted"), "x") in desk.intake.news
    assert len(desk.intake.news) == 249
    assert desk.journal.aside == [("post:x:9", "ValueError")]


async def listening(desk: Desk, until: asyncio.Event) -> None:
    """Run the feed until an event, then stop as a process does."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(desk.ingest.run(stop))
        await until.wait()
        stop.set()


async def test_the_live_feed_brings_posts_without_moving_the_cursor():
    stream = PaperStream([a_post(5)])
    desk = Desk(stream=stream)
    await listening(desk, desk.intake.arrived)
    assert desk.intake.received == ["5"]
    assert stream.opened == stream.closed


async def test_after_each_gap_of_the_feed_a_sweep_fetches_what_came_meanwhile():
    stream = PaperStream([a_post(5), Unavailable("broken")])
    desk = Desk([a_post(5), a_post(6)], stream=stream)
    await listening(desk, desk.napped)
    assert desk.intake.received.count("6") == 1
    assert desk.cursor == "2"


async def test_what_was_written_before_the_feed_was_open_is_fetched_when_it_is():
    stream = PaperStream()
    stream.says_so = True
    desk = Desk([a_post(6)], stream=stream)
    await listening(desk, desk.intake.arrived)
    assert desk.intake.received == ["6"]
    assert stream.opened == stream.closed == 1


async def test_a_feed_that_breaks_while_it_is_swept_for_is_closed_and_the_sweep_is_made_anew():
    stream = PaperStream([Unavailable("broken")])
    stream.says_so = True
    desk = Desk([a_post(6)], stream=stream)
    await listening(desk, desk.napped)
    assert desk.intake.received == ["6"]


async def test_a_feed_that_keeps_breaking_is_opened_ever_more_slowly():
    stream = PaperStream(*([[Unavailable("broken")]] * 12))
    desk = Desk(stream=stream)
    done = asyncio.Event()

    async def nap(seconds: float) -> None:
        desk.naps.append(seconds)
        if len(desk.naps) == 12:
            done.set()
            await asyncio.Event().wait()

    desk.ingest._sleep = nap
    await listening(desk, done)
    assert desk.naps == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0, 300.0]


async def test_a_feed_is_closed_before_anything_else_is_done_when_the_store_goes_away():
    stream = PaperStream([a_post(5), a_post(6)])
    desk = Desk(stream=stream)
    desk.intake.trouble["5"] = Unavailable("the store is away")
    closed: list[int] = []

    class Looking(PaperPlatform):
        async def fetch(self, cursor: str | None) -> Batch:
            closed.append(stream.closed)
            return await super().fetch(cursor)

    desk.ingest._platform = Looking()
    await listening(desk, desk.napped)
    assert closed[0] == 1


async def test_a_feed_that_asks_for_time_gets_it():
    desk = Desk(stream=PaperStream([Paced("later", 700.0)]))
    await listening(desk, desk.napped)
    assert desk.naps[0] == 700.0


async def test_a_poison_post_in_the_feed_is_set_aside_and_the_feed_goes_on():
    stream = PaperStream([a_post(1), a_post(2)])
    desk = Desk(stream=stream)
    desk.intake.trouble["1"] = ValueError()
    await listening(desk, desk.intake.arrived)
    assert desk.intake.received == ["2"]
    assert desk.journal.aside == [("post:x:1", "ValueError")]


async def test_the_feed_survives_a_sweep_that_cannot_be_made():
    stream = PaperStream([Broken("refused")], [a_post(1)])
    desk = Desk(stream=stream)
    desk.platform.trouble = Unavailable("X is away")
    await listening(desk, desk.intake.arrived)
    assert desk.intake.received == ["1"]


async def test_without_a_feed_there_is_nothing_to_listen_to():
    await Desk().ingest.run(asyncio.Event())
