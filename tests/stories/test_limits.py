"""Limits beside a second process, and the clocks that a rule brings along."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.domain.ids import HOUR, MINUTE
from bot.domain.policy import Policy
from bot.wiring import Desk, build
from tests.world import REPLY, World

LATE = "@LumenShop where is my parcel? It is late."
NEWS = "Sent without PR on"


@asynccontextmanager
async def a_second_process(desk: World) -> AsyncIterator[Desk]:
    second = build(desk.desk.outside)
    second.relay.paces = {}
    stop = asyncio.Event()
    working = asyncio.create_task(second.relay.run(stop))
    try:
        yield second
    finally:
        stop.set()
        await working


async def sent_alone(desk: World):
    case = await desk.claimed(LATE)
    assert await desk.seat("ana").drafts("It is on its way to you.", case, alone=["alone"]) == {}
    await desk.shows(case, "inside PR's limit “late parcel”")
    return case


def news(desk: World) -> list[str]:
    return [m["text"] for m in desk.sandbox.slack.messages("C0PRDESK") if m["text"].startswith(NEWS)]


async def test_pr_hears_once_what_limits_were_used_for_by_two_processes_and_after_a_restart(desk):
    case = await sent_alone(desk)
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    await desk.desk.limits.ask_to_tell()
    await desk.settled()
    assert news(desk) == []
    await desk.pass_time(days=1)
    async with a_second_process(desk) as second:
        await asyncio.gather(*(one.limits.ask_to_tell() for one in (desk.desk, second) for _ in range(3)))
        await desk.announced(NEWS)
        await desk.settled()
    await desk.restart()
    await desk.desk.limits.ask_to_tell()
    await desk.settled()
    [told] = news(desk)
    assert f"{case.id}>: “late parcel”, by <@UANA>" in told
    await desk.pass_time(days=1)
    await desk.desk.limits.ask_to_tell()
    await desk.settled()
    assert news(desk) == [told]


async def test_a_limit_switched_off_stops_what_waits_at_two_desks(desk):
    async with a_second_process(desk):
        case = await sent_alone(desk)
        assert "is off" in await desk.seat("pat").asks("limit off late parcel")
        await desk.pass_time(seconds=31)
        await desk.notes(case, "PR has switched it off")
        await desk.pass_time(minutes=5)
        await desk.settled()
    assert desk.published() == []
    assert await desk.status(case) == "in_review"


async def test_what_leaves_inside_a_limit_is_hurried_by_nobody(desk):
    case = await sent_alone(desk)
    await desk.offers(case, "Undo")
    await desk.settled()
    assert "Send now" not in desk.card_text(case)
    assert "Only somebody who approved it" in await desk.seat("ana").sends(case, hurry(case, rev=1))
    assert "Only somebody who approved it" in await desk.seat("pat").sends(case, hurry(case, rev=1))
    assert desk.published() == []


@pytest.mark.parametrize("name", ["ana", "ben", "kim"])
async def test_only_who_approved_sends_now(desk, name):
    case = await desk.approved()
    assert "Only somebody who approved it" in await desk.seat(name).sends(case, hurry(case, rev=1))
    await desk.settled()
    assert desk.published() == []
    assert await desk.seat("pat").sends(case, hurry(case, rev=1)) == ""
    await desk.reply_out()


def hurry(case, rev):
    value = f"{case.id}|{rev}"
    return {"action_id": "send_now", "block_id": "acts", "type": "button", "value": value, "action_ts": "1.0"}


def with_clocks(**clocks: int):
    def house(policy: Policy) -> Policy:
        rules = tuple(replace(rule, **clocks) for rule in policy.approval.rules)
        return replace(policy, approval=replace(policy.approval, rules=rules))

    return house


async def house_rules(desk: World, **clocks: int) -> None:
    desk.house = with_clocks(**clocks)
    await desk.restart()


async def test_a_rule_with_a_longer_undo_keeps_the_reply_back_for_so_long(desk):
    await house_rules(desk, undo=3 * MINUTE)
    case = await desk.approved()
    await desk.pass_time(minutes=2)
    await desk.settled()
    assert desk.published() == []
    await desk.offers(case, "Undo")
    await desk.pass_time(seconds=61)
    await desk.reply_out()


async def test_a_rule_with_a_shorter_draft_life_gives_the_reply_back_to_its_writer(desk):
    await house_rules(desk, draft_life=HOUR)
    case = await desk.in_review(REPLY)
    await desk.pass_time(minutes=59)
    await desk.settled()
    assert await desk.status(case) == "in_review"
    await desk.pass_time(minutes=2)
    await desk.notes(case, "nobody decided on it in time")
    await desk.offers(case, "Draft a reply")


async def test_a_rule_with_a_shorter_approval_life_asks_the_approver_again(desk):
    await house_rules(desk, approval_life=10 * MINUTE)
    case = await desk.approved()
    assert " is on: " in await desk.seat("ben").asks("hold all a recall is coming")
    await desk.pass_time(minutes=9)
    await desk.settled()
    assert await desk.status(case) == "approved"
    await desk.pass_time(minutes=2)
    await desk.notes(case, "the approval was not used in time")
    await desk.offers(case, "Approve and send")
    assert desk.published() == []
