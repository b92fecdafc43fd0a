"""The desk looks after itself: what nobody does or reads is told once, mended where it can be, and told again when over."""

import pytest

from bot.adapters.redis_books import RedisBooks
from bot.domain.cases.effects import Effect, Job
from bot.domain.ids import MINUTE, UserId
from bot.jobs.relay import PACES
from tests.mailbox import a_hook
from tests.pagers import TextMessages, rules


@pytest.fixture
async def phone(desk):
    phone = TextMessages()
    desk.house, desk.pagers = rules(), (phone,)
    await desk.restart()
    return phone


def ops(desk, words):
    return [m for m in desk.sandbox.slack.messages("C0OPS") if words in m["text"]]


async def audited(desk):
    return await desk.desk.audit.look_now()


async def test_a_quiet_desk_is_clean(desk, phone):
    await desk.claimed()
    await desk.settled()
    assert (await audited(desk)).since == {}
    assert await desk.desk.audit.is_clean()
    await desk.pass_time(minutes=4)
    assert not await desk.desk.audit.is_clean(), "what was found long ago says nothing about now"


async def test_work_that_nobody_does_is_told_once_by_both_ways_and_again_when_it_is_over(desk, phone):
    lost = Effect(job=Job.WAKE, case_id="C-9", key="wake:C-9:1", lane="timer:all", after=1)
    await desk.stop_relay()
    await desk.desk.outside.redis.outbox.add([lost])
    await desk.pass_time(minutes=6)
    for _ in range(3):
        result = await audited(desk)
        assert "stuck_work" in result.since
        await desk.pass_time(minutes=1)
    assert len(ops(desk, "Work is due")) == 1
    assert [to for to, _ in phone.sent.values()] == [UserId("UPAT")]
    assert not await desk.desk.audit.is_clean()
    await desk.desk.relay.once()
    await desk.settled()
    assert "stuck_work" not in (await audited(desk)).since
    assert len(ops(desk, "Over: work is due")) == 1


async def test_timers_that_were_lost_are_asked_for_again(desk, phone):
    case = await desk.claimed()
    await desk.settled()
    redis = desk.desk.outside.redis
    wanted = (f"target:{case.id}", f"lease:{case.id}")
    for key in wanted:
        await redis.shard._execute("HDEL", redis.shard.key("work"), key)
        await redis.shard._execute("ZREM", redis.shard.key("lane", "timer:all"), key)
    assert await RedisBooks(redis.shard).missing(wanted) == frozenset(wanted)
    result = await audited(desk)
    assert result.named == {"lost_work": [case.id]}
    assert await RedisBooks(redis.shard).missing(wanted) == frozenset()
    assert phone.sent == {}, "nobody is called for what is mended"
    assert (await audited(desk)).since == {}
    await desk.pass_time(hours=5)
    await desk.shows(case, "New")


async def test_a_channel_for_which_more_waits_than_slack_takes_is_told_and_nobody_is_called(desk, phone):
    await desk.stop_relay()
    outbox, lane = desk.desk.outside.redis.outbox, "slack:C0CARE"
    waiting = [Effect(job=Job.NOTE, case_id="C-9", key=f"note:{n}", lane=lane) for n in range(9)]
    await outbox.add(waiting)
    await desk.pass_time(minutes=6)
    (work,) = (await outbox.take(1, MINUTE, PACES)).work
    await outbox.done(work)
    assert (await audited(desk)).named == {"behind": [f"{lane} (8)"]}
    assert len(ops(desk, "come late")) == 1
    assert phone.sent == {}
    assert await desk.desk.audit.is_clean()
    (work,) = (await outbox.take(1, MINUTE, PACES)).work
    await outbox.later(work, 0, "Slack is away", away=True)
    assert (await audited(desk)).named == {"stuck_work": [f"{lane} (8)"]}
    assert len(phone.sent) == 1


async def test_a_case_that_waits_for_its_card_has_one_coming_and_one_whose_card_was_lost_has_not(desk, phone):
    await desk.stop_relay()
    post = desk.customer().writes("@LumenShop my lamp is broken.")
    await desk.sweep()
    redis = desk.desk.outside.redis
    case_id = await redis.store.holder(f"post:x:{post}")
    await desk.pass_time(minutes=6)
    assert "no_card" not in (await audited(desk)).since
    await redis.shard._execute("HDEL", redis.shard.key("work"), f"card:{case_id}")
    assert (await audited(desk)).named["no_card"] == [case_id]
    assert await RedisBooks(redis.shard).missing((f"card:{case_id}",)) == frozenset()


async def test_on_a_large_desk_what_is_over_is_told_when_all_cases_were_looked_at(desk, phone, monkeypatch):
    monkeypatch.setattr("bot.services.audit.PAGE", 1)
    case, _ = await desk.claimed(), await desk.customer("theo_bakes").posts()
    await desk.settled()
    redis = desk.desk.outside.redis
    await redis.shard._execute("HDEL", redis.shard.key("work"), f"lease:{case.id}")
    looks = [(await audited(desk)).named.get("lost_work") for _ in range(7)]
    assert looks == [[case.id]] * 5 + [None] * 2
    assert (len(ops(desk, "Timers of cases")), len(ops(desk, "Over: timers"))) == (1, 1)


async def test_a_platform_that_nobody_reads_is_noticed(desk, phone):
    await desk.sweep()
    assert (await audited(desk)).since == {}
    await desk.pass_time(hours=4)
    assert "stale_cursor" in (await audited(desk)).since
    await desk.sweep()
    assert "stale_cursor" not in (await audited(desk)).since


async def test_what_slack_does_not_take_reaches_the_last_resort_after_a_minute(desk, phone):
    await desk.settled()
    desk.weather.slack_down = True
    redis = desk.desk.outside.redis
    await redis.shard._execute("ZADD", redis.shard.key("asides"), "1", "a")
    await audited(desk)
    assert phone.sent == {}
    await desk.pass_time(seconds=61)
    await audited(desk)
    await audited(desk)
    assert phone.handed_over == 1
    desk.weather.slack_down = False
    await audited(desk)
    assert len(ops(desk, "Work was set aside")) == 1


async def test_one_process_at_a_time_looks(desk, phone):
    await desk.desk.audit.look()
    first = await desk.desk.outside.redis.memory.recall("audit:result")
    await desk.desk.audit.look()
    assert await desk.desk.outside.redis.memory.recall("audit:result") == first


async def test_the_heart_beats_only_while_the_last_audit_was_clean(desk):
    async with a_hook() as hook:
        desk.more_settings = {"REPLYDESK_HEARTBEAT_URL": f"{hook.url}/beat"}
        await desk.restart()
        assert not await desk.desk.heartbeat.beat(), "nobody has looked yet"
        await audited(desk)
        await desk.settled()
        assert await desk.desk.heartbeat.beat()
        await desk.pass_time(minutes=4)
        assert not await desk.desk.heartbeat.beat()
        await desk.sweep()
        await desk.pass_time(hours=4)
        await audited(desk)
        assert not await desk.desk.heartbeat.beat(), "a platform is not being read"
        assert hook.beats == 1
