"""Talking points over time: withdrawn at once, run out, and what was written from one comes back."""

import pytest

POINT = "thanks"
TITLE = "Thank you for the kind words"
WORDS = "Hi Mia, you have just made our day. Thank you!"


async def written_from_the_point(desk):
    case = await desk.claimed()
    ana = desk.seat("ana")
    modal = await ana.opens("Draft a reply", case)
    await ana.seat.click_in_view(modal["id"], "pick_saved", POINT)
    await ana.seat.until_modal(lambda view: "made the day" in str(view["state"]))
    assert await ana.submits({"saved": POINT, "reply.1": WORDS}) == {}
    await desk.offers(case, "Approve and send")
    return case


async def test_a_withdrawn_point_brings_back_what_waits_for_approval(desk):
    case = await written_from_the_point(desk)
    said = await desk.seat("pat").asks(f"points withdraw {POINT} we do not say that this week")
    assert f"“{TITLE}” is withdrawn" in said
    await desk.shows(case, f"Reply 1 was withdrawn: “{TITLE}” was withdrawn by <@UPAT>: we do not say that this week")
    assert await desk.status(case) == "claimed"


async def test_a_withdrawn_point_stops_what_was_approved_and_has_not_left(desk):
    case = await written_from_the_point(desk)
    assert await desk.seat("pat").approves(case) == ""
    await desk.offers(case, "Undo")
    await desk.seat("pat").asks(f"points withdraw {POINT} the fair is cancelled")
    await desk.shows(case, "Reply 1 was withdrawn")
    await desk.pass_time(minutes=2)
    await desk.settled()
    assert desk.published() == []


async def test_the_look_before_sending_sees_a_withdrawal_that_nobody_has_swept_yet(desk):
    case = await written_from_the_point(desk)
    assert await desk.seat("pat").approves(case) == ""
    desk.desk.relay._jobs["take_back_drafts"] = nothing
    await desk.seat("pat").asks(f"points withdraw {POINT} the fair is cancelled")
    await desk.pass_time(seconds=31)
    await desk.notes(case, f"“{TITLE}” was withdrawn by <@UPAT>: the fair is cancelled")
    await desk.settled()
    assert desk.published() == []
    assert await desk.status(case) == "in_review"
    said = await desk.seat("pat").approves(case)
    assert "must not be used" in said
    assert await desk.status(case) == "in_review"


async def nothing(work, lease_ends):
    return None


async def test_a_withdrawn_point_is_not_offered_and_a_form_that_still_has_it_is_refused(desk):
    case = await desk.claimed()
    ana = desk.seat("ana")
    await ana.opens("Draft a reply", case)
    await desk.seat("pat").asks(f"points withdraw {POINT} we do not say that")
    assert f"“{TITLE}” was withdrawn" in (await ana.submits({"saved": POINT, "reply": WORDS}))["saved"]
    await ana.seat.close(ana.seat.modals[-1]["id"])
    form = await ana.opens("Draft a reply", case)
    assert TITLE not in str(form)


async def test_a_restored_point_can_be_used_again(desk):
    await desk.seat("pat").asks(f"points withdraw {POINT} a slip")
    assert "can be used again" in await desk.seat("kim").asks(f"points restore {POINT}")
    case = await written_from_the_point(desk)
    assert await desk.status(case) == "in_review"
    assert f":white_check_mark: `{POINT}` {TITLE}" in await desk.seat("ana").asks("points")


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("ana", f"points withdraw {POINT} because", "Only PR can do that."),
        ("gus", f"points withdraw {POINT} because", ""),
        ("pat", "points withdraw", "There is no talking point “”."),
        ("pat", "points withdraw no-such because", "There is no talking point “no-such”."),
        ("pat", f"points withdraw {POINT}", "Say why"),
        ("pat", f"points restore {POINT}", "is not withdrawn"),
    ],
    ids=["service", "a guest", "no name", "an unknown name", "no reason", "nothing to restore"],
)
async def test_who_may_not_or_says_too_little_is_told(desk, who, words, answer):
    said = await desk.seat(who).asks(words)
    assert answer in said
    assert "is withdrawn." not in said
    assert ":no_entry_sign:" not in await desk.seat("ana").asks("points")


async def test_a_second_withdrawal_is_told_of_the_first(desk):
    await desk.seat("pat").asks(f"points withdraw {POINT} a slip")
    assert "<@UPAT> has withdrawn" in await desk.seat("kim").asks(f"points withdraw {POINT} me too")


async def test_withdrawals_outlive_a_restart_and_hold_words_of_staff_harmlessly(desk):
    await desk.seat("pat").asks(f"points withdraw {POINT} <!channel> & so on")
    await desk.restart()
    assert "&lt;!channel&gt; &amp; so on" in await desk.seat("ana").asks("points")
