"""The escalation of a case: how far it has come, who has it, and what everything else that happens means for it.

Knows nothing of the case but what it is told: `bot.domain.escalating.escalation` has the verbs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.escalating.page import OPEN, UNDELIVERED, Page, PageState, Target
from bot.domain.escalating.plan import Ack, Plan, Step, Trigger, answered_by_both
from bot.domain.ids import DESK, CaseId, Instant, UserId, later
from bot.domain.people import Side

PAGES_KEPT = 80
"""Pages kept in the case; the journal keeps all of them."""
MOST_PAGED = 25
"""People that one step pages at most: a group of a hundred is a step that somebody wrote by mistake."""

ATTENDED = frozenset({Status.NEW, Status.CLAIMED, Status.IN_REVIEW, Status.APPROVED})
"""Where an escalation has something to hope for."""

_TAKING = frozenset(
    {
        Fact.CLAIMED,
        Fact.TAKEN_OVER,
        Fact.HANDOVER_ACCEPTED,
        Fact.SNOOZED,
        Fact.APPROVED,
        Fact.CHANGES_ASKED,
        Fact.REJECTED,
    }
)
"""Whoever does this has looked at the case and decided something: that is an acknowledgement."""
_ACTIVE = _TAKING | {
    Fact.SUBMITTED,
    Fact.HANDED_OVER,
    Fact.REASSIGNED,
    Fact.RECALLED,
    Fact.DISMISSAL_ASKED,
    Fact.DISMISSAL_DECLINED,
}
"""Signs of life: they renew an acknowledgement that is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One escalation with the plan it started with. `number` counts those of its case.

    `step` fires next, at `due_at`; the number of steps stands for the last resort, and no `due_at` for the end. A
    `round` is one walk through the steps: begun at the start, by a repeat, or when an acknowledgement ended. `reached`
    is the last step that found somebody.
    """

    number: int
    plan: Plan
    policy: str
    trigger: Trigger
    reason: str
    by: UserId
    started_at: Instant
    round: int = 1
    repeats: int = 0
    step: int = 0
    due_at: Instant | None = None
    reached: int | None = None
    reached_at: Instant | None = None
    walk_reached: bool = False
    both: bool = False
    acks: tuple[Ack, ...] = ()
    held_until: Instant | None = None
    reminded: bool = False
    pages: tuple[Page, ...] = ()
    ended_at: Instant | None = None
    ended_why: str = ""

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_waiting(self) -> bool:
        """Say whether somebody still has to answer."""
        return self.ended_at is None and self.held_until is None

    @property
    def is_last(self) -> bool:
        return self.step >= len(self.plan.steps)

    def at(self, step: int) -> Step:
        """Return a step; what comes after all of them is the last resort."""
        if step < len(self.plan.steps):
            return self.plan.steps[step]
        return Step(people=(self.plan.last_resort,) if self.plan.last_resort else ())

    def page(self, key: str) -> Page | None:
        return next((page for page in self.pages if page.key == key), None)

    def with_page(self, page: Page) -> "Escalation":
        return replace(self, pages=tuple(page if old.key == page.key else old for old in self.pages))

    def fired(self, targets: Iterable[Target], now: Instant) -> "Escalation":
        """Return it after its step was taken: those found are in the ledger, and the next step has its time.

        Nobody found means that the next step is due at once; but nobody is paged again before the wait of a repeat.
        """
        pages = tuple(page for target in tuple(targets)[:MOST_PAGED] for page in self._pages(target, now))
        found = any(page.state is PageState.WAITING for page in pages)
        after = self.onwards(now, found=found)
        if found:
            both = self.both or self.at(self.step).both
            after = replace(after, reached=self.step, reached_at=now, both=both)
        return replace(after, pages=_kept((*self.pages, *pages)))

    def _pages(self, target: Target, now: Instant) -> Iterable[Page]:
        state = PageState.HELD if target.refusal else PageState.WAITING
        for rule, delay in enumerate(target.delays[:1] if target.refusal else target.delays):
            yield Page(
                to=target.to,
                why=target.why,
                round=self.round,
                step=self.step,
                rule=rule,
                asked_at=now,
                due_at=later(now, delay),
                state=state,
                note=target.refusal,
            )

    def onwards(self, now: Instant, *, found: bool) -> "Escalation":
        """Return it with its next step and the time of that, after a step that found somebody or nobody."""
        steps, following, walk = self.plan.steps, self.step + 1, self.walk_reached or found
        if self.is_last:
            return replace(self, due_at=None)
        if following < len(steps):
            due = later(now, steps[following].after) if found else now
            return replace(self, step=following, due_at=due, walk_reached=walk)
        if not walk:
            return replace(self, step=len(steps), due_at=now)
        pause = max(now, later(now if found else (self.reached_at or now), self.plan.repeat_after))
        if self.repeats < self.plan.repeat:
            return replace(
                self, step=0, round=self.round + 1, repeats=self.repeats + 1, due_at=Instant(pause), walk_reached=False
            )
        return replace(self, step=len(steps), due_at=Instant(pause))

    def hurried(self, now: Instant) -> "Escalation":
        """Return it with the next step due at once, where nobody whom the last step asked can be reached."""
        asked = [p for p in self.pages if (p.asked_at, p.step, p.rule) == (self.reached_at, self.reached, 0)]
        if self.due_at is None or self.due_at <= now or any(page.state not in UNDELIVERED for page in asked):
            return self
        return replace(self, due_at=now)

    def answered(self, ack: Ack, lease: int) -> "Escalation":
        """Return it with somebody's word that they have it; where that is enough, nobody waits for a page any more."""
        acks = (*(old for old in self.acks if old.by != ack.by), ack)
        if self.both and not answered_by_both(acks):
            mine = tuple(_dropped(page, "answered") if page.to == ack.by else page for page in self.pages)
            return replace(self, acks=acks, pages=mine)
        until = max(self.held_until or 0, later(Instant(ack.at), lease))
        return replace(self._quiet("acknowledged"), acks=acks, held_until=Instant(until), reminded=False)

    def renewed(self, at: Instant, lease: int) -> "Escalation":
        if self.held_until is None:
            return self
        return replace(self, held_until=max(self.held_until, later(at, lease)), reminded=False)

    def resumed(self, now: Instant) -> "Escalation":
        """Return it without anybody's word, at the step it had reached."""
        return replace(
            self._quiet("a new round began"),
            acks=(),
            held_until=None,
            reminded=False,
            round=self.round + 1,
            step=self.reached or 0,
            due_at=now,
            walk_reached=False,
        )

    def ended(self, why: str, now: Instant) -> "Escalation":
        return replace(self._quiet(why), ended_at=now, ended_why=why, due_at=None, held_until=None)

    def _quiet(self, why: str) -> "Escalation":
        return replace(self, pages=tuple(_dropped(page, why) for page in self.pages))

    def pending(self, to: str, now: Instant) -> tuple[Page, ...]:
        """Return the pages to somebody that are due."""
        return tuple(p for p in self.pages if p.to == to and p.state in OPEN and p.due_at <= now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an escalation is told of its case."""

    id: CaseId
    status: Status
    owner: UserId | None
    owner_side: Side | None
    urgency: int


def attended(escalation: Escalation, scene: Scene, events: tuple[Event, ...]) -> tuple[Escalation, tuple[Event, ...]]:
    """Return what these facts make of an open escalation, and the facts that follow from it."""
    facts: list[Event] = []
    if scene.status not in ATTENDED:
        return _over(escalation, scene, events)
    lease = escalation.plan.leases.at(scene.urgency)
    for event in events:
        after = _told(escalation, scene, event, lease)
        if after.held_until and not escalation.held_until:
            facts.append(Event(fact=Fact.ACKNOWLEDGED, at=event.at, by=event.by))
        if escalation.held_until and not after.held_until:
            gone = f"<@{event.by}> gave the case back"
            facts.append(Event(fact=Fact.ACKNOWLEDGEMENT_ENDED, at=event.at, by=DESK, detail=gone))
        escalation = after
    return escalation, tuple(facts)


def _over(escalation: Escalation, scene: Scene, events: tuple[Event, ...]) -> tuple[Escalation, tuple[Event, ...]]:
    last = events[-1]
    why = f"the case is {scene.status.value}"
    return escalation.ended(why, last.at), (Event(fact=Fact.ESCALATION_ENDED, at=last.at, by=DESK, detail=why),)


def _told(escalation: Escalation, scene: Scene, event: Event, lease: int) -> Escalation:
    if event.by == DESK:
        return escalation
    if event.fact is Fact.RELEASED and any(ack.by == event.by for ack in escalation.acks):
        left = replace(escalation, acks=tuple(ack for ack in escalation.acks if ack.by != event.by))
        still_held = escalation.held_until is None or (left.acks and not left.both)
        return left if still_held else left.resumed(event.at)
    if event.fact in _TAKING:
        sides = (scene.owner_side,) if scene.owner == event.by and scene.owner_side else ()
        return escalation.answered(Ack(by=event.by, at=event.at, sides=sides), lease)
    return escalation.renewed(event.at, lease) if event.fact in _ACTIVE else escalation


def _dropped(page: Page, why: str) -> Page:
    return replace(page, state=PageState.DROPPED, note=why) if page.state in OPEN else page


def _kept(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """Keep the newest pages, and all that are still to be sent."""
    spare = len(pages) - PAGES_KEPT
    old = [page for page in pages if page.state not in OPEN][: max(0, spare)]
    return tuple(page for page in pages if page not in old) if old else pages
