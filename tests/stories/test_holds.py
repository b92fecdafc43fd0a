"""A crisis hold: once it is answered nothing in its scope begins to leave, and two sides together lift it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.cases.effects import Effect, Job
from bot.domain.ids import HOUR, CaseId
from bot.domain.policy import Policy
from config.policy import load_policy
from tests.world import OUT

COVERS = ("APR-12",)
REASON = "a recall is coming"


def long_approvals(*files: Path) -> Policy:
    policy = load_policy(*files)
    rules = tuple(replace(rule, approval_life=10 * HOUR) for rule in policy.approval.rules)
    timing = replace(policy.timing, approval_life=10 * HOUR)
    return replace(policy, timing=timing, approval=replace(policy.approval, rules=rules))


async def held(desk, words="all", by="ben", reason=REASON):
    said = await desk.seat(by).asks(f"hold {words} {reason}")
    assert " is on: " in said, said
    return said.split()[0]


async def lifted(desk, hold="H-1", first="ana", second="pat"):
    assert f"Noted: you want {hold} lifted" in await desk.seat(first).asks(f"lift {hold}")
    assert f"{hold} is lifted" in await desk.seat(second).asks(f"lift {hold}")


def notices(desk, channel="C0CARE"):
    return [m["text"] for m in desk.sandbox.slack.messages(channel) if m["text"].startswith((":white", "H-"))]


@pytest.mark.parametrize("row", ["APR-12"])
async def test_an_approved_reply_waits_under_a_hold_and_leaves_when_it_is_lifted(desk, row):
    case = await desk.approved()
    await held(desk)
    await desk.shows(case, f"Held: {REASON}* by <@UBEN>")
    await desk.shows(case, "Reply approved, held")
    await desk.pass_time(seconds=31)
    await desk.settled()
    await desk.pass_time(minutes=5)
    await desk.settled()
    assert desk.published() == []

    await lifted(desk)
    await desk.reply_out()
    assert desk.published() == [OUT]
    await desk.shows(case, "Answered")
    await desk.hides(case, "Held:")


async def test_drafting_and_approving_go_on_under_a_hold(desk):
    await held(desk)
    case = await desk.approved()
    await desk.shows(case, "Held:")
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert desk.published() == []
    await lifted(desk)
    await desk.reply_out()


async def test_a_held_approval_runs_out_as_always_and_goes_back_to_its_approver(desk):
    case = await desk.approved()
    await held(desk)
    await desk.pass_time(minutes=31)
    await desk.offers(case, "Approve and send")
    assert await desk.status(case) == "in_review"
    await lifted(desk)
    await desk.settled()
    assert desk.published() == []


async def test_lifting_needs_one_of_each_side_and_the_first_wish_is_seen(desk):
    await held(desk)
    assert "waits for somebody of PR" not in await desk.seat("ben").asks("hold")
    assert "until somebody of PR wants it too" in await desk.seat("ana").asks("lift H-1")
    assert "You want it lifted already" in await desk.seat("ana").asks("lift H-1")
    assert "until somebody of PR wants it too" in await desk.seat("ben").asks("lift h-1")
    assert "<@UANA>, <@UBEN> wants it lifted; needs somebody of PR" in await desk.seat("kim").asks("hold")
    await desk.until(lambda: "<@UANA> wants it lifted" in str(desk.sandbox.slack.messages("C0CARE")), "the wish")
    assert "H-1 is lifted" in await desk.seat("kim").asks("lift H-1")
    assert "No hold stands" in await desk.seat("kim").asks("hold")
    assert "is no hold that stands" in await desk.seat("pat").asks("lift H-1")


async def test_one_person_of_both_sides_cannot_lift_it_alone(desk):
    desk.sandbox.slack.set_group("S0PR", ["UPAT", "UKIM", "UANA"])
    await held(desk)
    assert "until somebody of PR or customer service wants it too" in await desk.seat("ana").asks("lift H-1")
    assert "You want it lifted already" in await desk.seat("ana").asks("lift H-1")
    assert "H-1 is lifted" in await desk.seat("ben").asks("lift H-1")


async def test_who_has_left_their_side_meanwhile_does_not_count(desk):
    await held(desk)
    assert "until somebody of customer service" in await desk.seat("pat").asks("lift H-1")
    desk.sandbox.slack.set_group("S0PR", ["UKIM"])
    assert "until somebody of PR" in await desk.seat("ana").asks("lift H-1")
    assert "H-1 is lifted" in await desk.seat("kim").asks("lift H-1")


@pytest.mark.parametrize(
    ("words", "stops"),
    [("topic delivery", True), ("topic billing", False), ("market en", True), ("account @LumenShop", True)],
)
async def test_a_hold_stops_what_is_in_its_scope_and_nothing_else(desk, words, stops):
    case = await desk.approved()
    await held(desk, words)
    await desk.pass_time(seconds=31)
    if stops:
        await desk.shows(case, "Held:")
        await desk.settled()
        assert desk.published() == []
    else:
        await desk.reply_out()
        assert "Held:" not in desk.card_text(case)


async def test_a_topic_of_several_words_and_a_case_can_be_named(desk):
    case = await desk.approved()
    await held(desk, "topic product safety")
    assert "that is on hold already" in (await desk.seat("ben").asks('hold topic "Product Safety" again')).lower()
    await held(desk, f"case {case.id.lower()}")
    await desk.shows(case, f"H-2, case {case.id}")
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert desk.published() == []


async def test_a_hold_is_placed_from_the_card(desk):
    case = await desk.approved()
    assert await desk.seat("pat").fills("Place a hold…", case, reason=REASON, scope="1") == ""
    await desk.shows(case, "topic delivery")
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert desk.published() == []
    assert "topic delivery" in await desk.seat("ana").asks("hold")


async def test_holds_stand_on_the_home_tab_and_in_every_channel(desk):
    await held(desk)
    assert REASON in await desk.seat("ana").home("On hold")
    for channel in ("C0CARE", "C0PRDESK", "C0CAREDE", "C0OPS"):
        await desk.until(lambda channel=channel: len(notices(desk, channel)) == 1, f"a notice in {channel}")
    await lifted(desk)
    await desk.until(
        lambda: "is lifted by <@UANA> and <@UPAT>" in str(notices(desk)), "the end", lambda: str(notices(desk))
    )
    assert len(notices(desk)) == 1
    assert "On hold" not in await desk.seat("kim").home("Your desk")


async def test_a_hold_outlives_a_restart(desk):
    case = await desk.approved()
    await held(desk)
    await desk.restart()
    await desk.pass_time(seconds=31)
    await desk.settled()
    assert desk.published() == []
    await desk.crash()
    await desk.start()
    await desk.seat("ana").asks("lift H-1")
    await desk.restart()
    assert "H-1 is lifted" in await desk.seat("pat").asks("lift H-1")
    await desk.pass_time(seconds=61)
    await desk.reply_out()
    assert len(desk.published()) == 1
    await desk.shows(case, "Answered")


async def test_an_approval_that_was_old_when_the_hold_was_lifted_goes_back(desk, monkeypatch):
    monkeypatch.setattr("tests.world.load_policy", long_approvals)
    await desk.restart()
    case = await desk.approved()
    await held(desk)
    await desk.pass_time(hours=4)
    await desk.settled()
    await lifted(desk)
    await desk.notes(case, "approved long before H-1 was lifted")
    await desk.offers(case, "Approve and send")
    assert desk.published() == []
    assert await desk.seat("pat").approves(case) == ""
    await desk.offers(case, "Undo")
    await desk.pass_time(seconds=31)
    await desk.reply_out()


async def test_a_reply_in_doubt_is_looked_for_under_a_hold_and_not_sent_again(desk):
    case = await desk.approved()
    desk.x.switches.set(post_fault="refuse_503")
    desk.x.switches.set(fault_times=1)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Checking that the reply is out")
    await held(desk)
    await desk.pass_time(minutes=2)
    await desk.settled()
    await desk.pass_time(minutes=1, seconds=1)
    await desk.notes(case, "Not sent: it is not on our timeline")
    await desk.pass_time(seconds=30)
    await desk.settled()
    assert desk.published() == []
    await lifted(desk)
    await desk.reply_out()


@pytest.mark.parametrize("who", ["gus"])
async def test_only_people_of_the_desk_place_or_lift(desk, who):
    await held(desk)
    for words in ("hold all I say so", "hold", "lift H-1"):
        said = await desk.seat(who).asks(words)
        assert "is on" not in said, said
        assert REASON not in said
    assert (await desk.desk.outside.redis.journal.counts())["refused"] >= 2
    assert "H-1" in await desk.seat("ana").asks("hold")


HOSTILE = {
    "no reason": ("hold all", "Say why"),
    "unseen reason": ("hold all \u200b\u202e\u2066", "Say why"),
    "no such scope": ("hold everything now", "Say what is held"),
    "no such topic": ("hold topic giraffes because", "There is no topic of that name"),
    "no such market": ("hold market", "There is no market of that name"),
    "no such case": ("hold case C-9999 because", "There is no case C-9999"),
    "not a case": ("hold case ../.. because", "not the number of a case"),
    "full-width": ("hold case C-１００１ because", "not the number of a case"),
    "nul": ("hold topic \0 because", "There is no topic of that name"),
    "no number": ("lift", "Which one?"),
    "another number": ("lift H-99", "is no hold that stands"),
    "a long number": ("lift " + "9" * 400, "is no hold that stands"),
    "quotes": ('hold topic "', "There is no topic of that name"),
}


@pytest.mark.parametrize(("typed", "told"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_what_makes_no_sense_is_refused_in_a_sentence_and_places_nothing(desk, typed, told):
    assert told in await desk.seat("ana").asks(typed)
    assert "No hold stands" in await desk.seat("ana").asks("hold")


async def test_a_reason_cannot_write_marks_on_cards(desk):
    case = await desk.approved()
    await held(desk, reason="<!channel> <@UPAT> & <https://evil.example|us>" + "x" * 300)
    await desk.shows(case, "Held:")
    banner = desk.card(case)["blocks"][0]["elements"][0]["text"]
    assert "<!channel>" not in banner
    assert "|us>" not in banner
    assert len(banner) < 600


async def test_where_the_holds_cannot_be_read_nothing_is_sent_and_people_are_told(desk):
    case = await desk.approved()
    redis = desk.desk.outside.redis
    await held(desk)
    key = redis.shard.key("document", "holds")
    before = await redis.shard._client.get(key)
    await redis.shard._client.set(key, b"junk")
    await desk.pass_time(seconds=31)
    for _ in range(4):
        await desk.pass_time(seconds=10)
        await desk.settled()
    assert desk.published() == []
    await desk.announced(f"Work for {case.id} was set aside", "C0OPS")

    await redis.shard._client.set(key, before)
    await lifted(desk)
    await desk.reply_out()


async def test_two_people_who_stop_the_same_at_once_place_one_hold(desk):
    said = await asyncio.gather(desk.seat("ana").asks("hold all fire"), desk.seat("ben").asks("hold all smoke"))
    assert sorted(" is on: " in answer for answer in said) == [False, True]
    assert len((await desk.seat("pat").asks("hold")).splitlines()) == 1


async def test_placing_lifting_and_refusing_is_in_the_record(desk):
    await held(desk, "topic billing")
    await desk.seat("ana").asks("hold topic billing again")
    await lifted(desk)
    entries = await desk.desk.outside.redis.shard._client.xrange(desk.desk.outside.redis.shard.key("journal"))
    told = [(line[b"fact"], line[b"by"], line[b"detail"]) for _, line in entries]
    assert [(fact, by) for fact, by, _ in told] == [
        (b"HoldPlaced", b"UBEN"),
        (b"Refused", b"UANA"),
        (b"HoldLiftAsked", b"UANA"),
        (b"HoldLifted", b"UPAT"),
    ]
    assert told[0][2] == b"H-1 on topic billing: a recall is coming"


async def test_work_of_a_hold_that_was_set_aside_can_be_given_up_like_any_other(desk):
    broken = Effect(job=Job.SPREAD_HOLD, case_id=CaseId("H-9"), key="poison:hold", lane="holds:all")
    await desk.desk.outside.redis.outbox.add([broken])
    for _ in range(4):
        await desk.pass_time(seconds=10)
        await desk.settled()
    await desk.announced("Work for H-9 was set aside", "C0OPS")
    ts = desk.sandbox.slack.messages("C0OPS")[0]["ts"]
    assert (await desk.seat("otto").seat.click("C0OPS", ts, "give_up")).acknowledged
    await desk.announced("<@UOTTO> gave it up", "C0OPS")
