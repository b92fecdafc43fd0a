"""What goes wrong in a round, by its seed: workers, the store, the ways between, and the weather at Slack and X."""

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.errors import SandboxError
from tests.fault.driver.failpoints import EVERY, LEASE, PAUSE, Deed, Plan
from tests.fault.driver.stage import Stage

BAD_WEATHER: tuple[dict[str, object], ...] = (
    {"x_late": "late", "x_late_seconds": 4.0, "fault_times": 2},
    {"x_late": "cut", "fault_times": 2},
    {"x_late": "html_503", "fault_times": 2},
    {"x_late": "duplicate", "fault_times": 1},
    {"post_fault": "refuse_503", "fault_times": 2},
    {"post_fault": "cut", "fault_times": 1},
    {"post_fault": "hang", "fault_times": 1},
    {"timeline_lag_seconds": 5.0},
    {"timeline_lag_seconds": 0.0},
    {"x_429": 1},
    {"slack_429": 2},
    {"slack_lose_answers": 3},
    {"double_delivery": True},
    {"double_delivery": False},
)
LONGEST_LIFE = 5.0
"""Seconds that a worker has to come to the place of its plan."""
OUTAGES = ("x_down", "unreachable", "slack_down")
TERM_WITHIN = 25.0
"""Seconds that the platform gives a worker to end."""


@dataclass
class Trouble:
    """Everything that goes wrong, counted."""

    stage: Stage
    seed: int
    plans: list[Plan] = field(default_factory=lambda: list(EVERY))
    counts: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    """What workers did that no plan asked for."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed + 1)
        self.chance.shuffle(self.plans)

    async def rage(self, stop: asyncio.Event, slots: int) -> None:
        """Let things go wrong until `stop` is set; then `slots` workers are left alive."""
        async with asyncio.TaskGroup() as group:
            for number in range(slots):
                group.create_task(self._slot(number, stop))
            group.create_task(self._weather(stop))
            group.create_task(self._store(stop))

    async def _slot(self, number: int, stop: asyncio.Event) -> None:
        while not stop.is_set():
            wanted = bool(self.plans)
            plan = self._next_plan()
            pid = await self.stage.hire((plan,), name=f"w{number}")
            await self._live(pid, plan, stop, wanted=wanted)

    def _next_plan(self) -> Plan:
        if self.plans:
            return self.plans.pop()
        plan = self.chance.choice(EVERY)
        return Plan(place=plan.place, deed=plan.deed, nth=self.chance.randint(1, 2))

    async def _live(self, pid: int, plan: Plan, stop: asyncio.Event, *, wanted: bool) -> None:
        """See a worker through its life: to its plan's end, or to a random one. A `wanted` plan is tried again."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + (LONGEST_LIFE if wanted else self.chance.uniform(0.3, 1.5))
        before = self.stage.hits().count(plan.name)
        hit = False
        while loop.time() < ends and not stop.is_set():
            if (code := await self.stage.nursery.ended(pid)) is not None:
                self._note_end(code)
                return
            if not hit and self.stage.hits().count(plan.name) > before:
                # What was paused has to wake up, and to find that it is no longer its own.
                hit, ends = True, loop.time() + (PAUSE + 0.7 if plan.deed is Deed.PAUSE else 0.5)
            await asyncio.sleep(0.03)
        if not hit and wanted:
            self.plans.insert(0, plan)
        if not stop.is_set():
            await self._end(pid)

    async def _end(self, pid: int) -> None:
        way = self.chance.random()
        if way < 0.07:
            await self._freeze(pid)
        elif way < 0.14:
            self.counts["terms"] += 1
            await self.dismiss(pid)
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._note_end(await self.stage.nursery.until_ended(pid))

    async def _freeze(self, pid: int) -> None:
        """Stop the process as a paused machine would, for longer than its lease, and let it go on for a moment."""
        self.counts["freezes"] += 1
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(1.2 * LEASE)
            os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(1.0)

    async def dismiss(self, pid: int) -> None:
        """Ask a worker to end, as every deployment does."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(TERM_WITHIN):
                code = await self.stage.nursery.until_ended(pid)
        except TimeoutError:
            os.kill(pid, signal.SIGUSR1)
            await asyncio.sleep(0.5)
            os.kill(pid, signal.SIGKILL)
            self.surprises.append(f"a worker did not end within {TERM_WITHIN:.0f} s of SIGTERM")
            return
        if code not in (0, -signal.SIGKILL):
            self.surprises.append(f"a worker ended with {code} after SIGTERM")

    def _note_end(self, code: int) -> None:
        if code == -signal.SIGKILL:
            self.counts["kills"] += 1
        else:
            self.counts["other ends"] += 1
            self.surprises.append(f"a worker ended by itself with {code}")

    async def _store(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._rest(stop, 0.6, 2.5)
            way = self.chance.random()
            if way < 0.25:
                self.counts["server kills"] += 1
                await self.stage.kill_store()
            elif way < 0.5:
                self.counts["cuts"] += self.stage.door.cut()
            elif way < 0.9:
                lost = self.chance.randint(1, 4)
                self.stage.door.lose_answers += lost
                self.counts["cuts"] += lost
            else:
                await self.stage.door.hold(self.chance.uniform(0.3, 1.6))
        self.stage.door.lose_answers = 0

    async def _weather(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._rest(stop, 0.5, 2.0)
            with suppress(SandboxError, aiohttp.ClientError, TimeoutError):
                if self.chance.random() < 0.85:
                    await self.stage.control.weather(**self.chance.choice(BAD_WEATHER))
                    continue
                if self.chance.random() < 0.3:
                    await self.stage.control.drop_socket()
                    continue
                outage = self.chance.choice(OUTAGES)
                await self.stage.control.weather(**{outage: True})
                await self._rest(stop, 0.3, 1.2)
                await self.stage.control.weather(**{outage: False})
        await self.stage.control.fine_weather()

    async def _rest(self, stop: asyncio.Event, least: float, most: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), self.chance.uniform(least, most))
