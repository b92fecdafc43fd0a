"""Questions of one moment are answered at once; each has its own answer, and nobody waits for a later one."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.adapters.together import Together
from bot.domain.errors import Broken


class Clerk:
    """Answers with the number after the one asked about; 13 is a question that cannot be answered."""

    def __init__(self) -> None:
        self.groups: list[tuple[int, ...]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.stopped = False

    async def answer(self, numbers: Sequence[int]) -> Sequence[int | Exception]:
        self.groups.append(tuple(numbers))
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.stopped = True
            raise
        if 99 in numbers:
            raise Broken("the counter is closed")
        return [Broken("nobody knows") if number == 13 else number + 1 for number in numbers]


async def test_what_is_asked_in_one_moment_is_answered_at_once_and_each_gets_its_own_answer():
    clerk = Clerk()
    together = Together(clerk.answer, 10)
    assert await asyncio.gather(*(together.ask(number) for number in range(5))) == [1, 2, 3, 4, 5]
    assert await together.ask(7) == 8
    assert clerk.groups == [(0, 1, 2, 3, 4), (7,)]


async def test_no_more_are_answered_at_once_than_were_allowed():
    clerk = Clerk()
    together = Together(clerk.answer, 2)
    assert await asyncio.gather(*(together.ask(number) for number in range(5))) == [1, 2, 3, 4, 5]
    assert clerk.groups == [(0, 1), (2, 3), (4,)]


async def test_nobody_waits_for_the_answer_to_an_earlier_question():
    clerk = Clerk()
    together = Together(clerk.answer, 10)
    clerk.open.clear()
    first = asyncio.ensure_future(together.ask(1))
    while not clerk.groups:
        await asyncio.sleep(0)
    second = asyncio.ensure_future(together.ask(2))
    while len(clerk.groups) < 2:
        await asyncio.sleep(0)
    clerk.open.set()
    assert await asyncio.gather(first, second) == [2, 3]


async def test_an_error_of_one_question_is_nobody_elses():
    together = Together(Clerk().answer, 10)
    found = await asyncio.gather(*(together.ask(number) for number in (1, 13, 3)), return_exceptions=True)
    assert [type(one) for one in found] == [int, Broken, int]
    assert (found[0], found[2]) == (2, 4)


async def test_where_nothing_could_be_answered_everybody_hears_why():
    together = Together(Clerk().answer, 10)
    found = await asyncio.gather(together.ask(1), together.ask(99), return_exceptions=True)
    assert [str(one) for one in found] == ["the counter is closed"] * 2
    assert await together.ask(1) == 2


async def test_whoever_gives_up_takes_nothing_from_the_others():
    clerk = Clerk()
    together = Together(clerk.answer, 10)
    clerk.open.clear()
    hasty, patient = (asyncio.ensure_future(together.ask(number)) for number in (1, 2))
    while not clerk.groups:
        await asyncio.sleep(0)
    hasty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hasty
    clerk.open.set()
    assert await patient == 3
    assert not clerk.stopped


async def test_what_nobody_waits_for_any_more_is_given_up_and_what_has_not_left_is_never_asked():
    clerk = Clerk()
    together = Together(clerk.answer, 10)
    clerk.open.clear()
    asking = asyncio.ensure_future(together.ask(1))
    while not clerk.groups:
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    for _ in range(5):
        await asyncio.sleep(0)
    assert clerk.stopped
    early = asyncio.ensure_future(together.ask(2))
    await asyncio.sleep(0)
    early.cancel()
    clerk.open.set()
    assert await together.ask(3) == 4
    assert clerk.groups == [(1,), (3,)]
