"""The promises of `Document`, and of a case that is changed on the strength of one, on every kind of server."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest
import redis.exceptions as lost

from bot.adapters.redis_connect import open_ports
from bot.adapters.redis_document import Kept, RedisDocument
from bot.domain.cases.events import Event, Fact
from bot.domain.document import Change
from bot.domain.errors import Broken, Moved, Refused
from bot.domain.ids import Instant, OpId, UserId
from tests.contract.cases import a_post, an_effect, claiming, opening
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

MINUTE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A document for these tests: who wrote their name on the board."""

    names: tuple[str, ...] = ()


BOARD = Kept(name="board", kind=Board, empty=Board())


def board(desk: DeskMemory, kept: Kept[Board] = BOARD) -> RedisDocument[Board]:
    return open_ports(desk.client, desk.workspace, follow=desk.follow, offset=desk.clock).document(kept)


def adding(name: str, *effects: str) -> Callable[[Board, Instant], Change[Board]]:
    def add(board: Board, now: Instant) -> Change[Board]:
        return Change(
            value=Board(names=(*board.names, name)),
            events=(Event(fact=Fact.REOPENED, at=now, by=UserId("UANA"), detail=name),),
            effects=tuple(an_effect(key) for key in effects),
        )

    return add


async def test_before_its_first_change_a_document_is_empty_and_has_no_version(desk: DeskMemory) -> None:
    found = await board(desk).read()
    assert (found.value, found.version) == (Board(), "")
    assert abs(found.now - await desk.memory.now()) < MINUTE


async def test_a_change_comes_back_with_a_version_of_its_own(desk: DeskMemory) -> None:
    changed = await board(desk).change(OpId("1"), adding("ana"))
    first = await board(desk).read()
    await board(desk).change(OpId("2"), adding("ben"))
    second = await board(desk).read()
    assert (changed, first.value, second.value.names) == (Board(names=("ana",)), changed, ("ana", "ben"))
    assert len({"", first.version, second.version}) == 3


async def test_facts_and_work_are_there_when_the_change_is(desk: DeskMemory) -> None:
    await board(desk).change(OpId("1"), adding("ana", "card:C-1", "card:C-2"))
    taken = await desk.outbox.take(5, MINUTE, {})
    ((_, line),) = await desk.client.xrange(desk.shard.key("journal"))
    assert {work.key for work in taken.work} == {"card:C-1", "card:C-2"}
    assert (line[b"case"], line[b"fact"], line[b"by"], line[b"detail"]) == (b"board", b"Reopened", b"UANA", b"ana")


async def test_the_lines_of_a_document_name_the_line_before(desk: DeskMemory) -> None:
    await board(desk).change(OpId("1"), adding("ana"))
    await board(desk).change(OpId("2"), adding("ben"))
    (first, one), (_, two) = await desk.client.xrange(desk.shard.key("journal"))
    assert (one[b"before"], two[b"before"]) == (b"-", first)


async def test_the_same_act_is_done_once_and_answers_the_document_as_it_is(desk: DeskMemory) -> None:
    await board(desk).change(OpId("1"), adding("ana"))
    await board(desk).change(OpId("2"), adding("ben"))
    assert (await board(desk).change(OpId("1"), adding("ana"))).names == ("ana", "ben")
    assert await desk.client.xlen(desk.shard.key("journal")) == 2


async def test_the_same_act_delivered_many_times_at_once_is_done_once(desk: DeskMemory) -> None:
    await asyncio.gather(*(board(desk).change(OpId("1"), adding("ana")) for _ in range(20)))
    assert (await board(desk).read()).value.names == ("ana",)


async def test_nothing_is_overwritten_when_many_write_at_once(desk: DeskMemory) -> None:
    await asyncio.gather(*(board(desk).change(OpId(str(n)), adding(str(n))) for n in range(20)))
    assert sorted((await board(desk).read()).value.names, key=int) == [str(n) for n in range(20)]


async def test_an_answer_that_is_lost_is_asked_for_again_and_done_once(
    desk: DeskMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = board(desk)
    execute = document._shard._execute
    calls: list[object] = []

    async def losing(*words: str | bytes) -> object:
        answer = await execute(*words)
        calls.append(answer)
        if len(calls) == 2:
            raise lost.ConnectionError("the answer never came")
        return answer

    await document.read()
    await document.change(OpId("0"), adding("ben"))
    monkeypatch.setattr(document._shard, "_execute", losing)
    assert (await document.change(OpId("1"), adding("ana"))).names == ("ben", "ana")
    assert [answer[0] for answer in calls[1:] if isinstance(answer, list)][:2] == [b"ok", b"again"]
    assert (await board(desk).read()).value.names == ("ben", "ana")


async def test_what_the_decision_raises_passes_through_and_a_change_of_nothing_writes_nothing(desk: DeskMemory) -> None:
    await board(desk).change(OpId("1"), adding("ana"))
    before = await desk.everything()

    def refuse(_board: Board, _now: Instant) -> Change[Board]:
        raise Refused("Not now.")

    with pytest.raises(Refused, match="Not now"):
        await board(desk).change(OpId("2"), refuse)
    assert await board(desk).change(OpId("3"), lambda found, _: Change(value=found)) == Board(names=("ana",))
    assert await desk.everything() == before


@pytest.mark.parametrize("stored", [b"", b"no head\n", b"1-a -\n\xff\xff", b"1-a -\n\x01\x92\x63\x80"])
async def test_a_document_that_cannot_be_read_is_broken_and_stays_as_it_is(desk: DeskMemory, stored: bytes) -> None:
    await desk.client.set(desk.shard.key("document", "board"), stored)
    with pytest.raises(Broken, match="board cannot be read"):
        await board(desk).read()
    with pytest.raises(Broken):
        await board(desk).change(OpId("1"), adding("ana"))
    assert await desk.client.get(desk.shard.key("document", "board")) == stored
    assert await desk.journal.counts() == {"unreadable": 2}


@pytest.mark.parametrize("key", ["lane:slack:C1", "work", "journal"])
async def test_where_a_part_around_it_is_damaged_nothing_is_written_at_all(desk: DeskMemory, key: str) -> None:
    kind, _, name = key.partition(":")
    await desk.client.set(desk.shard.key(kind, name), "of another kind")
    before = await desk.everything()
    with pytest.raises(Broken, match="Nothing was changed"):
        await board(desk).change(OpId("1"), adding("ana", "card:C-1"))
    assert await desk.everything() == before


async def test_half_a_character_is_refused_and_nothing_is_written(desk: DeskMemory) -> None:
    before = await desk.everything()
    with pytest.raises(Broken, match="half a character"):
        await board(desk).change(OpId("1"), adding("\ud83d"))
    assert await desk.everything() == before


async def test_two_documents_do_not_know_each_other(desk: DeskMemory) -> None:
    other = board(desk, replace(BOARD, name="other"))
    await board(desk).change(OpId("1"), adding("ana"))
    await other.change(OpId("2"), adding("ben"))
    assert [(await one.read()).value.names for one in (board(desk), other)] == [("ana",), ("ben",)]


async def test_a_case_changes_while_what_it_was_decided_on_stands(desk: DeskMemory) -> None:
    case = await desk.store.begin(OpId("open"), opening(a_post()))
    nothing_yet = await board(desk).read()
    changed = await desk.store.change(
        case.id, OpId("1"), claiming("UANA"), standing={"board": nothing_yet.version, "other": ""}
    )
    assert changed.owner == "UANA"


@pytest.mark.parametrize("written_before", [False, True])
async def test_a_case_does_not_change_where_what_it_was_decided_on_moved(
    desk: DeskMemory, written_before: bool
) -> None:
    case = await desk.store.begin(OpId("open"), opening(a_post()))
    if written_before:
        await board(desk).change(OpId("first"), adding("ben"))
    seen = MappingProxyType({"board": (await board(desk).read()).version})
    await board(desk).change(OpId("second"), adding("ana"))
    before = await desk.everything()
    with pytest.raises(Moved):
        await desk.store.change(case.id, OpId("1"), claiming("UANA"), standing=seen)
    assert await desk.everything() == before


async def test_an_act_that_is_done_is_done_though_the_document_moved_meanwhile(desk: DeskMemory) -> None:
    case = await desk.store.begin(OpId("open"), opening(a_post()))
    seen = {"board": (await board(desk).read()).version}
    await desk.store.change(case.id, OpId("1"), claiming("UANA"), standing=seen)
    await board(desk).change(OpId("2"), adding("ana"))
    assert (await desk.store.change(case.id, OpId("1"), claiming("UANA"), standing=seen)).owner == "UANA"
