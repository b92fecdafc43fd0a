"""When Slack takes no page: mail and webhook come within two minutes, once, and nobody is alarmed twice for nothing."""

import pytest
from aiohttp import web

from bot.domain.escalating.plan import Habit, Plan, Step
from bot.domain.ids import UserId
from bot.services.paging_places import Place
from tests.mailbox import SECRET, a_hook, a_mailbox
from tests.pagers import FIRE, everything, pages, rules

KIM, OTTO = UserId("UKIM"), UserId("UOTTO")
WORDS = "my lamp caught fire"


def past_slack(desk, box, hook, **paging):
    """Let the desk know a mail server and a webhook, and one person to page."""
    plan = Plan(name="test", steps=(Step(people=(KIM,)),), last_resort=UserId("UPAT"))
    paging = {"usual": Habit(delays=(0,)), "addresses": {KIM: "kim@example.com"}, **paging}
    desk.house = rules(plan, **paging)
    desk.more_settings = {
        "REPLYDESK_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
        "REPLYDESK_MAIL_FROM": "desk@example.com",
        "REPLYDESK_WEBHOOK_URL": f"{hook.url}/v2/enqueue",
        "REPLYDESK_WEBHOOK_SECRET": SECRET,
        "REPLYDESK_WEBHOOK_ROUTING_KEY": "R1",
    }


@pytest.fixture
async def box():
    async with a_mailbox() as box:
        yield box


@pytest.fixture
async def hook():
    async with a_hook() as hook:
        yield hook


async def escalated_while_slack_is_away(desk, **more):
    """Return a case that is escalated in the moment in which Slack goes away."""
    await desk.restart()
    case = await desk.customer().posts(f"@LumenShop {WORDS}" if more.get("words") else FIRE.replace("fire", "rain"))
    await desk.seat("ana").asks("mine")
    await desk.settled()
    desk.weather.slack_down = True
    await desk.seat("ana").asks(f"escalate {case.id} secretive reason")
    await desk.settled()
    return case


async def minutes(desk, count):
    for _ in range(count):
        await desk.pass_time(seconds=61)
        await desk.settled()


async def test_while_slack_is_away_the_mail_comes_once_and_so_does_the_webhook(desk, box, hook):
    past_slack(desk, box, hook)
    case = await escalated_while_slack_is_away(desk)
    assert (box.mails, hook.events) == ([], [])
    await minutes(desk, 3)
    (mail,) = [mail for mail in box.mails if mail["To"] == "kim@example.com"]
    assert mail["Subject"] == f"{case.id}, normal priority: somebody has to look"
    text = mail.get_content()
    assert "Why you: you are named in the plan (step 1 of 1)." in text
    assert "If nobody answers:" in text
    assert "rain" not in text
    assert f".slack.com/archives/{case.channel}/p{case.ts.replace('.', '')}" in text
    assert "secretive" not in text
    assert len(hook.of("trigger")) == len(set(hook.of("trigger")))
    assert [event["payload"]["custom_details"]["to"] for event in hook.events][:1] == ["UKIM"]


async def test_when_slack_is_back_the_message_comes_and_nothing_goes_past_it_again(desk, box, hook):
    past_slack(desk, box, hook)
    case = await escalated_while_slack_is_away(desk)
    await minutes(desk, 2)
    sent = (len(box.mails), len(hook.events))
    desk.weather.slack_down = False
    await minutes(desk, 2)
    assert len(pages(desk, "kim")) == 1, everything(desk)
    assert len(box.mails) == sent[0]
    page = (await desk.case(case)).escalation.pages[0]
    assert (page.state, page.way, page.second) == ("sent", "Slack", ("e-mail", "webhook"))


async def test_who_claimed_the_case_meanwhile_gets_no_second_alarm_and_the_webhook_is_settled(desk, box, hook):
    past_slack(desk, box, hook)
    case = await escalated_while_slack_is_away(desk)
    await minutes(desk, 2)
    assert len(box.mails) >= 1
    desk.weather.slack_down = False
    assert await desk.seat("kim").clicks("Claim", case) == ""
    await desk.settled()
    await minutes(desk, 3)
    assert pages(desk, "kim") == [], everything(desk)
    assert hook.of("acknowledge") == hook.of("trigger")
    sent = len(box.mails)
    await minutes(desk, 3)
    assert len(box.mails) == sent


async def test_that_somebody_has_it_is_told_to_a_webhook_that_was_away_when_it_is_back(desk, box, hook):
    past_slack(desk, box, hook)
    case = await escalated_while_slack_is_away(desk)
    await minutes(desk, 2)
    desk.weather.slack_down = False
    await minutes(desk, 1)
    hook.answers = [web.Response(status=503)]
    assert await desk.seat("kim").clicks("Claim", case) == ""
    await desk.settled()
    await minutes(desk, 2)
    assert hook.of("acknowledge") == hook.of("trigger")


async def test_a_mail_server_that_refuses_stops_nobody(desk, box, hook):
    past_slack(desk, box, hook)
    box.says["kim@example.com"] = "550 nobody"
    case = await escalated_while_slack_is_away(desk)
    await minutes(desk, 3)
    page = (await desk.case(case)).escalation.pages[0]
    assert page.second == ("webhook",)
    desk.weather.slack_down = False
    await minutes(desk, 2)
    assert len(pages(desk, "kim")) == 1


async def test_customers_words_leave_only_where_the_house_rules_let_them(desk, box, hook):
    past_slack(desk, box, hook, words_by_mail=True)
    await escalated_while_slack_is_away(desk)
    await minutes(desk, 2)
    assert "rain" in box.mails[0].get_content()


class Died(BaseException):
    """What happens to a machine that loses its power."""


@pytest.mark.parametrize("place", [Place.NOTED, Place.PAST_SLACK, Place.PAST_SLACK_WRITTEN])
async def test_a_desk_that_dies_around_the_second_route_alarms_under_one_key(desk, box, hook, place):
    reached, armed = [], []

    async def die(here):
        if here is place and armed and not reached:
            reached.append(here)
            raise Died

    past_slack(desk, box, hook)
    desk.passing = die
    case = await escalated_while_slack_is_away(desk)
    armed.append(True)
    await desk.pass_time(seconds=61)
    await desk.until(lambda: reached, f"{place}")
    await desk.crash()
    desk.weather.slack_down = False
    await desk.start()
    desk.weather.slack_down = True
    await minutes(desk, 3)
    to_kim = [mail["Message-ID"] for mail in box.mails if mail["To"] == "kim@example.com"]
    assert len(set(to_kim)) == 1
    assert len(to_kim) == (2 if place is Place.PAST_SLACK else 1)
    page = (await desk.case(case)).escalation.pages[0]
    assert page.second == ("e-mail", "webhook")
    twice = place is Place.PAST_SLACK
    assert (page.handing, page.twice) == ((), ("e-mail",) if twice else ())
    lines = [line["detail"] for line in await desk.desk.outside.redis.journal.lines(case.id) if line["fact"] == "Paged"]
    assert [line for line in lines if "perhaps twice" in line] == (
        ["<@UKIM> by e-mail, because Slack did not take it (perhaps twice: the desk stopped while it was handed over)"]
        if twice
        else []
    )
    desk.weather.slack_down = False
    assert ("e-mail (perhaps twice) and webhook" in await desk.seat("ana").asks(f"why {case.id}")) is twice


async def test_a_way_that_fails_and_then_works_was_given_the_page_once(desk, box, hook):
    past_slack(desk, box, hook)
    hook.answers += [web.Response(status=500), web.Response(status=500)]
    case = await escalated_while_slack_is_away(desk)
    await minutes(desk, 8)
    page = (await desk.case(case)).escalation.pages[0]
    assert (page.second, page.handing, page.twice) == (("e-mail", "webhook"), (), ())
