"""A user group that rules name decides what they say and nothing else; one without people lets nothing out."""

from dataclasses import replace

import pytest

from bot.domain.approving.demand import Demand
from bot.domain.approving.rules import ApprovalRule
from bot.domain.policy import Policy
from tests.world import REPLY

COVERS = ("AUT-08",)
PATENT = ApprovalRule(name="patent", why="it speaks of patents", demand=Demand.of({"S0LEGAL": 1}), words=("patent",))
OF_PATENTS = "@LumenShop my lamp arrived broken, and it copies my patent."


def with_legal(policy: Policy) -> Policy:
    return replace(policy, approval=replace(policy.approval, rules=(PATENT, *policy.approval.rules)))


def legal_is(desk, users, **more):
    group = {"id": "S0LEGAL", "handle": "legal", "name": "Legal", "users": list(users), "disabled": False, **more}
    desk.sandbox.slack.state.groups["S0LEGAL"] = group


async def with_rules(desk, house):
    desk.house = house
    await desk.restart()


async def test_a_member_of_a_group_on_neither_side_decides_that_reply_and_nothing_else(desk):
    desk.sandbox.slack.set_person("UDEL", deleted=False)
    desk.sandbox.slack.join("C0CARE", "UDEL")
    assert "You are not in" in await desk.seat("del").asks("mine")
    legal_is(desk, ["UDEL"])
    await with_rules(desk, with_legal)
    other = await desk.customer("theo_bakes").posts("@LumenShop my lamp arrived broken. Is anyone there?")
    assert await desk.seat("ana").clicks("Claim", other) == ""
    assert await desk.seat("ana").drafts(REPLY, other) == {}
    assert "Only PR can decide" in await desk.seat("del").approves(other)

    case = await desk.in_review(text=OF_PATENTS)
    await desk.shows(case, "Rule “patent”: it speaks of patents")
    assert "can decide on this reply" in await desk.seat("pat").approves(case)
    assert await desk.seat("del").approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    assert await desk.status(other) == "in_review"


@pytest.mark.parametrize("row", ["AUT-08"])
@pytest.mark.parametrize(
    ("state", "why"),
    [
        (None, "is not in this workspace"),
        ({"users": []}, "(@legal) is empty"),
        ({"users": ["UOTTO"], "disabled": True}, "(@legal) is disabled"),
    ],
)
async def test_a_group_that_nobody_can_answer_for_is_told_at_the_start_and_opens_nothing(desk, capsys, row, state, why):
    if state is not None:
        legal_is(desk, **state)
    await with_rules(desk, with_legal)
    assert (
        f"warning: user group S0LEGAL (approval rule “patent”) {why}: nobody can approve for it"
        in capsys.readouterr().out
    )
    case = await desk.in_review(text=OF_PATENTS)
    for name in ("pat", "ben", "otto"):
        assert "can decide on this reply" in await desk.seat(name).approves(case)
    await desk.pass_time(minutes=5)
    await desk.settled()
    assert desk.published() == []


@pytest.mark.parametrize("row", ["AUT-08"])
async def test_what_needs_a_group_that_became_empty_is_not_sent_by_anybody(desk, row):
    legal_is(desk, ["UOTTO"])
    await with_rules(desk, with_legal)
    case = await desk.in_review(text=OF_PATENTS)
    assert await desk.seat("otto").approves(case) == ""
    legal_is(desk, [])
    await desk.pass_time(seconds=31)
    await desk.notes(case, "Back to the approver:")
    for name in ("pat", "ben", "otto"):
        assert "can decide on this reply" in await desk.seat(name).approves(case)
    assert desk.published() == []


@pytest.mark.parametrize("row", ["AUT-08"])
async def test_a_group_that_is_renamed_keeps_its_people(desk, row):
    legal_is(desk, ["UOTTO"])
    await with_rules(desk, with_legal)
    case = await desk.in_review(text=OF_PATENTS)
    legal_is(desk, ["UOTTO"], handle="counsel", name="Counsel")
    assert await desk.seat("otto").approves(case) == ""
