"""Loads several cases at once, leaving out those that are not there any more."""

from collections.abc import Iterable

from bot.domain.cases.case import Case
from bot.domain.ids import CaseId
from bot.ports import CaseStore


async def loaded(store: CaseStore, ids: Iterable[CaseId]) -> list[Case]:
    """Return the cases of these numbers that there are, in their order. Raises what `CaseStore.load` raises."""
    found = [await store.load(case_id) for case_id in ids]
    return [case for case in found if case is not None]
