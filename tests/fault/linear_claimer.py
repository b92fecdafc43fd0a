"""One of several processes that claim the same cases at the same time, and say when and what they were told.

python -m tests.fault.linear_claimer <address> <workspace> <user> <seed> <case> …
"""

import asyncio
import json
import random
import sys
import time

from bot.adapters.redis_connect import connect, open_ports
from bot.domain.cases import ownership
from bot.domain.errors import Refused
from bot.domain.ids import CaseId, OpId, UserId
from bot.domain.people import Person, Side
from bot.ports import CaseStore
from tests.servers import no_work

AT_ONCE = 8


async def claim(store: CaseStore, case_id: CaseId, by: Person, room: asyncio.Semaphore) -> None:
    async with room:
        began = time.monotonic_ns()
        try:
            case = await store.change(
                case_id, OpId(f"claim:{by.id}:{case_id}"), lambda case, now: ownership.claim(case, by, now)
            )
            answer = [case.owner, case.changes]
        except Refused as no:
            answer = [no.sentence.partition(">")[0].removeprefix("<@"), None]
        print(json.dumps([case_id, by.id, began, time.monotonic_ns(), *answer]))


async def main(address: str, workspace: str, user: str, seed: str, *cases: str) -> None:
    """Begin when told to on standard input, so that all processes begin together."""
    store = open_ports(client := connect(address), workspace, follow=no_work).store
    await store.load(CaseId(cases[0]))
    order = list(cases)
    random.Random(seed).shuffle(order)
    print("ready", flush=True)
    sys.stdin.readline()
    room = asyncio.Semaphore(AT_ONCE)
    by = Person(id=UserId(user), sides=frozenset({Side.SERVICE}))
    async with asyncio.TaskGroup() as group:
        for case in order:
            group.create_task(claim(store, CaseId(case), by, room))
    await client.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
