"""How a case ends: answered, or dismissed with a reason; a complaint never by one person alone; and how it returns."""

BECAUSE = {"resolution": "spam", "reason": "An advert for pillows"}


async def test_a_complaint_is_dismissed_by_two(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").fills("Dismiss…", case, **BECAUSE) == ""
    await desk.shows(case, "<@UANA> wants to dismiss it as *spam*: An advert for pillows. A second person decides.")
    assert "somebody else has to agree" in await desk.seat("ana").clicks("Agree", case)
    assert await desk.status(case) == "claimed"

    assert await desk.seat("ben").clicks("Agree", case) == ""
    await desk.shows(case, "Resolved, spam")
    await desk.notes(case, "<@UBEN> dismissed it as spam: An advert for pillows.")
    assert desk.published() == []


async def test_the_second_person_may_keep_it(desk):
    case = await desk.customer().posts()
    assert await desk.seat("ana").fills("Dismiss…", case, **BECAUSE) == ""
    assert await desk.seat("ben").clicks("Keep it", case) == ""
    await desk.offers(case, "Claim")
    await desk.notes(case, "<@UBEN> keeps it.")
    assert await desk.status(case) == "new"


async def test_a_customer_who_writes_again_ends_a_wish_to_dismiss(desk):
    case = await desk.customer().posts()
    await desk.seat("ana").fills("Dismiss…", case, **BECAUSE)
    await desk.offers(case, "Agree")
    stale = desk.card(case)
    await desk.customer().writes_again(case)
    assert "Nobody is asking to dismiss" in await desk.seat("ben").clicks("Agree", case, on=stale)
    await desk.offers(case, "Claim")


async def test_praise_is_dismissed_by_one(desk):
    case = await desk.customer().posts("@LumenShop thank you, I love my lamp!")
    assert await desk.seat("ana").fills("Dismiss…", case, resolution="no_reply_needed", reason="Just praise") == ""
    await desk.shows(case, "Resolved, no reply needed")


async def test_somebody_elses_case_cannot_be_dismissed(desk):
    case = await desk.claimed()
    assert "<@UANA> has this case" in await desk.seat("ben").fills("Dismiss…", case, **BECAUSE)
    assert (await desk.case(case)).dismissal is None


async def test_a_case_that_nobody_answered_cannot_be_resolved(desk):
    case = await desk.claimed()
    button = {"type": "button", "action_id": "resolve", "block_id": "b", "value": case.id, "action_ts": "1.0"}
    assert "Nothing was answered yet" in await desk.seat("ana").sends(case, button)
    assert await desk.status(case) == "claimed"


async def test_a_resolved_case_shrinks_and_can_be_reopened(desk):
    case = await desk.resolved()
    assert len(desk.card(case)["blocks"]) == 3
    await desk.shows(case, "owner <@UANA> · approved by <@UPAT>")
    assert await desk.seat("ben").clicks("Reopen", case) == ""
    await desk.shows(case, "<@UBEN>")
    await desk.notes(case, "<@UBEN> reopened it.")
    assert await desk.status(case) == "claimed"


async def test_a_case_resolved_for_two_weeks_is_closed_for_good(desk):
    case = await desk.resolved()
    await desk.pass_time(days=13, hours=23)
    await desk.settled()
    assert await desk.status(case) == "resolved"
    await desk.pass_time(hours=2)
    await desk.shows(case, "Closed")
    button = {"type": "button", "action_id": "reopen", "block_id": "b", "value": case.id, "action_ts": "1.0"}
    assert "it is closed and archived" in await desk.seat("ana").sends(case, button)


async def test_a_case_reopened_and_resolved_again_is_closed_two_weeks_after_that(desk):
    case = await desk.resolved()
    await desk.pass_time(days=10)
    await desk.seat("ana").clicks("Reopen", case)
    await desk.offers(case, "Draft a reply")
    assert await desk.seat("ana").drafts("One more word.", case) == {}
    await desk.seat("pat").approves(case)
    await desk.pass_time(seconds=31)
    await desk.reply_out(2)
    assert await desk.seat("ana").clicks("Resolve", case) == ""
    await desk.pass_time(days=10)
    await desk.settled()
    assert await desk.status(case) == "resolved"
    await desk.pass_time(days=4, hours=1)
    await desk.shows(case, "Closed")
