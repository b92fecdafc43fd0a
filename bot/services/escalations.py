"""Escalating a case: who asks for it, whom each step finds, and how long an acknowledgement holds."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.approving.hold import Holds
from bot.domain.cases.case import Case, Decision, Level
from bot.domain.errors import Broken, NoSuchCase, Refused, Unavailable
from bot.domain.escalating import escalation
from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.page import Target
from bot.domain.escalating.plan import DAY_MINUTES, Step, Trigger
from bot.domain.escalating.planning import choose
from bot.domain.ids import DESK, MINUTE, Instant, OpId, UserId
from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.domain.timing import wall_clock
from bot.domain.work import Work
from bot.ports import Document, Duty, Memory, Seen
from bot.ports.paging import Groups
from bot.services.acting import Act, Acting
from bot.services.holding import HOLD_LOOK, held_by

NO_PLAN = (
    "No escalation plan takes this case, and nobody is named as the last resort. Whoever runs this desk adds one to "
    "the house rules; until then, please call somebody."
)
PATIENCE = MINUTE
"""How long a step waits for a part that cannot say who is there, before it is passed over."""


@dataclass(frozen=True, slots=True)
class Escalations:
    """Starts escalations, and does the work `page_step`, `remind_ack` and `end_ack`."""

    acting: Acting
    memory: Memory
    duty: Duty
    groups: Groups
    policy: Policy
    holds: Document[Holds]

    async def escalate(self, act: Act, trigger: Trigger, reason: str) -> Case:
        def verdict(case: Case, by: Person, now: Instant) -> Decision:
            return self._start(case, trigger, reason, by.id, now)

        return await self.acting.do(act, "escalate", verdict)

    async def acknowledge(self, act: Act, number: int) -> Case:
        """Take it on, from the card or from a page: both show the same case."""
        anywhere = replace(act, seen_in=None)
        return await self.acting.do(
            anywhere, "acknowledge", lambda case, by, now: escalation.acknowledge(case, by, number, now)
        )

    def _start(self, case: Case, trigger: Trigger, reason: str, by: UserId, now: Instant) -> Decision:
        is_open = self.policy.hours(case.route.market).is_open(now)
        plan = choose(self.policy.paging, case, trigger, market_open=is_open)
        if plan is None:
            if by == DESK:
                return Decision.unchanged(case)
            raise Refused(NO_PLAN)
        return escalation.start(case, plan, trigger, reason, by=by, policy=self.policy.version, now=now)

    async def start_for(self, work: Work) -> None:
        """Escalate because of something that happened, as the work says; what is escalated already stays as it is."""
        trigger, reason = Trigger(work.args["trigger"]), work.args["reason"]
        await self._change(work, lambda case, now: self._start(case, trigger, reason, DESK, now))

    async def take_step(self, work: Work) -> int | None:
        """Page whoever the step finds now; nobody, and the next step comes at once."""
        round_, step = int(work.args["round"]), int(work.args["step"])
        seen = await self.acting.store.see(work.case_id, _op(work))
        running = seen.case.escalation if seen else None
        if seen is None or running is None or not running.is_waiting or (running.round, running.step) != (round_, step):
            return None
        if running.due_at is None or running.due_at > seen.now:
            return None if running.due_at is None else running.due_at - seen.now
        if escalation.rests_under_hold(seen.case) and await held_by(self.holds, seen.case):
            return HOLD_LOOK
        targets = await self._targets(seen.case, running, seen.now)

        def decide(case: Case, now: Instant) -> Decision:
            return escalation.take_step(case, round_, step, targets, now)

        await self._change(work, decide, seen)
        return None

    async def remind(self, work: Work) -> int | None:
        case = await self._change(work, escalation.remind)
        running = case.escalation if case else None
        if case is None or running is None or running.held_until is None:
            return None
        due = running.held_until if running.reminded else escalation.remind_at(case)
        return max(1, due - await self.memory.now())

    async def lapse(self, work: Work) -> int | None:
        case = await self._change(work, escalation.lapse)
        running = case.escalation if case else None
        if running is None or running.held_until is None:
            return None
        return max(1, running.held_until - await self.memory.now())

    async def _change(
        self, work: Work, decide: Callable[[Case, Instant], Decision], seen: Seen | None = None
    ) -> Case | None:
        with suppress(NoSuchCase):
            return await self.acting.store.change(work.case_id, _op(work), decide, under=work, seen=seen)
        return None

    async def _targets(self, case: Case, running: Escalation, now: Instant) -> tuple[Target, ...]:
        step, name = running.at(running.step), escalation.name_of(running, running.step)
        found: dict[str, str] = dict.fromkeys(step.people, f"named in {name} of “{running.plan.name}”")
        missing: list[Target] = []
        for ask in (self._on_call, self._in_group):
            try:
                found = {**await ask(step, now), **found}
            except (Broken, Unavailable) as error:
                if isinstance(error, Unavailable) and now - (running.due_at or now) < PATIENCE:
                    raise
                refusal = f"it could not be found out who is in {name}"
                missing.append(Target(to=step.schedule or step.group, why=name, refusal=refusal))
        urgent = case.severity.level is Level.EMERGENCY
        people = [await self._person(UserId(user), why, now, urgent=urgent) for user, why in found.items()]
        channel = [Target(to=step.channel, why=f"the channel of {name}")] if step.channel else []
        return (*people, *channel, *missing)

    async def _on_call(self, step: Step, now: Instant) -> dict[str, str]:
        people = await self.duty.on_duty(step.schedule, now) if step.schedule else ()
        return dict.fromkeys(people, f"on call for {step.schedule}")

    async def _in_group(self, step: Step, now: Instant) -> dict[str, str]:  # noqa: ARG002 -- one shape for both
        people = await self.groups.members(step.group) if step.group else ()
        return dict.fromkeys(people, "in the user group of this step")

    async def _person(self, user: UserId, why: str, now: Instant, *, urgent: bool) -> Target:
        """Return a person as a target, or with the reason why they are not paged."""
        paging = self.policy.paging
        habit, refusal = paging.habits.get(user, paging.usual), ""
        try:
            await self.acting.directory.person(user)
        except Refused as no:
            refusal = no.sentence
        except Unavailable:
            refusal = ""  # in doubt somebody is paged once too often
        if not urgent and habit.is_quiet(wall_clock.shown(habit.zone, now) % DAY_MINUTES):
            refusal = refusal or habit.quiet_words
        return Target(to=user, why=why, refusal=refusal, delays=habit.delays)


def _op(work: Work) -> OpId:
    return OpId(f"{work.key}:{work.nonce}")
