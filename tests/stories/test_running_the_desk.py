"""What the people who run the desk see and do: channels that are gone, cards that are gone, work that fails for good."""

from bot.domain.cases.effects import Effect, Job
from tests.world import COMPLAINT, Shown

OPS = "C0OPS"


def news(desk):
    return [m["text"] for m in desk.sandbox.slack.messages(OPS)]


async def test_a_card_for_an_archived_channel_goes_to_ops_who_are_told_once_and_later_ones_come_home(desk):
    desk.sandbox.slack.archive("C0CARE", by="UKIM")
    first = await desk.customer("mia_travels").posts(COMPLAINT)
    second = await desk.customer("priya_codes").posts("@LumenShop my order never came")
    assert {first.channel, second.channel} == {OPS}
    assert await desk.seat("ana").clicks("Claim", first) == ""
    await desk.until(lambda: [t for t in news(desk) if "cannot be posted" in t], "the news", lambda: str(news(desk)))

    desk.sandbox.slack.archive("C0CARE", by="UKIM", archived=False)
    third = await desk.customer("oldmanfern").posts("@LumenShop where is my money?")
    assert third.channel == "C0CARE"
    assert len([t for t in news(desk) if "cannot be posted" in t]) == 1


async def test_a_card_that_somebody_deleted_is_posted_again_and_works(desk):
    case = await desk.customer("mia_travels").posts(COMPLAINT)
    desk.sandbox.slack.history.delete(case.channel, case.ts)
    desk.customer("mia_travels").writes("@LumenShop hello? still broken", in_reply_to=case.post)
    await desk.sweep()

    async def another() -> Shown | None:
        ref = (await desk.case(case)).card
        return Shown(id=case.id, channel=ref.channel, ts=ref.ts, post=case.post) if ref and ref.ts != case.ts else None

    again = await desk.until_async(another, "a new card")
    assert await desk.seat("ana").clicks("Claim", again) == ""
    await desk.shows(again, "<@UANA>")


async def test_work_that_fails_three_times_is_set_aside_and_can_be_tried_again_or_given_up(desk):
    case = await desk.customer("mia_travels").posts(COMPLAINT)
    for key in ("poison:1", "poison:2"):
        broken = Effect(job=Job.NOTE, case_id=case.id, key=key, lane="timer:all", args={"fact": "no such fact"})
        await desk.desk.outside.redis.outbox.add([broken])
    for _ in range(4):
        await desk.pass_time(seconds=10)
        await desk.settled()
    await desk.until(lambda: len(news(desk)) == 2, "two pieces of news", lambda: str(news(desk)))
    first, second = (m["ts"] for m in desk.sandbox.slack.messages(OPS))

    assert (await desk.seat("otto").seat.click(OPS, first, "give_up")).acknowledged
    await desk.until(lambda: "gave it up" in str(news(desk)), "the end of the news", lambda: str(news(desk)))
    assert (await desk.seat("otto").seat.click(OPS, second, "try_again")).acknowledged
    await desk.until(lambda: "tried again" in str(news(desk)), "the other end", lambda: str(news(desk)))
    waiting = await desk.desk.outside.redis.outbox.set_aside_list()
    assert [aside.key for aside in waiting if aside.key == "poison:1"] == []
    assert await desk.seat("ana").clicks("Claim", case) == ""


async def test_waits_do_not_count_as_failures_of_work(desk):
    """After an outage the first error of our own is not the third."""
    case = await desk.customer("mia_travels").posts(COMPLAINT)
    outbox = desk.desk.outside.redis.outbox
    broken = Effect(
        job=Job.NOTE, case_id=case.id, key="poison:1", lane="timer:all", after=5_000, args={"fact": "no such fact"}
    )
    await outbox.add([broken])
    await desk.settled()
    for _ in range(3):
        desk.clock.pass_time(seconds=10)
        (work,) = (await outbox.take(1, 1_000, {})).work
        await outbox.later(work, 5_000, "Unavailable")
    for failed in range(2):
        await desk.pass_time(seconds=10 + 10 * failed)
        await desk.settled()
        assert news(desk) == []
    await desk.pass_time(seconds=30)
    await desk.until(lambda: len(news(desk)) == 1, "the news", lambda: str(news(desk)))


async def test_only_people_of_the_desk_can_have_work_tried_again(desk):
    case = await desk.customer("mia_travels").posts(COMPLAINT)
    broken = Effect(job=Job.NOTE, case_id=case.id, key="poison:1", lane="timer:all", args={"fact": "no such fact"})
    await desk.desk.outside.redis.outbox.add([broken])
    for _ in range(4):
        await desk.pass_time(seconds=10)
        await desk.settled()
    await desk.until(lambda: news(desk), "the news")
    ts = desk.sandbox.slack.messages(OPS)[0]["ts"]
    action = {
        "action_id": "give_up",
        "block_id": "x",
        "type": "button",
        "value": f"{case.id}|poison:1",
        "action_ts": "1.1",
    }
    await desk.seat("gus").seat.click_raw(OPS, ts, action)
    assert [aside.key for aside in await desk.desk.outside.redis.outbox.set_aside_list()] == ["poison:1"]
