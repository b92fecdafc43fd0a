"""On call: who is, stand-ins, swaps with the consent of both, temporary plans, and what the desk tells by itself."""

from datetime import UTC, datetime

import pytest

from bot.domain.errors import Broken
from bot.domain.ids import UserId
from bot.domain.timing.wall_clock import date_and_time
from tests.reading import all_text

CARE, PRESS = "care-nights", "press-line"
BERLIN = "Europe/Berlin"


async def now(desk):
    return await desk.desk.outside.redis.memory.now()


async def on_duty(desk, schedule=CARE):
    return await desk.desk.duties.on_duty(schedule, await now(desk))


async def to_monday_noon(desk):
    """Let time pass until a Monday, noon in Berlin, in the week of the first person."""
    at = datetime.fromtimestamp(await now(desk) / 1000, UTC)
    await desk.pass_time(hours=24 * (7 - at.weekday()) + 11 - at.hour, minutes=-at.minute)
    while await on_duty(desk) != ("UOTTO",):
        await desk.pass_time(days=7)


@pytest.fixture
async def monday(desk):
    await to_monday_noon(desk)
    return desk


async def times(desk, start_hours, end_hours, zone=BERLIN):
    at = await now(desk)
    start, end = (date_and_time(zone, at + hours * 3_600_000) for hours in (start_hours, end_hours))
    return {"from": start[0], "from_time": start[1], "until": end[0], "until_time": end[1]}


async def stands_in(desk, who, *, instead_of, by="ana", start=0, end=8):
    """Return the errors of the form."""
    chair = desk.seat(by)
    assert await chair.asks("oncall change") == ""
    values = {"person": who, "instead_of": instead_of, **await times(desk, start, end)}
    return await chair.submits({"schedule": CARE, "kind": "replace", **values})


async def dm(desk, name, words):
    seat = desk.seat(name).seat
    await desk.until(
        lambda: any(words in all_text(m) for m in seat.dms), f"{words!r} for {name}", lambda: str(seat.dms)
    )
    return next(m for m in seat.dms if words in all_text(m))


async def test_the_command_says_who_is_on_call_now_and_next_and_my_shifts(monday):
    said = await monday.seat("ben").asks("oncall")
    assert f"*{CARE}*: <@UOTTO>; from <!date^" in said
    assert "yours:" in said
    assert "(weekends)" in said
    assert await on_duty(monday, PRESS) in (("UPAT",), ("UKIM",))


async def test_the_home_tab_shows_who_is_on_call_and_my_next_shift(monday):
    text = await monday.seat("otto").home("On call")
    assert "<@UOTTO>" in text
    assert "You: now" in text


async def test_somebody_stands_in_and_those_concerned_are_told(monday):
    assert await stands_in(monday, "UBEN", instead_of="UOTTO") == {}
    assert await on_duty(monday) == ("UBEN",)
    for name in ("ben", "otto"):
        await dm(monday, name, "<@UBEN> stands in for <@UOTTO>")
    assert "O-1" in await monday.seat("pat").asks("oncall")
    await monday.pass_time(hours=8, minutes=1)
    assert await on_duty(monday) == ("UOTTO",)


async def test_a_second_change_for_the_same_person_at_the_same_time_is_refused_naming_the_first(monday):
    assert await stands_in(monday, "UBEN", instead_of="UOTTO") == {}
    errors = await stands_in(monday, "UANA", instead_of="UOTTO", start=2, end=4)
    assert errors["until"].startswith("This overlaps O-1, ")
    assert await monday.seat("ana").asks("oncall cancel o-1") == "O-1 is taken back."
    assert await on_duty(monday) == ("UOTTO",)
    assert "no such change" in await monday.seat("ana").asks("oncall cancel O-1")
    assert "took a change back" in await monday.seat("ana").asks("oncall history")


async def test_a_change_is_kept_through_a_restart_and_done_once(monday):
    chair = monday.seat("ana")
    assert await chair.asks("oncall change") == ""
    values = {"kind": "replace", "person": "UBEN", "instead_of": "UOTTO", **await times(monday, 0, 8)}
    await chair.submits({"schedule": CARE, **values}, twice=True)
    await monday.restart()
    assert await on_duty(monday) == ("UBEN",)
    view = await monday.desk.duties.see()
    assert [override.id for override in view.roster.overrides] == ["O-1"]


async def asked_to_swap(desk, *, in_return="give", shift=0):
    """Otto asks Ben to take his shift; return the message with the buttons."""
    otto = desk.seat("otto")
    assert await otto.asks("oncall swap") == ""
    modal = await otto.seat.until_modal()
    options = next(b for b in modal["blocks"] if b["block_id"] == "shift")["element"]["options"]
    assert await otto.submits({"shift": options[shift]["value"], "person": "UBEN", "in_return": in_return}) == {}
    return await dm(desk, "ben", "asks you to take a shift")


async def test_a_swap_happens_only_when_both_have_agreed(monday):
    question = await asked_to_swap(monday)
    assert await on_duty(monday) == ("UOTTO",)
    ben = monday.seat("ben").seat
    assert (await ben.click("D0UBEN", question["ts"], "swap_accept")).acknowledged
    await dm(monday, "otto", "<@UBEN> took your shift")
    assert await on_duty(monday) == ("UBEN",)
    await dm(monday, "ben", "You accepted")


async def test_a_swap_in_return_moves_the_others_next_shift_too(monday):
    question = await asked_to_swap(monday, in_return="swap")
    assert "in return" in all_text(question)
    await monday.seat("ben").seat.click("D0UBEN", question["ts"], "swap_accept")
    await dm(monday, "otto", "<@UBEN> took your shift")
    overrides = (await monday.desk.duties.see()).roster.overrides
    assert [(one.who, one.instead_of) for one in overrides] == [("UBEN", "UOTTO"), ("UOTTO", "UBEN")]


async def test_a_swap_that_was_declined_changes_nothing_and_a_late_click_gets_a_sentence(monday):
    question = await asked_to_swap(monday)
    button = next(b for b in question["blocks"] if b["type"] == "actions")["elements"][0]
    ben = monday.seat("ben").seat
    await ben.click("D0UBEN", question["ts"], "swap_decline")
    await dm(monday, "otto", "said no")
    assert await on_duty(monday) == ("UOTTO",)
    late = {"type": "button", "action_id": "swap_accept", "block_id": "x", "value": button["value"], "action_ts": "9.9"}
    await ben.click_raw("D0UBEN", question["ts"], late)
    await monday.until(lambda: "answered already" in monday.seat("ben").told, "a sentence for Ben")
    assert await on_duty(monday) == ("UOTTO",)


async def test_nobody_but_the_one_who_was_asked_can_accept(monday):
    await asked_to_swap(monday)
    click = {"type": "button", "action_id": "swap_accept", "block_id": "x", "value": "S-1", "action_ts": "9.9"}
    ana = monday.seat("ana").seat
    await ana.click_raw("C0CARE", "1.1", click)
    await monday.until(lambda: ana.ephemerals, "a sentence for Ana")
    assert "Only <@UBEN> can accept this." in ana.ephemerals[-1]["text"]
    assert await on_duty(monday) == ("UOTTO",)


async def test_a_temporary_plan_takes_the_place_of_all_layers_by_turns(monday):
    chair = monday.seat("ana")
    assert await chair.asks("oncall plan") == ""
    values = {"people": ["UANA", "UKIM"], "how_long": str(8 * 60), **await times(monday, 0, 20)}
    assert await chair.submits({"schedule": CARE, **values}) == {}
    found = []
    for _ in range(4):
        found.append(await on_duty(monday))
        await monday.pass_time(hours=7)
    assert found == [("UANA",), ("UANA",), ("UKIM",), ("UOTTO",)]
    await dm(monday, "otto", "temporary plan with <@UANA>, <@UKIM>")


async def test_people_who_cannot_work_here_cannot_be_put_on_call_and_guests_see_nothing(monday):
    assert "does not work at this desk" in (await stands_in(monday, "UDEL", instead_of="UOTTO"))["person"]
    assert "Guests" in await monday.seat("gus").asks("oncall")
    assert await on_duty(monday) == ("UOTTO",)


async def test_who_comes_on_shift_is_told_once_with_what_waits_also_with_two_processes(monday):
    news = monday.desk.duty_news
    await monday.customer().posts()
    await news.tick_shifts()
    await monday.pass_time(days=7)
    await news.tick_shifts()
    await news.tick_shifts()
    message = await dm(monday, "ana", "You are on call for")
    assert "1 case waits" in all_text(message)
    await monday.restart()
    await monday.desk.outside.redis.memory.remember(f"oncall:told:{CARE}", str(await now(monday) - 7 * 86_400_000))
    await monday.desk.duty_news.tick_shifts()
    await monday.settled()
    assert len([m for m in monday.seat("ana").seat.dms if "You are on call" in all_text(m)]) == 1


def ops(desk):
    return [all_text(m) for m in desk.sandbox.slack.messages("C0OPS") if "On call" in m["text"]]


async def test_the_look_ahead_speaks_once_a_day_of_gaps_and_of_people_who_left_and_once_when_all_is_mended(monday):
    news = monday.desk.duty_news
    await news.tick_day()
    await monday.settled()
    assert ops(monday) == []

    chair = monday.seat("ana")
    assert await chair.asks("oncall change") == ""
    values = {"kind": "remove", "person": "UOTTO", **await times(monday, 30, 40)}
    assert await chair.submits({"schedule": CARE, **values}) == {}
    monday.sandbox.slack.state.people["UKIM"]["deleted"] = True
    monday.desk.directory.forget()
    await monday.pass_time(days=1)
    for _ in range(2):
        await news.tick_day()
    await monday.settled()
    (said,) = ops(monday)
    assert f"{CARE}: empty shift from Tue" in said
    assert "O-1 took the person of weekly out" in said
    assert "<@UKIM> cannot be on call: This account is deactivated." in said

    monday.sandbox.slack.state.people["UKIM"]["deleted"] = False
    monday.desk.directory.forget()
    await monday.seat("ana").asks("oncall cancel O-1")
    for _ in range(2):
        await monday.pass_time(days=1)
        await news.tick_day()
        await monday.settled()
    assert len(ops(monday)) == 2
    assert "everything is covered again" in ops(monday)[-1]


async def test_a_schedule_that_is_not_there_is_no_ones_duty(desk):
    with pytest.raises(Broken, match="no on-call schedule nowhere"):
        await desk.desk.duties.on_duty("nowhere", await now(desk))
    assert await desk.desk.duties.owner(PRESS) == UserId("UPAT")


@pytest.mark.parametrize("words", ["oncall dance", "oncall cancel", "oncall cancel O-999", "oncall cancel S-7"])
async def test_what_cannot_be_done_gets_a_sentence(desk, words):
    assert await desk.seat("ana").asks(words) not in ("", None)


@pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01", "1969-12-31"])
async def test_a_day_far_away_is_refused_at_its_field(monday, date):
    chair = monday.seat("ana")
    assert await chair.asks("oncall change") == ""
    values = {**await times(monday, 0, 8), "until": date}
    errors = await chair.submits({"schedule": CARE, "kind": "add", "person": "UBEN", **values})
    assert [*errors] == ["until"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "care-nights",
        "care-nights|1",
        "x|1|2",
        "care-nights|9|8",
        "care-nights|٣|٤",
        "care-nights|0|999999999999999",
    ],
)
async def test_a_made_up_shift_in_the_form_is_refused(monday, value):
    otto = monday.seat("otto")
    assert await otto.asks("oncall swap") == ""
    modal = await otto.seat.until_modal()
    element = next(b for b in modal["blocks"] if b["block_id"] == "shift")["element"]
    option = {"text": {"type": "plain_text", "text": "made up"}, "value": value}
    element["options"].append(option)
    monday.sandbox.slack.state.views[modal["id"]]["blocks"] = modal["blocks"]
    errors = await otto.submits({"shift": value, "person": "UBEN"})
    assert errors or "not there any more" in otto.form
    assert (await monday.desk.duties.see()).roster.swaps == ()
