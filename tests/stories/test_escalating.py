"""Somebody is needed now: who is paged when, who is not, and what everybody can see of it."""

from tests.chairs import SEATS
from tests.pagers import FIRE, clicks_page, on_call, paged, pages
from tests.reading import all_text, labels


async def test_an_emergency_pages_who_is_on_call_at_once_with_everything_to_act_on(desk):
    case = await desk.customer("kwame_films").posts(FIRE)
    first, second = await on_call(desk, "care-nights"), await on_call(desk, "press-line")
    page = all_text(await paged(desk, first))
    for words in (case.id, "EMERGENCY", "fire, smoke or explosion", "@kwame_films", "58.4 K followers", "caught fire"):
        assert words in page
    for words in ("The customer waits", "Tried:", "Next:", "press-line", "the last resort"):
        assert words in page
    await desk.shows(case, "Escalated:")
    assert pages(desk, second) == []
    await desk.pass_time(minutes=3)
    await paged(desk, second)


async def test_acknowledging_stops_the_pages_and_corrects_those_that_are_out(desk):
    case = await desk.customer().posts(FIRE)
    first, second = await on_call(desk, "care-nights"), await on_call(desk, "press-line")
    page = await paged(desk, first)
    await desk.pass_time(minutes=3)
    other = await paged(desk, second)
    assert await clicks_page(desk, first, "Acknowledge", page) == ""
    await desk.shows(case, f"<@{SEATS[first]}> has it since")
    await desk.until(
        lambda: "has it since" in all_text(desk.seat(second).seat.dms[-1]), "the other's page to be corrected"
    )
    assert "Acknowledge" not in labels(dict(desk.seat(second).seat.dms[-1]))
    told = await clicks_page(desk, second, "Acknowledge", other)
    assert f"<@{SEATS[first]}> acknowledged it" in told
    await desk.pass_time(minutes=9)
    await desk.settled()
    assert [len(pages(desk, name)) for name in (first, second)] == [0, 0], "corrected, and none more"


async def test_an_acknowledgement_without_a_sign_of_life_is_reminded_of_and_then_paging_goes_on(desk):
    case = await desk.customer().posts(FIRE)
    first = await on_call(desk, "care-nights")
    await clicks_page(desk, first, "Acknowledge", await paged(desk, first))
    await desk.shows(case, "has it since")
    await desk.pass_time(minutes=10, seconds=1)
    await desk.until(
        lambda: any("You acknowledged" in message["text"] for message in desk.seat(first).seat.dms), "a reminder"
    )
    await desk.pass_time(minutes=5)
    await desk.notes(case, "The acknowledgement ended: there was no further sign of life.")
    await desk.until(lambda: len(pages(desk, first)) == 2, "the page of the step reached, beside the corrected one")


async def test_claiming_the_case_is_an_acknowledgement(desk):
    case = await desk.customer().posts(FIRE)
    await paged(desk, await on_call(desk, "care-nights"))
    assert await desk.seat("kim").clicks("Claim", case) == ""
    await desk.shows(case, "<@UKIM> has it since")
    await desk.pass_time(minutes=4)
    await desk.settled()
    assert pages(desk, await on_call(desk, "press-line")) == []


async def test_the_pr_line_pages_pr_at_once_and_only_once(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").clicks("PR line", case) == ""
    await paged(desk, await on_call(desk, "press-line"))
    await desk.shows(case, "PR is needed")
    assert "PR line" not in labels(desk.card(case))
    assert "escalated already" in await desk.seat("ben").asks(f"escalate {case.id} again")


async def test_the_command_escalates_with_a_reason_and_says_so(desk):
    case = await desk.customer().posts()
    said = await desk.seat("ana").asks(f"escalate {case.id} a reporter is on the phone")
    assert f"{case.id} is escalated." in said
    assert "a reporter is on the phone" in all_text(await paged(desk, await on_call(desk, "care-nights")))
    assert "That is not the number of a case" in await desk.seat("ana").asks("escalate")


async def test_everything_explains_itself(desk):
    case = await desk.customer().posts(FIRE)
    first = await on_call(desk, "care-nights")
    told = await clicks_page(desk, first, "Why me?", await paged(desk, first))
    for words in ("you are on call for care-nights", "step 1 of 3", "fire, smoke", "Next:", "If nobody answers"):
        assert words in told
    await desk.settled()
    story = await desk.seat("ben").asks(f"why {case.id}")
    assert f"<@{SEATS[first]}>: paged" in story
    assert "Nobody has acknowledged it yet" in story


async def test_a_case_that_is_dismissed_pages_nobody_any_more(desk):
    case = await desk.customer().posts(FIRE)
    await paged(desk, await on_call(desk, "care-nights"))
    form = {"resolution": "spam", "reason": "an advert"}
    assert await desk.seat("ana").fills("Dismiss…", case, **form) == ""
    assert await desk.seat("kim").clicks("Agree", case) == ""
    await desk.notes(case, "The escalation is over")
    await desk.pass_time(hours=1)
    await desk.settled()
    assert pages(desk, await on_call(desk, "press-line")) == []


async def test_when_nobody_answers_the_last_resort_is_paged_and_the_desk_says_so(desk):
    case = await desk.customer().posts()
    await desk.seat("ana").asks(f"escalate {case.id} help")
    for _ in range(12):
        await desk.pass_time(minutes=10)
        await desk.settled()
    await desk.announced(f"Nobody answered for {case.id}.", "C0OPS")
    assert sum(page.to == "UPAT" and page.sent_at is not None for page in (await desk.case(case)).escalation.pages) > 0
    await desk.shows(case, "nobody is left")


async def test_an_escalation_survives_a_restart_in_every_step(desk):
    """Grafana OnCall issue 1206: escalations were lost when the service restarted."""
    case = await desk.customer().posts(FIRE)
    first, second = await on_call(desk, "care-nights"), await on_call(desk, "press-line")
    await paged(desk, first)
    await desk.stop()
    await desk.pass_time(minutes=3)
    await desk.start()
    await paged(desk, second)
    await desk.restart()
    await desk.pass_time(minutes=5)
    await desk.until(
        lambda: any("needs you" in m["text"] for m in desk.sandbox.slack.messages("C0PRDESK")), "step 3 in PR's channel"
    )
    await desk.settled()
    keys = [page.key for page in (await desk.case(case)).escalation.pages]
    assert len(keys) == len(set(keys))


async def test_a_missed_target_pages_who_is_on_call_and_says_which(desk):
    case = await desk.customer().posts()
    await desk.pass_time(days=4)
    await desk.notes(case, "The desk escalated it: the target for “")
    await paged(desk, await on_call(desk, "care-nights"))
