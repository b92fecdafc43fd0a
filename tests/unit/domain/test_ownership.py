"""Who has a case: one owner at a time, seen by all, and never stuck with someone who left."""

from dataclasses import replace

import pytest

from bot.domain.cases import ending, ownership
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.ids import DESK, HOUR, MINUTE, Instant
from bot.domain.people import Side
from bot.domain.replies import drafting
from tests import builders as a

LEASE_ENDS = a.after(a.TIMING.claim_lease)


def handed_to_pr(case=None):
    return ownership.hand_over(case or a.claimed(), a.SAM, Side.PR, "a journalist asks", a.NOON).case


def test_a_claim_is_a_lease_with_a_visible_owner():
    decision = ownership.claim(a.a_case(), a.SAM, a.NOON)
    case = decision.case
    assert (case.status, case.owner, case.owner_side) == (Status.CLAIMED, a.SAM.id, Side.SERVICE)
    assert (case.claimed_at, case.lease_until) == (a.NOON, LEASE_ENDS)
    assert [(event.fact, event.by) for event in decision.events] == [(Fact.CLAIMED, a.SAM.id)]


def test_a_second_claimer_is_told_who_has_it():
    with pytest.raises(Refused, match=f"<@{a.SAM.id}> already has this case.*Take over"):
        ownership.claim(a.claimed(), a.SUE, a.NOON)


def test_claiming_twice_says_that_it_is_yours():
    with pytest.raises(Refused, match="You already have this case"):
        ownership.claim(a.claimed(), a.SAM, a.NOON)


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED, Status.ANSWERED])
def test_a_claim_names_the_owner_as_long_as_there_is_work(status):
    with pytest.raises(Refused, match=f"<@{a.SAM.id}> already has"):
        ownership.claim(a.IN_STATUS[status](), a.SUE, a.NOON)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_a_claim_of_something_done_does_not_send_people_to_take_over(status):
    with pytest.raises(Refused) as no:
        ownership.claim(a.IN_STATUS[status](), a.SUE, a.NOON)
    assert "Take over" not in no.value.sentence


def test_someone_on_both_sides_works_for_the_side_of_the_case():
    assert a.claimed(by=a.BEA).owner_side is Side.SERVICE
    assert a.claimed(by=a.PAT).owner_side is Side.PR


def test_the_owner_releases_it_and_nobody_has_it():
    case = ownership.release(a.claimed(), a.SAM.id, a.NOON).case
    assert case.status is Status.NEW
    assert (case.owner, case.owner_side, case.claimed_at, case.lease_until) == (None, None, None, None)


def test_only_the_owner_releases_it():
    with pytest.raises(Refused, match=f"Only <@{a.SAM.id}> can release it"):
        ownership.release(a.claimed(), a.SUE.id, a.NOON)


def test_a_released_case_has_no_co_owner_left():
    accepted = ownership.accept(handed_to_pr(), a.PAT, a.NOON).case
    assert ownership.release(accepted, a.PAT.id, a.NOON).case.co_owner is None


def test_a_claim_lapses_when_nothing_happens():
    decision = ownership.lapse(a.claimed(), LEASE_ENDS)
    assert (decision.case.status, decision.case.owner) == (Status.NEW, None)
    assert decision.events[0].fact is Fact.RELEASED
    assert decision.events[0].by == DESK
    assert f"<@{a.SAM.id}>" in decision.events[0].detail


def test_a_claim_does_not_lapse_a_moment_too_early():
    case = a.claimed()
    assert ownership.lapse(case, Instant(LEASE_ENDS - 1)).case is case


def test_work_renews_the_lease():
    case = ownership.renewed(a.claimed(), a.SAM.id, a.after(20 * MINUTE))
    assert case.lease_until == a.after(20 * MINUTE + a.TIMING.claim_lease)


def test_what_strangers_do_renews_nothing():
    case = a.claimed()
    assert ownership.renewed(case, a.SUE.id, a.after(20 * MINUTE)) is case


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.CLAIMED])
def test_only_a_claim_can_lapse(status):
    case = a.IN_STATUS[status]()
    assert ownership.lapse(case, a.after(1_000 * HOUR)).case is case


def test_taking_over_is_explicit_and_says_from_whom():
    decision = ownership.take_over(a.claimed(), a.SUE, a.NOON)
    assert decision.case.owner == a.SUE.id
    assert decision.events[0].detail == f"from <@{a.SAM.id}>"


def test_nobody_takes_over_from_themselves():
    with pytest.raises(Refused, match="You already have"):
        ownership.take_over(a.claimed(), a.SAM, a.NOON)


def test_taking_over_a_reply_in_review_keeps_the_reply_waiting():
    case = ownership.take_over(a.in_review(), a.SUE, a.NOON).case
    assert (case.status, case.owner, case.draft) == (Status.IN_REVIEW, a.SUE.id, a.in_review().draft)


def test_a_new_case_can_be_given_to_someone_by_anyone():
    case = ownership.reassign(a.a_case(), a.PAT, a.SUE, a.NOON).case
    assert (case.status, case.owner, case.owner_side) == (Status.CLAIMED, a.SUE.id, Side.SERVICE)


def test_only_its_people_pass_a_case_on():
    with pytest.raises(Refused, match=f"Only <@{a.SAM.id}> can pass it on"):
        ownership.reassign(a.claimed(), a.SUE, a.PAT, a.NOON)


def test_passing_it_to_its_owner_is_refused():
    with pytest.raises(Refused, match="already has this case"):
        ownership.reassign(a.claimed(), a.SAM, a.SAM, a.NOON)


def test_a_hand_over_keeps_the_owner_accountable_until_somebody_accepts():
    decision = ownership.hand_over(a.claimed(), a.SAM, Side.PR, "a journalist asks", a.NOON)
    case = decision.case
    assert (case.owner, case.status) == (a.SAM.id, Status.CLAIMED)
    assert case.handover is not None
    assert (case.handover.to, case.handover.reason) == (Side.PR, "a journalist asks")
    assert decision.events[0].detail == "to PR: a journalist asks"


def test_offering_a_case_renews_the_lease_so_that_the_other_side_has_its_time():
    case = ownership.hand_over(a.claimed(), a.SAM, Side.PR, "press", a.after(29 * MINUTE)).case
    assert ownership.lapse(case, LEASE_ENDS).case is case


def test_the_receiver_owns_it_and_the_giver_stays_beside():
    case = ownership.accept(handed_to_pr(), a.PAT, a.NOON).case
    assert (case.owner, case.owner_side, case.co_owner) == (a.PAT.id, Side.PR, a.SAM.id)
    assert (case.handover, case.hops) == (None, 1)


def test_every_hand_over_is_counted():
    case = ownership.accept(handed_to_pr(), a.PAT, a.NOON).case
    back = ownership.hand_over(case, a.PAT, Side.SERVICE, "an ordinary matter", a.NOON).case
    assert ownership.accept(back, a.SUE, a.NOON).case.hops == 2


def test_only_the_side_that_was_asked_accepts():
    with pytest.raises(Refused, match="handed to PR"):
        ownership.accept(handed_to_pr(), a.SUE, a.NOON)


def test_an_owner_on_both_sides_does_not_accept_their_own_offer():
    mine = ownership.hand_over(a.claimed(by=a.BEA), a.BEA, Side.PR, "press", a.NOON).case
    with pytest.raises(Refused, match="You already have"):
        ownership.accept(mine, a.BEA, a.NOON)


def test_someone_on_both_sides_accepts_for_the_side_that_was_asked():
    assert ownership.accept(handed_to_pr(), a.BEA, a.NOON).case.owner_side is Side.PR


def test_accepting_ones_own_offer_of_an_unclaimed_case_makes_nobody_co_owner():
    offered = ownership.hand_over(a.a_case(), a.BEA, Side.PR, "press", a.NOON).case
    case = ownership.accept(offered, a.BEA, a.NOON).case
    assert (case.owner, case.co_owner) == (a.BEA.id, None)


def test_there_is_nothing_to_accept_without_an_offer():
    with pytest.raises(Refused, match="Nobody is handing"):
        ownership.accept(a.claimed(), a.PAT, a.NOON)


def test_a_second_offer_is_refused_while_the_first_stands():
    with pytest.raises(Refused, match="already offered to PR"):
        handed_to_pr(handed_to_pr())


def test_a_case_is_not_handed_to_the_side_that_has_it():
    with pytest.raises(Refused, match="already with customer service"):
        ownership.hand_over(a.claimed(), a.SAM, Side.SERVICE, "", a.NOON)


def test_strangers_do_not_hand_over_an_owned_case():
    with pytest.raises(Refused, match=f"Only <@{a.SAM.id}>"):
        ownership.hand_over(a.claimed(), a.SUE, Side.PR, "", a.NOON)


def test_a_case_offered_to_pr_is_not_claimed_by_service():
    offered = ownership.hand_over(a.a_case(), a.SAM, Side.PR, "press", a.NOON).case
    with pytest.raises(Refused, match="handed to PR"):
        ownership.claim(offered, a.SUE, a.NOON)


def test_an_offer_ends_when_the_owner_answers_after_all():
    case = drafting.submit(handed_to_pr(), a.SAM, a.written(), a.RULE, a.NOON).case
    assert case.handover is None


def test_an_offer_ends_when_someone_takes_over():
    assert ownership.take_over(handed_to_pr(), a.SUE, a.NOON).case.handover is None


def test_a_snoozed_case_sleeps_until_its_time():
    case = ownership.snooze(a.claimed(), a.SAM, a.after(HOUR), a.NOON).case
    assert ownership.wake(case, a.after(HOUR - 1)).case is case
    woken = ownership.wake(case, a.after(HOUR))
    assert woken.case.snoozed_until is None
    assert [event.fact for event in woken.events] == [Fact.WOKEN]


def test_a_claim_does_not_run_out_in_its_sleep_nor_in_the_moment_it_wakes():
    case = ownership.snooze(a.claimed(), a.SAM, a.after(HOUR), a.NOON).case
    assert ownership.lapse(case, a.after(HOUR)).case is case
    woken = ownership.wake(case, a.after(HOUR)).case
    assert woken.lease_until == a.after(HOUR + a.TIMING.claim_lease)


def test_a_sleeping_claim_that_nobody_ever_wakes_lapses_in_the_end():
    case = ownership.snooze(a.claimed(), a.SAM, a.after(HOUR), a.NOON).case
    assert ownership.lapse(case, a.after(HOUR + a.TIMING.claim_lease)).case.status is Status.NEW


def test_a_new_case_sleeps_without_an_owner_and_without_a_lease():
    case = ownership.snooze(a.a_case(), a.SAM, a.after(HOUR), a.NOON).case
    assert (case.owner, case.lease_until, case.snoozed_until) == (None, None, a.after(HOUR))
    assert ownership.wake(case, a.after(HOUR)).case.lease_until is None


def test_work_ends_the_sleep():
    case = ownership.snooze(a.claimed(), a.SAM, a.after(HOUR), a.NOON).case
    assert drafting.submit(case, a.SAM, a.written(), a.RULE, a.NOON).case.snoozed_until is None


def test_a_case_that_moved_on_is_not_woken():
    case = replace(a.answered(), snoozed_until=a.after(HOUR))
    assert ownership.wake(case, a.after(HOUR)).case is case


def test_reopening_makes_the_one_who_did_it_the_owner():
    case = ending.reopen(a.resolved(), a.SUE, a.NOON).case
    assert (case.status, case.owner, case.resolution) == (Status.CLAIMED, a.SUE.id, None)
    assert case.lease_until == LEASE_ENDS
