"""Whether a full desk is as quick as an empty one: bytes and time per click at two sizes, and a restart at the larger."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from bot.adapters.redis_commits import Conditions
from bot.adapters.redis_connect import RedisPorts, connect, open_ports
from bot.adapters.redis_scripts import Script, Shard
from bot.domain.cases import ownership
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import follow
from bot.domain.cases.events import Event, Fact
from bot.domain.ids import DESK, CaseId, Instant, OpId, PostId
from tests import builders
from tests.bench.figures import Figure, Goal, Rule, Size, median, timed
from tests.bench.place import Place, disk_folder
from tests.servers import Server, a_server, a_workspace

LOT = 500
SAMPLES = 300
FLAT = 1.3
"""A larger desk counts as equally quick up to this: two runs of the same size differ by as much."""
MARKS = 1
"""Milliseconds that marks of acts are kept here, so that only what stands is counted."""


async def scaling(place: Place, size: Size) -> list[Figure]:
    with a_server(folder=disk_folder()) as server:
        return await _measured(server, size.scale)


async def _measured(server: Server, scale: tuple[int, int]) -> list[Figure]:
    client, name = connect(server.url), a_workspace()
    ports, shard = _ports(client, name), Shard(client, name)
    await ports.memory.now()
    empty = int((await client.info("memory"))["used_memory"])
    sizes, clicks, done = [], [], 0
    for count in scale:
        await _filled(ports, shard, client, range(done, count))
        done = count
        sizes.append((int((await client.info("memory"))["used_memory"]) - empty) / count / 1_000)
        clicks.append(median([await timed(_click(ports, count)) for _ in range(min(SAMPLES, count // 4))]))
    await client.aclose()
    server.kill()
    started = time.perf_counter()
    server.start()
    alone = time.perf_counter() - started
    client = connect(server.url)
    await _click(_ports(client, name), scale[1])
    back = time.perf_counter() - started
    await client.aclose()
    few, many = (f"{count:,} cases" for count in scale)
    flat = Goal(Rule.RATIO_AT_MOST, FLAT)
    return [
        Figure(
            name="scale_bytes_per_case",
            value=sizes[1],
            unit="kB",
            baseline=sizes[0],
            against=f"{few}; {many} held against them",
            goal=flat,
        ),
        Figure(
            name="scale_click",
            value=clicks[1],
            unit="ms",
            baseline=clicks[0],
            against=f"a claim with {few}; with {many}",
            goal=flat,
        ),
        Figure(
            name="scale_restart",
            value=back,
            unit="s",
            baseline=alone,
            against=f"the killed server alone, until it answers, with {many}; then a claim",
            goal=Goal(Rule.BELOW, 3),
        ),
    ]


def _ports(client: object, name: str) -> RedisPorts:
    return open_ports(client, name, follow=lambda _, after, events: follow(after, tuple(events)))


async def _filled(ports: RedisPorts, shard: Shard, client: object, numbers: range) -> None:
    """Commit open cases by the hundred with the store's own script and requests, without a trip for each."""
    sha = Script.load("commit").sha
    await ports.store.holder("x")
    now = await ports.memory.now()
    await _loaded(client)
    for start in range(numbers.start, numbers.stop, LOT):
        pipe = client.pipeline(transaction=False)
        for case in _cases(range(start, min(start + LOT, numbers.stop)), now):
            decision = Decision.of(case, Event(fact=Fact.CASE_OPENED, at=now, by=DESK))
            request = ports.store.commits.request(OpId(case.id), None, decision, Conditions())
            packed = msgspec.msgpack.encode(request | {"keep": MARKS, "work": []})
            pipe.execute_command(
                "EVALSHA", sha, "1", shard._base, "0", packed, "1", ports.store.commits.codec.encode(decision.case)
            )
        answers = await pipe.execute()
        assert {answer[0] for answer in answers} == {b"ok"}, answers[0]


async def _loaded(client: object) -> None:
    await client.script_load(Script.load("commit").text)


def _cases(numbers: range, now: Instant) -> Iterator[Case]:
    for number in numbers:
        post = builders.a_post(
            id=PostId(str(5_000_000 + number)),
            conversation_id=f"c{number}",
            author=replace(builders.a_post().author, handle=f"customer{number % (len(numbers) + 1)}"),
        )
        yield builders.a_case(post, id=CaseId(f"C-{number + 1001}"), opened_at=now)


async def _click(ports: RedisPorts, count: int) -> None:
    """Let somebody claim one of the cases that nobody has."""
    while True:
        number = random.randrange(count)
        case_id = CaseId(f"C-{number + 1001}")
        case = await ports.store.load(case_id)
        assert case is not None
        if case.owner is None:
            break
    await ports.store.change(
        case_id, OpId(f"claim:{case_id}"), lambda case, now: ownership.claim(case, builders.SAM, now)
    )
