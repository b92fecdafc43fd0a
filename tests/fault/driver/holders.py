"""People who stop what is about to leave, and two sides that let it go on; when they were answered is kept."""

import asyncio
import random
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.errors import SandboxError
from tests.fault.driver.people import PR, SERVICE, People

PLACED = re.compile(r"(H-\d+) is on: ")
STANDING = re.compile(r"H-\d+")
EVERYTHING = "all"
PATIENCE = 60.0
"""Real seconds for lifting everything once nothing goes wrong any more."""


class StillHeld(Exception):  # noqa: N818 -- reads as the fact it is
    """Nobody could lift a hold although everything works."""


@dataclass(slots=True, kw_only=True)
class Held:
    """A hold whose answer somebody has read. Times are epoch seconds, as in the books of the pretend X.

    `until` is when the second side was first asked to lift it, whether it was heard or not.
    """

    id: str
    reach: str
    since: float
    until: float | None = None


@dataclass
class Holders:
    """They place a hold every few seconds, mostly on a reply that was approved a moment ago, and lift it again."""

    people: People
    held: list[Held] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.people.seed + 2)

    async def work(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(SandboxError, aiohttp.ClientError, TimeoutError):
                await self._rest(stop, 1.0, 4.0)
                await self.place(self._reach())
                await self._rest(stop, 1.0, 3.0)
                await self.lift()

    async def place(self, reach: str) -> None:
        """Place a hold; one whose answer was lost may stand, and nobody was told so."""
        said = await self._asks(self.chance.choice((*SERVICE, *PR)), f"hold {reach} we look into it")
        if found := PLACED.match(said):
            self.held.append(Held(id=found[1], reach=reach.removeprefix("case "), since=time.time()))

    async def lift(self) -> bool:
        """Ask both sides to lift whatever stands; says whether somebody was told that nothing stands any more."""
        told = await self._asks("UBEN", "hold")
        for name in dict.fromkeys(STANDING.findall(told)):
            await self._asks(self.chance.choice(tuple(SERVICE)), f"lift {name}")
            await asyncio.sleep(self.chance.uniform(0.0, 0.8))
            for hold in self.held:
                if hold.id == name:
                    hold.until = hold.until or time.time()
            await self._asks(self.chance.choice(PR), f"lift {name}")
        return "No hold stands" in told

    async def lift_everything(self) -> None:
        """Leave nothing held, now that nothing goes wrong any more. Raises `StillHeld`."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with suppress(SandboxError, aiohttp.ClientError, TimeoutError):
                if await self.lift():
                    return
            await asyncio.sleep(0.2)
        raise StillHeld("holds cannot be lifted")

    def _reach(self) -> str:
        approved = [act.case for act in self.people.acts[-8:] if act.verb == "approve"]
        return f"case {approved[-1]}" if approved and self.chance.random() < 0.6 else EVERYTHING

    async def _asks(self, user: str, text: str) -> str:
        answer = await self.people.control.act(user, "command", text=text)
        return str((answer["body"] or {}).get("text", ""))

    async def _rest(self, stop: asyncio.Event, least: float, most: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), self.chance.uniform(least, most))
