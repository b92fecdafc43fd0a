"""A busy desk whose every confirmed change is counted, for the tests in which servers die."""

import asyncio
import itertools
from contextlib import suppress

from redis import exceptions

from bot.adapters.redis_errors import NO_ANSWER, READ_ONLY
from bot.adapters.redis_scripts import Script
from bot.domain.errors import Unavailable
from bot.domain.ids import OpId
from tests.contract.cases import a_post, adding, opening
from tests.servers import DeskMemory

CHANGES, PEOPLE = 200, 8
SENTENCES = {NO_ANSWER, READ_ONLY}


def losing_answers(desk: DeskMemory, every: int) -> None:
    """Let every so manieth answer to a commit be lost on the way, after the server has done the work."""
    send, commit = desk.client.execute_command, Script.load("commit").sha
    asked = itertools.count(1)

    async def sent(*words: object, **options: object) -> object:
        answer = await send(*words, **options)
        if commit in words and next(asked) % every == 0:
            raise exceptions.ConnectionError
        return answer

    desk.client.execute_command = sent


async def give_up_in_the_middle(desk: DeskMemory, turns: int, furthest: int) -> None:
    """Give calls up after up to so many steps of theirs, and see that later ones get the answers meant for them."""
    cases = [await desk.store.begin(OpId(f"op{n}"), opening(a_post(n))) for n in range(1, 6)]
    for turn in range(turns):
        given_up = asyncio.ensure_future(desk.store.load(cases[turn % 5].id))
        for _ in range(turn % furthest):
            await asyncio.sleep(0)
        given_up.cancel()
        with suppress(asyncio.CancelledError):
            await given_up
        assert await asyncio.gather(*(desk.store.load(case.id) for case in cases)) == cases


class Busy:
    """Eight people who together make 200 changes to four cases, each repeated by its maker until it is confirmed."""

    def __init__(self, desk: DeskMemory) -> None:
        """Nobody is at work yet."""
        self.desk = desk
        self.confirmed: list[int] = []
        self.refused: list[str] = []
        self.reached = {number: asyncio.Event() for number in range(CHANGES + 1)}

    async def work(self) -> None:
        self.cases = [await self.desk.store.begin(OpId(f"open{n}"), opening(a_post(1000 + n))) for n in range(4)]
        async with asyncio.TaskGroup() as group:
            for person in range(PEOPLE):
                group.create_task(self._changes(range(person, CHANGES, PEOPLE)))

    async def _changes(self, numbers: range) -> None:
        for number in numbers:
            case = self.cases[number % 4]
            while True:
                try:
                    await self.desk.store.change(case.id, OpId(f"op{number}"), adding(a_post(number)))
                except Unavailable as no:
                    self.refused.append(str(no))
                    continue
                self.confirmed.append(number)
                self.reached[len(self.confirmed)].set()
                break

    async def stored(self) -> list[int]:
        """Return the numbers of all changes that are in the cases, as often as they are there."""
        found = [await self.desk.store.load(case.id) for case in self.cases]
        return sorted(int(post.id) for case in found if case for post in case.posts[1:])

    async def written_down(self) -> int:
        """Return how many lines of changes the journal has."""
        lines = [line for case in self.cases for line in await self.desk.journal.lines(case.id, limit=500)]
        return sum(line["fact"] == "CustomerWrote" for line in lines)

    async def assert_whole(self) -> None:
        assert sorted(self.confirmed) == list(range(CHANGES))
        assert await self.stored() == list(range(CHANGES))
        assert await self.written_down() == CHANGES
        assert set(self.refused) <= SENTENCES
