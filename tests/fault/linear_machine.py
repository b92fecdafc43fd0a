"""The real store on a real server, driven by Hypothesis beside the simulator's own store: both must say the same.

So this shows two things at once: that the store keeps its promises under repeated acts, lost answers and races, and that
the store which the simulator pretends is a true picture of it.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from redis import exceptions

from bot.adapters.redis_connect import RedisPorts, connect, open_ports
from bot.domain.approving import approval
from bot.domain.cases import effects, ending, ownership
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Effect
from bot.domain.cases.events import Event
from bot.domain.errors import LeaseLost, Refused, Unavailable
from bot.domain.ids import SECOND, CaseId, Instant, Nonce, OpId, PostId
from bot.domain.replies import drafting, sending
from bot.domain.replies.draft import Attempt
from bot.domain.replies.reply import NotSent, Outcome, RefusedByPlatform, Unconfirmed
from bot.domain.work import Work
from bot.ports import Decide
from tests.builders import PAT, PROOF, RULE, SAM, SUE, TIMING, a_case, a_post, holds, seal, shown, written
from tests.fault.linear import Call, order
from tests.fault.simulator_store import DONE_HERE, Server
from tests.fault.simulator_time import Loop
from tests.servers import Shift, a_workspace

T = TypeVar("T")
CLIENTS, CASES = 4, 3
FAR = (0, 3, 5)
"""How far each case has come at the beginning, in steps of `WAY`."""
WAY = ("Sam claims", "Sam submits", "Pat approves", "sending starts", "in doubt")
LEASE = 40 * SECOND


class LossyClient:
    """Passes commands on, and loses the request or the answer as `fates` says."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.fates: list[str] = []

    async def execute_command(self, *words: str | bytes) -> object:
        fate = self.fates.pop(0) if self.fates else ""
        if fate == "request":
            raise exceptions.ConnectionError("planted")
        answer = await self._client.execute_command(*words)
        if fate == "answer":
            raise exceptions.TimeoutError("planted")
        return answer


def _start(case: Case, now: Instant) -> Decision:
    attempt = Attempt(nonce=Nonce(f"n{case.changes}"), started_at=now, watermark=PostId("1"))
    return sending.start(case, len(case.drafts), attempt, holds, now)


def _record(outcome: Outcome) -> Decide:
    def record(case: Case, now: Instant) -> Decision:
        nonces = [attempt.nonce for draft in case.drafts for attempt in draft.attempts] or [Nonce("none")]
        return sending.record(case, len(case.drafts), nonces[-1], outcome, now)

    return record


def _approve(case: Case, now: Instant) -> Decision:
    if case.draft is None:
        raise Refused("There is nothing to approve.")
    return approval.approve(case, PAT, len(case.drafts), shown(case), now=now, seal=seal)


VERBS: dict[str, Decide] = {
    "Sam claims": lambda case, now: ownership.claim(case, SAM, now),
    "Sue claims": lambda case, now: ownership.claim(case, SUE, now),
    "Sam takes over": lambda case, now: ownership.take_over(case, SAM, now),
    "Sam reopens": lambda case, now: ending.reopen(case, SAM, now),
    "Sam releases": lambda case, now: ownership.release(case, SAM.id, now),
    "Sam submits": lambda case, now: drafting.submit(case, SAM, written(f"Take {len(case.drafts) + 1}."), RULE, now),
    "Pat approves": _approve,
    "Sam recalls": lambda case, now: approval.recall(case, SAM.id, now),
    "sending starts": _start,
    "sent": _record(PROOF),
    "in doubt": _record(Unconfirmed(reason="no answer in time")),
    "not sent": _record(NotSent(reason="no connection")),
    "refused": _record(RefusedByPlatform(reason="too long")),
    "looked": lambda case, now: sending.looked(case, len(case.drafts), None, now),
    "expires": lambda case, now: approval.expire(case, len(case.drafts), now),
    "voided": lambda case, now: approval.void(case, "something changed", now),
}
verbs = st.sampled_from(sorted(VERBS))
picks = st.integers(0, 999)
losses = st.lists(st.sampled_from(["", "", "request", "answer"]), max_size=3)
numbers = st.integers(0, CLIENTS - 1)
cases = st.integers(0, CASES - 1)


def followed(_before: Case | None, after: Case, events: Sequence[Event]) -> tuple[Effect, ...]:
    return tuple(effect for effect in effects.follow(after, tuple(events)) if effect.job in DONE_HERE)


def view(case: Case) -> tuple[object, ...]:
    """Return what must be the same in both, which no clock decides."""
    drafts = tuple((d.state, len(d.attempts), d.resends, d.stops, len(d.approvals), d.sent_id) for d in case.drafts)
    return (case.status, case.changes, case.owner, drafts)


@dataclass(frozen=True)
class Model:
    """The state that the search for an order goes through: one case, and the acts that are done."""

    case: Case
    done: frozenset[str] = field(default=frozenset())
    facts: tuple[str, ...] = ()

    def after(self, op: str, decide: Decide, now: Instant) -> tuple["Model", object]:
        """Return what the act leads to, and what its caller is told."""
        if op in self.done:
            return self, view(self.case)
        try:
            decision = decide(self.case, now)
        except Refused as no:
            return self, no.sentence
        if decision.case == self.case and not decision.events:
            return self, view(self.case)
        facts = (*self.facts, *(event.fact for event in decision.events))
        return Model(decision.case, self.done | {op}, facts), view(decision.case)


class StoreMachine(RuleBasedStateMachine):
    """Several clients of one store: every answer is compared with the model's."""

    def __init__(self, url: str, ops: Any = lambda op: op) -> None:
        """`ops` changes op ids on their way to the real store, to plant a bug."""
        super().__init__()
        self.runner = asyncio.Runner()
        self.url, self.ops = url, ops
        self.clock, self.model = Shift(), Server(Loop(Random(0)))
        self.held: list[tuple[Work, Work]] = []
        self.names = itertools.count()
        self.last_op = OpId("first")

    def do(self, steps: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(steps)

    @initialize()
    def open(self) -> None:
        self.do(self._open())
        for case, steps in enumerate(FAR):
            for verb in WAY[:steps]:
                self._both(0, case, verb, self._new_op(), [])

    async def _open(self) -> None:
        self.client = connect(self.url)
        self.lossy = [LossyClient(self.client) for _ in range(CLIENTS)]
        workspace = a_workspace()
        self.ports: list[RedisPorts] = [
            open_ports(client, workspace, follow=followed, offset=self.clock)  # type: ignore[arg-type]  # only what `Shard` needs
            for client in self.lossy
        ]
        self.ids = []
        for number in range(CASES):
            opening = a_case(a_post(number, conversation_id=f"c{number}"), timing=replace(TIMING, undo=0))
            case = await self.ports[0].store.begin(
                OpId(f"open{number}"), lambda case_id, _now, opening=opening: Decision.of(named(opening, case_id))
            )
            self.model.kept.cases[case.id], self.model.kept.stamps[case.id] = case, 0
            self.ids.append(case.id)

    @rule(client=numbers, case=cases, verb=verbs, lost=losses)
    def act_whatever(self, client: int, case: int, verb: str, lost: list[str]) -> None:
        """One act, mostly a refused one."""
        self._both(client, case, verb, self._new_op(), lost)

    @rule(pick=picks, client=numbers, case=cases, lost=losses, again=st.sampled_from([False, False, True]))
    def act(self, pick: int, client: int, case: int, lost: list[str], again: bool) -> None:
        """One act that leads on, perhaps delivered again, perhaps with lost requests and answers."""
        self.last_op = self.last_op if again else self._new_op()
        self._both(client, case, self._possible(case, pick), self.last_op, lost)

    def _possible(self, case: int, pick: int) -> str:
        """Return a verb that leads on from here; Hypothesis gives a number only, as races end one way or another."""
        stored, now = self.model.kept.cases[self.ids[case]], self.model.now()
        leads_on = [verb for verb in sorted(VERBS) if Model(stored).after("", VERBS[verb], now)[0].case is not stored]
        choice = leads_on if leads_on and pick % 4 else sorted(VERBS)
        return choice[pick // 4 % len(choice)]

    def _both(self, client: int, case: int, verb: str, op: OpId, lost: list[str]) -> None:
        self.last_op = op
        told, _ = self.do(self._act(client, case, verb, self.last_op, lost))
        assert told == self._right(case, self.last_op, verb)

    @rule(case=cases, racers=st.lists(st.tuples(picks, losses), min_size=2, max_size=CLIENTS))
    def race(self, case: int, racers: list[tuple[int, list[str]]]) -> None:
        """Several acts on one case at the same time: some order must explain what everybody was told."""
        racing = [(self._possible(case, pick), lost) for pick, lost in racers]
        before = len(self._story(case))
        calls = self.do(self._race(case, racing))
        in_the_end = view(self._now_stored(case)), tuple(self._story(case)[before:])
        last = 1 + max(call.ended or 0 for call in calls)
        calls.append(Call("read", last, last, in_the_end, lambda state: (state, (view(state.case), state.facts))))
        start = Model(self.model.kept.cases[self.ids[case]])
        found = order(calls, start)
        assert found is not None, [(call.name, call.began, call.ended, call.answer) for call in calls]
        verb_of = {f"race{i}": verb for i, (verb, _) in enumerate(racing)}
        for name in found[:-1]:
            self._right(case, self._new_op(), verb_of[name])
        assert view(self.model.kept.cases[self.ids[case]]) == in_the_end[0]

    @rule(client=numbers, lost=st.lists(st.sampled_from(["request", "answer"]), max_size=2))
    def take(self, client: int, lost: list[str]) -> None:
        self.lossy[client].fates = list(lost)
        real = {work.key: work for work in self.do(self.ports[client].outbox.take(20, LEASE, {})).work}
        right = {work.key: work for work in self.model.take(self.model.new_nonces(20), LEASE, 1).work}
        assert {key: (w.tries, w.doubtful, w.args, w.job) for key, w in real.items()} == {
            key: (w.tries, w.doubtful, w.args, w.job) for key, w in right.items()
        }
        self.held += [(real[key], right[key]) for key in real]

    @rule(pick=picks, client=numbers, verb=st.sampled_from(["done", "later", "set_aside"]), lost=losses)
    def settle(self, pick: int, client: int, verb: str, lost: list[str]) -> None:
        """Work is given back by whoever took it, in time or not."""
        if not self.held:
            return
        real, right = self.held[pick % len(self.held)]
        outbox, self.lossy[client].fates = self.ports[client].outbox, lost[:2]
        steps = {
            "done": lambda: outbox.done(real),
            "later": lambda: outbox.later(real, 10 * SECOND, "not yet"),
            "set_aside": lambda: outbox.set_aside(real, "poison"),
        }
        told = self.do(self._settled(steps[verb]))
        ours = self.model.settle(right, verb, 10 * SECOND)
        # Who asks again after a lost answer is told that it is settled where nobody holds it.
        assert told == ours or (told and lost)

    async def _settled(self, settle: Callable[[], Awaitable[None]]) -> bool:
        try:
            await settle()
        except LeaseLost:
            return False
        return True

    @rule(pick=picks, work=picks, client=numbers, lost=losses)
    def act_under_lease(self, pick: int, work: int, client: int, lost: list[str]) -> None:
        """A change that counts only while the work is ours."""
        if not self.held:
            return
        real, right = self.held[-1 - work % min(3, len(self.held))]
        case, op = self.ids.index(real.case_id), self._new_op()
        verb = self._possible(case, pick)
        told, _ = self.do(self._act(client, case, verb, op, lost, under=real))
        assert told == self._right(case, op, verb, right)

    @rule(seconds=st.sampled_from([5, 30, 45, 60, 30 * 60]))
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_time(seconds=seconds)
        self.model.loop.now += seconds * SECOND

    def teardown(self) -> None:
        """At the end the real journal tells the same story as the model's."""
        try:
            for case, case_id in enumerate(getattr(self, "ids", [])):
                right = [entry.event.fact for entry in self.model.kept.journal if entry.case_id == case_id]
                assert self._story(case) == right
        finally:
            if hasattr(self, "client"):
                self.do(self.client.aclose())
            self.runner.close()

    def _new_op(self) -> OpId:
        return OpId(f"op{next(self.names)}")

    def _story(self, case: int) -> list[str]:
        return [str(line["fact"]) for line in self.do(self.ports[0].journal.lines(self.ids[case], 1_000))]

    def _now_stored(self, case: int) -> Case:
        found = self.do(self.ports[0].store.load(self.ids[case]))
        assert found
        return found

    async def _act(
        self, client: int, case: int, verb: str, op: OpId, lost: list[str], under: Work | None = None
    ) -> tuple[object, bool]:
        """Return what the caller is told in the end, and whether that took a second delivery."""
        self.lossy[client].fates = list(lost)
        again = False
        while True:
            try:
                decide = VERBS[verb]
                found = await self.ports[client].store.change(self.ids[case], self.ops(op), decide, under=under)
                return view(found), again
            except Unavailable:
                self.lossy[client].fates = []
                again = True
            except Refused as no:
                return no.sentence, again
            except LeaseLost:
                return "lease lost", again

    def _right(self, case: int, op: OpId, verb: str, under: Work | None = None) -> object:
        """Let the model do it, and return what its caller is told."""
        now, stored, stamp, done = self.model.look(self.ids[case], op)
        assert stored
        after, told = Model(stored, frozenset({op} if done else ())).after(op, VERBS[verb], now)
        if after.case is stored:
            return told
        decision = VERBS[verb](stored, now)
        return "lease lost" if self.model.commit(op, stamp, decision, under) == "lost" else told

    async def _race(self, case: int, racing: list[tuple[str, list[str]]]) -> list[Call[Model]]:
        ticks, now = itertools.count(), self.model.now()

        async def one(number: int, verb: str, lost: list[str]) -> Call[Model]:
            op, began = self._new_op(), next(ticks)
            told, _ = await self._act(number, case, verb, op, lost)
            ended, clean = next(ticks), not any(lost)

            def does(state: Model) -> tuple[Model, object]:
                after, right = state.after(op, VERBS[verb], now)
                return after, right if clean else isinstance(right, str)

            # Whoever lost an answer is told how the case stands later: only whether it was refused can be compared.
            return Call(f"race{number}", began, ended, told if clean else isinstance(told, str), does)

        return await asyncio.gather(*(one(number, verb, lost) for number, (verb, lost) in enumerate(racing)))


def named(case: Case, case_id: CaseId) -> Case:
    return replace(case, id=case_id)
