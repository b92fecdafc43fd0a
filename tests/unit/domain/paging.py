"""Plays an escalation through in virtual time: every ask comes due, equal keys merge, acknowledgements come when told.

`steps` says for each step whom it finds; what is sent is written down with its time.
"""

from dataclasses import dataclass, field, replace

from bot.domain.cases.case import Case, Decision, Level, Severity
from bot.domain.escalating import escalation, ledger
from bot.domain.escalating.escalation_work import Ask, asks
from bot.domain.escalating.page import Delivered, Target
from bot.domain.escalating.plan import Plan, Trigger
from bot.domain.ids import DESK, Instant, later
from bot.domain.people import Person
from tests import builders as a


def escalated(plan: Plan, case: Case | None = None, level: Level = Level.HIGH) -> Case:
    """Return a case whose escalation began at noon."""
    fresh = replace(case or a.a_case(), severity=Severity(level=level))
    return escalation.start(fresh, plan, Trigger.EMERGENCY, "fire", by=DESK, policy="p1", now=a.NOON).case


@dataclass
class Play:
    """One escalated case, its timers, and what really left."""

    case: Case
    found: dict[int, tuple[Target, ...]]
    timers: dict[str, tuple[Instant, Ask]] = field(default_factory=dict)
    sent: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)

    def hear(self, decision: Decision) -> None:
        """Keep what was decided and put its work beside the rest, as the outbox does."""
        self.case = decision.case
        for event in decision.events:
            for ask in asks(self.case, event):
                due = later(event.at, ask.after)
                old = self.timers.get(ask.key)
                self.timers[ask.key] = (min(due, old[0]) if old else due, ask)

    def run(self, until: int, acks: dict[int, Person] | None = None) -> "Play":
        """Let time pass to `until` ms after noon; `acks` are pressed at their ms after noon."""
        pressed = {later(a.NOON, at): by for at, by in (acks or {}).items()}
        end = later(a.NOON, until)
        while times := [t for t in (*pressed, *(due for due, _ in self.timers.values())) if t <= end]:
            now = min(times)
            if now in pressed:
                self.press(pressed.pop(now), now)
                continue
            key = min(key for key, (due, _) in self.timers.items() if due == now)
            _, ask = self.timers.pop(key)
            self.do(ask, now)
        return self

    def press(self, by: Person, now: Instant) -> None:
        assert self.case.escalation is not None
        self.hear(escalation.acknowledge(self.case, by, self.case.escalation.number, now))

    def do(self, ask: Ask, now: Instant) -> None:
        if ask.job == "page_step":
            round_, step = int(ask.args["round"]), int(ask.args["step"])
            running = escalation.due_step(self.case, round_, step, now)
            if running is None:
                return
            targets = self.found.get(step, tuple(Target(to=u, why="named") for u in running.at(step).people))
            if not targets:
                self.skipped.append(now - a.NOON)
            self.hear(escalation.take_step(self.case, round_, step, targets, now))
        elif ask.job == "page":
            page = escalation.may_page(self.case, int(ask.args["number"]), ask.args["page"])
            if page is None:
                return
            self.hear(ledger.going(self.case, (page.key,), ask.key, (self.case.id,), now))
            self.sent.append((now - a.NOON, page.to))
            self.hear(ledger.paged(self.case, (page.key,), ask.key, Delivered(way="Slack"), now))
        elif ask.job == "end_ack":
            self.hear(escalation.lapse(self.case, now))
            running = self.case.escalation
            if running and running.held_until:
                self.timers[ask.key] = (running.held_until, ask)


def play(plan: Plan, found: dict[int, tuple[Target, ...]], level: Level = Level.HIGH) -> Play:
    begun = Play(case=replace(a.a_case(), severity=Severity(level=level)), found=found)
    begun.hear(escalation.start(begun.case, plan, Trigger.EMERGENCY, "fire", by=DESK, policy="p1", now=a.NOON))
    return begun
