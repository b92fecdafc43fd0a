"""An act that has looked at its case decides on that look: one trip less, and never on what is not so any more."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.adapters.redis_scripts import Shard
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.ids import CaseId, Instant, OpId, UserId
from bot.ports import Seen
from tests.contract.cases import a_post, adding, claiming, opening
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

OP = OpId("act")


def releasing(case: Case, now: Instant) -> Decision:
    released = replace(case, status=Status.NEW, owner=None, claimed_at=None)
    return Decision.of(released, Event(fact=Fact.RELEASED, at=now, by=UserId("U1")))


async def looked_at(desk: DeskMemory) -> Seen:
    case = await desk.store.begin(OpId("open"), opening(a_post(1)))
    seen = await desk.store.see(case.id, OP)
    assert seen
    assert (seen.case, seen.done) == (case, False)
    return seen


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the scripts that are run from now on."""
    ran: list[str] = []
    run = Shard.run

    async def counting(self: Shard, name: str, *rest: object) -> object:
        ran.append(name)
        return await run(self, name, *rest)  # type: ignore[arg-type]  # whatever the store passes on

    monkeypatch.setattr(Shard, "run", counting)
    return ran


def asked(decide: Callable[[Case, Instant], Decision], cases: list[Case]) -> Callable[[Case, Instant], Decision]:
    """Return the same decision, which notes on what it was asked."""

    def noting(case: Case, now: Instant) -> Decision:
        cases.append(case)
        return decide(case, now)

    return noting


async def test_what_was_seen_is_decided_on_without_another_look(desk, monkeypatch) -> None:
    seen = await looked_at(desk)
    ran = counted(monkeypatch)
    claimed = await desk.store.change(seen.case.id, OP, claiming("U1"), seen=seen)
    assert (claimed.owner, ran) == ("U1", ["commit"])
    assert await desk.store.load(claimed.id) == claimed


async def test_where_somebody_was_quicker_it_is_decided_anew_on_the_case_as_it_is(desk) -> None:
    seen = await looked_at(desk)
    grown = await desk.store.change(seen.case.id, OpId("other"), adding(a_post(2)))
    on: list[Case] = []
    claimed = await desk.store.change(seen.case.id, OP, asked(claiming("U1"), on), seen=seen)
    assert on == [seen.case, grown]
    assert (claimed.owner, len(claimed.posts)) == ("U1", 2)


async def test_a_no_is_said_of_the_case_as_it_is_and_not_of_what_was_seen(desk) -> None:
    await looked_at(desk)
    case_id = CaseId("C-1001")
    await desk.store.change(case_id, OpId("first"), claiming("U1"))
    seen = await desk.store.see(case_id, OP)
    await desk.store.change(case_id, OpId("free"), releasing)
    assert (await desk.store.change(case_id, OP, claiming("U2"), seen=seen)).owner == "U2"


async def test_a_no_that_still_holds_is_said(desk) -> None:
    seen = await looked_at(desk)
    await desk.store.change(seen.case.id, OpId("first"), claiming("U1"))
    with pytest.raises(Refused, match="U1 has it already"):
        await desk.store.change(seen.case.id, OP, claiming("U2"), seen=seen)
    assert (await desk.store.load(seen.case.id)).owner == "U1"


async def test_that_there_is_nothing_to_do_is_found_of_the_case_as_it_is(desk) -> None:
    seen = await looked_at(desk)
    grown = await desk.store.change(seen.case.id, OpId("other"), adding(a_post(2)))
    assert await desk.store.change(seen.case.id, OP, lambda case, _: Decision.unchanged(case), seen=seen) == grown


async def test_an_act_that_was_done_meanwhile_or_before_is_not_done_again(desk) -> None:
    seen = await looked_at(desk)
    done = await desk.store.change(seen.case.id, OP, adding(a_post(2)))
    assert await desk.store.change(seen.case.id, OP, adding(a_post(3)), seen=seen) == done
    again = await desk.store.see(seen.case.id, OP)
    assert again
    assert again.done

    def must_not_be_asked(_case: Case, _now: Instant) -> Decision:
        raise AssertionError("asked again")

    assert await desk.store.change(seen.case.id, OP, must_not_be_asked, seen=again) == done


async def test_a_case_that_is_not_there_is_not_seen(desk) -> None:
    assert await desk.store.see(CaseId("C-7"), OP) is None
