"""One random schedule: the desk's real rules, replies, limits, holds and sending, with people who do anything at any time.

Real: the domain, `Replies`, `Delivery`, `Confirmation`, `Timers`, `Intake`, `Holding`, `Limits`, `Points`, the relay's
handling of outcomes. Pretended: time, the store's server, the platform, the directory and the people.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from bot.domain.approving.hold import HOLDS, Holds
from bot.domain.approving.limits import Terms
from bot.domain.approving.switches import Switches
from bot.domain.cases.case import Case, Level, Severity
from bot.domain.cases.effects import Job
from bot.domain.cases.events import Event, Fact
from bot.domain.ids import MINUTE, SECOND, CaseId
from bot.domain.policy import HoldRule, Policy, SavedReply
from bot.domain.replies.draft import Draft
from bot.domain.replies.talking_points import Withdrawn
from bot.domain.work import Work
from bot.services.acting import Acting
from bot.services.delivery import Delivery
from bot.services.holding import Holding
from bot.services.intake import Intake
from bot.services.limits import Limits
from bot.services.objections import Looked
from bot.services.points import Points
from bot.services.replies import Replies
from tests.builders import BEA, PIA, SAM, SUE, TIMING, a_case, a_post, claimed
from tests.fault.schedules_oracle import HOLD_AGE, Oracle
from tests.fault.schedules_people import EVERYBODY, POINTS, THEIRS, Buttons, Members, People
from tests.fault.schedules_record import Record, Spells
from tests.fault.schedules_rules import DRAFT_LIFE, LIFE, TOPICS, UNDO, Rules, book, drawn_rules, limits
from tests.fault.schedules_store import Arriving, Shared, SharedServer, SharedStore
from tests.fault.simulator_desk import Afternoon, Seals, Unheard, Ways, a_relay
from tests.fault.simulator_platform import Door
from tests.fault.simulator_run import house_rules
from tests.fault.simulator_store import Box, Line, Remembered, Steady, with_case
from tests.fault.simulator_time import Process, Strand
from tests.fault.simulator_weather import Weather

LASTS = 8 * MINUTE
AFTERWARDS = 4 * MINUTE
CLOCKS = replace(TIMING, undo=UNDO, approval_life=LIFE, draft_life=DRAFT_LIFE)
SAVED = tuple(SavedReply(id=name, title=name, text="We are sorry.") for name in POINTS)
SENDERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a planted bug replaces."""

    delivery: type[Delivery] = Delivery
    objects: bool = True
    standing_counts: bool = True
    switches_count: bool = True
    points_count: bool = True


REAL = Parts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came of one schedule."""

    seed: int
    faults: tuple[str, ...]
    published: int
    alone: int
    yeses: int
    trace: tuple[tuple[object, ...], ...] = field(repr=False)

    def without_trace(self) -> "Ended":
        return replace(self, trace=())


def draw(luck: Random) -> Weather:
    """Return a weather: often none, so that much leaves; else pauses, kills and lost answers."""
    if luck.random() < 0.4:
        return Weather(lasts=LASTS)
    return Weather(
        lasts=LASTS,
        crash=luck.choice((0, 0.01, 0.04)),
        stop=luck.choice((0, 0.02, 0.06)),
        stops=luck.choice(((3 * SECOND, 20 * SECOND), (30 * SECOND, 90 * SECOND), (3 * MINUTE,))),
        lost=luck.choice((0, 0, 0.03)),
        slow=luck.choice((0, 0.2)),
        bad_call=luck.choice((0, 0, 0.2)),
        bad_read=luck.choice((0, 0.1)),
        timeline_lag=luck.choice((0, 30, 90)) * SECOND,
    )


class Schedule(Afternoon):
    """One afternoon of many people."""

    def __init__(self, seed: int, parts: Parts = REAL) -> None:
        luck = Random(f"schedule {seed}")
        super().__init__(seed, luck, draw(luck))
        self.parts = parts
        self.calm = Weather(timeline_lag=self.weather.timeline_lag, lasts=LASTS)
        self.record = Record(words=defaultdict(Spells), known=defaultdict(Spells), members=defaultdict(Spells))
        self.server = SharedServer(self.loop, alarm=self._alarm, standing_counts=parts.standing_counts)
        self.oracle = Oracle(self.record)
        self.server.heard = self._heard
        self.directory = Members(self.loop, self.record, self._now_weather)
        self.policy: Policy = house_rules()
        self._versions = 0

    def run(self) -> Ended:
        luck = self.loop.luck
        for person in EVERYBODY:
            self.record.members[person.id].put(0, person.factors)
        self._new_rules()
        for number in range(luck.choice((1, 2, 3))):
            self._open(CaseId(f"C-{number + 1}"))
        for _ in range(SENDERS):
            self._start_process()
        for _ in range(luck.choice((0, 1, 1, 2, 3))):
            self.loop.after(luck.randrange(LASTS), self._new_rules)
        for _ in range(luck.choice((0, 1, 2, 4))):
            self.loop.after(luck.randrange(LASTS), self._come_or_go)
        self._people().begin(LASTS)
        self.loop.run(LASTS + AFTERWARDS, lambda: False)
        ours = [post for post in self.world.published if post.nonce]
        faults = self.oracle.judge(ours)
        self.loop.close()
        alone = {one.text for one in self.record.submissions if one.alone}
        return Ended(
            seed=self.seed,
            faults=tuple(faults),
            published=len(ours),
            alone=sum(post.text in alone for post in ours),
            yeses=sum(yes.sure for yes in self.record.yeses),
            trace=tuple(self.loop.trace),
        )

    def _open(self, case_id: CaseId) -> None:
        luck = self.loop.luck
        post = a_post(text=luck.choice(THEIRS), id=self.world.new_id(), conversation_id=case_id)
        post = replace(post, author=replace(post.author, followers=luck.choice((120, 120, 20_000))))
        case = a_case(post, severity=Severity(level=luck.choice((Level.LOW, Level.NORMAL, Level.HIGH))))
        route = replace(case.route, topic=luck.choice(TOPICS))
        writers = luck.sample((SAM, SUE, BEA, PIA), 2)
        case = claimed(replace(case, id=case_id, timing=CLOCKS, route=route), writers[0])
        case = replace(case, co_owner=writers[1].id)
        with_case(self.server, case)
        self.world.posts[post.id] = post
        self.record.words[post.id].put(0, post.text)
        self.oracle.cases[case_id] = case
        self._know(case)

    def _know(self, case: Case) -> None:
        words = "\n".join(post.text for post in case.posts)
        self.record.known[case.id].put(self.loop.now, (words, case.severity.level.value))

    def _new_rules(self) -> None:
        rules: Rules = drawn_rules(self.loop.luck)
        self._versions += 1
        version = f"v{self._versions}"
        self.policy = replace(house_rules(), version=version, approval=book(rules, version), limits=limits(rules))
        self.record.rules.put(self.loop.now, rules)
        self.loop.say("RULES", rules)

    def _come_or_go(self) -> None:
        person = self.loop.luck.choice(EVERYBODY)
        stands = self.record.stood(person.id, self.loop.now, self.loop.now)
        left = frozenset(factor for factor in stands if self.loop.luck.random() < 0.4)
        now = left if stands else person.factors
        self.record.members[person.id].put(self.loop.now, now)
        self.loop.say("STANDS NOW", person.id, sorted(now))

    def _now_weather(self) -> Weather:
        return self.weather if self.loop.now < LASTS else self.calm

    def _documents(self, line: Line) -> tuple[Shared[Holds], Shared[Switches], Shared[Withdrawn]]:
        return (
            Shared(line, self.server, HOLDS, Holds()),
            Shared(line, self.server, "limits", Switches()),
            Shared(line, self.server, "points", Withdrawn()),
        )

    def _people(self) -> People:
        line = Line(self.loop, self.server, self._now_weather)
        store, (holds, switches, withdrawn) = SharedStore(line, self.server), self._documents(line)
        acting = Acting(store, self.directory, Unheard())
        door = Door(self.world, Process("people", self.loop.clock), self._now_weather)
        points = Points(SAVED, withdrawn, store, self.directory, Unheard())
        limits_now = self._limits(acting, line, switches)

        async def terms(*, alone: bool) -> Terms:
            return await limits_now().terms(alone=alone)

        replies = Replies(acting, Box(line), Seals(), {Door.name: door}, self.policy, points, terms)
        buttons = Buttons(
            replies=replies,
            holding=Holding(holds, store, self.directory, Unheard(), self.policy),
            points=points,
            limits=limits_now,
            intake=Intake(store, Arriving(store), self.policy),
        )
        return People(self.loop, self.record, self.world, buttons, tuple(self.oracle.cases))

    def _limits(self, acting: Acting, line: Line, switches: Any) -> Callable[[], Limits]:
        nobody: Any = None
        return lambda: Limits(acting, Remembered(line), Box(line), nobody, self.policy, switches)

    def _start_process(self) -> None:
        process = Process(f"p{len(self.processes) + 1}", self.loop.clock)
        line = Line(self.loop, self.server, self._now_weather)
        ways = Ways(
            process=process,
            store=SharedStore(line, self.server),
            memory=Remembered(line),
            box=Box(line),
            directory=self.directory,
            platforms={Door.name: Door(self.world, process, self._now_weather)},
            policy=self.policy,
        )
        holds, switches, withdrawn = self._documents(line)
        points = Points(SAVED, withdrawn, ways.store, self.directory, Unheard())
        limits_now = self._limits(Acting(ways.store, self.directory, Unheard()), line, switches)

        async def terms(*, alone: bool) -> Terms:
            found = await limits_now().terms(alone=alone)
            return found if self.parts.switches_count else replace(found, off=frozenset(), standing={})

        async def objection(case: Case, draft: Draft) -> Looked:
            found = await points.objection(case, draft)
            return found if self.parts.points_count else replace(found, standing={})

        relay = a_relay(
            ways,
            self.parts.delivery,
            more={Job.TAKE_BACK_DRAFTS: points.take_back if self.parts.objects else _nothing},
            terms=terms,
            holds=holds,
            hold_rule=HoldRule(approval_age=HOLD_AGE),
            changeover=Steady(),  # a store that never changes over
            objections=[objection] if self.parts.objects else [],
        )
        self._hire(process, relay, ways.box)

    def _heard(self, before: Case, after: Case, events: Sequence[Event], under: Work | None) -> None:
        if before.posts != after.posts or before.severity != after.severity:
            self._know(after)
        for event in events:
            self.loop.say(event.fact, after.id, "rev", event.rev, event.by, event.detail)
            if event.fact is Fact.SEND_STARTED and under:
                self.oracle.began[under.nonce] = self.loop.now

    def _taken(self, work: Work, began: int) -> None:
        self.oracle.taken[work.nonce] = began

    def _strike(self, strand: Strand) -> None:
        """Let something happen to a process at this await, or nothing."""
        weather = self._now_weather()
        if not strand.process.mortal or strand.work is None:
            return
        luck, process = self.loop.luck.random(), strand.process
        if luck < weather.crash:
            self._kill(process)
        elif luck < weather.crash + weather.stop:
            process.stopped_until = self.loop.now + int(self.loop.luck.choice(weather.stops))
            self.loop.say("STOPPED until", process.stopped_until)


async def _nothing(_work: Work) -> None: ...


def run(seed: int, parts: Parts = REAL) -> Ended:
    """Simulate one schedule."""
    return Schedule(seed, parts).run()
