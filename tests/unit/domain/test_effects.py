"""Which work each fact causes: committed with the fact, merged by key, checked again when it is done."""

from dataclasses import replace

import pytest

from bot.domain.approving import approval
from bot.domain.cases import conversation, effects, ending, ownership
from bot.domain.cases.case import Case, Decision, Handover, Level, Severity
from bot.domain.cases.effects import Effect, Job
from bot.domain.cases.events import OF_NO_CASE, Event, Fact
from bot.domain.cases.post import ReplyPolicy
from bot.domain.ids import DAY, HOUR, CaseId, Nonce, later
from bot.domain.people import Side
from bot.domain.replies import sending
from bot.domain.replies.reply import NotSent, RefusedByPlatform, Unconfirmed
from bot.domain.running import ops_news
from bot.domain.timing.clocks import SET_CLOCKS
from bot.domain.work import Work
from tests import builders as a

NOTED = {Job.REFRESH_CARD, Job.NOTE}
JOBS: dict[Fact, set[Job]] = {
    Fact.CASE_OPENED: {Job.REFRESH_CARD},
    Fact.CUSTOMER_WROTE: {*NOTED, Job.CHECK_CLAIM},
    Fact.REPEATED: NOTED,
    Fact.POST_EDITED: NOTED,
    Fact.POST_DELETED: NOTED,
    Fact.CARD_POSTED: set(),
    Fact.CARD_LOST: {Job.REFRESH_CARD},
    Fact.CLAIMED: {*NOTED, Job.CHECK_CLAIM},
    Fact.RELEASED: NOTED,
    Fact.TAKEN_OVER: {*NOTED, Job.CHECK_CLAIM},
    Fact.REASSIGNED: {*NOTED, Job.CHECK_CLAIM},
    Fact.HANDED_OVER: {*NOTED, Job.ANNOUNCE},
    Fact.HANDOVER_ACCEPTED: {*NOTED, Job.CHECK_CLAIM},
    Fact.SNOOZED: {*NOTED, Job.WAKE},
    Fact.WOKEN: {*NOTED, Job.CHECK_CLAIM},
    Fact.SUBMITTED: {*NOTED, Job.ANNOUNCE, Job.EXPIRE_DRAFT},
    Fact.APPROVED: {*NOTED, Job.CHECK_POST},
    Fact.LIMIT_USED: {*NOTED, Job.CHECK_POST},
    Fact.LIMIT_SWITCHED_OFF: set(),
    Fact.LIMIT_SWITCHED_ON: set(),
    Fact.SEND_HURRIED: {*NOTED, Job.SEND_REPLY},
    Fact.REPLY_CLEARED: {Job.REFRESH_CARD, Job.SEND_REPLY, Job.EXPIRE_DRAFT},
    Fact.CHANGES_ASKED: {*NOTED, Job.CHECK_CLAIM},
    Fact.REJECTED: {*NOTED, Job.CHECK_CLAIM},
    Fact.RECALLED: {*NOTED, Job.CHECK_CLAIM},
    Fact.DRAFT_EXPIRED: {*NOTED, Job.CHECK_CLAIM},
    Fact.APPROVAL_VOIDED: {*NOTED, Job.ANNOUNCE, Job.EXPIRE_DRAFT},
    Fact.SEND_STARTED: {Job.REFRESH_CARD, Job.WATCH_SENDING},
    Fact.SEND_PUT_OFF: {Job.REFRESH_CARD},
    Fact.SEND_STOPPED: {*NOTED, Job.SEND_REPLY},
    Fact.REPLY_SENT: {*NOTED, Job.CHECK_REPLY},
    Fact.REPLY_REFUSED: {*NOTED, Job.CHECK_CLAIM},
    Fact.REPLY_UNCONFIRMED: {*NOTED, Job.LOOK_FOR_REPLY, Job.DRAW_AGAIN},
    Fact.REPLY_LOOKED_FOR: {Job.REFRESH_CARD},
    Fact.REPLY_DIFFERS: NOTED,
    Fact.ANSWERED_BY_HAND: NOTED,
    Fact.DISMISSAL_ASKED: NOTED,
    Fact.DISMISSAL_DECLINED: NOTED,
    Fact.DISMISSED: {*NOTED, Job.ARCHIVE},
    Fact.RESOLVED: {*NOTED, Job.ARCHIVE},
    Fact.REOPENED: {*NOTED, Job.CHECK_CLAIM},
    Fact.CLOSED: {Job.REFRESH_CARD},
    # What they cause beside this depends on how far the escalation is: test_escalation.py plays it through.
    Fact.ESCALATED: NOTED,
    Fact.STEP_REACHED: NOTED,
    Fact.STEP_SKIPPED: NOTED,
    Fact.PAGED: {Job.REFRESH_CARD},
    Fact.PAGE_REFUSED: NOTED,
    Fact.PAGE_HELD: NOTED,
    Fact.ACKNOWLEDGED: NOTED,
    Fact.ACKNOWLEDGEMENT_ENDING: {Job.REFRESH_CARD},
    Fact.ACKNOWLEDGEMENT_ENDED: NOTED,
    Fact.ESCALATION_ENDED: NOTED,
    **{fact: set() for fact in OF_NO_CASE},
    Fact.TARGET_NEAR: NOTED,
    Fact.TARGET_MISSED: {*NOTED, Job.ANNOUNCE, Job.ESCALATE},
}
OF_ESCALATIONS = {
    Job.PAGE_STEP,
    Job.PAGE,
    Job.REFRESH_PAGES,
    Job.SETTLE_PAGES,
    Job.REMIND_ACK,
    Job.END_ACK,
    Job.TELL_PERSON,
    Job.END_DRILL,
    Job.TELL_DRILL,
}


def follow(case: Case, *events: Event) -> dict[Job, Effect]:
    return {effect.job: effect for effect in effects.follow(case, events)}


def caused(decision: Decision) -> dict[Job, Effect]:
    return follow(decision.case, *decision.events)


def fact(kind: Fact, **other: object) -> Event:
    return replace(Event(fact=kind, at=a.NOON, by=a.SAM.id, rev=1), **other)  # type: ignore[arg-type]  # a field per test


@pytest.mark.parametrize("kind", Fact)
def test_each_fact_causes_its_work_and_no_other(kind: Fact):
    approved = replace(a.approved(), targets=a.TARGETS)
    timer = {Job.CHECK_TARGET} if kind in SET_CLOCKS else set()
    waiting = {Fact.SUBMITTED, Fact.APPROVAL_VOIDED}
    offered = replace(approved, handover=Handover(to=Side.PR, by=a.SAM.id, reason="press", at=a.NOON))
    case = (
        replace(a.in_review(), targets=a.TARGETS)
        if kind in waiting
        else offered
        if kind is Fact.HANDED_OVER
        else approved
    )
    assert set(follow(case, fact(kind))) == JOBS[kind] | timer


def test_every_job_has_a_fact_that_asks_for_it():
    of_no_fact = {
        Job.TELL_OPS,
        Job.CHECK_TARGET,
        Job.SPREAD_HOLD,
        Job.SHOW_HOLD,
        Job.TAKE_BACK_DRAFTS,
        Job.TELL_DUTY,
        Job.LOOK_AHEAD,
        Job.TIDY_CARD,
        Job.TELL_LIMITS,
        Job.CHECK_CHANNEL,
        Job.SPREAD_SHARING,
        Job.RETURN_CARD,
        Job.WATCH_ACCOUNT,
        Job.WARN_PAST_SLACK,
    }
    assert set().union(*JOBS.values()) == set(Job) - of_no_fact - OF_ESCALATIONS


def test_those_who_run_the_desk_are_told_once_of_each_piece_of_work_that_failed():
    work = Work(
        key="note:C-1042:3:Claimed",
        job=Job.NOTE,
        case_id=a.a_case().id,
        lane="slack:C0SERVICE",
        nonce=Nonce("n1"),
        due=a.NOON,
        lease_until=a.NOON,
    )
    told = ops_news.set_aside(work, "Broken")
    assert (told.job, told.args["work"], told.args["reason"]) == (Job.TELL_OPS, work.key, "Broken")
    assert (
        told.key
        == ops_news.set_aside(work, "Broken").key
        != ops_news.set_aside(replace(work, nonce=Nonce("n2")), "").key
    )


def test_those_who_run_the_desk_are_told_once_of_a_channel_that_is_gone():
    one = ops_news.channel_gone(a.a_case(), "C0SERVICE", "not_in_channel")
    other = ops_news.channel_gone(replace(a.a_case(), id=CaseId("C-1043")), "C0SERVICE", "not_in_channel")
    assert (one.job, one.key) == (Job.TELL_OPS, other.key)


def test_no_fact_means_no_work():
    assert effects.follow(a.a_case(), ()) == ()


def test_ten_changes_are_one_card_update():
    one = effects.follow(a.claimed(), (fact(Fact.CLAIMED),))
    other = effects.follow(a.in_review(), (fact(Fact.SUBMITTED),))
    assert one[0].key == other[0].key == "card:C-1042"


def test_two_facts_of_one_decision_are_one_card_update():
    both = effects.follow(a.approved(), (fact(Fact.APPROVED), fact(Fact.REPLY_CLEARED)))
    assert [effect.job for effect in both].count(Job.REFRESH_CARD) == 1


def test_no_two_pieces_of_work_of_a_decision_share_a_key():
    decision = conversation.customer_wrote(a.approved(), a.a_post(2), a.approved().severity, a.NOON)
    keys = [effect.key for effect in effects.follow(decision.case, decision.events)]
    assert len(keys) == len(set(keys))


def test_notes_of_different_changes_do_not_merge():
    case = a.claimed()
    again = replace(case, changes=case.changes + 1)
    assert follow(case, fact(Fact.CLAIMED))[Job.NOTE].key != follow(again, fact(Fact.CLAIMED))[Job.NOTE].key


def test_a_note_carries_what_its_line_needs():
    note = follow(a.claimed(), fact(Fact.REJECTED, detail="not our fault"))[Job.NOTE]
    assert note.args == {
        "fact": "Rejected",
        "by": a.SAM.id,
        "detail": "not our fault",
        "at": str(a.NOON),
        "rev": "1",
    }


def test_slack_work_waits_in_the_lane_of_the_cards_channel():
    case = a.claimed()
    assert {follow(case, fact(Fact.CLAIMED))[job].lane for job in NOTED} == {"slack:C0SERVICE"}
    assert follow(replace(case, card=None), fact(Fact.CLAIMED))[Job.REFRESH_CARD].lane == "slack:C0SERVICE"


def test_urgent_cases_go_first():
    case = a.claimed(a.a_case(severity=Severity(level=Level.EMERGENCY)))
    assert {effect.urgency for effect in effects.follow(case, (fact(Fact.HANDED_OVER),))} == {3}


def test_a_cleared_reply_waits_for_undo_and_its_approval_has_a_clock():
    cleared = caused(a.yes(a.in_review()))
    assert cleared[Job.SEND_REPLY].after == a.TIMING.undo
    assert cleared[Job.SEND_REPLY].lane == "platform:x:900"
    assert cleared[Job.SEND_REPLY].args == {"rev": "1"}
    assert (cleared[Job.EXPIRE_DRAFT].after, cleared[Job.EXPIRE_DRAFT].key) == (
        a.TIMING.approval_life,
        "approval:C-1042:1",
    )


def test_a_reply_that_is_posted_by_hand_is_never_work_for_the_sender():
    case = a.in_review(a.claimed(a.a_case(a.by_hand())))
    assert Job.SEND_REPLY not in caused(a.yes(case))


def test_a_reply_to_where_nobody_may_reply_is_not_sent():
    case = a.approved()
    locked = replace(case, posts=(replace(case.posts[0], reply_policy=ReplyPolicy.NONE),))
    assert Job.SEND_REPLY not in follow(locked, fact(Fact.REPLY_CLEARED))


@pytest.mark.parametrize("rev", [0, 2])
def test_only_the_newest_revision_is_sent(rev: int):
    assert Job.SEND_REPLY not in follow(a.approved(), fact(Fact.REPLY_CLEARED, rev=rev))


@pytest.mark.parametrize("make", [a.in_review, a.sending_now, a.unconfirmed, a.answered, a.claimed])
def test_only_a_cleared_reply_is_sent(make):
    assert Job.SEND_REPLY not in follow(make(), fact(Fact.SEND_STOPPED))


def test_what_provably_did_not_leave_is_tried_again_after_a_pause():
    stopped = caused(sending.record(a.sending_now(), 1, Nonce("n1"), NotSent(reason="busy"), a.LEAVES))
    assert (stopped[Job.SEND_REPLY].after, stopped[Job.SEND_REPLY].key) == (effects.RESEND_AFTER, "send:C-1042:1")


def test_a_doubt_is_looked_into_after_its_grace():
    doubt = caused(sending.record(a.sending_now(), 1, Nonce("n1"), Unconfirmed(reason="late"), a.LEAVES))
    assert (doubt[Job.LOOK_FOR_REPLY].after, doubt[Job.LOOK_FOR_REPLY].key) == (a.TIMING.look_grace, "look:C-1042:1")


def test_a_published_reply_is_read_back():
    sent = caused(sending.record(a.sending_now(), 1, Nonce("n1"), a.PROOF, a.LEAVES))
    assert sent[Job.CHECK_REPLY].after == effects.READ_BACK_AFTER


def test_a_refused_reply_brings_the_owners_lease_back():
    no = caused(sending.record(a.sending_now(), 1, Nonce("n1"), RefusedByPlatform(reason="no"), a.LEAVES))
    assert no[Job.CHECK_CLAIM].after == a.TIMING.claim_lease


def test_a_claim_is_checked_when_its_lease_ends_however_often_it_was_renewed():
    claim = caused(ownership.claim(a.a_case(), a.SAM, a.NOON))[Job.CHECK_CLAIM]
    assert (claim.after, claim.key, claim.lane) == (a.TIMING.claim_lease, "lease:C-1042", "timer:all")


def test_a_draft_has_a_clock_of_its_own():
    submitted = follow(a.in_review(), fact(Fact.SUBMITTED))[Job.EXPIRE_DRAFT]
    assert (submitted.after, submitted.key) == (a.TIMING.draft_life, "expire:C-1042:1")


def test_a_voided_reply_has_a_clock_again():
    voided = caused(approval.void(a.approved(), "late", a.NOON))[Job.EXPIRE_DRAFT]
    assert (voided.after, voided.key) == (a.TIMING.draft_life, "expire:C-1042:1")


def test_the_approvers_side_is_told_of_a_reply_that_waits():
    assert follow(a.in_review(), fact(Fact.SUBMITTED))[Job.ANNOUNCE].args["to"] == Side.PR


def test_the_other_side_is_told_of_a_case_that_is_offered():
    for to in Side:
        offered = ownership.hand_over(a.a_case(), a.SAM, to, "press", a.NOON)
        assert caused(offered)[Job.ANNOUNCE].args["to"] == to


def test_a_snooze_ends_at_its_time():
    asleep = caused(ownership.snooze(a.claimed(), a.SAM, a.after(4 * HOUR), a.NOON))
    assert asleep[Job.WAKE].after == 4 * HOUR


def test_a_snooze_into_the_past_ends_at_once():
    assert (
        follow(replace(a.claimed(), snoozed_until=a.NOON), fact(Fact.SNOOZED, at=later(a.NOON, 5)))[Job.WAKE].after == 0
    )


def test_two_snoozes_are_two_pieces_of_work():
    first = ownership.snooze(a.claimed(), a.SAM, a.after(HOUR), a.NOON)
    second = ownership.snooze(first.case, a.SAM, a.after(2 * HOUR), a.NOON)
    assert caused(first)[Job.WAKE].key != caused(second)[Job.WAKE].key


def test_what_is_done_is_archived_later():
    done = caused(ending.resolve(a.answered(), a.SAM, a.NOON))
    assert done[Job.ARCHIVE].after == a.TIMING.archive_after == 14 * DAY


def test_work_carries_short_plain_strings_only():
    for kind in Fact:
        for effect in effects.follow(a.approved(), (fact(kind, detail="x" * 40),)):
            assert all(type(name) is str for name in effect.args)
            assert all(isinstance(value, str) and len(value) < 200 for value in effect.args.values())
