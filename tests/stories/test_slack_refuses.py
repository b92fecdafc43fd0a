"""Slack refuses the desk something, or says that people changed: the person hears it, and who runs the desk does."""

from dataclasses import replace

import pytest

from bot.sandbox.slack.clicks import action_of
from tests.world import find_control

COVERS = ("AUT-04",)


def loses(desk, *scopes):
    """Take rights away from the app, as somebody who reinstalls it by an old manifest does."""
    app = desk.sandbox.slack.app
    desk.sandbox.slack.app = replace(app, scopes=app.scopes - set(scopes))
    desk.sandbox.slack.directory.app = desk.sandbox.slack.app


def ops_news(desk, words):
    return [m["text"] for m in desk.sandbox.slack.messages("C0OPS") if words in m["text"]]


async def test_a_right_that_is_missing_is_said_to_the_person_and_once_to_ops(desk):
    case = await desk.customer().posts()
    await desk.settled()
    loses(desk, "users:read")
    for times in (1, 2):
        answer = await desk.seat("ana").seat.click(case.channel, case.ts, "claim")
        assert not answer.acknowledged, "Slack shows that it failed, whether or not the sentence is read"
        assert "Slack does not let the desk do this (missing_scope)." in desk.seat("ana").told
        assert len(desk.seat("ana").seat.ephemerals) == times
    await desk.announced("Slack refused what the desk just tried.", "C0OPS")
    await desk.settled()
    assert len(ops_news(desk, "Slack refused")) == 1
    assert (await desk.case(case)).owner is None


async def test_user_groups_that_slack_does_not_let_the_desk_read_reach_ops(desk):
    case = await desk.customer().posts()
    await desk.settled()
    loses(desk, "usergroups:read")
    await desk.seat("ana").seat.click(case.channel, case.ts, "claim")
    assert "Slack does not let the desk do this (missing_scope)." in desk.seat("ana").told
    await desk.announced("Slack refused what the desk just tried.", "C0OPS")


async def test_an_approved_reply_waits_while_slack_does_not_let_the_desk_ask_who_approved_it(desk):
    case = await desk.approved()
    loses(desk, "usergroups:read")
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Slack does not let the desk look whether its approvers still may")
    await desk.announced("Slack refused what the desk just tried.", "C0OPS")
    assert desk.published() == []
    app = desk.sandbox.slack.app
    desk.sandbox.slack.app = replace(app, scopes=app.scopes | {"usergroups:read"})
    desk.sandbox.slack.directory.app = desk.sandbox.slack.app
    await desk.pass_time(minutes=6)
    await desk.reply_out()


async def test_who_was_deactivated_a_moment_before_the_click_does_not_approve(desk):
    case = await desk.in_review()
    assert await desk.seat("pat").asks("mine") == "You have no open case."
    desk.sandbox.slack.directory.app = replace(desk.sandbox.slack.app, events=frozenset())
    desk.sandbox.slack.set_person("UPAT", deleted=True)
    assert (await desk.desk.directory.person("UPAT")).id == "UPAT", "the desk remembers Pat"
    block, element, _ = find_control(desk.card(case), "Approve and send")
    click = action_of(block, element, None, desk.sandbox.clock.now())
    assert await desk.seat("pat").sends(case, click) == "This account is deactivated."
    assert await desk.status(case) == "in_review"


async def test_a_form_that_slack_does_not_let_the_desk_finish_stays_open_with_its_words(desk):
    case = await desk.claimed()
    await desk.seat("ana").opens("Draft a reply", case)
    await desk.pass_time(minutes=2)
    desk.desk.directory.forget()
    loses(desk, "users:read")
    errors = await desk.seat("ana").submits({"reply": "We are sorry, Mia."})
    assert "Slack does not let the desk do this (missing_scope)." in errors["reply"]
    await desk.announced("Slack refused what the desk just tried.", "C0OPS")
    assert (await desk.case(case)).drafts == ()


async def test_a_command_that_slack_does_not_let_the_desk_answer_says_so(desk):
    loses(desk, "users:read")
    assert "Slack does not let the desk do this" in await desk.seat("ana").asks("mine")
    await desk.announced("Slack refused what the desk just tried.", "C0OPS")


async def test_a_payload_that_is_not_ours_is_no_news(desk):
    case = await desk.customer().posts()
    await desk.settled()
    await desk.seat("ana").sends(case, {"action_id": "claim", "type": "button", "value": "x"}, api_app_id="A0OTHER")
    await desk.settled()
    assert ops_news(desk, "Slack refused") == []
    assert desk.seat("ana").told == ""


@pytest.mark.parametrize("case_id", ["AUT-04"])
async def test_who_leaves_the_group_a_moment_before_the_click_does_not_approve(desk, case_id):
    case = await desk.in_review()
    assert await desk.seat("pat").asks("mine") == "You have no open case."
    # Slack says nothing of it: what the desk remembers is out of date.
    desk.sandbox.slack.directory.app = replace(desk.sandbox.slack.app, events=frozenset())
    desk.sandbox.slack.set_group("S0PR", ["UKIM"])
    assert "PR" in await desk.seat("pat").approves(case)
    assert await desk.status(case) == "in_review"


async def until_forgotten(desk):
    directory = desk.desk.directory
    await desk.until(lambda: not directory._people and not directory._groups, "the desk to forget who people are")


async def test_slack_s_word_that_a_group_changed_counts_at_once_for_every_act(desk):
    case = await desk.customer().posts()
    assert await desk.seat("ana").clicks("Claim", case) == ""
    desk.sandbox.slack.set_group("S0SERVICE", ["UBEN"])
    desk.sandbox.slack.set_group("S0PR", ["UPAT"])
    await until_forgotten(desk)
    assert "You are not in customer service or PR here." in await desk.seat("ana").clicks("Release", case)


async def test_slack_s_word_that_an_account_was_deactivated_counts_at_once(desk):
    case = await desk.claimed()
    desk.sandbox.slack.deactivate("UANA")
    await until_forgotten(desk)
    release = {"action_id": "release", "type": "button", "value": case.id, "block_id": "b", "action_ts": "1.0"}
    desk.sandbox.slack.set_person("UANA", deleted=True)
    await desk.seat("ana").sends(case, release)
    assert (await desk.case(case)).owner == "UANA"
