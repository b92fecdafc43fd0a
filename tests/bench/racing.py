"""What a race costs: people who claim the same case at the same moment, against as many who claim one each."""

import asyncio
from contextlib import suppress

from bot.adapters.redis_connect import RedisPorts
from bot.domain.cases import ownership
from bot.domain.errors import Refused
from bot.domain.ids import CaseId, OpId, UserId
from bot.domain.people import Person, Side
from bot.services.intake import Intake
from tests.bench.figures import Figure, Size, median, timed
from tests.bench.place import Place
from tests.bench.samples import customer_posts

PEOPLE = tuple(Person(id=UserId(f"U{number}"), sides=frozenset({Side.SERVICE})) for number in range(8))
"""Each in a task of their own, all in one process."""


async def racing(place: Place, size: Size) -> list[Figure]:
    """Measure both in turn, on fresh cases; in each race one person wins and the others are told who."""
    ports, _ = place.ports()
    intake = Intake(ports.store, ports.arrivals, place.policy)
    cases = [(await intake.receive(post)).id for post in customer_posts(max(size.clicks, 2 * (len(PEOPLE) + 1)))]
    races, alone = [], []
    for start in range(0, len(cases) - len(PEOPLE), len(PEOPLE) + 1):
        one, *each = cases[start : start + len(PEOPLE) + 1]
        races.append(await timed(_claims(ports, [one] * len(PEOPLE))) / len(PEOPLE))
        alone.append(await timed(_claims(ports, each)) / len(PEOPLE))
    what = f"{len(PEOPLE)} people claim a case each; all of them the same one, per claim, until the last is answered"
    return [Figure(name="claim_race", value=median(races), unit="ms", baseline=median(alone), against=what)]


async def _claims(ports: RedisPorts, cases: list[CaseId]) -> None:
    async with asyncio.TaskGroup() as group:
        for person, case in zip(PEOPLE, cases, strict=True):
            group.create_task(_claim(ports, person, case))


async def _claim(ports: RedisPorts, by: Person, case_id: CaseId) -> None:
    op = OpId(f"claim:{by.id}:{case_id}")
    with suppress(Refused):
        await ports.store.change(case_id, op, lambda case, now: ownership.claim(case, by, now))
