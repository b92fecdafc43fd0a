"""A reply in doubt: looked for, resent once at most, and settled by a person where the desk cannot tell."""

import pytest

from bot.domain.approving import approval
from bot.domain.cases import conversation
from bot.domain.cases.case import Case
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.ids import MINUTE, Instant, later
from bot.domain.replies import sending
from bot.domain.replies.draft import DraftState
from tests import builders as a
from tests.unit.domain.attempts import (
    FOUND,
    GAP,
    GRACE,
    NO,
    UNSURE,
    draft_of,
    facts,
    looked,
    record,
    second_attempt,
)

# looking for it


def test_found_is_sent():
    decision = looked(a.unconfirmed(), GRACE, FOUND)
    assert (decision.case.status, draft_of(decision.case).sent_id) == (Status.ANSWERED, FOUND.id)


def test_one_look_is_not_enough():
    decision = looked(a.unconfirmed(), GRACE)
    assert draft_of(decision.case).state is DraftState.UNCONFIRMED
    assert facts(decision) == [Fact.REPLY_LOOKED_FOR]


def test_two_looks_far_enough_apart_clear_it_once_more():
    again = looked(looked(a.unconfirmed(), GRACE).case, GRACE + GAP)
    assert (draft_of(again.case).state, draft_of(again.case).resends) == (DraftState.APPROVED, 1)
    assert facts(again) == [Fact.SEND_STOPPED]


@pytest.mark.parametrize(
    ("first", "second"),
    [(0, GRACE), (GRACE - 1, GRACE + GAP - 1), (GRACE, GRACE), (GRACE, GRACE + GAP - 1)],
)
def test_looks_too_early_or_too_close_do_not_count(first: int, second: int):
    case = looked(looked(a.unconfirmed(), first).case, second).case
    assert draft_of(case).state is DraftState.UNCONFIRMED


def test_it_is_resent_once_only():
    case = record(second_attempt(), UNSURE, "n2", later(a.LEAVES, 10 * MINUTE)).case
    for minutes in range(13, 20):
        case = looked(case, minutes * MINUTE).case
    assert (draft_of(case).state, draft_of(case).resends) == (DraftState.UNCONFIRMED, 1)


def test_it_is_not_resent_when_the_approval_is_over():
    life = a.TIMING.approval_life
    case = looked(looked(a.unconfirmed(), life).case, life + GAP).case
    assert draft_of(case).state is DraftState.UNCONFIRMED


@pytest.mark.parametrize("make", [a.claimed, a.in_review, a.approved, a.sending_now, a.answered])
def test_a_look_for_what_is_not_in_doubt_changes_nothing(make):
    case = make()
    assert looked(case, GRACE, FOUND).case is case


def test_looks_do_not_pile_up():
    case = looked(record(second_attempt(), UNSURE, "n2").case, GRACE).case
    for minute in range(100):
        case = looked(case, GRACE + minute * GAP).case
    assert len(draft_of(case).attempts[-1].looks) == sending.LOOKS_KEPT


# a person's word


ASKED = later(a.LEAVES, a.TIMING.ask_after)


def test_a_person_is_asked_when_the_desk_cannot_tell():
    assert not sending.needs_person(a.unconfirmed(), Instant(ASKED - 1))
    assert sending.needs_person(a.unconfirmed(), ASKED)
    assert not sending.needs_person(a.sending_now(), ASKED)
    assert not sending.needs_person(a.claimed(), ASKED)


def test_it_is_there_means_answered():
    decision = sending.settle(a.unconfirmed(), a.SAM, 1, there=True, now=ASKED)
    assert (decision.case.status, draft_of(decision.case).state) == (Status.ANSWERED, DraftState.SENT)
    assert [(e.fact, e.by, e.detail) for e in decision.events] == [(Fact.REPLY_SENT, a.SAM.id, "seen by a person")]


def test_it_is_not_there_means_that_the_approver_decides_again():
    decision = sending.settle(a.unconfirmed(), a.SAM, 1, there=False, now=ASKED)
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state, draft.approvals) == (Status.IN_REVIEW, DraftState.SUBMITTED, ())
    assert facts(decision) == [Fact.APPROVAL_VOIDED]
    assert len(draft.attempts) == 1


def test_what_a_person_cleared_again_is_still_not_sure_to_be_refused():
    settled = sending.settle(a.unconfirmed(), a.SAM, 1, there=False, now=ASKED).case
    ready = a.yes(settled, a.PIA, ASKED).case
    at = later(ASKED, a.TIMING.undo)
    out = sending.start(ready, 1, a.an_attempt("n2", at), a.holds, at).case
    assert facts(record(out, NO, "n2", at)) == [Fact.REPLY_UNCONFIRMED]


@pytest.mark.parametrize("there", [True, False])
def test_a_person_is_told_to_wait_while_the_desk_still_looks(there: bool):
    with pytest.raises(Refused, match="still looking"):
        sending.settle(a.unconfirmed(), a.SAM, 1, there=there, now=Instant(ASKED - 1))


@pytest.mark.parametrize("case", [a.sending_now(), a.answered(), a.approved(), a.claimed()])
def test_what_is_settled_is_not_settled_again(case: Case):
    with pytest.raises(Refused, match="settled already"):
        sending.settle(case, a.SAM, 1, there=True, now=ASKED)


def test_a_published_reply_that_differs_is_said():
    decision = sending.differs(a.answered(), 1, a.LEAVES)
    assert facts(decision) == [Fact.REPLY_DIFFERS]
    assert decision.case.status is Status.ANSWERED


def test_customers_words_do_not_touch_a_reply_that_is_leaving():
    for case in (a.sending_now(), a.unconfirmed()):
        after = conversation.customer_wrote(case, a.a_post(2), case.severity, a.LEAVES).case
        assert draft_of(after) == draft_of(case)
        assert approval.void(after, "", a.LEAVES).case is after
