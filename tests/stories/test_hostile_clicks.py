"""Clicks that no card of ours would send, and people who have no say: refused, told in a sentence, nothing changed."""

import pytest

from bot.sandbox.slack.clicks import action_of
from bot.sandbox.slack.refusals import Refusal
from tests.world import find_control

COVERS = ("APR-03", "APR-05", "APR-19", "APR-22", "AUT-01", "AUT-06", "AUT-12", "AUT-13", "AUT-17", "AUT-18")

HOSTILE = {
    "empty": "",
    "long": "x" * 100_000,
    "sql": "1;DROP",
    "path": "../..",
    "json": '{"text":"posted!"}',
    "nul": "C-1001|1|\0",
    "only nul": "\0",
    "two megabytes": "x" * 2_000_000,
    "another script's digits": "C-１００１|1|0123456789abcdef",
    "too many parts": "C-1001|1|2|3|4|5|6",
}


def approval(desk, case, **changed):
    block, element, _ = find_control(desk.card(case), "Approve and send")
    return {**action_of(block, element, None, desk.sandbox.clock.now()), **changed}


async def unchanged(desk, case, before):
    assert await desk.case(case) == before
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert desk.published() == []


@pytest.mark.parametrize("case_id", ["APR-03"])
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
async def test_an_approval_with_a_value_of_somebody_elses_making_is_refused(desk, value, case_id):
    case = await desk.in_review()
    before = await desk.case(case)
    assert await desk.seat("pat").sends(case, approval(desk, case, value=value)) != ""
    await unchanged(desk, case, before)


@pytest.mark.parametrize(
    ("part", "new", "sentence"),
    [
        (2, "0123456789abcdef", "Something changed since this card was drawn"),
        (2, "", "Something changed since this card was drawn"),
        (1, "2", "There is a newer version of this reply"),
        (1, "-1", "not one of ours"),
        (1, "1e0", "not one of ours"),
        (0, "C-9999", "There is no case C-9999"),
    ],
)
async def test_a_changed_digest_revision_or_number_is_refused(desk, part, new, sentence):
    case = await desk.in_review()
    before = await desk.case(case)
    click = approval(desk, case)
    parts = click["value"].split("|")
    parts[part] = new
    assert sentence in await desk.seat("pat").sends(case, {**click, "value": "|".join(parts)})
    await unchanged(desk, case, before)


async def test_a_part_of_the_digest_is_not_enough(desk):
    case = await desk.in_review()
    before = await desk.case(case)
    click = approval(desk, case)
    assert "Something changed" in await desk.seat("pat").sends(case, {**click, "value": click["value"][:-1]})
    await unchanged(desk, case, before)


async def test_the_approval_of_one_case_does_not_approve_another(desk):
    case = await desk.in_review()
    other = await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    await desk.seat("ben").clicks("Claim", other)
    await desk.seat("ben").drafts("We are looking.", other)
    await desk.offers(other, "Approve and send")
    digest = approval(desk, other)["value"].split("|")[2]
    said = await desk.seat("pat").sends(case, approval(desk, case, value=f"{case.id}|1|{digest}"))
    assert "Something changed" in said
    assert await desk.status(case) == "in_review"


async def test_a_button_nobody_has_is_refused_in_a_sentence(desk):
    case = await desk.in_review()
    before = await desk.case(case)
    said = await desk.seat("pat").sends(case, approval(desk, case, action_id="publish_now"))
    assert "not one of ours any more" in said
    await unchanged(desk, case, before)


@pytest.mark.parametrize("case_id", ["AUT-01"])
async def test_a_person_of_another_workspace_is_refused_by_the_raw_payload(desk, case_id):
    case = await desk.in_review()
    before = await desk.case(case)
    stranger = {"id": "UPAT", "username": "pat", "name": "pat", "team_id": "T0OTHER"}
    said = await desk.seat("pat").sends(case, approval(desk, case), user=stranger)
    assert said == "Only members of this workspace can work at this desk."
    said = await desk.seat("pat").sends(case, approval(desk, case), team={"id": "T0OTHER", "domain": "other"})
    assert said == "Only members of this workspace can work at this desk."
    await unchanged(desk, case, before)


async def test_a_partner_in_a_shared_channel_is_refused(desk):
    case = await desk.customer("jonas_liest").posts("@LumenShop meine Lampe flackert seit heute früh.", lang="de")
    assert case.channel == "C0CAREDE"
    assert await desk.seat("fay").clicks("Claim", case) == "Only members of this workspace can work at this desk."
    assert (await desk.case(case)).owner is None


@pytest.mark.parametrize("case_id", ["AUT-06"])
async def test_while_slack_does_not_say_who_is_in_pr_nobody_approves(desk, case_id):
    case = await desk.in_review()
    before = await desk.case(case)
    slack = desk.sandbox.slack.directory
    asked = slack.group

    def fails(group):
        raise Refusal("internal_error", group=group)

    slack.group = fails
    said = await desk.seat("pat").sends(case, approval(desk, case))
    assert "lease try again" in said
    await unchanged(desk, case, before)
    slack.group = asked
    assert await desk.seat("pat").approves(case) == ""


@pytest.mark.parametrize("case_id", ["APR-19"])
@pytest.mark.parametrize("changed", [False, True])
async def test_a_yes_from_a_form_whose_card_is_gone_stands_under_the_same_rule(desk, case_id, changed):
    case = await desk.in_review("Mia, please call 020 7946 0999.")
    pat = desk.seat("pat")
    await pat.opens("Approve and send", case)
    desk.sandbox.slack.history.delete(case.channel, case.ts)
    if changed:
        desk.sandbox.x.edit(case.post, "@LumenShop never mind, it works again.")
        await desk.look_at_open_cases()
        await desk.settled()
    assert await pat.submits({"concerns": ["checked"]}) == {}
    assert ("Something changed since this card was drawn" in pat.form) == changed
    assert await desk.status(case) == ("in_review" if changed else "approved")


@pytest.mark.parametrize("case_id", ["APR-22"])
async def test_an_account_put_into_the_form_changes_nothing(desk, case_id):
    case = await desk.claimed()
    form = await desk.seat("ana").opens("Draft a reply", case)
    open_form = desk.seat("ana").seat._open_view(form["id"])
    open_form["private_metadata"] = open_form["private_metadata"].replace("{", '{"account": "900000002", ', 1)
    assert await desk.seat("ana").submits({"reply": "From the other brand?"}) == {}
    stored = await desk.case(case)
    assert (stored.account, stored.status) == ("900000001", "in_review")
    await desk.shows(case, "@LumenShop, public reply")


async def test_a_payload_for_another_app_changes_nothing(desk):
    case = await desk.in_review()
    before = await desk.case(case)
    await desk.seat("pat").sends(case, approval(desk, case), api_app_id="A0OTHER")
    await unchanged(desk, case, before)


async def test_a_guest_is_told_that_guests_cannot_work_here(desk):
    case = await desk.customer().posts()
    assert await desk.seat("gus").clicks("Claim", case) == "Guests cannot work at this desk."
    assert (await desk.case(case)).owner is None


@pytest.mark.parametrize("name", [pytest.param("del", id="AUT-17"), "desk"])
async def test_the_deactivated_and_bots_change_nothing(desk, name):
    case = await desk.in_review()
    before = await desk.case(case)
    await desk.seat(name).sends(case, approval(desk, case))
    await unchanged(desk, case, before)


@pytest.mark.parametrize("kind", ["is_bot", "is_app_user", "is_workflow_bot"])
@pytest.mark.parametrize("case_id", ["AUT-12"])
async def test_what_is_no_person_approves_nothing_though_it_is_in_the_group(desk, kind, case_id):
    case = await desk.in_review()
    before = await desk.case(case)
    desk.sandbox.slack.set_person("UPAT", **{kind: True})
    said = await desk.seat("pat").sends(case, approval(desk, case))
    assert said == "Only people can work at this desk."
    assert await desk.seat("pat").asks("mine") == "Only people can work at this desk."
    await unchanged(desk, case, before)


@pytest.mark.parametrize("case_id", ["AUT-18"])
async def test_a_reply_on_somebody_elses_claim_needs_a_take_over_that_both_read(desk, case_id):
    case = await desk.claimed()
    ana, ben = desk.seat("ana"), desk.seat("ben")
    said = await ben.clicks("Draft a reply", case)
    assert said == "<@UANA> has this case. If you must, choose “Take over…” first."
    assert await ana.drafts("We are looking into it.", case) == {}
    assert await ben.clicks("Take over…", case) == ""
    await desk.notes(case, "<@UBEN> took it over from <@UANA>.")
    assert "TakenOver" in await desk.story(case)
    note = next(m for m in desk.sandbox.slack.thread(case.channel, case.ts) if "took it over" in m["text"])
    assert note["notified"] == ["UANA", "UBEN"], "Slack pings both"


async def test_a_colleague_in_no_group_is_told_whom_to_ask(desk):
    desk.sandbox.slack.set_group("S0SERVICE", ["UANA", "UBEN"])
    case = await desk.customer().posts()
    said = await desk.seat("otto").clicks("Claim", case)
    assert (
        said == "You are not in customer service or PR here. Ask whoever runs this desk to add you to the user group."
    )
    assert (await desk.case(case)).owner is None


@pytest.mark.parametrize("case_id", ["AUT-13"])
async def test_a_copy_of_the_card_in_another_channel_does_nothing(desk, case_id):
    case = await desk.in_review()
    before = await desk.case(case)
    said = await desk.seat("pat").sends(case, approval(desk, case), channel="C0RANDOM")
    assert said in ("", "That is a copy of the card. Please use the one in <#C0CARE>.")
    said = await desk.seat("pat").sends(case, approval(desk, case), channel="C0OPS")
    assert said == "That is a copy of the card. Please use the one in <#C0CARE>."
    await unchanged(desk, case, before)


async def test_a_form_cannot_be_turned_into_another_cases_form(desk):
    case = await desk.claimed()
    other = await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    form = await desk.seat("ana").opens("Draft a reply", case)
    open_form = desk.seat("ana").seat._open_view(form["id"])
    open_form["private_metadata"] = open_form["private_metadata"].replace(case.id, other.id)
    assert await desk.seat("ana").submits({"reply": "Somebody else's case."}) == {}
    assert "Claim the case first" in desk.seat("ana").form
    assert (await desk.case(other)).drafts == ()


@pytest.mark.parametrize("case_id", ["APR-05"])
@pytest.mark.parametrize(
    ("label", "field", "value"),
    [("Snooze…", "how_long", "1"), ("Dismiss…", "resolution", "answered"), ("Dismiss…", "resolution", "deleted")],
)
async def test_a_choice_that_was_not_offered_is_refused(desk, label, field, value, case_id):
    case = await desk.claimed()
    before = await desk.case(case)
    ana = desk.seat("ana")
    form = await ana.opens(label, case)
    open_form = ana.seat._open_view(form["id"])
    open_form["state"]["values"][field]["value"]["selected_option"] = {"text": {}, "value": value}
    answer = await ana.seat.submit(form["id"], {"reason": "because"} if field == "resolution" else {})
    assert answer.acknowledged
    assert answer.errors or "cannot end as answered" in ana.form
    assert await desk.case(case) == before
