"""A case long closed: it leaves for the archive, can still be found there, and nobody's old post opens it twice."""

from dataclasses import replace

import pytest

from bot.domain.errors import Unavailable


async def test_an_archived_case_is_found_told_and_refuses_every_act(desk):
    case = await desk.resolved()
    before = desk.card(case)
    await desk.pass_time(days=14, minutes=1)
    await desk.shows(case, "Closed")
    story = await desk.seat("ben").asks(f"why {case.id}")
    await desk.pass_time(days=31)
    await desk.settled()
    assert await desk.desk.archiving.sweep() == 1
    assert await desk.desk.outside.redis.store.load(case.id) is None

    for words in (case.id, "@mia_travels"):
        assert case.id in await desk.seat("ben").asks(f"find {words}"), words
    assert await desk.seat("ben").asks(f"why {case.id}") == story
    assert "<@UANA> claimed it." in story
    button = {"type": "button", "action_id": "reopen", "block_id": "b", "value": case.id, "action_ts": "1.0"}
    assert "closed and archived" in await desk.seat("ana").sends(case, button)
    assert "closed and archived" in await desk.seat("ana").clicks("Reopen", case, on=before)
    assert len(desk.published()) == 1


async def test_the_customer_who_writes_after_that_gets_a_case_that_follows_it(desk):
    case = await desk.resolved()
    await desk.pass_time(days=14, minutes=1)
    await desk.shows(case, "Closed")
    await desk.pass_time(days=31)
    await desk.settled()
    assert await desk.desk.archiving.sweep() == 1
    later = await desk.customer().writes_again(case)
    assert later.id != case.id
    await desk.shows(later, f"follows {case.id}")
    old = (await desk.desk.outside.archive.get(case.id)).first_post
    assert (await desk.desk.intake.receive(old)).id == case.id
    assert (await desk.desk.intake.receive(replace(old, text="Other words."))).id == case.id
    assert len(desk.cards()) == 2


async def test_a_restarted_desk_still_finds_it(desk):
    case = await desk.resolved()
    await desk.pass_time(days=14, minutes=1)
    await desk.shows(case, "Closed")
    await desk.pass_time(days=31)
    await desk.settled()
    await desk.desk.archiving.sweep()
    await desk.restart()
    assert case.id in await desk.seat("ben").asks(f"find {case.id}")


async def test_people_are_told_when_the_archive_cannot_be_written(desk, tmp_path):
    case = await desk.resolved()
    await desk.pass_time(days=14, minutes=1)
    await desk.shows(case, "Closed")
    await desk.pass_time(days=31)
    await desk.settled()
    (tmp_path / "archive").write_text("in the way")
    for _ in range(2):
        with pytest.raises(Unavailable, match="stay in the store"):
            await desk.desk.archiving.sweep()
    await desk.announced("The archive cannot be written.", "C0OPS")
    assert await desk.status(case) == "closed"
