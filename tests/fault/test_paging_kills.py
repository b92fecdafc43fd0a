"""Workers are killed with kill -9 around each page, with clocks ten minutes apart: one message for each page, none missing."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest

from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.page import OPEN, Page, PageState
from bot.domain.ids import CaseId
from bot.sandbox.errors import NotThere
from bot.services.paging_places import IN_SLACK, Place
from tests.fault.driver.failpoints import Deed, Plan
from tests.fault.driver.people import marked
from tests.fault.driver.scenes import Scene, a_scene
from tests.pagers import FIRE

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("fault")]
SKEW = 600.0
"""Seconds that every second worker's own clock is ahead."""
STEP = 45.0
"""Seconds that pass at a time: longer than a lease, shorter than the wait of any step."""
KILLS = 4
PEOPLE = ("UANA", "UBEN", "UPAT", "UKIM", "UOTTO")


@dataclass
class Paging:
    """Two workers at a time; whoever is killed is followed by another, who is killed too until there were enough."""

    scene: Scene
    place: Place
    hired: int = 0

    async def crew(self) -> None:
        while len(await self.scene.stage.alive()) < 2:
            self.hired += 1
            plan = () if self.killed >= KILLS else (Plan(place=f"page:{self.place}", deed=Deed.KILL),)
            await self.scene.stage.hire(plan, name=f"w{self.hired}", skew=SKEW * (self.hired % 2))

    @property
    def killed(self) -> int:
        return len(self.scene.stage.hits())

    async def escalation(self, case: str) -> Escalation:
        async with self.scene.stage.store() as (_, ports):
            found = await ports.store.load(CaseId(case))
        assert found
        assert found.escalation
        return found.escalation

    async def case(self) -> str:
        """Wait for the case, whoever dies meanwhile."""
        found: list[str] = []

        async def opened() -> bool:
            await self.crew()
            async with self.scene.stage.store() as (_, ports):
                found[:] = await ports.store.listed("open", 2)
            return bool(found)

        await self.scene.stage.until(opened, "the case")
        return found[0]

    async def until_round(self, case: str, number: int) -> None:
        """Let time pass until a round of the escalation is through."""

        async def through() -> bool:
            await self.crew()
            await self.scene.stage.pass_time(STEP)
            await self.rests()
            running = await self.escalation(case)
            return running.round > number and not any(p.round == number and p.state in OPEN for p in running.pages)

        await self.scene.stage.until(through, f"round {number} to end")

    async def rests(self) -> None:
        """Wait until nothing is due and nobody is at work, replacing who was killed."""

        async def idle() -> bool:
            await self.crew()
            async with self.scene.stage.store() as (client, ports):
                base = ports.shard._base
                leases = await client.zcard(f"{base}:leases")
                now = await ports.memory.now()
                first = await client.zrange(f"{base}:lanes", 0, 0, withscores=True)
            if leases and self.killed:
                await self.scene.stage.pass_time(5)  # the leases of who was killed
            return not leases and (not first or first[0][1] > now)

        await self.scene.stage.until(idle, "rest")

    async def answers(self, case: str) -> None:
        """Let somebody of each side have it: the last step of the plan asks for both."""
        async with self.scene.stage.store() as (_, ports):
            found = await ports.store.load(CaseId(case))
        assert found
        assert found.card
        where = {"channel": found.card.channel, "ts": found.card.ts}
        for user, action in (("UPAT", "claim"), ("UANA", "acknowledge")):
            answer = await self.scene.stage.control.act(user, "click", action_id=action, **where)
            assert answer["acknowledged"]
        assert not (await self.escalation(case)).is_waiting

    async def messages(self) -> Counter[str]:
        """Return how many messages carry each mark of a page."""
        control = self.scene.stage.control
        found = await control.messages("C0PRDESK")
        for user in PEOPLE:
            with suppress(NotThere):  # nobody ever wrote to them
                found += await control.messages(f"D0{user}")
        return Counter(mark for one in found if (mark := marked(one)).startswith("page:"))


async def paged_through(scene: Scene, place: Place) -> tuple[str, Sequence[Page], Paging]:
    paging = Paging(scene, place)
    await paging.crew()
    await scene.stage.connected(1)
    await scene.stage.control.post("mia_travels", FIRE)
    case = await paging.case()
    await paging.until_round(case, 1)
    running = await paging.escalation(case)
    return case, [page for page in running.pages if page.round == 1], paging


SOON = frozenset({Place.POSTED, Place.NOTED})
"""Around the message itself; the other places are for `make fault`."""


@pytest.mark.parametrize(
    "place", [pytest.param(one, marks=() if one in SOON else pytest.mark.long) for one in IN_SLACK]
)
async def test_kill_9_around_each_page_neither_loses_nor_doubles_one(place: Place):
    async with a_scene() as scene:
        case, pages, paging = await paged_through(scene, place)
        messages = await paging.messages()
        assert paging.killed >= KILLS
        assert {page.step for page in pages} == {0, 1, 2}
        assert {page.state for page in pages} == {PageState.SENT}
        assert len({page.mark for page in pages}) == len(pages)
        assert {mark: messages[mark] for page in pages if (mark := page.mark)} == {page.mark: 1 for page in pages}

        await paging.answers(case)
        await paging.rests()
        before = await paging.messages()
        for _ in range(4):
            await scene.stage.pass_time(STEP)
            await paging.rests()
        assert await paging.messages() == before, "paged after somebody had it"


@pytest.mark.long
async def test_a_desk_that_did_not_look_for_its_message_would_be_found_out():
    async with a_scene("no_find") as scene:
        _, _, paging = await paged_through(scene, Place.POSTED)
        assert max((await paging.messages()).values()) > 1
