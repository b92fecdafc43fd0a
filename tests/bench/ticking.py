"""What time costs: one look at the outbox with many timers due, few cases open or many, and how late a page is taken up."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Effect, Job
from bot.domain.escalating import escalation
from bot.domain.escalating.plan import Plan, Step, Trigger
from bot.domain.ids import DESK, HOUR, CaseId, Instant, OpId
from bot.domain.work import Work
from bot.jobs.relay import Doing, Relay
from bot.logs import get_log
from tests.bench.figures import Figure, Goal, Rule, Size, median, percentile
from tests.bench.place import DeskInPlace, Place, a_desk, a_place
from tests.bench.scaling import FLAT, _filled

STEP = Step(schedule="care-nights", after=HOUR)
MOST_TICKS = 8
"""Steps of the plan; each tick takes one."""
EVERY = 10
"""Milliseconds between two pages that are due: a hundred a second."""
HEAD_START = 1_000
"""Milliseconds from writing them down until the first is due."""


async def ticking(_place: Place, size: Size) -> list[Figure]:
    async with a_place() as aside:
        few, many = [await _tick(aside, size, count) for count in size.tick]
        return [*_ticks(size, few, many), await _lateness(aside, size)]


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds that a tick took, and how many of them our process worked: a busy machine changes the second least."""

    wall: float
    cpu: float


def _ticks(size: Size, few: Took, many: Took) -> list[Figure]:
    against = f"the same with {size.tick[0]:,} cases open"
    return [
        Figure(name="tick", value=many.wall, unit="s", baseline=few.wall, against=against, goal=Goal(Rule.BELOW, 1)),
        Figure(
            name="tick_flat",
            value=many.wall / size.due * 1_000,
            unit="ms/timer",
            baseline=few.wall / size.due * 1_000,
            against=against,
            goal=Goal(Rule.RATIO_AT_MOST, FLAT),
        ),
        Figure(
            name="tick_cpu",
            value=many.cpu / size.due * 1_000,
            unit="ms/timer",
            baseline=few.cpu / size.due * 1_000,
            against=against,
        ),
    ]


async def _tick(place: Place, size: Size, count: int) -> Took:
    """Return what it took for one tick in which the next step of `size.due` escalations is taken."""
    async with a_desk(place) as here:
        ports = here.desk.outside.redis
        await _filled(ports, ports.shard, place.client, range(count))
        await _escalated(here, range(size.due))
        await _relay(here, {}).once()
        walls, cpus = [], []
        for _ in range(size.ticks):
            here.clock.pass_time(hours=1)
            relay = _relay(here, {Job.PAGE_STEP: here.desk.relay._jobs[Job.PAGE_STEP]})
            started, worked = time.perf_counter(), time.process_time()
            done = await relay.once()
            walls.append(time.perf_counter() - started)
            cpus.append(time.process_time() - worked)
            assert done >= size.due, done
        return Took(wall=median(walls), cpu=median(cpus))


def _relay(here: DeskInPlace, jobs: Mapping[str, Doing]) -> Relay:
    """Return a relay that does these jobs; all others take no time, so that Slack is not what is measured."""
    return Relay(
        here.desk.outside.redis.outbox, {**dict.fromkeys(Job, _nothing), **jobs}, get_log(), asyncio.Event(), {}
    )


async def _escalated(here: DeskInPlace, numbers: range) -> None:
    plan = Plan(name="bench", steps=(STEP,) * MOST_TICKS)

    def start(case: Case, now: Instant) -> Decision:
        return escalation.start(case, plan, Trigger.ASKED, "bench", by=DESK, policy="bench", now=now)

    for number in numbers:
        case_id = CaseId(f"C-{number + 1001}")
        await here.desk.outside.redis.store.change(case_id, OpId(f"start:{case_id}"), start)


async def _nothing(_work: Work, _lease_ends: float) -> int | None:
    return None


async def _lateness(place: Place, size: Size) -> Figure:
    """Return how late pages to as many people are taken up, a hundred due in each second."""
    late: list[float] = []
    stop = asyncio.Event()

    async def taken(work: Work, _lease_ends: float) -> int | None:
        late.append(time.time() * 1_000 - work.due)
        if len(late) == size.pings:
            stop.set()
        return None

    ports, _ = place.ports()
    await ports.outbox.add([_page(number) for number in range(size.pings)])
    await Relay(ports.outbox, {Job.PAGE: taken}, get_log(), asyncio.Event()).run(stop)
    return Figure(
        name="page_late_p99",
        value=percentile(late, 0.99),
        unit="ms",
        baseline=percentile(await _bare_lateness(size.pings), 0.99),
        against="timers of asyncio in memory, as many and as dense",
        goal=Goal(Rule.BELOW, 2_000),
    )


def _page(number: int) -> Effect:
    case_id = CaseId(f"C-{number + 1001}")
    return Effect(
        job=Job.PAGE, case_id=case_id, key=f"page:{case_id}", lane=f"page:U{number}", after=HEAD_START + EVERY * number
    )


async def _bare_lateness(count: int) -> list[float]:
    loop, late, done = asyncio.get_running_loop(), [], asyncio.Event()
    begins = loop.time() + HEAD_START / 1_000

    def due(at: float) -> None:
        late.append((loop.time() - at) * 1_000)
        if len(late) == count:
            done.set()

    for number in range(count):
        loop.call_at(begins + EVERY * number / 1_000, due, begins + EVERY * number / 1_000)
    await done.wait()
    return late
