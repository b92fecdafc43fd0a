"""A store and an outbox in memory that keep the ports' promises, behind lines that lose requests and answers.

`Server` is what the scripts under bot/adapters/lua do; `Store`, `Box` and `Remembered` are one process's ports to it.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.domain.approving.hold import HOLDS, Holds
from bot.domain.cases import effects, indexes
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Effect, Job
from bot.domain.cases.events import Event
from bot.domain.document import Change, Standing
from bot.domain.errors import LeaseLost, NoSuchCase, Refused, Unavailable
from bot.domain.ids import DAY, CaseId, Instant, Nonce, OpId
from bot.domain.replies.epoch import Epoch
from bot.domain.work import Pace, Taken, Work
from bot.ports import Begin, Decide, Seen, Stored
from tests.builders import NOON
from tests.fault.simulator_time import Loop, rest
from tests.fault.simulator_weather import Weather

T = TypeVar("T")
DONE_HERE = frozenset(
    {
        Job.SEND_REPLY,
        Job.LOOK_FOR_REPLY,
        Job.CHECK_REPLY,
        Job.EXPIRE_DRAFT,
        Job.CHECK_POST,
        Job.TAKE_BACK_DRAFTS,
    }
)
"""Work that this simulation does; cards, notes and claims are left out."""
ANSWER_WITHIN, ALL_TRIES_WITHIN, PAUSES = 1_000, 2_400, (50, 200, 0)
"""As in bot/adapters/redis_scripts.py, in milliseconds."""
TRIES = 40


@dataclass(slots=True)
class Record:
    """One piece of work as it is stored."""

    effect: Effect
    due: int
    score: int
    tries: int = 0
    faults: int = 0
    nonce: str = ""
    lease: int = 0
    again: "Record | None" = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, with the act that wrote it."""

    op: str
    case_id: CaseId
    event: Event


@dataclass
class Kept:
    """Everything that the server keeps."""

    cases: dict[CaseId, Case] = field(default_factory=dict)
    stamps: dict[CaseId, int] = field(default_factory=dict)
    ops: frozenset[str] = frozenset()
    journal: tuple[Entry, ...] = ()
    work: dict[str, Record] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    memory: dict[str, str] = field(default_factory=dict)

    def copied(self) -> "Kept":
        work = {key: copy(record) for key, record in self.work.items()}
        memory = dict(self.memory)
        return Kept(dict(self.cases), dict(self.stamps), self.ops, self.journal, work, self.aside, memory)


Heard = Callable[[Case, Case, Sequence[Event], Work | None], None]


@dataclass
class Server:
    """The one place where everything is decided. `heard` is told of each commit, `alarm` when work will be due."""

    loop: Loop
    heard: Heard = lambda _before, _after, _events, _under: None
    alarm: Callable[[int], None] = lambda _when: None
    keeps_backups: bool = False
    kept: Kept = field(default_factory=Kept)
    shift: int = 0
    epoch: int = 0
    _stamp: int = 0
    _nonce: int = 0
    _backups: list[tuple[int, Kept]] = field(default_factory=list)

    def now(self) -> Instant:
        return Instant(NOON + self.loop.now + self.shift)

    def look(self, case_id: CaseId, op: str) -> tuple[Instant, Case | None, int, bool]:
        kept = self.kept
        return self.now(), kept.cases.get(case_id), kept.stamps.get(case_id, 0), op in kept.ops

    def commit(self, op: str, stamp: int, decision: Decision, under: Work | None) -> str:
        """Return `ok`, `again`, `conflict` or `lost`."""
        after = decision.case
        before = self.kept.cases.get(after.id, after)
        if op in self.kept.ops:
            return "again"
        if self.kept.stamps.get(after.id, 0) != stamp:
            return "conflict"
        if under and not self.is_ours(under):
            return "lost"
        self._back_up()
        self._stamp += 1
        self.kept.cases[after.id], self.kept.stamps[after.id] = after, self._stamp
        self.kept.ops |= {op}
        self.kept.journal += tuple(Entry(op, after.id, event) for event in decision.events)
        for effect in effects.follow(after, tuple(decision.events)):
            self.add(effect)
        self.heard(before, after, decision.events, under)
        return "ok"

    def is_ours(self, work: Work) -> bool:
        record = self.kept.work.get(work.key)
        return record is not None and record.nonce == work.nonce and record.lease > self.now()

    def add(self, effect: Effect) -> None:
        if effect.job not in DONE_HERE:
            return
        due = self.now() + effect.after
        step = 30 * DAY if effect.urgency >= effects.FIRST else 20_000 * effect.urgency
        new = Record(effect, due, due - (step if effect.after == 0 else 0))
        old = self.kept.work.get(effect.key)
        if old and old.nonce and old.lease > self.now():
            old.again = merged(old.again, new) if old.again else new
            return
        if old:
            new.tries, new.faults = old.tries, old.faults
            new = merged(old, merged(old.again, new) if old.again else new)
        self._place(new)

    def take(self, nonces: Sequence[str], lease: int, attempt: int) -> Taken:
        ours = [record for record in self.kept.work.values() if record.nonce in nonces] if attempt > 1 else []
        if not ours:
            self._back_up()
            due = sorted((r for r in self.kept.work.values() if r.score <= self.now()), key=lambda r: r.score)
            for record, nonce in zip(due, nonces, strict=False):
                record.doubtful |= bool(record.nonce)
                record.nonce, record.lease, record.tries = nonce, self.now() + lease, record.tries + 1
                record.score = record.lease
                ours.append(record)
        self.arrange()
        return Taken(work=tuple(work_of(record) for record in ours), now=self.now(), next_due=None)

    def settle(self, work: Work, verb: str, after: int = 0, faults: int = 0) -> bool:
        """Return whether the piece was still theirs."""
        record = self.kept.work.get(work.key)
        if record is None or record.nonce != work.nonce:
            return False
        self._back_up()
        again, record.again = record.again, None
        del self.kept.work[work.key]
        if verb == "later":
            record.nonce = ""
            record.due = record.score = self.now() + after
            record.faults += faults
            if again:
                again.tries, again.faults = record.tries, record.faults
                record = merged(record, again)
            self._place(record)
        elif again:
            self._place(again)
        if verb == "set_aside":
            self.kept.aside += (work.key,)
        self.arrange()
        return True

    def swap(self, name: str, old: str | None, new: str) -> bool:
        if self.kept.memory.get(name) not in (old, new):
            return False
        self._back_up()
        self.kept.memory[name] = new
        return True

    def fail_over(self, lost: int) -> None:
        """Another server takes over, which lacks what was written in the last `lost` milliseconds."""
        self.epoch += 1
        for at, kept in self._backups:
            if at >= self.loop.now - lost:
                self.kept = kept.copied()
                self.loop.say("FAIL-OVER", f"forgets {self.loop.now - at} ms")
                break
        self.arrange()

    def arrange(self) -> None:
        if self.kept.work:
            self.alarm(min(record.score for record in self.kept.work.values()) - NOON - self.shift)

    def new_nonces(self, number: int) -> list[str]:
        self._nonce += number
        return [f"w{self._nonce - i}" for i in range(number)]

    def _place(self, record: Record) -> None:
        record.nonce, record.lease = "", 0
        self.kept.work[record.effect.key] = record
        self.arrange()

    def _back_up(self) -> None:
        if self.keeps_backups:
            self._backups.append((self.loop.now, self.kept.copied()))


def merged(old: Record, new: Record) -> Record:
    """Equal keys are one piece of work: the newest words, the earliest time."""
    new.due, new.score = min(old.due, new.due), min(old.score, new.score)
    new.doubtful |= old.doubtful or bool(old.nonce)
    return new


def work_of(record: Record) -> Work:
    effect = record.effect
    return Work(
        key=effect.key,
        job=effect.job,
        case_id=effect.case_id,
        lane=effect.lane,
        nonce=Nonce(record.nonce),
        due=Instant(record.due),
        lease_until=Instant(record.lease),
        tries=record.tries,
        faults=record.faults,
        doubtful=record.doubtful,
        urgency=effect.urgency,
        args=effect.args,
    )


@dataclass
class Line:
    """One process's way to the server: requests and answers get lost, come late, or arrive after we gave up."""

    loop: Loop
    server: Server
    weather: Callable[[], Weather]

    async def ask(self, do: Callable[[int], T]) -> T:
        luck, weather = self.loop.luck, self.weather()
        ends = self.loop.now + ALL_TRIES_WITHIN
        for attempt, pause in enumerate(PAUSES, start=1):
            await rest(luck.randrange(1, 700) if luck.random() < weather.slow else 1)
            if luck.random() >= weather.lost:
                answer = do(attempt)
                await rest(luck.randrange(1, 700) if luck.random() < weather.slow else 1)
                return answer
            self._lose(do, attempt)
            await rest(ANSWER_WITHIN)
            if self.loop.now + pause >= ends:
                break
            await rest(pause)
        raise Unavailable("no answer in time")

    def _lose(self, do: Callable[[int], T], attempt: int) -> None:
        """The request never arrives, or its answer does not, or it arrives when nobody waits for it any more."""
        fate = self.loop.luck.choice(("request", "answer", "late"))
        self.loop.say("LOST", fate)
        if fate == "answer":
            do(attempt)
        if fate == "late":
            self.loop.after(self.loop.luck.randrange(20_000), lambda: _drop(do(attempt)))


def _drop(_answer: object) -> None:
    """Nobody hears it."""


NOTHING_ARRIVES: Any = None
"""The port `Arrivals` of a desk that knows its posts from the beginning."""


@dataclass
class Store:
    """The port `CaseStore`, as bot/adapters/redis_store.py keeps it."""

    line: Line

    async def begin(self, op: OpId, begin: Begin) -> Case:
        raise NotImplementedError

    async def load(self, case_id: CaseId) -> Case | None:
        found = await self.see(case_id, OpId("-"))
        return found.case if found else None

    async def see(self, case_id: CaseId, op: OpId) -> Seen | None:
        now, case, stamp, done = await self.line.ask(lambda _: self.line.server.look(case_id, op))
        return Seen(case=case, now=now, version=str(stamp), done=done) if case else None

    async def change(
        self,
        case_id: CaseId,
        op: OpId,
        decide: Decide,
        *,
        under: Work | None = None,
        standing: Standing | None = None,
        seen: Seen | None = None,
    ) -> Case:
        """Change it; `standing` always holds here, because nobody places a hold."""
        for first in (True, *(False for _ in range(TRIES))):
            found = seen if first and seen and not seen.done else await self.see(case_id, op)
            if found is None:
                raise NoSuchCase(f"There is no case {case_id}.")
            if found.done:
                return found.case
            try:
                decision = decide(found.case, found.now)
            except Refused:
                if found is seen:
                    continue
                raise
            case = await self._stored(op, found, decision, under)
            if case is not None:
                return case
        raise Unavailable("too many at once")

    async def _stored(self, op: str, found: Seen, decision: Decision, under: Work | None) -> Case | None:
        if decision.case == found.case and not decision.events:
            return found.case
        verdict = await self._commit(op, int(found.version), decision, under)
        if verdict == "lost":
            raise LeaseLost("this work is no longer ours")
        return decision.case if verdict == "ok" else None

    async def _commit(self, op: str, stamp: int, decision: Decision, under: Work | None) -> str:
        return await self.line.ask(lambda _: self.line.server.commit(op, stamp, decision, under))

    async def holder(self, *unique_keys: str) -> CaseId | None:
        cases = await self.line.ask(lambda _: tuple(self.line.server.kept.cases.values()))
        wanted = set(unique_keys)
        return next((case.id for case in cases if wanted & indexes.unique_keys(case)), None)

    async def listed(self, name: str, limit: int = 50) -> Sequence[CaseId]:
        return ()

    async def count(self, name: str) -> int:
        return 0


@dataclass
class Unheld:
    """The shared document of the holds, where there is none: read without a request, so that known afternoons stay so."""

    line: Line
    name: str = HOLDS

    async def read(self) -> Stored[Holds]:
        return Stored(value=Holds(), version="", now=self.line.server.now())

    async def change(self, op: OpId, decide: Callable[[Holds, Instant], Change[Holds]]) -> Holds:
        raise NotImplementedError


@dataclass
class Box:
    """The port `Outbox`."""

    line: Line

    async def take(self, limit: int, lease: int, paces: Mapping[str, Pace]) -> Taken:
        nonces = self.line.server.new_nonces(limit)
        return await self.line.ask(lambda attempt: self.line.server.take(nonces, lease, attempt))

    async def done(self, work: Work) -> None:
        await self._settle(work, "done")

    async def later(
        self, work: Work, after: int, reason: str, *, pause_lane: bool = False, fault: bool = False, away: bool = False
    ) -> None:
        await self._settle(work, "later", max(0, after), int(fault))

    async def set_aside(self, work: Work, reason: str) -> None:
        self.line.loop.say("SET ASIDE", work.key, reason)
        await self._settle(work, "set_aside")

    async def _settle(self, work: Work, verb: str, *numbers: int) -> None:
        if not await self.line.ask(lambda _: self.line.server.settle(work, verb, *numbers)):
            raise LeaseLost("this work is no longer ours")

    async def add(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            await self.line.ask(lambda _, effect=effect: self.line.server.add(effect))

    async def waiting(self, lane: str) -> int:
        return len(self.line.server.kept.work)


@dataclass
class Remembered:
    """The part of the port `Memory` that sending needs."""

    line: Line

    async def now(self) -> Instant:
        return await self.line.ask(lambda _: self.line.server.now())

    async def recall(self, name: str) -> str | None:
        return self.line.server.kept.memory.get(name)

    async def remember(self, name: str, value: str) -> None:
        await self.swap(name, await self.recall(name), value)

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        return await self.line.ask(lambda _: self.line.server.swap(name, old, new))

    async def first_time(self, name: str, keep: int) -> bool:
        return await self.swap(f"seen:{name}", None, "seen")


@dataclass
class Epochs:
    """The port `Epochs` of a server that may forget; `kept` is one machine's file."""

    line: Line
    kept: dict[str, Instant]
    sure: bool = False

    async def server(self) -> str:
        return await self.line.ask(lambda _: f"run {self.line.server.epoch}")

    def outside(self) -> Instant | None:
        return self.kept.get("seen")

    def keep(self, seen: Instant) -> None:
        self.kept["seen"] = max(seen, self.kept.get("seen", seen))


class Steady:
    """Stands for `Changeover` where the server never changes: looking costs nothing there."""

    async def look(self) -> Epoch:
        return Epoch(server="run 0", seen=NOON)


def with_case(server: Server, case: Case) -> None:
    """Put a case there, as if it had been opened long ago."""
    server.kept.cases[case.id], server.kept.stamps[case.id] = replace(case), 0
