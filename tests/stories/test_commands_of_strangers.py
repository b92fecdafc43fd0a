"""Commands typed by people who may not: refused in a sentence, and nothing is changed by them."""

import pytest

COVERS = ("AUT-15",)

STRANGERS = {"gus": "Guests cannot work at this desk.", "otto": "You are not in customer service or PR here."}
COMMANDS = ("hold all because", "lift H-1", "points", "points withdraw late-parcel because", "points restore late-parcel", "limits", "limit off late parcel", "oncall",
            "mine", "find lamp", "why C-1001", "escalate C-1001 because")  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("row", ["AUT-15"])
async def test_a_command_of_somebody_who_may_not_is_refused_and_changes_nothing(desk, name, command, row):
    desk.sandbox.slack.set_group("S0SERVICE", ["UANA", "UBEN"])
    case = await desk.customer().posts()
    await desk.settled()
    before = await desk.case(case)
    words = await desk.seat(name).asks(command)
    assert STRANGERS[name] in words
    assert desk.seat(name).seat.modals == []
    assert await desk.case(case) == before
    points = await desk.seat("ana").asks("points")
    assert "withdrawn" not in points.casefold(), points
    assert "H-1 is no hold that stands" in await desk.seat("ana").asks("lift H-1")


@pytest.mark.parametrize("word", ["freeze", "policy", "purge"])
async def test_there_is_no_command_that_changes_the_house_rules_or_removes_cases(desk, word):
    for name in ("ana", "pat", "otto"):
        assert (await desk.seat(name).asks(f"{word} all")).startswith("Try one of these:")
