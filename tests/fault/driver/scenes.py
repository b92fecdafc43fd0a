"""A few people doing one thing after the other, for faults that are to hit a certain moment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.fault.driver.people import People, actions
from tests.fault.driver.rounds import settle
from tests.fault.driver.stage import Stage, a_stage
from tests.fault.driver.truth import Truth, find

SEED = 1


@dataclass
class Scene:
    """A stage and its people, in words of a story."""

    stage: Stage
    people: People

    async def carded(self) -> str:
        """Have a customer write, and return the case once its card can be claimed."""
        before = set(self.people.cards)
        await self.people.complains()
        await self.shows("claim", before)
        return next(iter(set(self.people.cards) - before))

    async def in_review(self, *, twice: bool = False) -> str:
        case = await self.carded()
        assert await self.people.click("UANA", "claim", case)
        await self.offers("draft", case)
        assert await self.people.writes("UANA", case, twice=twice)
        await self.offers("approve", case)
        return case

    async def approved(self) -> str:
        case = await self.in_review()
        assert await self.people.click("UPAT", "approve", case, draft=self.people.draft_on(case))
        return case

    async def published(self) -> None:
        await self.stage.until(self.stage.control.timeline, "the reply")

    async def offers(self, action: str, case: str) -> None:
        async def offered() -> bool:
            await self.people.look()
            return action in actions(self.people.cards[case])

        await self.stage.until(offered, f"{action} on the card of {case}")

    async def shows(self, action: str, before: set[str]) -> None:
        """Wait for a card that was not there before."""

        async def shown() -> bool:
            await self.people.look()
            return any(action in actions(card) for case, card in self.people.cards.items() if case not in before)

        await self.stage.until(shown, "a new card")

    async def hit(self, name: str) -> None:
        """Wait until a plan has come to its place."""

        async def was_hit() -> bool:
            return name in self.stage.hits()

        await self.stage.until(was_hit, name)

    async def truth(self, crew: int = 1) -> Truth:
        """Let everything come to rest, and look."""
        await settle(self.stage, crew)
        return await find(self.stage, self.people)


@asynccontextmanager
async def a_scene(plant: str = "") -> AsyncIterator[Scene]:
    async with a_stage(plant) as stage:
        yield Scene(stage, People(stage.control, SEED))
