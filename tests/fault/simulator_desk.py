"""What both simulations share: processes with the desk's real relay and services, which look into one outbox when work is due."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from bot.domain.cases.effects import Job
from bot.domain.errors import DeskError
from bot.domain.ids import SECOND
from bot.domain.policy import Policy
from bot.domain.work import Work
from bot.jobs.relay import AT_ONCE, LEASE, Relay, Wake
from bot.services.confirmation import Confirmation
from bot.services.delivery import Delivery
from bot.services.intake import Intake
from bot.services.timers import Timers
from tests.builders import holds, seal
from tests.fault.simulator_platform import Door, World
from tests.fault.simulator_store import NOTHING_ARRIVES, Box, Remembered, Server, Store
from tests.fault.simulator_time import Loop, Process, rest
from tests.fault.simulator_weather import Weather


class Silent:
    """The relay's log, which nobody reads here."""

    def info(self, *_: object, **__: object) -> None: ...
    def warning(self, *_: object, **__: object) -> None: ...

    def error(self, event: str, *, error: str, **said: object) -> None:
        if error != "Broken":
            raise AssertionError(f"{event}: {error} {said}")


class Seals:
    """The port `Signer`."""

    seal = staticmethod(seal)
    holds = staticmethod(holds)


class Unheard:
    """The part of the port `Journal` that people's acts need; refusals are judged by the oracle."""

    async def refused(self, *_: object) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How one process reaches everything outside it."""

    process: Process
    store: Store
    memory: Remembered
    box: Box
    directory: Any
    platforms: Mapping[str, Door]
    policy: Policy


def a_relay(
    ways: Ways,
    delivery: type[Delivery],
    confirmation: type[Confirmation] = Confirmation,
    more: Mapping[Job, Callable[[Work], Awaitable[Any]]] | None = None,
    **others: Any,
) -> Relay:
    """Return the relay of a process, with the jobs that a reply meets and `more`; `others` goes to its delivery."""
    intake = Intake(ways.store, NOTHING_ARRIVES, ways.policy)
    sending = delivery(
        store=ways.store,
        memory=ways.memory,
        outbox=ways.box,
        directory=ways.directory,
        signer=Seals(),
        intake=intake,
        platforms=ways.platforms,
        monotonic=ways.process.monotonic,
        **others,
    )
    looking = confirmation(ways.store, ways.platforms)
    timers = Timers(ways.store, ways.memory, intake, ways.platforms, ways.policy)
    untimed = {
        Job.LOOK_FOR_REPLY: looking.look,
        Job.CHECK_REPLY: looking.check,
        Job.EXPIRE_DRAFT: timers.expire,
        Job.CHECK_POST: timers.check_post,
        **(more or {}),
    }
    jobs = {Job.SEND_REPLY: sending.send, **{job: _untimed(do) for job, do in untimed.items()}}
    return Relay(ways.box, jobs, Silent(), Wake())


def _untimed(do: Callable[[Work], Awaitable[Any]]) -> Callable[[Work, float], Awaitable[int | None]]:
    async def doing(work: Work, _lease_ends: float) -> int | None:
        return await do(work)

    return doing


class Afternoon:
    """The part of a run in which processes come, look for work, take it and die; what they meet is for each run to say."""

    server: Server

    def __init__(self, seed: int, luck: Random, weather: Weather) -> None:
        random.seed(seed)  # the relay's jitter
        self.seed, self.weather = seed, weather
        self.loop = Loop(luck, strike=self._strike)
        self.world = World(self.loop, self._now_weather)
        self.processes: list[Process] = []
        self._desks: dict[str, tuple[Relay, Box]] = {}
        self._alarm_at: int | None = None

    def _hire(self, process: Process, relay: Relay, box: Box) -> None:
        """Let a process look for work from now on."""
        self.processes.append(process)
        self._desks[process.name] = relay, box
        self.loop.spawn(process, self._poll(process))

    def _kill(self, process: Process) -> None:
        """End a process where it stands; another comes in its place after a while."""
        process.dead = True
        self.loop.say("KILLED")
        self.loop.after(self.loop.luck.choice((500, 20_000)), self._start_process)

    def _alarm(self, when: int) -> None:
        """Somebody looks into the outbox when the next work is due."""
        when = max(when, self.loop.now)
        if self._alarm_at is None or when < self._alarm_at:
            self._alarm_at = when
            self.loop.at(when + self.loop.luck.randrange(250), self._ring)

    def _ring(self) -> None:
        self._alarm_at = None
        awake = [p for p in self.processes if not p.dead and p.stopped_until <= self.loop.now]
        for process in self.loop.luck.sample(awake, min(len(awake), self.loop.luck.choice((1, 1, 2)))):
            self.loop.spawn(process, self._poll(process))
        self.loop.after(SECOND, self.server.arrange)

    async def _poll(self, process: Process) -> None:
        relay, box = self._desks[process.name]
        began, lease_ends = self.loop.now, process.monotonic() + LEASE / SECOND
        try:
            taken = await box.take(AT_ONCE, LEASE, {})
        except DeskError:
            await rest(SECOND)
            self.server.arrange()
            return
        for work in taken.work:
            self._taken(work, began)
            self.loop.spawn(process, relay._do(work, lease_ends), work=work)
