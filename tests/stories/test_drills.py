"""A drill tries a plan out with the engine of real pages: measured, told, and never taken for a real page."""

from bot.domain.escalating.plan import Habit, Plan, Step
from bot.domain.ids import MINUTE, UserId
from bot.domain.work import Pace
from tests.pagers import FIRE, TextMessages, clicks_page, everything, paged, pages, rules

OTTO, KIM, PAT = UserId("UOTTO"), UserId("UKIM"), UserId("UPAT")


def ops(desk):
    return desk.desk.outside.policy.ops_channel


def results(desk):
    """Return what was told in the ops channel, with its blocks."""
    return [str(dict(message)) for message in desk.sandbox.slack.messages(ops(desk)) if "DRILL" in message["text"]]


async def ready(desk, *steps, phone=None, **paging):
    plan = Plan(
        name="nights", steps=steps or (Step(people=(OTTO,)), Step(people=(KIM,), after=3 * MINUTE)), last_resort=PAT
    )
    desk.house = rules(plan, usual=Habit(delays=(0,)), **paging)
    desk.pagers = (phone,) if phone else ()
    await desk.restart()


async def minutes(desk, count):
    for _ in range(count):
        await desk.pass_time(seconds=61)
        await desk.settled()


async def test_a_drill_is_acknowledged_measured_and_told(desk):
    phone = TextMessages()
    await ready(desk, phone=phone)
    said = await desk.seat("ana").asks("drill")
    assert said.startswith("DRILL C-"), said
    page = await paged(desk, "otto", words="DRILL")
    await desk.settled()
    await desk.pass_time(seconds=41)
    assert await clicks_page(desk, "otto", "Acknowledge", page) == ""
    await desk.settled()
    (told,) = results(desk)
    assert "<@UOTTO> acknowledged after 41 s in Slack." in told
    assert "<@UOTTO>, step 1 of 2: Slack took it after 0 s; text message took it after 0 s" in told
    assert [to for to, _ in phone.sent.values()] == [OTTO]
    assert phone.handed_over == 1
    assert phone.settled[-1][1] == "resolved"
    await desk.until(lambda: "is over" in desk.seat("otto").seat.dms[0]["text"], "the page to be corrected")
    await minutes(desk, 30)
    assert (pages(desk, "kim", "DRILL"), len(results(desk))) == ([], 1), everything(desk)


async def test_every_message_of_a_drill_says_so_first(desk):
    phone = TextMessages()
    await ready(desk, phone=phone)
    await desk.seat("ana").asks("drill NIGHTS")
    page = await paged(desk, "otto", words="DRILL")
    why = await clicks_page(desk, "otto", "Why me?", page)
    await minutes(desk, 30)
    texts = [text for texts in everything(desk).values() for text in texts]
    texts += [str(block["text"]["text"]) for block in page["blocks"] if "text" in block]
    texts += [body for _, body in phone.sent.values()]
    assert [text for text in [why, *texts] if not text.removeprefix("*").startswith("DRILL")] == []
    assert len(texts) > 5


async def test_when_nobody_answers_the_result_says_so_after_the_last_step(desk):
    await ready(desk)
    await desk.seat("ana").asks("drill")
    await minutes(desk, 4)
    assert results(desk) == []
    await minutes(desk, 10)
    (told,) = results(desk)
    assert "nobody acknowledged" in told
    for who, step in (("UOTTO", "step 1 of 2"), ("UKIM", "step 2 of 2"), ("UPAT", "the last resort")):
        assert f"<@{who}>, {step}: Slack took it after " in told
    assert [len(texts) for texts in everything(desk).values()] == [0, 0, 1, 1, 1]


async def test_a_real_emergency_in_the_middle_of_a_drill_pages_as_ever(desk):
    await ready(desk)
    desk.desk.relay.paces = {"urgent": Pace(every=60_000), "page": Pace(every=60_000)}
    await desk.seat("ana").asks("drill")
    await paged(desk, "otto", words="DRILL")
    case = await desk.customer().posts(FIRE)
    real = await paged(desk, "otto")
    assert "DRILL" not in str(real)
    assert case.id in real["text"]
    assert await clicks_page(desk, "otto", "Acknowledge", real) == ""
    await desk.settled()
    assert results(desk) == [], "who has the emergency has not answered the drill"
    assert await clicks_page(desk, "otto", "Acknowledge", pages(desk, "otto", "DRILL")[0]) == ""
    await desk.settled()
    assert (await desk.case(case)).escalation.is_open
    assert len(results(desk)) == 1


async def test_an_ordinary_page_after_a_drill_does_not_wait_for_it(desk):
    await ready(desk)
    desk.desk.relay.paces = {"urgent": Pace(every=60_000), "page": Pace(every=60_000)}
    await desk.seat("ana").asks("drill")
    await paged(desk, "otto", words="DRILL")
    case = await desk.customer().posts()
    await desk.seat("ana").asks(f"escalate {case.id} help")
    await desk.settled()
    assert case.id in (await paged(desk, "otto"))["text"]


async def test_there_is_one_drill_at_a_time_and_a_next_one_after_it(desk):
    await ready(desk)
    await desk.seat("ana").asks("drill")
    assert "A drill is running already (C-" in await desk.seat("pat").asks("drill")
    await minutes(desk, 14)
    assert len(results(desk)) == 1
    assert (await desk.seat("pat").asks("drill")).startswith("DRILL C-")


async def test_who_may_not_start_a_drill_is_told(desk):
    await ready(desk)
    said = await desk.seat("gus").asks("drill")
    await desk.settled()
    assert said == "Guests cannot work at this desk.", said
    assert everything(desk)["otto"] == []


async def test_a_plan_that_is_not_there_is_refused_with_those_that_are(desk):
    await ready(desk)
    assert "“nights”" in await desk.seat("ana").asks("drill days")
    await desk.settled()
    assert everything(desk)["otto"] == []


async def test_a_drill_is_no_complaint(desk):
    await ready(desk)
    await desk.seat("ana").asks("drill")
    await desk.settled()
    store = desk.desk.outside.redis.store
    assert [await store.count(name) for name in ("open", "status:new", "escalated", "author:drill")] == [0, 0, 0, 0]
    assert desk.cards() == []
    await minutes(desk, 14)
    assert [await store.count(name) for name in ("open", "status:new", "status:closed")] == [0, 0, 1]


async def test_a_drill_while_slack_is_away_comes_past_it_and_says_that_slack_did_not_take_it(desk):
    phone = TextMessages()
    await ready(desk, phone=phone)
    await desk.seat("ana").asks("mine")
    desk.weather.slack_down = True
    await desk.seat("ana").asks("drill")
    await minutes(desk, 25)
    desk.weather.slack_down = False
    await minutes(desk, 3)
    (told,) = results(desk)
    assert "<@UOTTO>, step 1 of 2: Slack did not take it; text message took it after 61 s" in told
    assert phone.handed_over == len(phone.sent) == 3


async def lost(desk, *keys):
    """Lose these pieces of work, as a store that forgot them would."""
    shard = desk.desk.outside.redis.shard
    for key in keys:
        assert await shard._execute("HDEL", shard.key("work"), key) == 1, key
        await shard._execute("ZREM", shard.key("lane", "timer:all"), key)


async def test_a_drill_whose_timers_were_lost_is_mended_by_the_auditor_and_goes_on(desk):
    await ready(desk)
    case_id = (await desk.seat("ana").asks("drill")).split()[1]
    await paged(desk, "otto", words="DRILL")
    await desk.settled()
    await lost(desk, f"step:{case_id}:1:1.1", f"drill:{case_id}:end")
    await minutes(desk, 4)
    assert pages(desk, "kim", "DRILL") == [], "nothing happens by itself"
    assert (await desk.desk.audit.look_now()).named == {"lost_work": [case_id]}
    await paged(desk, "kim", words="DRILL")
    assert (await desk.desk.audit.look_now()).since == {}
    await minutes(desk, 14)
    (told,) = results(desk)
    assert "nobody acknowledged" in told
    assert [len(texts) for texts in everything(desk).values()] == [0, 0, 1, 1, 1]


async def test_a_drill_that_was_acknowledged_and_whose_end_was_lost_is_ended_by_the_auditor(desk):
    await ready(desk)
    case_id = (await desk.seat("ana").asks("drill")).split()[1]
    page = await paged(desk, "otto", words="DRILL")
    await desk.settled()
    await desk.stop_relay()
    assert await clicks_page(desk, "otto", "Acknowledge", page) == ""
    await lost(desk, f"drill:{case_id}:end")
    await desk.restart()
    await desk.settled()
    assert results(desk) == []
    assert (await desk.desk.audit.look_now()).named == {"lost_work": [case_id]}
    await desk.settled()
    (told,) = results(desk)
    assert "<@UOTTO> acknowledged" in told
    assert (await desk.seat("ana").asks("drill")).startswith("DRILL C-"), "its seat is free again"


async def test_a_drill_that_lacks_nothing_is_left_alone_by_the_auditor(desk):
    phone = TextMessages()
    await ready(desk, phone=phone)
    await desk.seat("ana").asks("drill")
    await paged(desk, "otto", words="DRILL")
    await desk.settled()
    await desk.stop_relay()
    await desk.pass_time(minutes=6)
    assert (await desk.desk.audit.look_now()).since == {}, "its step is late, and nobody is called because of a drill"
