"""Writing a reply: by whom, in which form, and what it must not be when others are asked to approve it."""

import pytest

from bot.domain.approving import approval
from bot.domain.cases import conversation, ending, ownership
from bot.domain.cases.case import Resolution
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import ReplyPolicy
from bot.domain.errors import Refused, RefusedField
from bot.domain.ids import MINUTE
from bot.domain.people import Side
from bot.domain.replies import drafting
from bot.domain.replies.draft import DraftState, Visibility
from tests import builders as a

INVITATION = "Please send us a DM with your order number."


def submitted(body="We are looking.", case=None, by=a.SAM, **other):
    return drafting.submit(case or a.claimed(), by, a.written(body, **other), a.RULE, a.NOON).case


def invited(body, case=None, visibility=Visibility.PUBLIC_DM):
    return submitted(body, case, visibility=visibility, invitation=INVITATION)


def test_the_owner_puts_a_reply_before_the_approvers():
    decision = drafting.submit(a.claimed(), a.SAM, a.written("We are looking.", note="third time"), a.RULE, a.NOON)
    draft = decision.case.draft
    assert draft is not None
    assert decision.case.status is Status.IN_REVIEW
    assert (draft.rev, draft.text, draft.by, draft.side) == (1, "We are looking. – Sam", a.SAM.id, Side.SERVICE)
    assert (draft.state, draft.target, draft.note) == (DraftState.SUBMITTED, a.a_post().id, "third time")
    assert [(event.fact, event.rev) for event in decision.events] == [(Fact.SUBMITTED, 1)]


def test_the_co_owner_may_write_too():
    offered = ownership.hand_over(a.claimed(), a.SAM, Side.PR, "press", a.NOON).case
    shared = ownership.accept(offered, a.PAT, a.NOON).case
    draft = submitted(case=shared, by=a.SAM).draft
    assert draft is not None
    assert draft.by == a.SAM.id


def test_others_are_told_who_has_it():
    with pytest.raises(Refused, match=f"<@{a.SAM.id}> has this case"):
        submitted(by=a.SUE)


def test_a_new_case_is_claimed_first():
    with pytest.raises(Refused, match="Claim the case first"):
        submitted(case=a.a_case())


@pytest.mark.parametrize("status", [Status.APPROVED, Status.ANSWERED, Status.RESOLVED, Status.CLOSED])
def test_nobody_writes_when_it_is_not_the_time(status):
    with pytest.raises(Refused, match="not possible now"):
        submitted(case=a.IN_STATUS[status]())


def test_what_is_kept_is_exactly_what_will_leave():
    case = submitted("  We are\r\nsorry \t\n\n\n\nabout the cafe\u0301.  ", signature="")
    assert case.draft is not None
    assert case.draft.text == "We are\nsorry\n\nabout the café."


def test_a_new_revision_takes_the_place_of_the_one_that_waits():
    case = submitted("Second try.", case=a.in_review())
    first, second = case.drafts
    assert (first.state, first.approvals, first.text) == (DraftState.RECALLED, (), "We are looking. – Sam")
    assert (second.rev, second.state) == (2, DraftState.SUBMITTED)


def test_what_was_sent_back_stays_in_the_record_when_it_is_written_again():
    back = approval.ask_changes(a.in_review(), a.PAT, 1, "name the airport", a.NOON).case
    case = submitted("Second try.", case=back)
    assert [draft.state for draft in case.drafts] == [DraftState.CHANGES_ASKED, DraftState.SUBMITTED]


@pytest.mark.parametrize("body", ["", "   \n ", "\u200b\u200d", "\u2800"])
def test_an_empty_reply_is_refused_at_its_field(body):
    with pytest.raises(RefusedField, match="it is empty") as no:
        submitted(body)
    assert no.value.field == "reply"


def test_gaps_of_a_saved_reply_are_filled_first():
    with pytest.raises(RefusedField, match=r"Fill in \{name\}, \{airport\} before"):
        submitted("Dear {name}, at {airport} … {name}")


def test_the_length_counts_the_signature():
    with pytest.raises(RefusedField, match=r"281 of 280 characters, signature included: please cut 1\."):
        submitted("a" * 275)
    assert submitted("a" * 274).draft is not None


def test_a_dm_invitation_stands_before_the_signature():
    case = invited("We are sorry.")
    assert case.draft is not None
    assert case.draft.text == f"We are sorry.\n{INVITATION} – Sam"


def test_editing_a_reply_with_an_invitation_does_not_double_it():
    first = invited("We are sorry.")
    assert first.draft is not None
    again = invited(first.draft.body, first)
    assert again.draft is not None
    assert again.draft.text == first.draft.text


def test_an_invitation_goes_when_the_writer_makes_the_reply_plain():
    first = invited("We are sorry.")
    assert first.draft is not None
    plain = invited(first.draft.body, first, visibility=Visibility.PUBLIC)
    assert plain.draft is not None
    assert plain.draft.text == "We are sorry. – Sam"


def test_an_invitation_alone_is_no_reply():
    with pytest.raises(RefusedField, match="it is empty"):
        invited(INVITATION)


def test_the_words_for_editing_come_without_the_signature():
    draft = submitted("We are looking.", signature="– Jose\u0301").draft
    assert draft is not None
    assert (draft.text, draft.body) == ("We are looking. – José", "We are looking.")


def test_a_reply_goes_under_the_newest_post_that_still_stands():
    case = a.claimed(a.a_case(a.a_post(1), a.a_post(2)))
    gone = conversation.post_deleted(case, case.posts[1], "deleted", a.NOON).case
    assert drafting.may_draft(case, a.SAM).id == case.posts[1].id
    assert drafting.may_draft(gone, a.SAM).id == case.posts[0].id


def test_there_is_nothing_to_reply_to_when_every_post_is_gone():
    case = a.claimed()
    gone = conversation.post_deleted(case, case.posts[0], "deleted", a.NOON).case
    with pytest.raises(Refused, match="deleted every post"):
        drafting.may_draft(gone, a.SAM)


def test_where_no_reply_is_possible_the_reason_is_said():
    locked = a.a_post(reply_policy=ReplyPolicy.NONE, reply_policy_reason="the author limits replies")
    with pytest.raises(Refused, match="the author limits replies"):
        submitted(case=a.claimed(a.a_case(locked)))


def test_a_reply_that_is_posted_by_hand_is_written_all_the_same():
    assert submitted(case=a.claimed(a.a_case(a.by_hand()))).status is Status.IN_REVIEW


def test_writing_renews_the_lease_and_takes_a_dismissal_back():
    asked = ending.dismiss(a.claimed(), a.SAM, Resolution.SPAM, "an advert", a.NOON).case
    case = drafting.submit(asked, a.SAM, a.written(), a.RULE, a.after(20 * MINUTE)).case
    assert case.dismissal is None
    assert case.lease_until == a.after(20 * MINUTE + a.TIMING.claim_lease)
