"""Several cases at once come in the order they were asked for, without those that are gone."""

from dataclasses import replace

from bot.domain.ids import CaseId
from bot.services.loading import loaded
from tests import builders as a


class Shelf:
    """Holds two cases."""

    async def load(self, case_id):
        return replace(a.a_case(), id=case_id) if case_id in {"C-1", "C-2"} else None


async def test_cases_come_in_the_order_they_were_asked_for_without_those_that_are_gone():
    found = await loaded(Shelf(), [CaseId("C-2"), CaseId("C-9"), CaseId("C-1")])
    assert [case.id for case in found] == ["C-2", "C-1"]


async def test_nothing_asked_for_is_nothing_loaded():
    assert await loaded(Shelf(), []) == []
