"""From cleared to published at most once: when it may leave, and what each answer changes."""

from dataclasses import replace

import pytest

from bot.domain.cases.case import Case
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.ids import Instant, Nonce, PostId, later
from bot.domain.replies import sending
from bot.domain.replies.draft import DraftState
from bot.domain.replies.reply import Outcome, Sent
from tests import builders as a
from tests.unit.domain.attempts import LATER, NO, UNSURE, cleared_again, draft_of, facts, record, second_attempt, start

# when it may leave


@pytest.mark.parametrize(("passed", "wait"), [(0, 30_000), (29_999, 1), (30_000, 0), (99_999, 0)])
def test_a_cleared_reply_waits_out_the_time_for_undo(passed: int, wait: int):
    assert sending.wait_left(a.approved(), 1, a.after(passed)) == wait


@pytest.mark.parametrize("make", [a.in_review, a.claimed, a.sending_now, a.unconfirmed, a.answered, a.resolved])
def test_nothing_else_is_going_to_leave(make):
    assert sending.wait_left(make(), 1, a.LEAVES) is None


def test_another_revision_is_not_going_to_leave():
    assert sending.wait_left(a.approved(), 2, a.LEAVES) is None


# the mark


def test_the_mark_is_made_before_a_byte_leaves():
    decision = start(a.approved())
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state) == (Status.APPROVED, DraftState.SENDING)
    assert draft.attempts == (a.an_attempt("n1", a.LEAVES),)
    assert facts(decision) == [Fact.SEND_STARTED]


def test_no_mark_before_the_time_for_undo_is_over():
    case = a.approved()
    assert start(case, Instant(a.LEAVES - 1)).case is case


def test_no_second_mark_while_one_stands():
    case = a.sending_now()
    assert start(case).case is case


def with_yes(case: Case, **other: object) -> Case:
    draft = draft_of(case)
    return case.with_draft(replace(draft, approvals=(replace(draft.approvals[0], **other),)))  # type: ignore[arg-type]  # a field per row


FORGED = {
    "a forged seal": lambda: with_yes(a.approved(), seal="sealed(something else)"),
    "no seal": lambda: with_yes(a.approved(), seal=""),
    "another's seal": lambda: with_yes(a.approved(), by=a.PIA.id),
    "another time": lambda: with_yes(a.approved(), at=a.after(1)),
    "the wrong side": lambda: with_yes(a.approved(), factors=("service",)),
    "a foreign digest": lambda: with_yes(a.approved(), digest="0" * 64),
    "no yes at all": lambda: a.approved().with_draft(replace(draft_of(a.approved()), approvals=())),
    "other words": lambda: a.approved().with_draft(replace(draft_of(a.approved()), text="Buy our stock!")),
    "a stricter rule": lambda: a.needing(a.approved(), pr=2),
    "another account": lambda: replace(a.approved(), account="901"),
    "the writer's own yes": lambda: a.approved().with_draft(replace(draft_of(a.approved()), by=a.PAT.id)),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_was_not_approved_by_the_right_people_does_not_leave(what: str):
    decision = start(FORGED[what]())
    assert draft_of(decision.case).state is DraftState.SUBMITTED
    assert decision.case.status is Status.IN_REVIEW
    assert [(e.fact, e.detail) for e in decision.events] == [
        (Fact.APPROVAL_VOIDED, "it is no longer what was approved")
    ]


def test_the_same_yes_twice_is_one_yes():
    case = a.needing(a.approved(), pr=2)
    draft = draft_of(case)
    doubled = case.with_draft(replace(draft, approvals=draft.approvals * 2))
    assert facts(start(doubled)) == [Fact.APPROVAL_VOIDED]


def test_an_approval_that_is_too_old_does_not_leave():
    case = a.approved()
    end = a.after(a.TIMING.approval_life)
    assert facts(start(case, Instant(end - 1))) == [Fact.SEND_STARTED]
    late = start(case, end)
    assert [(e.fact, e.detail) for e in late.events] == [(Fact.APPROVAL_VOIDED, "the approval was not used in time")]


# what came of it: every answer in every state


def test_sent_is_sent():
    decision = record(a.sending_now(), a.PROOF)
    draft = draft_of(decision.case)
    assert (decision.case.status, decision.case.answered_at) == (Status.ANSWERED, a.LEAVES)
    assert (draft.state, draft.sent_id, draft.sent_url, draft.sent_at) == (
        DraftState.SENT,
        a.PROOF.id,
        a.PROOF.url,
        a.LEAVES,
    )
    assert facts(decision) == [Fact.REPLY_SENT]


def test_a_known_no_goes_back_to_the_owner_with_its_reason_and_a_fresh_lease():
    decision = record(a.sending_now(), NO)
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state, draft.decision_words) == (Status.CLAIMED, DraftState.REFUSED, NO.reason)
    assert decision.case.lease_until == later(a.LEAVES, a.TIMING.claim_lease)
    assert facts(decision) == [Fact.REPLY_REFUSED]


def test_what_provably_did_not_leave_is_cleared_as_if_it_had_not_been_tried():
    decision = record(a.sending_now(), LATER)
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state, draft.attempts) == (Status.APPROVED, DraftState.APPROVED, ())
    assert [(e.fact, e.detail) for e in decision.events] == [(Fact.SEND_STOPPED, LATER.reason)]


def test_a_doubt_stays_a_doubt():
    decision = record(a.sending_now(), UNSURE)
    assert (decision.case.status, draft_of(decision.case).state) == (Status.APPROVED, DraftState.UNCONFIRMED)
    assert [(e.fact, e.detail) for e in decision.events] == [(Fact.REPLY_UNCONFIRMED, UNSURE.reason)]


def test_late_proof_is_taken_while_in_doubt():
    assert facts(record(a.unconfirmed(), a.PROOF)) == [Fact.REPLY_SENT]


@pytest.mark.parametrize(("outcome", "fact"), [(NO, Fact.REPLY_REFUSED), (LATER, Fact.SEND_STOPPED)])
def test_a_late_answer_to_the_only_attempt_ends_the_doubt(outcome: Outcome, fact: Fact):
    assert facts(record(a.unconfirmed(), outcome)) == [fact]


def test_a_second_doubt_says_nothing_new():
    case = a.unconfirmed()
    assert record(case, UNSURE).case is case


@pytest.mark.parametrize("outcome", [NO, LATER, UNSURE])
def test_no_answer_to_the_second_attempt_settles_the_first_which_is_unconfirmed(outcome: Outcome):
    decision = record(second_attempt(), outcome, "n2")
    assert draft_of(decision.case).state is DraftState.UNCONFIRMED
    assert len(draft_of(decision.case).attempts) == 2
    assert facts(decision) == [Fact.REPLY_UNCONFIRMED]


def test_proof_of_the_first_attempt_is_taken_when_it_is_cleared_again():
    decision = record(cleared_again(), a.PROOF, "n1")
    assert (decision.case.status, draft_of(decision.case).sent_id) == (Status.ANSWERED, a.PROOF.id)


def test_proof_of_the_first_attempt_is_taken_during_the_second():
    assert facts(record(second_attempt(), a.PROOF, "n1")) == [Fact.REPLY_SENT]


def test_proof_of_a_second_reply_out_there_is_an_incident():
    sent = record(second_attempt(), a.PROOF, "n1").case
    twice = record(sent, Sent(id=PostId("5002"), url=""), "n2")
    assert facts(twice) == [Fact.REPLY_DIFFERS]
    assert twice.events[0].detail == "it is out twice: 5001 and 5002"
    assert draft_of(twice.case).sent_id == a.PROOF.id


@pytest.mark.parametrize("outcome", [a.PROOF, NO, LATER, UNSURE])
def test_an_answer_that_comes_twice_changes_nothing(outcome: Outcome):
    case = record(a.sending_now(), outcome).case
    if outcome is not UNSURE:
        assert record(case, outcome).case is case


@pytest.mark.parametrize("outcome", [a.PROOF, NO, LATER, UNSURE])
@pytest.mark.parametrize("case", [a.sending_now(), a.unconfirmed(), a.approved(), a.claimed()])
def test_an_answer_to_an_attempt_that_nobody_made_changes_nothing(case: Case, outcome: Outcome):
    assert record(case, outcome, "other").case is case
    assert sending.record(case, 2, Nonce("n1"), outcome, a.LEAVES).case is case


@pytest.mark.parametrize("outcome", [NO, LATER, UNSURE])
def test_an_old_attempts_answer_other_than_proof_does_not_touch_the_second(outcome: Outcome):
    case = second_attempt()
    assert record(case, outcome, "n1").case is case


def test_only_sending_can_become_unconfirmed():
    for make in (a.claimed, a.in_review, a.approved, a.unconfirmed, a.answered):
        case = make()
        assert sending.unconfirmed(case, 1, "interrupted", a.LEAVES).case is case
