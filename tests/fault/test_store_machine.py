"""The store on a real server: what Hypothesis finds in it, and a race of real processes for the same cases."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
import itertools
import json
import secrets
import sys
from asyncio.subprocess import PIPE
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.adapters import redis_scripts
from bot.domain.cases.case import Decision
from bot.domain.ids import CaseId, OpId
from tests.builders import a_case, a_post
from tests.fault.linear import Call, order
from tests.fault.linear_machine import StoreMachine, named
from tests.servers import DeskMemory, desk_memory, redis_server, redis_url  # noqa: F401 -- fixtures

EXAMPLES, STEPS = 70, 30
RACERS, SHARED = 4, 200
CLAIMED = 3
"""Changes of a case that was opened twice over (once by its builder) and claimed."""
SOME = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat what was lost without a pause."""
    monkeypatch.setattr(redis_scripts, "PAUSES", (0.0, 0.0))


def test_the_store_and_the_simulator_s_store_say_the_same_whatever_happens(redis_url: str):
    run_state_machine_as_test(lambda: StoreMachine(redis_url), settings=SOME)


def test_planted_acts_without_a_name_of_their_own_are_found(redis_url: str):
    def forgets(op: str) -> OpId:
        return OpId(f"{op}-{secrets.token_hex(4)}")

    found = settings(SOME, phases=[Phase.generate], max_examples=300, print_blob=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(lambda: StoreMachine(redis_url, forgets), settings=found)


async def claim(url: str, workspace: str, user: str, cases: list[str], ready: asyncio.Barrier) -> list[list[object]]:
    """Let a process of its own claim all cases, all processes at the same time, and return its lines."""
    words = (sys.executable, "-m", "tests.fault.linear_claimer", url, workspace, user, user, *cases)
    process = await asyncio.create_subprocess_exec(
        *words, stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2], limit=2**20
    )
    assert process.stdout
    assert await process.stdout.readline() == b"ready\n"
    await ready.wait()
    told, _ = await process.communicate(b"go\n")
    assert process.returncode == 0
    return [json.loads(line) for line in told.splitlines()]


async def open_cases(desk: DeskMemory, number: int) -> list[str]:
    found = []
    for n in range(number):
        opening = a_case(a_post(n, conversation_id=f"c{n}"))
        case = await desk.store.begin(
            OpId(f"open{n}"), lambda case_id, _now, opening=opening: Decision.of(named(opening, case_id))
        )
        found.append(str(case.id))
    return found


def claiming(user: str, changes: int):
    """Return what a claim does to a case's owner, and what its caller must be told."""

    def does(owner: str | None) -> tuple[str, tuple[object, ...]]:
        return (user, (user, changes)) if owner is None else (owner, (owner, None))

    return does


async def test_of_four_processes_exactly_one_gets_each_case_and_the_others_are_told_who(desk_memory: DeskMemory):
    cases, ready = await open_cases(desk_memory, SHARED), asyncio.Barrier(RACERS)
    users = [f"racer{n}" for n in range(RACERS)]
    lines = await asyncio.gather(*(claim(desk_memory.url, desk_memory.workspace, user, cases, ready) for user in users))
    told = defaultdict(list)
    for case, user, began, ended, owner, changes in itertools.chain(*lines):
        told[case].append(Call(user, began, ended, (owner, changes), claiming(user, CLAIMED)))
    assert {case: len(calls) for case, calls in told.items()} == dict.fromkeys(cases, RACERS)
    for case, calls in told.items():
        winners = [call.name for call in calls if call.answer == (call.name, CLAIMED)]
        stored = await desk_memory.store.load(CaseId(case))
        assert winners == [stored.owner]
        assert order(calls, None) is not None, calls
        claimed = [line["by"] for line in await desk_memory.journal.lines(CaseId(case)) if line["fact"] == "Claimed"]
        assert claimed == winners
    assert len({call.answer[0] for calls in told.values() for call in calls}) > 1, "one process won every race"


def reading(seen: object):
    return lambda state: (state, state)


def writing(value: object):
    return lambda _state: (value, "ok")


HISTORIES = {
    "a read sees the write before it": ([("w", 0, 1, "ok", writing(1)), ("r", 2, 3, 1, reading(1))], True),
    "a read does not see it": ([("w", 0, 1, "ok", writing(1)), ("r", 2, 3, 0, reading(0))], False),
    "a read at the same time may see it or not": ([("w", 0, 3, "ok", writing(1)), ("r", 1, 2, 0, reading(0))], True),
    "seen, then not seen any more": (
        [("w", 0, 9, "ok", writing(1)), ("r", 1, 2, 1, reading(1)), ("s", 3, 4, 0, reading(0))],
        False,
    ),
    "a lost write may show up late": (
        [("w", 0, None, None, writing(1)), ("r", 1, 2, 0, reading(0)), ("s", 3, 4, 1, reading(1))],
        True,
    ),
    "two winners": (
        [("a", 0, 2, ("a", 2), claiming("a", 2)), ("b", 1, 3, ("b", 2), claiming("b", 2))],
        False,
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_search_for_an_order_can_say_no(name: str):
    history, possible = HISTORIES[name]
    start = None if name == "two winners" else 0
    assert (order([Call(*call) for call in history], start) is not None) == possible
