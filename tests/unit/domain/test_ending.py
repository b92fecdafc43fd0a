"""How a case ends and comes back: answered or dismissed with a reason, and a complaint never by one person alone."""

from dataclasses import replace

import pytest

from bot.domain.cases import conversation, ending, ownership
from bot.domain.cases.case import Case, Resolution
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.ids import DAY, HOUR, Instant, later
from bot.domain.people import Side
from bot.domain.replies.draft import DraftState
from tests import builders as a

PRAISE = a.PRAISE


def dismiss(case: Case, by=a.SAM, resolution=Resolution.SPAM, reason="an advert"):
    return ending.dismiss(case, by, resolution, reason, a.NOON)


def test_a_complaint_waits_for_a_second_person():
    decision = dismiss(a.a_case())
    case = decision.case
    assert (case.status, case.resolution) == (Status.NEW, None)
    assert case.dismissal is not None
    assert (case.dismissal.by, case.dismissal.resolution) == (a.SAM.id, Resolution.SPAM)
    assert [(e.fact, e.detail) for e in decision.events] == [(Fact.DISMISSAL_ASKED, "spam: an advert")]


def test_praise_is_dismissed_by_one_person():
    decision = dismiss(a.a_case(severity=PRAISE), resolution=Resolution.NO_REPLY_NEEDED, reason="")
    assert (decision.case.status, decision.case.resolution) == (Status.RESOLVED, Resolution.NO_REPLY_NEEDED)
    assert [(e.fact, e.detail) for e in decision.events] == [(Fact.DISMISSED, "no reply needed")]


def test_the_second_person_agrees():
    decision = ending.agree(dismiss(a.a_case()).case, a.SUE, a.after(HOUR))
    case = decision.case
    assert (case.status, case.resolution, case.resolved_at) == (Status.RESOLVED, Resolution.SPAM, a.after(HOUR))
    assert [(e.fact, e.by) for e in decision.events] == [(Fact.DISMISSED, a.SUE.id)]


def test_the_first_person_is_not_a_second_one():
    with pytest.raises(Refused, match="somebody else has to agree"):
        ending.agree(dismiss(a.a_case()).case, a.SAM, a.NOON)


@pytest.mark.parametrize("who", [a.SAM, a.SUE])
def test_anyone_may_keep_it(who):
    decision = ending.keep(dismiss(a.claimed()).case, who, a.NOON)
    assert (decision.case.status, decision.case.dismissal) == (Status.CLAIMED, None)
    assert [event.fact for event in decision.events] == [Fact.DISMISSAL_DECLINED]


@pytest.mark.parametrize("verb", [ending.agree, ending.keep])
def test_there_is_nothing_to_agree_to_before_somebody_asks(verb):
    with pytest.raises(Refused, match="Nobody is asking to dismiss"):
        verb(a.a_case(), a.SUE, a.NOON)


@pytest.mark.parametrize("verb", [ending.agree, ending.keep])
def test_a_dismissal_that_is_done_is_not_decided_again(verb):
    with pytest.raises(Refused, match="not possible now"):
        verb(a.dismissed(), a.SUE, a.NOON)


def test_it_is_asked_for_once():
    with pytest.raises(Refused, match=f"<@{a.SAM.id}> already asked"):
        dismiss(dismiss(a.a_case()).case, a.SUE)


def test_nothing_without_a_reply_ends_as_answered():
    with pytest.raises(Refused, match="cannot end as answered"):
        dismiss(a.a_case(), resolution=Resolution.ANSWERED)


def test_others_do_not_dismiss_what_somebody_works_on():
    with pytest.raises(Refused, match=f"<@{a.SAM.id}> has this case"):
        dismiss(a.claimed(), a.SUE)


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED, Status.ANSWERED, Status.CLOSED])
def test_a_case_is_not_dismissed_while_a_reply_is_on_its_way(status: Status):
    with pytest.raises(Refused, match="not possible now"):
        dismiss(a.IN_STATUS[status]())


def test_a_dismissal_ends_an_offer_and_a_snooze():
    offered = ownership.hand_over(a.claimed(), a.SAM, Side.PR, "press", a.NOON).case
    case = ending.agree(dismiss(replace(offered, snoozed_until=a.after(DAY))).case, a.SUE, a.NOON).case
    assert (case.handover, case.snoozed_until) == (None, None)


def test_an_answered_case_is_resolved_as_answered():
    decision = ending.resolve(a.answered(), a.SAM, a.after(HOUR))
    case = decision.case
    assert (case.status, case.resolution, case.resolved_at) == (Status.RESOLVED, Resolution.ANSWERED, a.after(HOUR))
    assert [event.fact for event in decision.events] == [Fact.RESOLVED]


def test_nothing_is_resolved_that_was_never_answered():
    with pytest.raises(Refused, match="Nothing was answered yet"):
        ending.resolve(a.claimed(), a.SAM, a.NOON)


def test_resolving_leaves_no_open_question_behind():
    again = conversation.customer_wrote(a.answered(), a.a_post(2), PRAISE, a.NOON).case
    offered = ownership.hand_over(again, a.SAM, Side.PR, "press", a.NOON).case
    case = ending.resolve(offered, a.SAM, a.NOON).case
    assert (case.handover, case.dismissal, case.snoozed_until) == (None, None, None)


def test_a_new_complaint_after_the_answer_is_not_resolved_away():
    again = conversation.customer_wrote(a.answered(), a.a_post(2), a.A_COMPLAINT, a.NOON).case
    with pytest.raises(Refused, match="The customer wrote again"):
        ending.resolve(again, a.SAM, a.NOON)


def test_thanks_after_the_answer_need_no_second_one():
    again = conversation.customer_wrote(a.answered(), a.a_post(2), PRAISE, a.NOON).case
    assert ending.resolve(again, a.SAM, a.NOON).case.status is Status.RESOLVED


def test_a_reply_that_was_posted_by_hand_answers_the_case():
    case = a.approved(a.in_review(a.claimed(a.a_case(a.by_hand()))))
    decision = ending.answered_by_hand(case, a.SAM, a.NOON)
    assert (decision.case.status, decision.case.answered_at) == (Status.ANSWERED, a.NOON)
    assert decision.case.sent is not None
    assert (decision.case.sent.state, decision.case.sent.sent_id) == (DraftState.SENT, None)
    assert [event.fact for event in decision.events] == [Fact.ANSWERED_BY_HAND]


def test_a_reply_that_the_desk_publishes_itself_is_not_posted_by_hand():
    with pytest.raises(Refused, match="The desk publishes this reply itself"):
        ending.answered_by_hand(a.approved(), a.SAM, a.NOON)


@pytest.mark.parametrize("case", [a.sending_now(), a.unconfirmed()], ids=["sending", "unconfirmed"])
def test_what_the_desk_is_sending_is_not_posted_by_hand(case: Case):
    with pytest.raises(Refused, match="no approved reply that waits"):
        ending.answered_by_hand(case, a.SAM, a.NOON)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.APPROVED])
def test_nothing_is_posted_by_hand_that_was_not_approved(status: Status):
    with pytest.raises(Refused, match="not possible now"):
        ending.answered_by_hand(a.IN_STATUS[status](), a.SAM, a.NOON)


@pytest.mark.parametrize("make", [a.answered, a.resolved, a.dismissed])
def test_whoever_reopens_it_has_it(make):
    case = ending.reopen(make(), a.SUE, a.after(HOUR)).case
    assert (case.status, case.owner, case.resolution, case.resolved_at) == (Status.CLAIMED, a.SUE.id, None, None)
    assert (case.dismissal, case.lease_until) == (None, a.after(HOUR + a.TIMING.claim_lease))


def test_a_co_owner_who_reopens_it_is_the_owner_alone():
    case = replace(a.resolved(), co_owner=a.PAT.id)
    reopened = ending.reopen(case, a.PAT, a.NOON).case
    assert (reopened.owner, reopened.co_owner) == (a.PAT.id, None)


def test_a_resolved_case_is_archived_when_nobody_touched_it():
    case = a.resolved()
    assert case.resolved_at is not None
    end = later(case.resolved_at, a.TIMING.archive_after)
    assert ending.archive(case, Instant(end - 1)).case is case
    decision = ending.archive(case, end)
    assert decision.case.status is Status.CLOSED
    assert [event.fact for event in decision.events] == [Fact.CLOSED]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RESOLVED])
def test_nothing_else_is_archived(status: Status):
    case = a.IN_STATUS[status]()
    assert ending.archive(case, a.after(1_000 * DAY)).case is case
