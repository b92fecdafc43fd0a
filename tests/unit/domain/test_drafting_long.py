"""A reply that is written again and again: the case stays small, and nobody's authorship is forgotten."""

import pytest

from bot.domain.approving import approval
from bot.domain.cases import conversation
from bot.domain.cases.case import Case
from bot.domain.errors import Refused
from bot.domain.replies import drafting
from bot.domain.replies.draft import REVISIONS_KEPT, DraftState
from tests import builders as a


def written_again(case: Case, times: int) -> Case:
    for number in range(times):
        case = drafting.submit(case, a.SAM, a.written(f"Take {number}."), a.RULE, a.NOON).case
    return case


def test_the_newest_revisions_are_kept_and_their_numbers_go_on():
    case = written_again(a.claimed(), 50)
    assert [draft.rev for draft in case.drafts] == list(range(51 - REVISIONS_KEPT, 51))


def test_a_reply_that_is_out_is_kept_however_old_it_is():
    case = a.answered()
    case = written_again(conversation.customer_wrote(case, a.a_post(2), case.severity, a.NOON).case, 50)
    assert [draft.rev for draft in case.drafts if draft.state is DraftState.SENT] == [1]
    assert case.sent is not None
    assert len(case.drafts) == REVISIONS_KEPT + 1


def test_a_revision_that_may_be_out_is_kept():
    doubtful = approval.void(a.approved(a.in_review()), "x", a.NOON).case
    first = doubtful.drafts[0]
    with_try = doubtful.with_draft(a.replace(first, attempts=(a.an_attempt(),)))
    assert written_again(with_try, 50).drafts[0].attempts


def test_who_wrote_a_revision_that_is_no_longer_kept_may_still_not_approve():
    case = a.replace(a.in_review(by=a.SAM), co_owner=a.BEA.id)
    case = drafting.submit(case, a.BEA, a.written("Bea's take."), a.RULE, a.NOON).case
    case = written_again(case, 50)
    assert a.BEA.id not in {draft.by for draft in case.drafts}
    assert case.contributors == {a.SAM.id, a.BEA.id}
    with pytest.raises(Refused, match="wrote"):
        a.yes(case, a.BEA)
    approved = a.yes(case, a.PAT).case
    assert approved.draft is not None
    assert approved.draft.state is DraftState.APPROVED
