"""What the driver has found in the desk, each in a small story, so that it stays mended."""

from bot.process import Role
from tests.mishaps import dies_with_the_reply_out


async def test_a_card_whose_answer_was_lost_shows_what_people_have_done_with_it_since(desk):
    desk.weather.slack_lose_answers = 1
    desk.customer().writes("@LumenShop my lamp arrived broken.")
    await desk.sweep()
    await desk.until(desk.cards, "the card, of whose posting the desk has not heard")
    card = desk.cards()[0]
    answer = await desk.seat("ana").seat.click("C0CARE", card["ts"], "claim")
    assert answer.acknowledged
    await desk.pass_time(seconds=5)
    await desk.until(lambda: "In work" in str(desk.cards()[0]["blocks"]), "the claim on the card")
    await desk.settled()
    assert len(desk.cards()) == 1


async def test_the_first_click_after_a_start_is_not_thrown_away_where_slack_asks_to_wait(desk):
    case = await desk.customer().posts()
    await desk.settled()
    await desk.restart()
    desk.weather.slack_429 = 1
    said = await desk.seat("ana").clicks("Claim", case)
    assert "did not answer in time" in said or (await desk.case(case)).owner == "UANA"
    assert desk.sandbox.slack.complaints == []


async def test_a_click_of_which_nothing_came_and_nothing_can_be_said_is_not_acknowledged(desk):
    case = await desk.customer().posts()
    await desk.settled()
    desk.weather.slack_down = True
    answer = await desk.seat("ana").seat.click(case.channel, case.ts, "claim")
    assert not answer.acknowledged
    assert (await desk.case(case)).owner is None


async def test_a_reply_whose_sending_was_given_up_in_the_middle_is_looked_for_all_the_same(desk):
    case = await dies_with_the_reply_out(desk)
    await desk.start(Role.LISTEN)
    outbox = desk.desk.outside.redis.outbox
    await desk.pass_time(seconds=41)
    for work in (await outbox.take(50, 1_000, {})).work:
        if work.job == "send_reply":
            await outbox.set_aside(work, "Planned")
    await desk.restart()
    assert (await desk.case(case)).draft.state == "sending"
    await desk.pass_time(minutes=2)
    await desk.notes(case, "the desk was interrupted while sending")
    await desk.pass_time(minutes=2)
    await desk.shows(case, "Answered")
    await desk.pass_time(minutes=10)
    await desk.settled()
    assert len(desk.published()) == 1
