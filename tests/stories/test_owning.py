"""Who has a case: one owner, said to everybody; passing on, lapsing, resting, waking."""

import asyncio

import pytest


async def test_a_second_claimer_is_told_who_has_it(desk):
    case = await desk.customer().posts()
    as_it_was = desk.card(case)
    assert await desk.seat("ana").clicks("Claim", case) == ""

    said = await desk.seat("ben").clicks("Claim", case, on=as_it_was)
    assert "<@UANA> already has this case" in said
    assert "Take over" in said
    assert (await desk.case(case)).owner == "UANA"
    assert desk.seat("ana").told == ""


async def test_of_two_who_click_claim_at_once_one_has_it_and_the_other_is_told(desk):
    case = await desk.customer().posts()
    said = await asyncio.gather(*(desk.seat(name).clicks("Claim", case) for name in ("ana", "ben")))

    owner = (await desk.case(case)).owner
    winner, loser = ("ana", "ben") if owner == "UANA" else ("ben", "ana")
    answers = dict(zip(("ana", "ben"), said, strict=True))
    assert answers[winner] == ""
    assert f"<@{owner}> already has this case" in answers[loser]
    await desk.settled()
    assert [note for note in desk.thread(case) if "claimed it" in note] == [f"<@{owner}> claimed it."]


async def test_a_claim_clicked_twice_says_that_it_is_yours_already(desk):
    case = await desk.customer().posts()
    before = desk.card(case)
    await desk.seat("ana").clicks("Claim", case)
    assert await desk.seat("ana").clicks("Claim", case, on=before) == "You already have this case."


@pytest.mark.parametrize(("label", "values"), [("Hand to PR…", {"reason": "press asks"})])
async def test_somebody_elses_case_cannot_be_handed_over(desk, label, values):
    case = await desk.claimed()
    said = await desk.seat("ben").fills(label, case, **values)
    assert "Only <@UANA> can" in said
    assert "Take over" in said
    assert (await desk.case(case)).handover is None


async def test_somebody_elses_case_cannot_be_released_or_passed_on(desk):
    case = await desk.claimed()
    assert "Only <@UANA> can release it" in await desk.seat("ben").clicks("Release", case)
    assert "Only <@UANA> can pass it on" in await desk.seat("ben").fills("Pass to someone else…", case, person="UOTTO")
    assert (await desk.case(case)).owner == "UANA"


async def test_a_take_over_is_explicit_and_everybody_reads_it(desk):
    case = await desk.claimed()
    assert await desk.seat("ben").clicks("Take over…", case) == ""
    await desk.shows(case, "<@UBEN>")
    await desk.notes(case, "<@UBEN> took it over from <@UANA>.")
    assert "You already have this case" in await desk.seat("ben").clicks("Take over…", case)
    said = await desk.seat("ana").clicks("Draft a reply", case)
    assert "<@UBEN> has this case" in said


async def test_a_released_case_is_free_again(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").clicks("Release", case) == ""
    await desk.offers(case, "Claim")
    await desk.shows(case, "Nobody yet")
    await desk.notes(case, "<@UANA> released it.")


async def test_a_case_can_be_passed_to_a_colleague(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").fills("Pass to someone else…", case, person="UBEN") == ""
    await desk.shows(case, "<@UBEN>")
    assert await desk.seat("ben").drafts("On it, Mia.", case) == {}


@pytest.mark.parametrize(
    ("receiver", "sentence"),
    [
        ("UGUS", "Guests cannot work at this desk."),
        ("UDEL", "This account is deactivated."),
        ("UFAY", "Only members of this workspace can work at this desk."),
        ("U0DESK", "Only people can work at this desk."),
    ],
)
async def test_a_case_cannot_be_passed_to_somebody_who_does_not_work_here(desk, receiver, sentence):
    case = await desk.claimed()
    assert sentence in await desk.seat("ana").fills("Pass to someone else…", case, person=receiver)
    assert (await desk.case(case)).owner == "UANA"


async def test_pr_is_asked_to_take_a_case_and_accepts_it(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").fills("Hand to PR…", case, reason="A blogger. I promised an answer today.") == ""
    await desk.shows(case, "hands this to *PR*")
    await desk.announced(f"<@UANA> hands {case.id} to PR: A blogger. I promised an answer today.")
    assert (await desk.case(case)).owner == "UANA"

    assert "handed to PR: someone there has to accept it" in await desk.seat("ben").clicks("Accept", case)
    assert await desk.seat("kim").clicks("Accept", case) == ""
    await desk.shows(case, "<@UKIM> with <@UANA>")
    await desk.notes(case, "<@UKIM> accepted it from <@UANA>.")
    assert (await desk.case(case)).hops == 1

    assert await desk.seat("kim").fills("Hand to customer service…", case, reason="Just a broken lamp.") == ""
    assert await desk.seat("ben").clicks("Accept", case) == ""
    await desk.shows(case, "<@UBEN> with <@UKIM>")
    assert (await desk.case(case)).hops == 2


async def test_a_hand_over_is_offered_once(desk):
    case = await desk.claimed()
    await desk.seat("ana").fills("Hand to PR…", case, reason="press")
    assert "already offered to PR" in await desk.seat("ana").fills("Hand to PR…", case, reason="press!")


async def test_a_claim_without_a_sign_of_life_lapses_after_four_hours(desk):
    case = await desk.claimed()
    await desk.pass_time(hours=3, minutes=59)
    await desk.settled()
    assert (await desk.case(case)).owner == "UANA"

    await desk.pass_time(minutes=2)
    await desk.offers(case, "Claim")
    await desk.notes(case, "The desk released it. nothing happened since <@UANA> claimed it")
    assert await desk.seat("ben").clicks("Claim", case) == ""


async def test_a_draft_sent_back_renews_the_claim(desk):
    case = await desk.in_review()
    await desk.pass_time(hours=3)
    assert await desk.seat("pat").fills("Ask for changes", case, words="Name the day.") == ""
    await desk.pass_time(hours=3)
    await desk.settled()
    assert (await desk.case(case)).owner == "UANA"
    await desk.pass_time(hours=1, minutes=1)
    await desk.offers(case, "Claim")


async def test_a_snoozed_case_rests_and_wakes_by_itself(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").fills("Snooze…", case, how_long=str(24 * 3_600_000)) == ""
    await desk.shows(case, "Snoozed until")
    await desk.pass_time(hours=23, minutes=59)
    await desk.settled()
    assert "Snoozed until" in desk.card_text(case)
    assert (await desk.case(case)).owner == "UANA"

    await desk.pass_time(minutes=2)
    await desk.hides(case, "Snoozed until")
    await desk.notes(case, "The snooze is over.")
    assert (await desk.case(case)).owner == "UANA"


async def test_the_customer_wakes_a_snoozed_case_at_once(desk):
    case = await desk.claimed()
    await desk.seat("ana").fills("Snooze…", case, how_long=str(24 * 3_600_000))
    await desk.shows(case, "Snoozed until")
    await desk.customer().writes_again(case)
    await desk.hides(case, "Snoozed until")
    await desk.notes(case, "The customer wrote again. <@UANA>")
