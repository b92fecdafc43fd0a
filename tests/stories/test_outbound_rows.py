"""The same words to many customers at once: from the tenth on a person has to want it."""

import pytest

COVERS = ("OBX-07",)
SAME = "We are looking into it and write to you today."


@pytest.mark.parametrize("row", ["OBX-07"])
async def test_the_tenth_customer_to_get_the_same_words_waits_for_a_second_yes(desk, row):
    cases = []
    for number in range(10):
        desk.x.people.join(f"customer_{number}")
        case = await desk.customer(f"customer_{number}").posts(f"@LumenShop my kettle number {number} hums.")
        await desk.seat("ana").clicks("Claim", case)
        assert await desk.seat("ana").drafts(SAME, case) == {}
        assert await desk.seat("pat").approves(case) == ""
        cases.append(case)
    await desk.pass_time(seconds=31)
    await desk.reply_out(9)
    await desk.settled()
    assert len(desk.published()) == 9

    waiting = [case for case in cases if await desk.status(case) == "in_review"]
    assert len(waiting) == 1
    await desk.notes(waiting[0], "the same words went to 9 other customers within 10 minutes")
    assert await desk.seat("pat").approves(waiting[0]) == ""
    await desk.pass_time(seconds=31)
    await desk.reply_out(10)
