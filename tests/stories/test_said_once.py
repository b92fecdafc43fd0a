"""Slack takes what the desk says by itself and its answer is lost: the desk finds it, and does not say it again."""

from bot.domain.escalating.plan import Habit, Plan, Step
from bot.domain.ids import DAY, UserId
from bot.domain.on_call import duty_news
from bot.domain.running import ops_news
from tests.mishaps import answers_lost
from tests.pagers import clicks_page, paged, rules

OPS, PR = "C0OPS", "C0PRDESK"


def heard(desk, channel, words):
    return [message["text"] for message in desk.sandbox.slack.messages(channel) if words in message["text"]]


async def said_while_an_answer_is_lost(desk):
    """Let the answer to what is said next get lost, and the desk try again for a while."""
    await answers_lost(desk)
    for _ in range(4):
        await desk.pass_time(seconds=8)
        await desk.settled()


async def test_news_of_the_desk_is_told_once(desk):
    desk.weather.slack_lose_answers = 1
    await desk.desk.outside.redis.outbox.add([ops_news.slack_refuses("missing_scope")])
    await said_while_an_answer_is_lost(desk)
    assert len(heard(desk, OPS, "Slack refused")) == 1


async def test_what_limits_were_used_for_is_told_once(desk):
    case = await desk.claimed("@LumenShop where is my parcel? It is late.")
    assert await desk.seat("ana").drafts("It is on its way to you.", case, alone=["alone"]) == {}
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    await desk.pass_time(days=1)
    await desk.settled()
    desk.weather.slack_lose_answers = 1
    await desk.desk.limits.ask_to_tell()
    await said_while_an_answer_is_lost(desk)
    assert len(heard(desk, PR, "Sent without PR on")) == 1


async def test_the_look_ahead_at_on_call_is_told_once(desk):
    desk.sandbox.slack.state.people["UKIM"]["deleted"] = True
    desk.desk.directory.forget()
    redis = desk.desk.outside.redis
    desk.weather.slack_lose_answers = 1
    await redis.outbox.add([duty_news.look_ahead(await redis.memory.now() // DAY)])
    await said_while_an_answer_is_lost(desk)
    assert len(heard(desk, OPS, "On call")) == 1


async def test_the_result_of_a_drill_is_told_once(desk):
    plan = Plan(name="nights", steps=(Step(people=(UserId("UOTTO"),)),), last_resort=UserId("UPAT"))
    desk.house = rules(plan, usual=Habit(delays=(0,)))
    await desk.restart()
    await desk.seat("ana").asks("drill")
    page = await paged(desk, "otto", words="DRILL")
    await desk.settled()
    desk.weather.slack_lose_answers = 2  # of the page that is drawn again, and of the result
    assert await clicks_page(desk, "otto", "Acknowledge", page) == ""
    await said_while_an_answer_is_lost(desk)
    assert len(heard(desk, OPS, "DRILL")) == 1
