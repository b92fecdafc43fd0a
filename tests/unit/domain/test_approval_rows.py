"""Attempts to get a reply out with fewer people than the rules ask for."""

from dataclasses import replace

import pytest

from bot.domain.approving import approval
from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.replies import sending
from bot.domain.replies.draft import DraftState
from tests import builders as a

COVERS = ["APR-09", "APR-17", "AUT-09", "AUT-11", "AUT-16"]


def too_old() -> Case:
    return sending.start(a.approved(), 1, a.an_attempt(), a.holds, a.after(a.TIMING.approval_life)).case


def one_veto_after_two() -> Case:
    twice = a.yes(a.yes(a.needing(pr=2, service=1)).case, a.PIA).case
    return approval.reject(twice, a.PAT, 1, "no", a.NOON).case


def the_writer() -> Case:
    case = a.needing(pr=1, service=1)
    with pytest.raises(Refused, match="You wrote part of this reply"):
        a.yes(case, a.SAM)
    return case


def the_same_person_twice() -> Case:
    once = a.yes(a.needing(pr=2)).case
    with pytest.raises(Refused, match="already approved"):
        a.yes(once)
    return once


def a_policy_without_approvals() -> Case:
    ready = a.yes(a.needing(pr=1, service=1)).case
    assert ready.draft is not None
    bare = replace(ready, status=Status.APPROVED).with_draft(
        replace(ready.draft, state=DraftState.APPROVED, decided_at=a.NOON)
    )
    return sending.start(bare, 1, a.an_attempt("n1", a.LEAVES), a.holds, a.LEAVES, terms=a.terms()).case


ROWS = {
    "APR-09": too_old,
    "APR-17": one_veto_after_two,
    "AUT-09": the_writer,
    "AUT-11": the_same_person_twice,
    "AUT-16": a_policy_without_approvals,
}


@pytest.mark.parametrize("row", ROWS)
def test_nothing_is_approved_by_too_few(row: str):
    case = ROWS[row]()
    assert case.status in (Status.IN_REVIEW, Status.CLAIMED)
    assert case.draft is not None
    assert case.draft.attempts == ()
    assert row != "APR-17" or (case.draft.state, case.draft.approvals) == (DraftState.REJECTED, ())
