"""Who counts as another customer, which words count as the same, and for how long."""

from dataclasses import replace

import pytest

from bot.domain.cases.case import Case
from bot.domain.cases.events import Fact, Line
from bot.domain.ids import DESK, CaseId, Instant
from bot.services.alike import MOST_ALIKE, REASON, REMEMBERED, WITHIN, Alike
from tests import builders as a

WORDS = "We are looking into it."


class Remembered:
    """The part of the port `Memory` that this needs; `quicker` lets somebody else be first so many times."""

    def __init__(self) -> None:
        self.at, self.kept, self.quicker = a.NOON, None, 0

    async def now(self) -> Instant:
        return self.at

    async def recall(self, name: str) -> str | None:
        return self.kept

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        if self.quicker:
            self.quicker -= 1
            self.kept = f"{self.kept or ''} {self.at}|somebody-elses|C-1".strip()
        if old != self.kept:
            return False
        self.kept = new
        return True


@pytest.fixture
def memory() -> Remembered:
    return Remembered()


def approved(number: int, body: str = WORDS) -> Case:
    return replace(a.approved(a.in_review(body=body)), id=CaseId(f"C-{number}"))


async def why(memory: Remembered, case: Case) -> str:
    assert case.draft
    return (await Alike(memory).objection(case, case.draft)).why


async def nine_have_it(memory: Remembered) -> None:
    assert [await why(memory, approved(number)) for number in range(1, MOST_ALIKE)] == [""] * (MOST_ALIKE - 1)


async def test_the_tenth_customer_does_not_get_the_same_words(memory):
    await nine_have_it(memory)
    assert await why(memory, approved(10)) == REASON


async def test_capitals_and_spaces_make_no_other_words_and_other_words_do(memory):
    await nine_have_it(memory)
    assert await why(memory, approved(10, "WE are  looking into it.")) == REASON
    assert await why(memory, approved(11, "We have looked into it.")) == ""


async def test_one_customer_who_is_looked_at_again_and_again_counts_once(memory):
    assert [await why(memory, approved(1)) for _ in range(20)] == [""] * 20
    assert await why(memory, approved(2)) == ""


async def test_the_ninth_who_is_looked_at_again_is_not_one_more_customer(memory):
    await nine_have_it(memory)
    assert await why(memory, approved(9)) == ""


async def test_after_ten_minutes_the_same_words_may_leave_again(memory):
    await nine_have_it(memory)
    memory.at = Instant(a.NOON + WITHIN - 1)
    assert await why(memory, approved(10)) == REASON
    memory.at = Instant(a.NOON + WITHIN)
    assert await why(memory, approved(10)) == ""


async def test_who_was_told_and_approved_it_all_the_same_is_not_asked_again(memory):
    await nine_have_it(memory)
    case = approved(10)
    told = Line(fact=Fact.APPROVAL_VOIDED, at=case.draft.at, by=DESK, detail=REASON)
    assert await why(memory, replace(case, history=(*case.history, told))) == ""


async def test_that_people_were_told_about_earlier_words_counts_for_nothing(memory):
    await nine_have_it(memory)
    case = approved(10)
    told = Line(fact=Fact.APPROVAL_VOIDED, at=Instant(case.draft.at - 1), by=DESK, detail=REASON)
    assert await why(memory, replace(case, history=(*case.history, told))) == REASON


async def test_where_somebody_else_sends_at_the_same_moment_both_are_counted(memory):
    memory.quicker = 3
    assert await why(memory, approved(1)) == ""
    assert [entry.partition("|")[2] for entry in memory.kept.split()].count("somebody-elses|C-1") == 3
    assert memory.kept.split()[-1].endswith("|C-1")


async def test_only_so_many_are_remembered(memory):
    for number in range(REMEMBERED + 5):
        assert await why(memory, approved(number, f"Words for number {number}.")) == ""
    assert len(memory.kept.split()) == REMEMBERED
