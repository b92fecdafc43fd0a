"""Yes and no: bound to the exact words, by people of the right side who did not write them."""

from dataclasses import replace

import pytest

from bot.domain.approving import approval
from bot.domain.cases import conversation, ownership
from bot.domain.cases.case import Case
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Author, ReplyPolicy
from bot.domain.errors import Refused
from bot.domain.ids import MINUTE, AccountId, CaseId, Digest, Instant, PlatformName, PostId
from bot.domain.people import Side
from bot.domain.replies import drafting
from bot.domain.replies.draft import Draft, DraftState, Visibility
from tests import builders as a

COVERS = ("APR-06",)


def draft_of(case: Case) -> Draft:
    assert case.draft is not None
    return case.draft


def changed_post(case: Case, **other: object) -> Case:
    return replace(case, posts=(replace(case.posts[0], **other),))  # type: ignore[arg-type]  # a field per row


def changed_draft(case: Case, **other: object) -> Case:
    return case.with_draft(replace(draft_of(case), **other))  # type: ignore[arg-type]  # a field per row


CHANGES = {
    "case": lambda case: replace(case, id=CaseId("C-1043")),
    "platform": lambda case: replace(case, platform=PlatformName("mastodon")),
    "account": lambda case: replace(case, account=AccountId("901")),
    "target post": lambda case: changed_draft(case, target=PostId("1")),
    "target edited": lambda case: changed_post(case, id=PostId("2"), earlier_ids=(case.posts[0].id,)),
    "target author": lambda case: changed_post(case, author=Author(id="8", handle="maria")),
    "target text": lambda case: changed_post(case, text=case.posts[0].text + "!"),
    "target deleted": lambda case: changed_post(case, deleted_at=a.NOON),
    "further post": lambda case: replace(case, posts=(*case.posts, a.a_post(2))),
    "reply, one trailing space": lambda case: changed_draft(case, text=draft_of(case).text + " "),
    "visibility": lambda case: changed_draft(case, visibility=Visibility.PUBLIC_DM),
    "revision": lambda case: changed_draft(case, rev=2),
}


@pytest.mark.parametrize("what", CHANGES, ids=[f"APR-06-{what}" for what in CHANGES])
def test_whatever_the_approver_saw_changes_the_digest(what: str):
    case = a.in_review()
    other = CHANGES[what](case)
    assert approval.digest(other, draft_of(other)) != approval.digest(case, draft_of(case))


def test_no_two_changes_give_the_same_digest():
    changed = [change(a.in_review()) for change in CHANGES.values()]
    assert len({approval.digest(case, draft_of(case)) for case in changed}) == len(CHANGES)


def test_words_cannot_move_from_one_field_to_the_next():
    one = changed_post(a.in_review(), text="ab", author=Author(id="x", handle="m"))
    two = changed_post(a.in_review(), text="b", author=Author(id="xa", handle="m"))
    assert approval.digest(one, draft_of(one)) != approval.digest(two, draft_of(two))


def test_what_the_approver_did_not_see_does_not_change_the_digest():
    case = a.in_review()
    other = replace(changed_draft(case, note="hurry"), owner=a.SUE.id, changes=99)
    assert approval.digest(other, draft_of(other)) == approval.digest(case, draft_of(case))


def test_one_yes_clears_the_reply():
    decision = a.yes(a.in_review())
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state) == (Status.APPROVED, DraftState.APPROVED)
    assert (draft.decided_by, draft.decided_at) == (a.PAT.id, a.NOON)
    assert [event.fact for event in decision.events] == [Fact.APPROVED, Fact.REPLY_CLEARED]


def test_a_yes_is_sealed_over_case_words_person_side_and_time():
    case = a.approved()
    given = draft_of(case).approvals[0]
    assert given.digest == approval.digest(case, draft_of(case))
    assert given.seal == a.seal(f"C-1042|{given.digest}|{a.PAT.id}|pr|{a.NOON}")


def test_the_other_side_cannot_say_yes():
    with pytest.raises(Refused, match="Only PR can decide"):
        a.yes(a.in_review(), a.SUE)


def test_the_writer_cannot_say_yes_even_from_both_sides():
    case = a.in_review(a.claimed(by=a.BEA), by=a.BEA)
    with pytest.raises(Refused, match="You wrote part of this reply"):
        a.yes(case, a.BEA)


def test_nobody_who_wrote_an_earlier_revision_says_yes():
    first = a.in_review(a.claimed(by=a.BEA), by=a.BEA)
    taken = ownership.take_over(first, a.SAM, a.NOON).case
    second = drafting.submit(taken, a.SAM, a.written("Better."), a.RULE, a.NOON).case
    with pytest.raises(Refused, match="You wrote part of this reply"):
        a.yes(second, a.BEA)
    assert a.yes(second, a.PAT).case.status is Status.APPROVED


def test_who_wrote_before_the_last_reply_went_out_may_approve_the_next():
    first = a.answered(a.sending_now(a.approved(a.in_review(a.claimed(by=a.BEA), by=a.BEA))))
    more = conversation.customer_wrote(first, a.a_post(2), first.severity, a.LEAVES).case
    taken = ownership.take_over(more, a.SAM, a.LEAVES).case
    second = a.in_review(taken, now=a.LEAVES)
    assert a.yes(second, a.BEA).case.status is Status.APPROVED


@pytest.mark.parametrize("shown", ["", "0" * 16, "zz"])
def test_a_digest_that_was_not_shown_is_refused(shown: str):
    with pytest.raises(Refused, match="Something changed since this card was drawn"):
        approval.approve(a.in_review(), a.PAT, 1, shown, now=a.NOON, seal=a.seal)


def test_the_beginning_of_the_digest_is_not_enough():
    case = a.in_review()
    for length in (1, 8, 15, 17, 64):
        shown = approval.digest(case, draft_of(case))[:length]
        with pytest.raises(Refused, match="Something changed"):
            approval.approve(case, a.PAT, 1, shown, now=a.NOON, seal=a.seal)


def test_a_card_that_was_drawn_before_the_customer_wrote_again_does_not_count():
    case = a.in_review()
    before = a.shown(case)
    later_case = conversation.customer_wrote(case, a.a_post(2), case.severity, a.NOON).case
    with pytest.raises(Refused, match="Something changed"):
        approval.approve(later_case, a.PAT, 1, before, now=a.NOON, seal=a.seal)


@pytest.mark.parametrize("rev", [0, 2, 99])
def test_another_revision_is_refused(rev: int):
    case = a.in_review()
    with pytest.raises(Refused, match="newer version"):
        approval.approve(case, a.PAT, rev, a.shown(case), now=a.NOON, seal=a.seal)


def test_a_deleted_post_cannot_be_answered_any_more():
    case = changed_post(a.in_review(), deleted_at=a.NOON)
    with pytest.raises(Refused, match="nothing left to reply to"):
        a.yes(case)


def test_a_place_where_nobody_may_reply_any_more_is_refused_with_its_reason():
    case = changed_post(a.in_review(), reply_policy=ReplyPolicy.NONE, reply_policy_reason="they blocked us")
    with pytest.raises(Refused, match="they blocked us"):
        a.yes(case)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.IN_REVIEW])
def test_a_yes_counts_in_review_only(status: Status):
    with pytest.raises(Refused, match="not possible now"):
        approval.approve(a.IN_STATUS[status](), a.PAT, 1, "0" * 16, now=a.NOON, seal=a.seal)


def test_where_two_are_needed_the_first_yes_clears_nothing():
    decision = a.yes(a.needing(pr=2))
    assert (decision.case.status, draft_of(decision.case).state) == (Status.IN_REVIEW, DraftState.SUBMITTED)
    assert [event.fact for event in decision.events] == [Fact.APPROVED]
    assert a.yes(decision.case, a.PIA).case.status is Status.APPROVED


def test_the_same_person_counts_once():
    once = a.yes(a.needing(pr=2)).case
    with pytest.raises(Refused, match="already approved"):
        a.yes(once)
    assert len(draft_of(once).approvals) == 1


def test_a_yes_to_the_old_words_does_not_count_beside_a_yes_to_the_new_ones():
    once = a.yes(a.needing(pr=2)).case
    edited = conversation.post_edited(once, replace(once.posts[0], text="My parcel came. Thanks!"), a.NOON).case
    after_pia = a.yes(edited, a.PIA).case
    assert after_pia.status is Status.IN_REVIEW
    assert [given.by for given in draft_of(after_pia).approvals] == [a.PIA.id]
    assert a.yes(after_pia, a.PAT).case.status is Status.APPROVED


def test_one_no_ends_it_whoever_said_yes_before():
    once = a.yes(a.needing(pr=2)).case
    case = approval.reject(once, a.PIA, 1, "not our fault", a.NOON).case
    draft = draft_of(case)
    assert (case.status, draft.state, draft.approvals) == (Status.CLAIMED, DraftState.REJECTED, ())


@pytest.mark.parametrize(
    ("verb", "state", "fact"),
    [
        (approval.ask_changes, DraftState.CHANGES_ASKED, Fact.CHANGES_ASKED),
        (approval.reject, DraftState.REJECTED, Fact.REJECTED),
    ],
)
def test_a_no_carries_its_words_back_to_the_writer(verb, state: DraftState, fact: Fact):
    decision = verb(a.in_review(), a.PAT, 1, "name the airport", a.after(MINUTE))
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state, draft.decision_words) == (Status.CLAIMED, state, "name the airport")
    assert (draft.decided_by, draft.decided_at) == (a.PAT.id, a.after(MINUTE))
    assert [(event.fact, event.detail) for event in decision.events] == [(fact, "name the airport")]
    assert decision.case.lease_until == a.after(MINUTE + a.TIMING.claim_lease)


@pytest.mark.parametrize("verb", [approval.ask_changes, approval.reject])
def test_a_no_takes_the_right_side_and_the_newest_revision(verb):
    with pytest.raises(Refused, match="Only PR"):
        verb(a.in_review(), a.SUE, 1, "no", a.NOON)
    with pytest.raises(Refused, match="newer version"):
        verb(a.in_review(), a.PAT, 2, "no", a.NOON)


@pytest.mark.parametrize("who", [a.SAM, a.PAT])
def test_owner_and_approver_can_undo_until_sending_begins(who):
    decision = approval.recall(a.approved(), who.id, a.NOON)
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state, draft.approvals) == (Status.CLAIMED, DraftState.RECALLED, ())
    assert [event.fact for event in decision.events] == [Fact.RECALLED]


def test_strangers_cannot_undo():
    with pytest.raises(Refused, match=f"Only <@{a.SAM.id}>, the writer or the approver"):
        approval.recall(a.approved(), a.SUE.id, a.NOON)


@pytest.mark.parametrize("case", [a.sending_now(), a.unconfirmed()], ids=["sending", "unconfirmed"])
def test_undo_comes_too_late_when_sending_has_begun(case: Case):
    with pytest.raises(Refused, match="Too late to undo"):
        approval.recall(case, a.SAM.id, a.LEAVES)


def test_a_draft_that_nobody_decides_on_expires():
    case = a.in_review()
    end = a.after(a.TIMING.draft_life)
    assert approval.expire(case, 1, Instant(end - 1)).case is case
    expired = approval.expire(case, 1, end)
    assert (expired.case.status, draft_of(expired.case).state) == (Status.CLAIMED, DraftState.EXPIRED)
    assert [event.fact for event in expired.events] == [Fact.DRAFT_EXPIRED]
    assert expired.case.lease_until == a.after(a.TIMING.draft_life + a.TIMING.claim_lease)


def test_an_approval_that_is_not_used_expires_and_the_reply_goes_back():
    case = a.approved()
    end = a.after(a.TIMING.approval_life)
    assert approval.expire(case, 1, Instant(end - 1)).case is case
    expired = approval.expire(case, 1, end)
    draft = draft_of(expired.case)
    assert (expired.case.status, draft.state, draft.approvals) == (Status.IN_REVIEW, DraftState.SUBMITTED, ())
    assert [event.fact for event in expired.events] == [Fact.APPROVAL_VOIDED]


@pytest.mark.parametrize("case", [a.sending_now(), a.unconfirmed(), a.answered(), a.claimed(), a.resolved()])
def test_the_clocks_touch_nothing_else(case: Case):
    assert approval.expire(case, 1, a.after(a.TIMING.draft_life * 10)).case is case


def test_the_clock_of_an_earlier_revision_says_nothing():
    second = drafting.submit(a.in_review(), a.SAM, a.written("Better."), a.RULE, a.NOON).case
    assert approval.expire(second, 1, a.after(a.TIMING.draft_life)).case is second


def test_a_void_puts_the_reply_back_with_the_reason():
    decision = approval.void(a.approved(), "somebody answered on the platform itself", a.NOON)
    draft = draft_of(decision.case)
    assert (decision.case.status, draft.state, draft.approvals) == (Status.IN_REVIEW, DraftState.SUBMITTED, ())
    assert (draft.decided_by, draft.decided_at) == (None, None)
    assert decision.events[0].detail == "somebody answered on the platform itself"


def undone() -> Case:
    return approval.recall(a.approved(), a.SAM.id, a.NOON).case


@pytest.mark.parametrize("make", [undone, a.in_review, a.claimed, a.sending_now, a.unconfirmed, a.answered])
def test_a_void_that_comes_when_nothing_is_cleared_changes_nothing(make):
    case = make()
    assert approval.void(case, "late", a.NOON).case is case


def test_an_old_yes_is_worth_nothing_after_a_void():
    voided = approval.void(a.approved(), "late", a.NOON).case
    assert a.yes(voided, a.PIA).case.status is Status.APPROVED
    assert [given.by for given in draft_of(a.yes(voided, a.PIA).case).approvals] == [a.PIA.id]


def test_a_withdrawn_reply_has_to_be_written_again():
    case = approval.withdraw(a.approved(), "the customer deleted the post", a.NOON).case
    assert (case.status, draft_of(case).state) == (Status.CLAIMED, DraftState.EXPIRED)


def test_a_case_without_a_reply_has_nothing_to_void_or_withdraw():
    case = a.claimed()
    assert approval.void(case, "", a.NOON).case is case
    assert approval.withdraw(case, "", a.NOON).case is case


def test_the_rule_says_which_side():
    case = a.needing(a.in_review(a.claimed(by=a.PAT), by=a.PAT), service=1)
    with pytest.raises(Refused, match="Only customer service can decide"):
        approval.reject(case, a.PIA, 1, "no", a.NOON)
    once = a.yes(case, a.SUE).case
    assert draft_of(once).ruling.rule == "a test's rule + ordinary"
    with pytest.raises(Refused, match="Only PR can decide"):
        a.yes(once, a.a_person("sid", Side.SERVICE))
    assert a.yes(once, a.PIA).case.status is Status.APPROVED


def test_a_digest_is_a_sha_256():
    found: Digest = approval.digest(a.in_review(), draft_of(a.in_review()))
    assert len(found) == 64
    assert int(found, 16)
