"""The desk stops and starts, or dies, in the middle: nothing is lost and nothing happens twice."""

from tests.mishaps import dies_with_the_reply_out
from tests.world import OUT


async def test_posts_that_came_while_the_desk_was_away_are_carded(desk):
    await desk.customer("priya_codes").posts("@LumenShop first")
    await desk.stop()
    missed = [desk.customer(name).writes("@LumenShop anybody there?") for name in ("mia_travels", "theo_bakes")]
    await desk.start()
    for post in missed:
        await desk.carded(post)
    await desk.settled()
    assert len(desk.cards()) == 3


async def test_a_claim_survives_a_restart(desk):
    case = await desk.claimed()
    await desk.restart()
    assert "<@UANA> has this case" in await desk.seat("ben").clicks("Draft a reply", case)
    assert await desk.seat("ana").drafts("Still here, Mia.", case) == {}
    await desk.shows(case, "Still here, Mia.")


async def test_a_form_that_was_open_during_a_restart_can_still_be_sent(desk):
    case = await desk.claimed()
    await desk.seat("ana").opens("Draft a reply", case)
    await desk.restart()
    assert await desk.seat("ana").submits({"reply": "Long thoughts."}) == {}
    await desk.shows(case, "Long thoughts.")


async def test_a_reply_in_review_survives_a_restart(desk):
    case = await desk.in_review()
    await desk.restart()
    assert await desk.seat("pat").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


async def test_an_approved_reply_leaves_once_after_a_restart(desk):
    case = await desk.approved()
    await desk.stop()
    await desk.pass_time(seconds=31)
    assert desk.published() == []
    await desk.start()
    await desk.shows(case, "Answered")
    await desk.restart()
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == [OUT]


async def test_an_approval_that_ran_out_while_the_desk_was_away_is_not_used(desk):
    case = await desk.approved()
    await desk.stop()
    await desk.pass_time(minutes=31)
    await desk.start()
    await desk.notes(case, "Back to the approver: the approval was not used in time.")
    await desk.settled()
    assert desk.published() == []


async def test_an_answered_case_survives_a_restart(desk):
    case = await desk.answered()
    await desk.restart()
    assert await desk.seat("ana").clicks("Resolve", case) == ""
    await desk.shows(case, "Resolved, answered")
    assert desk.published() == [OUT]


async def test_a_desk_that_dies_after_x_has_published_does_not_publish_again(desk):
    case = await dies_with_the_reply_out(desk)
    await desk.start()
    await desk.pass_time(seconds=41)
    await desk.notes(case, "the desk was interrupted while sending")
    await desk.pass_time(minutes=2)
    await desk.shows(case, "Answered")
    await desk.pass_time(minutes=30)
    await desk.settled()
    assert desk.published() == [OUT]


async def test_a_desk_that_dies_before_x_has_published_leaves_it_to_a_person(desk):
    """The desk that fell silent may only be held up, with the reply in its hands: nothing is sent again by itself."""
    case = await desk.approved()
    desk.x.switches.set(post_fault="hang")
    await desk.pass_time(seconds=31)
    await desk.until_async(lambda: sending(desk, case), "the call to X")
    await desk.crash()
    desk.x.switches.clear()

    await desk.start()
    await desk.pass_time(seconds=41)
    await desk.notes(case, "the desk was interrupted while sending")
    for _ in range(12):
        await desk.pass_time(minutes=1)
        await desk.settled()
    assert desk.published() == []
    await desk.offers(case, "Send again")

    assert await desk.seat("ana").clicks("Send again", case) == ""
    assert await desk.seat("kim").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    assert desk.published() == [OUT]


async def sending(desk, case) -> bool:
    return (await desk.case(case)).draft.state == "sending"


async def test_what_a_desk_that_died_had_still_to_tell_slack_is_told_by_the_next(desk):
    await desk.claimed()
    case = await desk.customer("priya_codes").posts()
    desk.weather.slack_down = True
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.crash()
    desk.weather.slack_down = False
    await desk.start()
    await desk.pass_time(minutes=1)
    await desk.shows(case, "<@UANA>")
    await desk.notes(case, "<@UANA> claimed it.")
    await desk.settled()
    assert desk.thread(case) == ["<@UANA> claimed it."]
