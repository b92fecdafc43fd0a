"""One of several processes of a desk on a cluster: opens cases of its own and claims them when told to.

python -m tests.bench.sharing_claimer <address> <workspace> <number> <cases>
"""

import asyncio
import sys
import time
from dataclasses import replace

from bot.adapters.redis_connect import connect, open_ports
from bot.domain.cases import ownership
from bot.domain.cases.effects import follow
from bot.domain.ids import OpId, PostId, UserId
from bot.domain.people import Person, Side
from bot.ports import CaseStore
from bot.services.intake import Intake
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE
from tests import builders

AT_ONCE = 16
"""Claims under way in one process."""


async def main(address: str, workspace: str, number: str, cases: str) -> None:
    """Say `ready`, wait for a line, claim, and print when it began and when the last was durable (epoch seconds)."""
    client = connect(address)
    ports = open_ports(client, workspace, follow=lambda _, after, events: follow(after, tuple(events)))
    store = ports.store
    intake = Intake(store, ports.arrivals, load_policy(POLICY_FILE, TALKING_POINTS_FILE))
    names = [(await intake.receive(_post(int(number), one))).id for one in range(int(cases))]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began = time.time()
    await _claim_all(store, names, Person(id=UserId(f"U{number}"), sides=frozenset({Side.SERVICE})))
    print(began, time.time(), flush=True)
    await client.aclose()


async def _claim_all(store: CaseStore, names: list, by: Person) -> None:
    left = iter(names)

    async def one_after_the_other() -> None:
        for name in left:
            op = OpId(f"claim:{name}")
            await store.change(name, op, lambda case, now: ownership.claim(case, by, now))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one_after_the_other())


def _post(number: int, one: int):
    post = builders.a_post(id=PostId(str(10_000_000 * (number + 1) + one)), conversation_id=f"c{number}-{one}")
    words = f"{post.text} {number * 1_000_000 + one:x} {'abcdefghij'[one % 10]}"
    return replace(post, text=words, author=replace(post.author, id=f"9{number}{one:06}", handle=f"u{number}_{one}"))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
