"""Said once: an attempt after the first looks for what was said, and speaks only where nothing was."""

from dataclasses import replace

import pytest

from bot.adapters.slack_chat import SlackCalls, SlackChat, open_client, open_session
from bot.domain.ids import MINUTE, CaseId, ChannelId, Instant, Nonce, later
from bot.domain.job import Job
from bot.domain.work import Work
from bot.ports import Message
from bot.sandbox.server import Sandbox
from bot.services.saying import FIND_BACK, said_before, say_once

CARE = ChannelId("C0CARE")
NEWS = Message(text="There is news.")
OTHER = Message(text="There is other news.")


@pytest.fixture
async def slack():
    async with Sandbox.running(limits=False) as sandbox:
        yield sandbox.slack


@pytest.fixture
async def chat(slack):
    async with open_session() as session:
        yield SlackChat(SlackCalls(open_client(slack.app.bot_token, f"{slack.base_url}/api/", session)))


@pytest.fixture
def now(slack):
    return Instant(int(slack.clock.now() * 1000))


@pytest.fixture
def work(now):
    return Work(
        key="news:1",
        job=Job.TELL_OPS,
        case_id=CaseId("C-1"),
        lane="slack:ops",
        nonce=Nonce("n"),
        due=now,
        lease_until=later(now, MINUTE),
    )


def said(slack):
    return [message["text"] for message in slack.messages(CARE)]


async def test_a_first_attempt_speaks_and_does_not_look(slack, chat, work):
    await say_once(chat, work, CARE, NEWS, mark=work.key, since=work.due)
    assert said(slack) == ["There is news."]
    assert slack.traffic.calls(method="conversations.history") == []


async def test_a_second_attempt_does_not_say_again_what_the_first_said(slack, chat, work):
    await say_once(chat, work, CARE, NEWS, mark=work.key, since=work.due)
    await say_once(chat, replace(work, tries=2), CARE, NEWS, mark=work.key, since=work.due)
    assert said(slack) == ["There is news."]


async def test_a_second_attempt_speaks_where_the_first_did_not_get_so_far(slack, chat, work):
    await say_once(chat, work, CARE, OTHER, mark="news:2", since=work.due)
    await say_once(chat, replace(work, tries=2), CARE, NEWS, mark=work.key, since=work.due)
    assert said(slack) == ["There is other news.", "There is news."]


async def test_what_was_said_by_a_clock_that_is_behind_ours_is_found(chat, work, now):
    await say_once(chat, work, CARE, NEWS, mark=work.key, since=now)
    ahead = later(now, FIND_BACK - MINUTE)
    assert await said_before(chat, replace(work, tries=2), CARE, work.key, since=ahead)


async def test_the_same_news_of_another_day_does_not_count(chat, work, now):
    await say_once(chat, work, CARE, NEWS, mark=work.key, since=now)
    tomorrow = later(now, 2 * FIND_BACK)
    assert await said_before(chat, replace(work, tries=2), CARE, work.key, since=tomorrow) is None


async def test_what_was_said_in_a_thread_is_looked_for_there(chat, work, now):
    card = await chat.post(CARE, OTHER, mark="card:C-1")
    note = await chat.post(CARE, NEWS, mark="note:1", thread=card)
    again = replace(work, tries=2)
    assert await said_before(chat, again, CARE, "note:1", since=now, thread=card) == note
    assert await said_before(chat, again, CARE, "note:1", since=now) is None
