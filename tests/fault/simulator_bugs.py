"""Bugs planted into the simulation only: each breaks one promise of sending, and the simulator must find it.

They show that the simulator can see: a check that cannot fail proves nothing.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.approving import approval
from bot.domain.cases.case import Case, Decision
from bot.domain.document import Standing
from bot.domain.ids import MINUTE, SECOND, CaseId, Instant, Nonce, OpId
from bot.domain.replies import sending
from bot.domain.replies.draft import Attempt, Draft, DraftState
from bot.domain.replies.reply import NotSent, Outcome, OwnPost, Reply, Sent, Unconfirmed
from bot.domain.work import Work
from bot.jobs.relay import LEASE
from bot.ports import Decide, Platform, Seen
from bot.services.delivery import Delivery
from tests.fault import planting
from tests.fault.simulator_platform import Door, Fate
from tests.fault.simulator_run import QUICK, REAL, Ended, Parts, run
from tests.fault.simulator_store import Server, Store
from tests.fault.simulator_weather import Weather


class TriesAgainBlindly(Delivery):
    """A call that was not answered is simply made again."""

    async def _call(
        self, platform: Platform, case: Case, draft: Draft, own: Sequence[OwnPost], lease_ends: float
    ) -> Outcome:
        outcome = await super()._call(platform, case, draft, own, lease_ends)
        return await super()._call(platform, case, draft, own, lease_ends) if _doubtful(outcome) else outcome


def _doubtful(outcome: Outcome) -> bool:
    return isinstance(outcome, Unconfirmed)


class ForgetsActs(Store):
    """Acts have no op id, so that one whose answer was lost is done again."""

    _numbers = itertools.count()

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
        """Do it under a name of its own, after a look of its own."""
        op = OpId(f"{op}#{next(self._numbers)}")
        return await super().change(case_id, op, decide, under=under, standing=standing)

    async def _commit(self, op: str, stamp: int, decision: Decision, under: Work | None) -> str:
        server = self.line.server

        def commit(attempt: int) -> str:
            current = server.kept.stamps[decision.case.id] if attempt > 1 else stamp
            return server.commit(f"{op}/{attempt}", current, decision, under)

        return await self.line.ask(commit)


class NeverTooLate(Door):
    """Nobody looks at the clock before the bytes go."""

    async def reply(self, reply: Reply, within: float, start_by: float = math.inf) -> Outcome:
        return await super().reply(reply, within, math.inf)


class NeverLate(Delivery):
    """Nor before the call."""

    async def _call(
        self, platform: Platform, case: Case, draft: Draft, own: Sequence[OwnPost], lease_ends: float
    ) -> Outcome:
        return await super()._call(platform, case, draft, own, math.inf)


class ThinksItStillHasTheLease(Delivery):
    """Counts its lease from the call instead of from when it took the work."""

    async def _call(
        self, platform: Platform, case: Case, draft: Draft, own: Sequence[OwnPost], lease_ends: float
    ) -> Outcome:
        return await super()._call(platform, case, draft, own, self.monotonic() + LEASE / 1_000)


class EndsWithoutAWord(Delivery):
    """Does nothing where a reply no longer stands: whoever noticed it first will have seen to it."""

    async def _void(self, work: Work, seen: Draft, reason: str) -> None:
        """Leave it."""


def never_expires(case: Case, *_: object) -> Decision:
    return Decision.unchanged(case)


class AnyLeaseWillDo(Server):
    """Takes every piece of work that was ever handed out for one that is still ours."""

    def is_ours(self, work: Work) -> bool:
        return True


class TakesServerErrorsForNo(Door):
    """Reads a 503 as "nothing was published"."""

    def fate_of(self, reply: Reply) -> Fate:
        fate = super().fate_of(reply)
        told = fate.outcome

        def read(post_id: str) -> Outcome:
            outcome = told(post_id)
            return NotSent(reason="503") if isinstance(outcome, Unconfirmed) and outcome.reason == "503" else outcome

        return replace(fate, outcome=read)


def record_under_another_nonce(case: Case, rev: int, nonce: Nonce, outcome: Outcome, now: Instant) -> Decision:
    return _record(case, rev, Nonce(nonce[::-1] + "0") if isinstance(outcome, Sent) else nonce, outcome, now)


_record, _not_sent = sending.record, sending._not_sent
_surely_absent, _in_doubt = sending._surely_absent, sending._in_doubt


def one_look_is_enough(case: Case, attempt: Attempt) -> bool:
    return any(at - attempt.started_at >= case.timing.look_grace for at in attempt.looks)


def silence_is_an_answer(case: Case, attempt: Attempt) -> bool:
    """Send again although nobody knows what the worker that fell silent still holds."""
    return _surely_absent(case, replace(attempt, ended_at=attempt.ended_at or attempt.started_at))


def approvals_never_fail(*_: object) -> str:
    return ""


def tries_again_at_once(case: Case, draft: Draft, outcome: NotSent, now: Instant) -> Decision:
    """Stop without a pause, whatever the platform asked for."""
    return _not_sent(case, replace(draft, stops=-1_000), replace(outcome, retry_after=None), now)


def a_late_word_is_nothing_new(case: Case, draft: Draft, reason: str, now: Instant) -> Decision:
    """Believe looks that were made before the attempt ended."""
    looks, began = draft.attempts[-1].looks, draft.attempts[-1].started_at
    after = _in_doubt(case, draft, reason, now).case.draft
    if after is None or after.attempts[-1].ended_at is None:
        return Decision.unchanged(case)
    as_ever = replace(after.attempts[-1], ended_at=began, looks=looks)
    return Decision.of(case.with_draft(replace(after, attempts=(*after.attempts[:-1], as_ever))))


def late_proof_is_thrown_away(case: Case, *_: object) -> Decision:
    return Decision.unchanged(case)


def sends_again_at_once(case: Case, rev: int, reason: str, now: Instant) -> Decision:
    """Take a worker that has gone for one that never sent."""
    draft = case.draft
    if draft is None or draft.rev != rev or draft.state is not DraftState.SENDING:
        return Decision.unchanged(case)
    return _not_sent(case, draft, NotSent(reason=reason), now)


HELD = Weather(processes=2, lasts=2 * MINUTE, timeline_lag=90 * SECOND, held_with_bytes=1.0, held_for=200 * SECOND)
ANSWERED_BADLY = Weather(customers=0.6, bad_call=0.9, bad_kinds=(1, 3, 5))
LONG_STOPS = Weather(stop=0.05, stops=(13 * MINUTE, 16 * MINUTE), aimed=5, lasts=3 * MINUTE)


@dataclass(frozen=True, slots=True)
class Bug:
    """One planted bug: what it replaces, what the simulator says of it, and within how many seeds it must.

    With a `weather` of its own where the bug needs a rare coincidence.
    """

    name: str
    word: str
    within: int
    parts: Parts = REAL
    swaps: tuple[planting.Swap, ...] = ()
    weather: Weather | None = None


def _swap(name: str, wrong: object) -> tuple[planting.Swap, ...]:
    return ((sending, name, wrong),)


_EARLY = replace(QUICK, look_grace=0)
BUGS = (
    Bug("blind retry after a timeout", "DOUBLED", 150, replace(REAL, delivery=TriesAgainBlindly)),
    Bug("missing op id", "DONE TWICE", 100, replace(REAL, store=ForgetsActs)),
    Bug("missing start-by check", "LATE", 300, replace(REAL, door=NeverTooLate, delivery=NeverLate)),
    Bug(
        "a stale lease counted as ours",
        "LATE",
        600,
        replace(REAL, delivery=ThinksItStillHasTheLease, server=AnyLeaseWillDo),
    ),
    Bug("early looks", "DOUBLED", 800, replace(REAL, timing=replace(_EARLY, look_gap=20_000))),
    Bug(
        "a single look, early",
        "DOUBLED",
        200,
        replace(REAL, timing=_EARLY),
        _swap("_surely_absent", one_look_is_enough),
    ),
    Bug("503 taken for not sent", "DOUBLED", 600, replace(REAL, door=TakesServerErrorsForNo)),
    Bug("sent recorded under the wrong nonce", "MISSING", 20, swaps=_swap("record", record_under_another_nonce)),
    Bug("a worker that has gone taken for not sent", "DOUBLED", 200, swaps=_swap("unconfirmed", sends_again_at_once)),
    Bug(
        "approvals not looked at when sending begins",
        "UNAPPROVED",
        300,
        swaps=_swap("fault_in_approval", approvals_never_fail),
    ),
    Bug(
        "a reply to a deleted post left alone",
        "MISSING",
        300,
        replace(REAL, delivery=EndsWithoutAWord),
        ((approval, "expire", never_expires),),
        weather=ANSWERED_BADLY,
    ),
    Bug("no pause between tries", "TIGHT LOOP", 400, swaps=_swap("_not_sent", tries_again_at_once)),
    Bug(
        "looks counted from before the call ended",
        "DOUBLED",
        30,
        swaps=_swap("_in_doubt", a_late_word_is_nothing_new),
        weather=HELD,
    ),
    Bug(
        "sent again after a worker that fell silent",
        "DOUBLED",
        30,
        swaps=_swap("_surely_absent", silence_is_an_answer),
        weather=replace(HELD, held_for=240 * SECOND),
    ),
    Bug(
        "no pause after a fail-over",
        "DOUBLED",
        60,
        replace(REAL, timing=replace(QUICK, epoch_pause=0)),
        weather=Weather(processes=2, lasts=5 * MINUTE, timeline_lag=90 * SECOND, forgets=30 * SECOND),
    ),
    Bug(
        "late proof thrown away",
        "UNRECORDED",
        300,
        swaps=_swap("_proved_late", late_proof_is_thrown_away),
        weather=LONG_STOPS,
    ),
)


def first_found(bug: Bug) -> Ended | None:
    """Return the first run that shows what the bug does."""
    return planting.first_found(
        lambda seed: run(seed, bug.parts, bug.weather), range(bug.within), bug.swaps, (bug.word,)
    )
