"""The same words to many customers: every reply is counted, however many leave in the same moment."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import Unavailable
from bot.domain.ids import CaseId, Instant
from bot.services.alike import MOST_ALIKE, Alike
from tests import builders as a


def case(number: int):
    return replace(a.approved(), id=CaseId(f"C-{number}"))


async def test_of_twenty_that_leave_in_the_same_moment_nine_may(desk_memory):
    alike = Alike(desk_memory.memory)
    cases = [case(number) for number in range(20)]
    looked = await asyncio.gather(*(alike.objection(one, one.draft) for one in cases))
    assert [bool(one.why) for one in looked].count(False) == MOST_ALIKE - 1


class Crowded:
    """A memory in which somebody else is always quicker."""

    async def now(self) -> Instant:
        return a.NOON

    async def recall(self, name: str) -> str | None:
        return None

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        return False


async def test_what_cannot_be_counted_does_not_leave():
    with pytest.raises(Unavailable):
        await Alike(Crowded()).objection(case(1), case(1).draft)
