"""One simulated afternoon: the desk's real sending code in several processes, and everything around it pretended.

Real: `Delivery`, `Confirmation`, `Timers`, `Intake`, `Replies`, the relay's handling of outcomes, the domain. Pretended: time,
the store's server, the platform, the directory, and the people.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

from bot.domain.approving.limits import Terms
from bot.domain.cases.case import Case
from bot.domain.cases.effects import Job
from bot.domain.cases.events import Event, Fact
from bot.domain.errors import DeskError
from bot.domain.ids import MINUTE, SECOND, CaseId
from bot.domain.policy import HoldRule, Policy
from bot.domain.replies.draft import DraftState
from bot.domain.work import Work
from bot.process import LOOK_AT_STORE_EVERY
from bot.services.acting import Acting
from bot.services.changeover import Changeover
from bot.services.confirmation import Confirmation
from bot.services.delivery import Delivery, Step
from bot.services.points import Points
from bot.services.replies import Replies
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE
from tests.builders import TIMING, a_case, a_post, claimed, in_review
from tests.fault.simulator_desk import Afternoon, Seals, Unheard, Ways, a_relay
from tests.fault.simulator_oracle import Oracle
from tests.fault.simulator_people import People, Who
from tests.fault.simulator_platform import Door
from tests.fault.simulator_store import Box, Epochs, Line, Remembered, Server, Steady, Store, Unheld, with_case
from tests.fault.simulator_time import Process, Strand, rest
from tests.fault.simulator_weather import Weather, draw

AFTERWARDS = 25 * MINUTE
"""How long the desk has, once nothing goes wrong any more, to bring everything to an end."""
QUICK = replace(TIMING, approval_life=15 * MINUTE)
EXPOSED = frozenset({Step.MARKED, Step.CALLED})
RISKY = frozenset({Job.SEND_REPLY, Job.LOOK_FOR_REPLY, Job.EXPIRE_DRAFT, Job.CHECK_POST})


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run is made of; a planted bug replaces one."""

    delivery: type[Delivery] = Delivery
    confirmation: type[Confirmation] = Confirmation
    store: type[Store] = Store
    server: type[Server] = Server
    door: type[Door] = Door
    timing: Any = QUICK


REAL = Parts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came of one run."""

    seed: int
    weather: Weather
    faults: tuple[str, ...]
    published: int
    approved: int
    left_to_people: int
    steps: int
    trace: tuple[tuple[object, ...], ...] = field(repr=False)


class Untouched:
    """A shared document that nothing reads."""


@cache
def house_rules() -> Policy:
    """Return the shipped policy; its approvals live as long as the afternoon's do, which is what the oracle goes by."""
    policy = load_policy(POLICY_FILE, TALKING_POINTS_FILE)
    rules = tuple(replace(rule, approval_life=QUICK.approval_life) for rule in policy.approval.rules)
    return replace(policy, approval=replace(policy.approval, rules=rules))


async def house_terms(*, alone: bool) -> Terms:
    return Terms(book=house_rules().approval, limits=house_rules().limits)


@cache
def a_waiting_case(number: int, timing: Any) -> Case:
    """Return a case whose reply waits for approval; unique words tell replies apart."""
    case_id = CaseId(f"C-{number}")
    fresh = replace(a_case(a_post(number, conversation_id=f"c{number}")), id=case_id, timing=timing)
    return in_review(claimed(fresh), body=f"{case_id}, take 1")


class Simulation(Afternoon):
    """One afternoon."""

    def __init__(self, seed: int, parts: Parts = REAL, weather: Weather | None = None) -> None:
        luck = Random(seed)
        super().__init__(seed, luck, weather or draw(luck))
        self.parts = parts
        self.server = parts.server(self.loop, alarm=self._alarm, keeps_backups=self.weather.forgets > 0)
        self.oracle = Oracle(self.loop, self.server)
        self.server.heard, self.world.told = self._heard, self.oracle.published
        self.world.named, self.world.arrived = self.oracle.proofs.__setitem__, self.oracle.arrived
        self.directory = Who(self.loop, self.oracle, self._now_weather)
        self.files: dict[str, Any] = {}
        self.people = self._people()

    def run(self) -> Ended:
        for number in range(1, self.weather.cases + 1):
            case = a_waiting_case(number, self.parts.timing)
            with_case(self.server, case)
            self.world.posts[case.first_post.id] = case.first_post
            if self.loop.luck.random() < self.weather.refuses:
                self.world.unsummoned.add(case.first_post.id)
            self.people.begin(case)
        for _ in range(self.weather.processes):
            self._start_process()
        if self.weather.forgets or self.weather.jump:
            self.loop.after(self.loop.luck.randrange(20 * SECOND, 3 * MINUTE), self._disaster)
        self.loop.run(self.weather.lasts + AFTERWARDS, self._is_over)
        faults = self.oracle.judge()
        self.loop.close()
        cases = self.server.kept.cases.values()
        return Ended(
            seed=self.seed,
            weather=self.weather,
            faults=tuple(faults),
            published=sum(len(c.published) for c in self.oracle.clearances),
            approved=len(self.oracle.clearances),
            left_to_people=sum(c.draft is not None and c.draft.state is DraftState.UNCONFIRMED for c in cases),
            steps=self.loop._count,
            trace=tuple(self.loop.trace),
        )

    def _now_weather(self) -> Weather:
        return self.weather if self.loop.now < self.weather.lasts else after_storm(self.weather)

    def _is_over(self) -> bool:
        """After the storm nothing more happens once no reply is on its way."""
        awake = max(process.stopped_until for process in self.processes)
        if self.loop.now < max(self.weather.lasts, awake) + 30 * SECOND:
            return False
        cases = self.server.kept.cases.values()
        return all(c.draft is None or c.draft.state not in OPEN for c in cases)

    def _disaster(self) -> None:
        if self.weather.forgets:
            done = self.server.kept.ops
            self.server.fail_over(self.weather.forgets)
            self.oracle.forgotten = done - self.server.kept.ops
        self.server.shift += self.weather.jump
        self.server.arrange()

    def _start_process(self) -> None:
        process = Process(f"p{len(self.processes) + 1}", self.loop.clock)
        line = Line(self.loop, self.server, self._now_weather)
        ways = Ways(
            process=process,
            store=self.parts.store(line),
            memory=Remembered(line),
            box=Box(line),
            directory=self.directory,
            platforms={self.world_name: self.parts.door(self.world, process, self._now_weather)},
            policy=house_rules(),
        )
        changeover: Any = Steady()
        if self.weather.forgets:
            changeover = Changeover(ways.memory, Epochs(line, self.files), ways.box, self.directory, house_rules())
            self.loop.spawn(process, self._look_at_store(changeover))
        relay = a_relay(
            ways,
            self.parts.delivery,
            self.parts.confirmation,
            terms=house_terms,
            holds=Unheld(line),
            hold_rule=HoldRule(),
            changeover=changeover,
            reached=self._reached,
        )
        self._hire(process, relay, ways.box)

    world_name = Door.name

    def _people(self) -> People:
        store = self.parts.store(Line(self.loop, self.server, self._now_weather))
        acting = Acting(store, self.directory, Unheard())
        door = Door(self.world, Process("people", self.loop.clock), self._now_weather)
        points = Points((), Untouched(), store, self.directory, Unheard())  # nobody writes from a talking point here
        replies = Replies(acting, Box(store.line), Seals(), {self.world_name: door}, house_rules(), points, house_terms)
        return People(self.loop, self.world, self.oracle, store, replies, self.weather)

    def _heard(self, before: Case, after: Case, events: Sequence[Event], under: Work | None) -> None:
        self.oracle.committed(before, after, events, under)
        for event in events:
            self.people.heard(after, event)
            if event.fact is Fact.SEND_STARTED and self.loop.current:
                self.loop.current.reached = Step.MARKED

    def _taken(self, work: Work, _began: int) -> None:
        self.loop.say("TAKEN", work.key, work.nonce, "try", work.tries)

    async def _look_at_store(self, changeover: Changeover) -> None:
        """Do what the calendar does, until nobody needs it any more."""
        while self.loop.now < self.weather.lasts + AFTERWARDS:
            with suppress(DeskError):
                await changeover.look()
            await rest(int(LOOK_AT_STORE_EVERY * SECOND))

    async def _reached(self, step: Step) -> None:
        strand = self.loop.current
        assert strand
        strand.reached = step
        if step is Step.MARKING and self.weather.jump and not self.server.shift and self.loop.luck.random() < 0.3:
            self._disaster()
        if step is Step.RECORDED and strand.work:
            self.oracle.recorded_by.append(strand.work.nonce)

    def _strike(self, strand: Strand) -> None:
        """Let something happen to a process at this await, or nothing."""
        weather = self._now_weather()
        if not strand.process.mortal or strand.work is None or strand.work.job not in RISKY:
            return
        luck, process = self.loop.luck.random(), strand.process
        if strand.reached in EXPOSED:
            luck /= weather.aimed
        if luck < weather.crash:
            self._kill(process)
        elif luck < weather.crash + weather.stop:
            length = int(self.loop.luck.choice(weather.stops) * self.loop.luck.uniform(0.7, 1.0))
            process.stopped_until = self.loop.now + length
            process.slept += length if weather.clock_sleeps else 0
            self.loop.say("STOPPED for", length)
        elif luck < weather.crash + weather.stop + weather.cancel:
            strand.cancelled = True
            self.loop.say("CANCELLED", strand.work.key)


OPEN = frozenset({DraftState.APPROVED, DraftState.SENDING, DraftState.UNCONFIRMED})


@cache
def after_storm(weather: Weather) -> Weather:
    """Nothing goes wrong any more, but the timeline is as late as ever."""
    return Weather(timeline_lag=weather.timeline_lag, dedupes=weather.dedupes, lasts=weather.lasts)


def run(seed: int, parts: Parts = REAL, weather: Weather | None = None) -> Ended:
    """Simulate one afternoon."""
    return Simulation(seed, parts, weather).run()
