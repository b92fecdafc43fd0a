"""A round: people at work while everything fails, then calm, then the truth. And many rounds, and their one line."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bot.domain.cases.lifecycle import Status
from bot.domain.replies.sending import needs_person
from tests.fault.driver.failpoints import EVERY
from tests.fault.driver.holders import Holders, StillHeld
from tests.fault.driver.people import People
from tests.fault.driver.stage import BASE, Stage, a_stage
from tests.fault.driver.trouble import Trouble
from tests.fault.driver.truth import Truth, find

SLOTS = 3
NEAR = 60.0
"""Seconds: work that is due sooner is waited for by letting the time pass."""
LONGEST_STEP = 300.0
LONGEST_RAGE = 240.0
"""Seconds of faults in one round, on however slow a machine."""
LONGEST_CALM = 2_400.0
"""Seconds of the desk's time that it gets to settle everything."""
SETTLED_WITHIN = 300.0
"""Real seconds for all of that; it ends a desk that hangs, a busy machine needs up to 90."""
PATIENCE = 120.0
"""Real seconds for what is due to be done; for hanging, too."""


class NotQuiet(Exception):  # noqa: N818 -- reads as the fact it is
    """The desk has not done what was due."""


@dataclass
class Result:
    """What one or more rounds came to."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    covered: Counter[str] = field(default_factory=Counter)
    published: int = 0
    approved: int = 0
    doubled_notes: int = 0
    held: int = 0
    agreed: int = 0
    """Replies published that took a yes of each side."""
    folder: Path | None = None
    seed: int = 0

    @property
    def fine(self) -> bool:
        return not self.faults and not self.surprises

    def add(self, other: "Result") -> None:
        self.counts += other.counts
        self.covered += other.covered
        for name, found in other.faults.items():
            self.faults.setdefault(name, []).extend(found)
        self.surprises += other.surprises
        self.published += other.published
        self.approved += other.approved
        self.doubled_notes += other.doubled_notes
        self.held += other.held
        self.agreed += other.agreed

    def line(self) -> str:
        def found(name: str) -> int:
            return len(self.faults.get(name, ()))

        counts = self.counts
        return (
            f"fault: {'ok' if self.fine else 'FAILED'}, {counts['kills']} worker kills, {counts['server kills']} server "
            f"kills, {counts['cuts']} cuts, {found('doubled')} doubled, {found('missing')} missing, "
            f"{found('unapproved')} unapproved, {found('lost_clicks')} lost clicks"
        )

    def also(self) -> str:
        """Return what was at stake: a round in which little left proves little."""
        sent = len(self.faults.get("under_hold", ()))
        return (
            f"{self.published} published, {self.agreed} of them by two sides; {self.held} holds, {sent} sent under them"
        )

    def details(self) -> str:
        lines = [f"  {name}: {one}" for name, found in self.faults.items() for one in found[:8]]
        lines += [f"  surprise: {one}" for one in self.surprises[:8]]
        return "\n".join(lines)


async def play(
    seed: int,
    *,
    seconds: float = 45.0,
    kills: int = 0,
    but: str | None = None,
    plant: str = "",
    plans: list | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Result:
    """Play one round: at least so many `seconds` of faults, and on until `kills` workers were killed.

    With `but`, also until every plan was reached, those that begin so excepted.
    """
    async with a_stage(plant, keep=True) as stage:
        people = People(stage.control, seed)
        holders = Holders(people)
        trouble = Trouble(stage, seed)
        if plans is not None:
            trouble.plans = plans
        stop = asyncio.Event()
        began = time.monotonic()

        def enough() -> bool:
            raged = time.monotonic() - began
            reached = but is None or not uncovered(Counter(stage.hits()), but)
            return (raged >= seconds and trouble.counts["kills"] >= kills and reached) or raged >= LONGEST_RAGE

        await _first_look(stage, trouble)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(trouble.rage(stop, SLOTS))
            group.create_task(people.work(stop))
            group.create_task(holders.work(stop))
            while not enough():
                await asyncio.sleep(0.1)
            stop.set()
        say(f"faults over after {time.monotonic() - began:.0f} s, {len(people.posts)} posts, {len(people.acts)} acts")
        calm_began = time.monotonic()
        result = Result(counts=trouble.counts, covered=Counter(stage.hits()), folder=stage.folder, seed=seed)
        try:
            await calm_down(stage)
            await holders.lift_everything()
            await settle(stage)
        except (NotQuiet, StillHeld) as error:
            result.surprises.append(str(error))
        result.held = len(holders.held)
        truth = await find(stage, people, holders.held)
        _note(result, truth)
        for pid in await stage.alive():
            await trouble.dismiss(pid)
        result.surprises += trouble.surprises
        say(f"calm after {time.monotonic() - calm_began:.0f} s, {stage.board.passed / 1000:.0f} s let pass")
        return result


async def _first_look(stage: Stage, trouble: Trouble) -> None:
    """Let a worker end its first look at X before anybody writes: that look takes the newest page only."""
    pid = await stage.hire(name="first")

    async def looked() -> bool:
        async with stage.store() as (client, _):
            return bool([key async for key in client.scan_iter(match=f"{BASE}:memory:read:cursor:*", count=1_000)])

    await stage.until(looked, "the end of the first look at X")
    await trouble.dismiss(pid)


def _note(result: Result, truth: Truth) -> None:
    result.faults = truth.faults()
    result.published, result.approved = truth.published, truth.approved
    result.doubled_notes, result.agreed = truth.doubled_notes, truth.agreed


async def calm_down(stage: Stage, crew: int = SLOTS) -> None:
    """Stop all faults, with a crew at work."""
    stage.board.calm_down()
    stage.door.open.set()
    stage.door.lose_answers = 0
    await stage.control.fine_weather()
    while len(await stage.alive()) < crew:
        await stage.hire(name="calm")


async def settle(stage: Stage, crew: int = SLOTS) -> None:
    """Stop all faults, and let time pass until there is nothing left to do soon. Raises `NotQuiet`."""
    ends = time.monotonic() + SETTLED_WITHIN
    await calm_down(stage, crew)
    while True:
        await _idle(stage, crew)
        ahead = await _ahead(stage)
        if not ahead.under_way and (ahead.left is None or ahead.left > NEAR):
            return
        if stage.board.passed / 1000 > LONGEST_CALM or time.monotonic() > ends:
            raise NotQuiet(f"the desk does not come to rest: {ahead}")
        with suppress(TimeoutError):  # a machine too busy to answer is asked again
            await stage.pass_time(min(LONGEST_STEP, max(1.0, ahead.left or 0.0)))


async def _idle(stage: Stage, crew: int) -> None:
    """Wait until nothing is due and nothing under lease; a worker that was still dying is replaced."""
    ends = time.monotonic() + PATIENCE
    quiet = 0
    while quiet < 3:
        while len(await stage.alive()) < crew:
            await stage.hire(name="calm")
        async with stage.store() as (client, ports):
            leases = await client.zcard(f"{BASE}:leases")
            now = await ports.memory.now()
            first = await client.zrange(f"{BASE}:lanes", 0, 0, withscores=True)
        quiet = quiet + 1 if not leases and (not first or first[0][1] > now) else 0
        if time.monotonic() > ends:
            raise NotQuiet(f"something is due or under lease for {PATIENCE:.0f} s: {leases} leases, first {first}")
        await asyncio.sleep(0.15)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is still to come: seconds `left` to the next piece of work, and the replies that are `under_way`."""

    left: float | None
    key: str
    under_way: tuple[str, ...]


async def _ahead(stage: Stage) -> Ahead:
    """Look ahead. A reply that waits for a person's word is not under way; it is looked for once a minute for ever."""
    async with stage.store() as (client, ports):
        now = await ports.memory.now()
        names = await ports.store.listed("open", 5_000)
        cases = [case for name in names if (case := await ports.store.load(name))]
        asking = {str(case.id) for case in cases if needs_person(case, now)}
        rows = {
            key.decode(): msgspec.msgpack.decode(raw) for key, raw in (await client.hgetall(f"{BASE}:work")).items()
        }
    soon = [(row["score"], key) for key, row in rows.items() if not (key.startswith("look:") and row["case"] in asking)]
    due, key = min(soon, default=(None, ""))
    under_way = tuple(str(case.id) for case in cases if case.status is Status.APPROVED and case.id not in asking)
    return Ahead(None if due is None else (due - now) / 1000, key, under_way)


def uncovered(covered: Counter[str], but: str = "-") -> list[str]:
    """Return the plans that were not reached, those that begin with `but` excepted."""
    return sorted(plan.name for plan in EVERY if not covered[plan.name] and not plan.name.startswith(but))
