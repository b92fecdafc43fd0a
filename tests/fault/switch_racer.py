"""One of several processes of a desk in which a limit is switched, or a talking point withdrawn, while replies leave.

python -m tests.fault.switch_racer <address> <workspace> sends|sends_unchecked|limits|points <rounds>
"""

import asyncio
import json
import random
import sys
from dataclasses import replace
from typing import Any

from bot.adapters.redis_connect import RedisPorts, connect, open_ports
from bot.domain.cases.case import Case
from bot.domain.ids import Instant, OpId
from bot.domain.policy import SavedReply
from bot.domain.replies import drafting
from bot.services.acting import Acting
from bot.services.delivery import Delivery
from bot.services.limits import Limits
from bot.services.points import Points
from bot.wiring.parts import POINTS_WITHDRAWN, SWITCHES
from tests import builders as a
from tests.fault.hold_racer import OVER, Everybody, Sender, Unchecked, house_rules
from tests.servers import no_work

POINT = SavedReply(id="late", title="Late", text="We are looking.")
LIMIT = a.LENIENT.limits[0]


def cleared_by_a_limit(case: Case, now: Instant) -> Case:
    """Return the case with a reply that was written from a talking point and leaves inside a limit."""
    form = a.written("We are looking.", alone=True, used=POINT.id)
    return drafting.submit(case, a.SAM, form, a.RULE, now, terms=a.LENIENT, seal=a.seal).case


def limits_of(ports: RedisPorts) -> Limits:
    nobody: Any = None
    policy = replace(house_rules(), limits=a.LENIENT.limits, approval=a.LENIENT.book)
    acting = Acting(ports.store, Everybody(), ports.journal)
    return Limits(acting, ports.memory, ports.outbox, nobody, policy, ports.document(SWITCHES))


def points_of(ports: RedisPorts) -> Points:
    return Points((POINT,), ports.document(POINTS_WITHDRAWN), ports.store, Everybody(), ports.journal)


async def switch(ports: RedisPorts, what: str, rounds: int) -> None:
    """Switch off and on again, each time after another short while."""
    luck, limits, points = random.Random(rounds), limits_of(ports), points_of(ports)
    for turn in range(rounds):
        off, on = OpId(f"off:{turn}"), OpId(f"on:{turn}")
        if what == "limits":
            await limits.switch(a.PAT.id, LIMIT.name, off, on=False)
        else:
            await points.withdraw(a.PAT.id, off, POINT.id, "it is not true any more")
        await asyncio.sleep(luck.random() / 500)
        if what == "limits":
            await limits.switch(a.PAT.id, LIMIT.name, on, on=True)
        else:
            await points.restore(a.PAT.id, on, POINT.id)
        await asyncio.sleep(luck.random() / 50)
    await ports.memory.remember(OVER, "yes")


async def main(address: str, workspace: str, role: str, number: str) -> None:
    client = connect(address)
    ports = open_ports(client, workspace, follow=no_work)
    if role in ("limits", "points"):
        await switch(ports, role, int(number))
        print(json.dumps([0, 0, 0]))
    else:
        kind = Unchecked if role == "sends_unchecked" else Delivery
        sender = Sender(
            ports,
            kind,
            cleared_by_a_limit,
            terms=limits_of(ports).terms,
            objections=[points_of(ports).objection],
        )
        await sender.run(int(number))
        print(json.dumps([sender.sent, sender.moved, sender.kept]))
    await client.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
