"""What customers do to a case, and to the work that depended on their words."""

from dataclasses import replace

import pytest

from bot.domain.approving import approval
from bot.domain.cases import conversation, ending
from bot.domain.cases.case import POSTS_KEPT, Case, Level, Resolution, Severity
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.ids import HOUR, CaseId, PostId
from bot.domain.replies.draft import Change, DraftState
from tests import builders as a

COMPLAINT = Severity(level=Level.NORMAL, negative=True)
PRAISE = Severity(level=Level.LOW, negative=False)


def wrote(case: Case, number: int = 2, severity: Severity = COMPLAINT, now=a.NOON):
    return conversation.customer_wrote(case, a.a_post(number), severity, now)


def edited(case: Case, **other: object):
    """Let the customer edit the first post; on X that gives it a new id, and the post names the one before."""
    old = case.posts[0]
    new = replace(old, earlier_ids=(old.id,) if "id" in other else (), **other)  # type: ignore[arg-type]  # a field per test
    return conversation.post_edited(case, new, a.NOON)


def deleted(case: Case):
    return conversation.post_deleted(case, case.posts[0], "deleted by its author", a.NOON)


def facts(decision) -> list[Fact]:
    return [event.fact for event in decision.events]


def test_a_case_opens_with_its_first_post():
    case = a.a_case()
    assert (case.status, case.owner, case.opened_at) == (Status.NEW, None, a.NOON)
    assert (case.first_post, case.last_post) == (a.a_post(), a.a_post())
    assert [line.fact for line in case.history] == [Fact.CASE_OPENED]


def test_a_case_may_follow_another():
    old = a.closed()
    decision = conversation.open_case(
        CaseId("C-1043"),
        a.a_post(2),
        route=old.route,
        severity=old.severity,
        timing=old.timing,
        now=a.NOON,
        follows=old.id,
    )
    assert decision.case.follows == old.id


def test_a_further_post_joins():
    decision = wrote(a.a_case())
    assert [post.id for post in decision.case.posts] == [a.a_post(1).id, a.a_post(2).id]
    assert facts(decision) == [Fact.CUSTOMER_WROTE]


def test_the_same_post_joins_once():
    case = wrote(a.a_case()).case
    assert wrote(case).case is case


def test_a_post_is_known_by_each_id_it_ever_had():
    case = edited(a.a_case(), id=PostId("2000"), text="Four weeks!").case
    again = conversation.customer_wrote(case, a.a_post(1), COMPLAINT, a.NOON)
    assert again.case is case
    assert case.post(a.a_post().id) == case.post(PostId("2000"))


def test_an_answered_case_comes_back_to_its_owner_with_a_fresh_lease():
    case = wrote(a.answered(), now=a.after(HOUR)).case
    assert (case.status, case.owner) == (Status.CLAIMED, a.SAM.id)
    assert case.lease_until == a.after(HOUR + a.TIMING.claim_lease)


def test_a_resolved_case_comes_back_as_new_and_nobodys():
    case = wrote(a.resolved()).case
    assert (case.status, case.resolution, case.resolved_at) == (Status.NEW, None, None)
    assert (case.owner, case.owner_side, case.co_owner, case.lease_until) == (None, None, None, None)


def test_a_dismissed_case_comes_back_without_its_dismissal():
    case = wrote(a.dismissed()).case
    assert (case.status, case.dismissal, case.resolution) == (Status.NEW, None, None)


def test_a_closed_case_stays_closed():
    with pytest.raises(Refused, match="will open a new case"):
        wrote(a.closed())


def test_writing_again_wakes_a_snoozed_case_and_ends_a_dismissal_that_waits():
    asked = ending.dismiss(a.a_case(), a.SAM, Resolution.SPAM, "an advert", a.NOON).case
    case = wrote(replace(asked, snoozed_until=a.after(HOUR))).case
    assert (case.snoozed_until, case.dismissal) == (None, None)


def test_the_more_urgent_severity_stays():
    high = Severity(level=Level.HIGH, reasons=("press",))
    assert wrote(a.a_case(), severity=high).case.severity == high
    assert wrote(wrote(a.a_case(), 2, high).case, 3, COMPLAINT).case.severity == high


def test_a_complaint_after_loud_praise_is_a_complaint():
    loud_praise = Severity(level=Level.HIGH, reasons=("reach",), negative=False)
    case = wrote(a.a_case(severity=loud_praise)).case
    assert (case.severity.level, case.severity.negative) == (Level.HIGH, True)


def test_praise_after_praise_stays_praise():
    assert not wrote(a.a_case(severity=PRAISE), severity=PRAISE).case.severity.negative


def test_praise_that_is_edited_may_be_a_complaint_now():
    case = edited(a.a_case(severity=PRAISE), text="I take that back. Where is my parcel?").case
    assert (case.severity.negative, case.open_complaint) == (True, True)


def test_an_edit_after_the_answer_does_not_ask_for_another_one():
    assert not edited(a.answered(), text="My parcel has been on its way for 3 weeks.").case.open_complaint


def test_a_new_complaint_after_the_answer_is_open_again_and_thanks_are_not():
    assert wrote(a.answered(), severity=COMPLAINT).case.open_complaint
    assert not wrote(a.answered(), severity=PRAISE).case.open_complaint


def test_writing_again_voids_an_approval_that_has_not_left():
    decision = wrote(a.approved())
    assert facts(decision) == [Fact.CUSTOMER_WROTE, Fact.APPROVAL_VOIDED]
    assert decision.case.status is Status.IN_REVIEW
    assert decision.case.draft is not None
    assert (decision.case.draft.state, decision.case.draft.approvals) == (DraftState.SUBMITTED, ())
    assert decision.events[1].detail == "the customer wrote again"


def test_writing_again_leaves_a_reply_in_review_where_it_is_with_another_digest():
    case = a.in_review()
    after = wrote(case).case
    assert (after.status, after.drafts) == (Status.IN_REVIEW, case.drafts)
    assert a.shown(after) != a.shown(case)


def test_posts_are_bounded_and_the_first_one_stays():
    case = a.a_case()
    for number in range(2, POSTS_KEPT + 20):
        case = wrote(case, number).case
    assert len(case.posts) == POSTS_KEPT
    assert case.first_post.id == a.a_post(1).id
    assert case.last_post.id == a.a_post(POSTS_KEPT + 19).id


def test_a_post_that_comes_late_takes_its_place_in_time_so_that_replies_go_under_the_newest():
    case = wrote(wrote(a.a_case(), 5).case, 3).case
    assert case.posts == (a.a_post(1), a.a_post(3), a.a_post(5))
    assert case.last_post == a.a_post(5)


def test_an_edit_takes_the_place_of_the_old_words_and_keeps_every_id():
    case = edited(a.a_case(), id=PostId("2000"), text="Four weeks!").case
    post = case.first_post
    assert (post.text, post.id, post.earlier_ids, post.edited_at) == (
        "Four weeks!",
        "2000",
        (a.a_post().id,),
        a.NOON,
    )


def test_an_edit_of_an_edit_keeps_all_three_ids_in_order():
    once = edited(a.a_case(), id=PostId("2000"), text="Four weeks!").case
    twice = edited(once, id=PostId("3000"), text="Five weeks!").case
    assert twice.first_post.ids == (a.a_post().id, "2000", "3000")


def test_an_edit_that_changes_nothing_is_nothing():
    case = a.a_case()
    assert edited(case).case is case


def test_an_edit_of_a_post_that_is_not_here_is_nothing():
    case = a.a_case()
    assert conversation.post_edited(case, a.a_post(77), a.NOON).case is case


def test_an_edit_voids_an_approval_of_a_reply_to_the_old_words():
    decision = edited(a.approved(), text="Never mind, it came!")
    assert facts(decision) == [Fact.POST_EDITED, Fact.APPROVAL_VOIDED]
    assert decision.case.status is Status.IN_REVIEW


@pytest.mark.parametrize("make", [a.sending_now, a.unconfirmed, a.answered])
def test_an_edit_does_not_call_back_what_has_left(make):
    case = make()
    after = edited(case, text="Never mind!").case
    assert (after.status, after.drafts) == (case.status, case.drafts)


def test_a_deletion_blanks_words_and_name():
    decision = deleted(a.a_case())
    post = decision.case.first_post
    assert (post.text, post.author.name, post.author.avatar_url, post.deleted_at) == ("", "", "", a.NOON)
    assert [(e.fact, e.detail) for e in decision.events] == [(Fact.POST_DELETED, "deleted by its author")]


def test_a_deletion_is_noticed_once():
    case = deleted(a.a_case()).case
    assert deleted(case).case is case


def test_no_revision_keeps_words_for_its_approver_that_the_customer_deleted():
    change = Change(before="Elm Street 4", now="Elm Street 5")
    case = a.in_review()
    newer = replace(case.drafts[-1], rev=2)
    drafts = (replace(case.drafts[-1], changed=change), replace(newer, changed=change))
    assert "Elm" not in str(deleted(replace(case, drafts=drafts)).case)


def test_a_late_copy_of_a_deleted_post_does_not_bring_its_words_back():
    case = deleted(a.a_case()).case
    assert conversation.post_edited(case, a.a_post(), a.NOON).case is case


@pytest.mark.parametrize("make", [a.in_review, a.approved])
def test_a_deletion_withdraws_the_reply_to_it(make):
    decision = deleted(make())
    assert facts(decision) == [Fact.POST_DELETED, Fact.DRAFT_EXPIRED]
    assert decision.case.status is Status.CLAIMED
    assert decision.case.draft is not None
    assert decision.case.draft.state is DraftState.EXPIRED


def test_a_deletion_withdraws_a_reply_to_the_post_under_an_earlier_id():
    case = edited(a.in_review(), id=PostId("2000"), text="Four weeks!").case
    assert facts(deleted(case)) == [Fact.POST_DELETED, Fact.DRAFT_EXPIRED]


def test_a_deletion_of_another_post_makes_the_old_yes_worthless():
    case = a.in_review(a.claimed(a.a_case(a.a_post(1), a.a_post(2))))
    before = a.shown(case)
    after = deleted(case).case
    assert after.status is Status.IN_REVIEW
    newest_gone = conversation.post_deleted(case, case.posts[1], "deleted", a.NOON).case
    assert newest_gone.status is Status.CLAIMED
    with pytest.raises(Refused):
        approval.approve(newest_gone, a.PAT, 1, before, now=a.NOON, seal=a.seal)


@pytest.mark.parametrize("make", [a.sending_now, a.unconfirmed, a.answered, a.closed])
def test_a_deletion_blanks_but_does_not_touch_what_has_left(make):
    case = make()
    after = deleted(case).case
    assert (after.status, after.drafts, after.first_post.text) == (case.status, case.drafts, "")


EMERGENCY = Severity(level=Level.EMERGENCY, negative=True, reasons=("fire",))


def reworded(case: Case, severity: Severity):
    return conversation.post_edited(case, replace(case.posts[0], text="It caught fire!"), a.NOON, severity)


def test_an_edit_that_makes_an_emergency_of_a_case_says_so_once():
    decision = reworded(a.a_case(), EMERGENCY)
    assert [(event.fact, event.detail) for event in decision.events] == [(Fact.POST_EDITED, "emergency")]
    assert decision.case.severity == EMERGENCY
    again = conversation.post_edited(
        decision.case, replace(decision.case.posts[0], text="It caught fire!!"), a.NOON, EMERGENCY
    )
    assert [event.detail for event in again.events] == [""]


def test_an_edit_never_makes_a_case_less_urgent():
    urgent = replace(a.a_case(), severity=EMERGENCY)
    assert reworded(urgent, PRAISE).case.severity == EMERGENCY


@pytest.mark.parametrize(("make", "status"), [(a.answered, Status.CLAIMED), (a.resolved, Status.NEW)])
def test_an_edit_that_makes_an_emergency_wakes_a_case_that_was_done(make, status):
    assert reworded(make(), EMERGENCY).case.status is status
    assert reworded(make(), COMPLAINT).case.status is make().status
