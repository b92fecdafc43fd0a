"""What was read a moment ago counts for a moment; what is changed here counts at once."""

import asyncio

import pytest

from bot.domain.document import Change
from bot.domain.errors import Unavailable
from bot.domain.ids import SECOND, Instant, OpId
from bot.ports import Stored
from bot.services.recent import Recent


class Shelf:
    """A document of one word, on a store that answers when it is let."""

    name = "word"

    def __init__(self):
        self.word, self.reads = "old", 0
        self.answers, self.asked = asyncio.Event(), asyncio.Event()
        self.answers.set()
        self.down = self.loses = False

    async def read(self):
        self.reads += 1
        if self.down:
            raise Unavailable("the store is away")
        seen = self.word
        self.asked.set()
        await self.answers.wait()
        return Stored(value=seen, version=seen, now=Instant(0))

    async def change(self, op, decide):
        self.word = decide(self.word, Instant(0)).value
        if self.loses:
            raise Unavailable("the answer is lost")
        return self.word


class Watch:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def recent(shelf, watch):
    return Recent(shelf, 2 * SECOND, watch)


def write(word):
    return lambda known, now: Change(value=word)


async def test_many_questions_within_a_moment_are_one_look(recent, shelf, watch):
    assert [await recent.lately() for _ in range(5)] == ["old"] * 5
    watch.at = 1.9
    assert (await recent.lately(), shelf.reads) == ("old", 1)


async def test_what_another_process_changed_is_known_after_that_moment(recent, shelf, watch):
    await recent.lately()
    shelf.word = "new"
    watch.at = 1.9
    assert await recent.lately() == "old"
    watch.at = 2.0
    assert await recent.lately() == "new"


async def test_the_moment_begins_when_the_store_is_asked_and_not_when_it_answers(recent, shelf, watch):
    shelf.answers.clear()
    slow = asyncio.create_task(recent.lately())
    await shelf.asked.wait()
    watch.at = 1.5
    shelf.answers.set()
    await slow
    shelf.word = "new"
    watch.at = 2.0
    assert await recent.lately() == "new"


async def test_what_is_changed_here_counts_here_at_once(recent):
    await recent.lately()
    await recent.change(OpId("1"), write("new"))
    assert await recent.lately() == "new"


async def test_a_look_that_began_before_a_change_does_not_bring_back_what_was(recent, shelf):
    shelf.answers.clear()
    slow = asyncio.create_task(recent.lately())
    await shelf.asked.wait()
    await recent.change(OpId("1"), write("new"))
    shelf.answers.set()
    assert await slow == "new"
    assert (await recent.lately(), shelf.reads) == ("new", 1)


async def test_a_change_whose_answer_was_lost_is_looked_for(recent, shelf):
    await recent.lately()
    shelf.loses = True
    with pytest.raises(Unavailable):
        await recent.change(OpId("1"), write("new"))
    assert await recent.lately() == "new"


async def test_a_store_that_is_away_for_a_moment_is_not_missed_and_for_longer_it_is(recent, shelf, watch):
    await recent.lately()
    shelf.down = True
    watch.at = 1.9
    assert await recent.lately() == "old"
    watch.at = 2.0
    with pytest.raises(Unavailable):
        await recent.lately()


async def test_who_wants_it_as_it_is_now_is_told_so_and_everybody_else_with_them(recent, shelf):
    await recent.lately()
    shelf.word = "new"
    assert (await recent.read()).value == "new"
    assert (await recent.lately(), shelf.reads) == ("new", 2)
