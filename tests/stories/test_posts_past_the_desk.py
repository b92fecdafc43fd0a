"""The brand's own account is watched: what stands there and the desk did not send is told once, by a link."""

from dataclasses import replace

import pytest

from bot.domain.running.account_watch import Tell
from tests.pagers import TextMessages, rules
from tests.reading import all_text
from tests.world import OUT

COVERS = {"DBL-14"}
WORDS = "Big news: our lamps are free today, send us your card number!"


@pytest.fixture
async def phone(desk):
    """The last resort's phone; the desk has looked at its account once, and knows what stood there before."""
    phone = TextMessages()
    desk.house, desk.pagers = rules(), (phone,)
    await desk.restart()
    await a_minute(desk)
    return phone


def key(desk) -> str:
    (name,) = desk.desk.account_watch.names
    return name


async def a_minute(desk, minutes=1):
    """Let minutes pass as the calendar sees them: a tick, and what it asks for is done."""
    for _ in range(minutes):
        await desk.pass_time(minutes=1)
        await desk.desk.account_watch.ask()
        await desk.settled()


def told(desk) -> list[str]:
    messages = desk.sandbox.slack.messages("C0OPS")
    return [all_text(message) for message in messages if "past the desk" in all_text(message)]


def strange(desk, words: str = WORDS, **more):
    return desk.x.post("LumenShop", words, source="native", **more)


def with_watch(desk, **changed):
    """Change how the house wants its accounts watched."""
    before = desk.house
    desk.house = lambda policy: replace(before(policy), watch=replace(policy.watch, **changed))


@pytest.mark.parametrize("row", ["DBL-14"])
async def test_a_post_that_the_desk_did_not_send_is_told_in_slack_and_past_it_within_two_minutes(desk, phone, row):
    post = strange(desk)
    await a_minute(desk, 2)
    (news,) = told(desk)
    assert f"https://x.com/LumenShop/status/{post.id}" in news
    assert "/desk hold all" in news
    assert "revoke the access token" in news
    ((to, body),) = phone.sent.values()
    assert (to, "revoke the access token" in body) == ("UPAT", True)
    assert WORDS not in news + body


async def test_it_is_told_once_however_often_anybody_looks_and_after_a_restart(desk, phone):
    strange(desk)
    await a_minute(desk, 3)
    await desk.restart()
    await a_minute(desk, 2)
    assert (len(told(desk)), phone.handed_over) == (1, 1)


async def test_what_stood_there_before_the_first_look_is_taken_as_known(desk):
    await a_minute(desk)
    strange(desk)
    await desk.desk.outside.redis.shard._execute("DEL", desk.desk.outside.redis.shard.key("memory", key(desk)))
    await a_minute(desk, 2)
    assert told(desk) == []
    strange(desk, "One more")
    await a_minute(desk)
    assert len(told(desk)) == 1


async def test_what_appeared_while_the_desk_was_away_is_told_at_its_start(desk, phone):
    await desk.stop()
    strange(desk)
    desk.clock.pass_time(minutes=30)
    desk.sandbox.clock.advance(1800)
    await desk.start()
    await desk.until(lambda: told(desk), "the news")


async def test_what_the_desk_sends_is_never_told(desk, phone):
    await desk.answered()
    await a_minute(desk, 3)
    assert desk.published() == [OUT]
    assert (told(desk), phone.sent) == ([], {})


async def test_an_answer_typed_on_x_is_told_in_kind_words_with_its_case_and_pages_nobody(desk, phone):
    case = await desk.claimed()
    desk.x.reply_as_brand("Hi Mia, please see your inbox.", case.post)
    await a_minute(desk, 2)
    (news,) = told(desk)
    assert f"Somebody answered {case.id} as the brand" in news
    assert "all is well" in news
    assert "inbox" not in news
    assert phone.sent == {}


@pytest.mark.parametrize("lag", [0, 90], ids=["", "the timeline is late"])
async def test_a_reply_in_doubt_is_no_stranger_before_and_after_it_is_found(desk, phone, lag):
    case = await desk.approved()
    desk.weather.set(x_late="cut")
    desk.x.switches.set(fault_times=1, timeline_lag_seconds=lag)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Checking that the reply is out")
    await a_minute(desk)
    assert told(desk) == []
    await a_minute(desk, 3)
    await desk.shows(case, "Answered")
    await a_minute(desk, 2)
    assert (desk.published(), told(desk), phone.sent) == ([OUT], [], {})


async def test_a_copy_of_a_published_reply_is_told_as_one_too_many(desk, phone):
    case = await desk.answered()
    desk.x.reply_as_brand(OUT.removeprefix("@mia_travels "), case.post)
    await a_minute(desk, 2)
    (news,) = told(desk)
    assert f"The reply of {case.id} stands on the account twice" in news


async def test_a_reply_that_a_person_posts_by_hand_is_not_told(desk, phone):
    ours = desk.x.post("LumenShop", "New lamps are here!")
    quote = await desk.customer().posts("Mine broke.", quote_of=ours.id, reply_settings="following")
    await a_minute(desk)
    before = told(desk)
    await desk.seat("ana").clicks("Claim", quote)
    assert await desk.seat("ana").drafts("We are sorry, Mia.", quote) == {}
    assert await desk.seat("pat").approves(quote, "Approve") == ""
    await desk.offers(quote, "Open on X")
    desk.x.reply_as_brand("We are sorry, Mia. ^AD", quote.post)
    await a_minute(desk, 2)
    assert await desk.seat("ana").clicks("It's posted", quote) == ""
    await a_minute(desk, 2)
    assert told(desk) == before


async def test_a_post_that_x_shows_late_is_not_overlooked(desk, phone):
    desk.x.switches.set(timeline_lag_seconds=90)
    late = strange(desk, "The first, shown late")
    desk.x.switches.set(timeline_lag_seconds=0)
    strange(desk, "The second, shown at once")
    await a_minute(desk)
    assert len(told(desk)) == 1
    await a_minute(desk)
    assert late.id in told(desk)[-1]


async def test_a_flood_of_posts_is_told_in_six_lines_and_one_alarm(desk, phone):
    for number in range(30):
        strange(desk, f"{WORDS} {number}")
    await a_minute(desk, 2)
    assert len(told(desk)) == 6
    assert len([news for news in told(desk) if "24 more that came with it" in news]) == 1
    strange(desk, "and one more")
    await a_minute(desk)
    assert (len(told(desk)), phone.handed_over) == (7, 1), "within the hour the phone is quiet"


async def test_several_processes_tell_it_once(desk, phone):
    strange(desk)
    for _ in range(5):
        await desk.desk.account_watch.ask()
    await a_minute(desk)
    await desk.desk.account_watch.ask()
    await desk.settled()
    assert (len(told(desk)), phone.handed_over) == (1, 1)


async def test_a_process_that_dies_before_the_watch_moved_on_does_not_tell_twice(desk, phone):
    memory = desk.desk.outside.redis.memory
    before = await memory.recall(key(desk))
    strange(desk)
    await a_minute(desk)
    after = await memory.recall(key(desk))
    assert await memory.swap(key(desk), after, before)
    await a_minute(desk)
    assert await memory.recall(key(desk)) != before
    assert (len(told(desk)), phone.handed_over) == (1, 1)


async def test_x_being_away_hides_nothing_and_the_auditor_says_that_nobody_looks(desk, phone):
    desk.weather.x_down = True
    strange(desk)
    await a_minute(desk)
    assert told(desk) == []
    await desk.pass_time(minutes=11)
    assert key(desk) in (await desk.desk.audit.look_now()).named["unwatched"]
    desk.weather.x_down = False
    await a_minute(desk)
    assert len(told(desk)) == 1
    assert "unwatched" not in (await desk.desk.audit.look_now()).since


async def test_slack_being_away_delays_the_news_and_not_the_alarm(desk, phone):
    desk.weather.slack_down = True
    strange(desk)
    await desk.pass_time(minutes=1)
    await desk.desk.account_watch.ask()
    await desk.until(lambda: phone.sent, "the alarm")
    desk.weather.slack_down = False
    await desk.pass_time(minutes=2)
    await desk.until(lambda: told(desk), "the news")


async def test_a_phone_that_does_not_answer_is_tried_again(desk, phone):
    phone.down = True
    strange(desk)
    await a_minute(desk)
    phone.down = False
    await desk.pass_time(minutes=1)
    await desk.until(lambda: phone.sent, "the alarm")


async def test_where_others_post_too_only_answers_are_told(desk, phone):
    with_watch(desk, tell=Tell.ANSWERS)
    await desk.restart()
    case = await desk.claimed()
    strange(desk)
    desk.x.reply_as_brand("Hi Mia!", case.post)
    await a_minute(desk, 2)
    (news,) = told(desk)
    assert case.id in news
    assert phone.sent == {}


async def test_a_house_that_wants_no_watch_reads_nothing(desk, phone):
    with_watch(desk, tell=Tell.NOTHING)
    await desk.restart()
    assert desk.desk.account_watch.names == ()
    strange(desk)
    await a_minute(desk, 2)
    assert (told(desk), phone.sent) == ([], {})
