"""Closed cases leave the store for the archive: nothing is lost or doubled, wherever it is interrupted."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.sqlite_archive import NoArchive, SqliteArchive
from bot.domain.cases import effects
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.errors import Archived, NoSuchCase, Refused, Unavailable
from bot.domain.ids import DAY, DESK, CaseId, Instant, OpId, PostId, UserId
from tests.archived import ArchivingDesk, an_archiving_desk, close
from tests.contract.cases import a_post, claiming
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory


@pytest.fixture
async def both(desk: DeskMemory, tmp_path: Path) -> AsyncIterator[ArchivingDesk]:
    async with an_archiving_desk(desk, tmp_path) as found:
        yield found


def noted(case: Case, now: Instant) -> Decision:
    return Decision.of(replace(case, hops=case.hops + 1), Event(fact=Fact.REPLY_DIFFERS, at=now, by=DESK))


async def test_a_case_closed_for_long_enough_leaves_with_its_record_and_can_be_read_as_before(
    both: ArchivingDesk,
) -> None:
    case = await both.closed(a_post(1))
    lines = await both.memory.journal.lines(case.id)
    assert await both.archiving.sweep() == 0
    both.weeks_pass()
    assert await both.archiving.sweep() == 1
    assert await both.archiving.sweep() == 0
    assert await both.memory.store.load(case.id) is None
    assert await both.whole.load(case.id) == case
    assert await both.archive.get(case.id) == case
    assert await both.archive.lines(case.id) == lines
    assert len(lines) == 3
    assert await both.archive.by_author("@MARIA", 5) == (case.id,)


async def test_nothing_of_it_stays_in_the_store_but_names_that_end(both: ArchivingDesk) -> None:
    await both.memory.memory.now()
    case = await both.closed(a_post(1))
    both.weeks_pass()
    await both.archiving.sweep()
    left = await both.left()
    for kind in ("op", "counts"):  # marks of acts end by themselves after two hours
        left.pop(kind, None)
    assert left == {"number": 1, "unique": 2, "gone": 1, "journal": 1}
    assert await both.memory.client.xlen(both.memory.shard.key("journal")) == 0
    for name in ("unique:post:x:1", "unique:ended:conversation:x:900:c1", f"gone:{case.id}"):
        kind, _, rest = name.partition(":")
        assert 399 * DAY < await both.memory.client.pttl(both.memory.shard.key(kind, rest)) <= 400 * DAY, name


async def test_cases_that_are_not_closed_or_not_for_long_stay(both: ArchivingDesk) -> None:
    old = await both.closed(a_post(1))
    both.memory.clock.pass_time(days=20)
    recent = await both.closed(a_post(2))
    living = await both.intake.receive(a_post(3))
    assert living is not None
    both.memory.clock.pass_time(days=11)
    assert await both.archiving.sweep() == 1
    found = [await both.memory.store.load(case.id) for case in (old, recent, living)]
    assert found == [None, recent, living]


async def test_an_old_post_that_comes_again_opens_nothing(both: ArchivingDesk) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    await both.archiving.sweep()
    assert await both.intake.receive(a_post(1)) == case
    edited = replace(a_post(1, "Other words."), id=PostId("77"), earlier_ids=(PostId("1"),))
    assert await both.intake.receive(edited) == case
    assert await both.memory.store.count("open") == 0


async def test_a_later_post_in_the_conversation_opens_a_case_that_follows_the_archived_one(both: ArchivingDesk) -> None:
    case = await both.closed(a_post(1, conversation="c"))
    both.weeks_pass()
    await both.archiving.sweep()
    later = await both.intake.receive(a_post(2, conversation="c"))
    assert later is not None
    assert later.follows == case.id
    again = await both.intake.receive(a_post(3, conversation="c"))
    assert again is not None
    assert again.id == later.id
    await close(both.memory, later.id)
    both.weeks_pass()
    assert await both.archiving.sweep() == 1
    third = await both.intake.receive(a_post(4, conversation="c"))
    assert third is not None
    assert third.follows == later.id


async def test_acts_on_an_archived_case_are_refused_with_a_sentence_and_change_nothing(both: ArchivingDesk) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    await both.archiving.sweep()
    with pytest.raises(Archived, match="in the archive"):
        await both.whole.change(case.id, OpId("x"), noted)
    with pytest.raises(Refused, match="has it already"):
        await both.whole.change(case.id, OpId("y"), refusing)
    assert await both.whole.change(case.id, OpId("z"), lambda case, _: Decision.unchanged(case)) == case
    with pytest.raises(NoSuchCase, match="no case C-9"):
        await both.whole.change(CaseId("C-9"), OpId("w"), claiming("U1"))
    seen = await both.whole.see(case.id, OpId("x"))
    assert seen
    assert seen.case == case
    with pytest.raises(Archived, match="in the archive"):
        await both.whole.change(case.id, OpId("x"), noted, seen=seen)
    assert await both.whole.see(CaseId("C-9"), OpId("w")) is None
    assert await both.archive.get(case.id) == case


def refusing(case: Case, now: Instant) -> Decision:
    raise Refused("Somebody has it already.")


async def test_another_machine_says_where_the_case_is(both: ArchivingDesk) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    await both.archiving.sweep()
    elsewhere = both.looking(NoArchive())
    with pytest.raises(Archived, match=f"archive of the machine “{both.archive.place}”"):
        await elsewhere.load(case.id)
    with pytest.raises(Archived, match="cannot look"):
        await elsewhere.change(case.id, OpId("x"), claiming("U1"))
    assert await elsewhere.load(CaseId("C-9")) is None
    other = type(both.intake)(elsewhere, both.memory.arrivals, both.policy)
    assert await other.receive(a_post(1)) is None
    await other.noticed(PostId("1"), a_post(1, "Other words."), "x")


async def test_a_case_that_changed_while_it_was_written_to_the_archive_stays_and_leaves_with_the_change(
    both: ArchivingDesk,
) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    read = await both.memory.departures.read(case.id)
    assert read is not None
    await both.archive.put([read])
    await both.memory.store.change(case.id, OpId("note"), noted)
    assert not await both.memory.departures.remove(read, "here")
    read = await both.memory.departures.read(case.id)
    assert read is not None
    await both.memory.journal.refused(case.id, UserId("U1"), "claim", "No.")
    assert not await both.memory.departures.remove(read, "here")
    assert await both.archiving.sweep() == 1
    kept = await both.archive.get(case.id)
    assert kept is not None
    assert kept.hops == 1
    assert [line["fact"] for line in await both.archive.lines(case.id)][-2:] == ["ReplyDiffers", "Refused"]


async def test_a_case_whose_card_is_still_to_be_drawn_waits(both: ArchivingDesk) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    await both.memory.outbox.add([effects.card(case)])
    assert await both.archiving.sweep() == 0
    (work,) = (await both.memory.outbox.take(1, 60_000, {})).work
    await both.memory.outbox.done(work)
    assert await both.archiving.sweep() == 1


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Fuse:
    """Kills at the nth call to anything outside, before it or after it has been done."""

    at: int
    done: bool
    calls: int = 0

    def around(self, part: object) -> Any:
        fuse = self

        class Around:
            def __getattr__(self, name: str) -> Any:
                inner = getattr(part, name)
                if not asyncio.iscoroutinefunction(inner):
                    return inner

                async def call(*args: Any) -> Any:
                    fuse.calls += 1
                    if fuse.calls == fuse.at and not fuse.done:
                        raise Killed
                    answer = await inner(*args)
                    if fuse.calls == fuse.at:
                        raise Killed
                    return answer

                return call

        return Around()


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_killed_at_any_point_it_is_done_again_and_nothing_is_lost_or_doubled(
    both: ArchivingDesk, done: bool
) -> None:
    killed = 0
    for at in range(1, 40):
        posts = [a_post(at * 10 + number) for number in range(3)]
        cases = [await both.closed(post) for post in posts]
        lines = [await both.memory.journal.lines(case.id) for case in cases]
        both.weeks_pass()
        fuse = Fuse(at, done)
        doomed = both.moving(archive=fuse.around(both.archive), departures=fuse.around(both.memory.departures))
        try:
            await doomed.sweep()
        except Killed:
            killed += 1
            assert [await both.whole.load(case.id) for case in cases] == cases
        await both.archiving.sweep()
        assert [await both.memory.store.load(case.id) for case in cases] == [None] * 3
        assert [await both.archive.get(case.id) for case in cases] == cases
        assert [await both.archive.lines(case.id) for case in cases] == lines
        assert [await both.intake.receive(post) for post in posts] == cases
        if fuse.calls < at:
            break
    assert killed >= 9
    assert await both.memory.store.count("status:closed") == 0
    assert (await both.archive.look()).cases == 3 * at


async def test_two_workers_at_once_move_each_case_once(both: ArchivingDesk) -> None:
    cases = [await both.closed(a_post(number)) for number in range(1, 30)]
    both.weeks_pass()
    await asyncio.gather(*(both.archiving.sweep() for _ in range(3)))
    assert [await both.archive.get(case.id) for case in cases] == cases
    assert await both.memory.store.count("status:closed") == 0


async def test_what_cannot_be_read_stays_in_the_store_and_stops_nobody(both: ArchivingDesk) -> None:
    bad, good = await both.closed(a_post(1)), await both.closed(a_post(2))
    key = both.memory.shard.key("case", bad.id)
    stored = await both.memory.client.get(key)
    assert stored
    await both.memory.client.set(key, stored[:-9])
    both.weeks_pass()
    assert await both.archiving.sweep() == 1
    assert await both.memory.client.get(key) == stored[:-9]
    assert await both.archive.get(good.id) == good


async def test_an_archive_that_cannot_be_written_keeps_everything_in_the_store_and_people_are_told_once_a_day(
    both: ArchivingDesk, tmp_path: Path
) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    (tmp_path / "file").write_text("in the way")
    blocked = SqliteArchive(tmp_path / "file" / "cases.sqlite3", both.memory.workspace)
    for _ in range(3):
        with pytest.raises(Unavailable, match="stay in the store"):
            await both.moving(archive=blocked).sweep()
    await blocked.close()
    assert await both.memory.store.load(case.id) == case
    work = (await both.memory.outbox.take(10, 60_000, {})).work
    assert [(one.job, one.args["about"]) for one in work] == [("tell_ops", "archive")]


async def test_without_an_archive_closed_cases_stay(both: ArchivingDesk) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    assert await both.moving(archive=NoArchive()).sweep() == 0
    assert await both.memory.store.load(case.id) == case


async def test_lines_that_belong_to_no_case_go_after_400_days_and_those_of_living_cases_stay(
    both: ArchivingDesk,
) -> None:
    living = await both.intake.receive(a_post(1))
    assert living is not None
    await both.memory.journal.set_aside("x:1", "it cannot be read")
    await both.memory.journal.refused("C-77", UserId("U1"), "claim", "There is no case C-77.")
    await both.memory.journal.refused(living.id, UserId("U1"), "claim", "No.")
    lines = await both.memory.journal.lines(living.id)
    both.memory.clock.pass_time(days=399)
    await both.archiving.sweep()
    assert await both.memory.client.xlen(both.memory.shard.key("journal")) == 4
    both.memory.clock.pass_time(days=2)
    await both.archiving.sweep()
    assert await both.memory.client.xlen(both.memory.shard.key("journal")) == 2
    assert await both.memory.journal.lines(living.id) == lines
    await both.memory.journal.set_aside("x:2", "it cannot be read")
    both.memory.clock.pass_time(days=401)
    await both.archiving.sweep()
    assert await both.memory.journal.lines(living.id) == lines
    assert await both.memory.client.xlen(both.memory.shard.key("journal")) == 2


async def test_the_number_of_an_archived_case_is_never_given_again(both: ArchivingDesk) -> None:
    case = await both.closed(a_post(1))
    both.weeks_pass()
    await both.archiving.sweep()
    await both.memory.client.delete(both.memory.shard.key("number"))  # as after a backup from before everything
    fresh = await both.intake.receive(a_post(2))
    assert fresh is not None
    assert fresh.id != case.id
