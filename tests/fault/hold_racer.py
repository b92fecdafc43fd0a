"""One of several processes of a desk in which holds are placed and lifted while replies leave.

python -m tests.fault.hold_racer <address> <workspace> sends|sends_unchecked|holds <rounds>
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from bot.adapters.redis_connect import RedisPorts, connect, open_ports
from bot.adapters.redis_document import Kept
from bot.domain.approving.hold import HOLDS, Holds, Reach, Scope
from bot.domain.approving.limits import Terms
from bot.domain.cases import effects
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Job
from bot.domain.cases.post import Post
from bot.domain.ids import SECOND, CaseId, Instant, Nonce, OpId, PlatformName, PostId, UserId
from bot.domain.people import Person, Side
from bot.domain.policy import HoldRule, Policy
from bot.domain.replies.reply import Outcome, OwnPost, Reply, Sent
from bot.domain.work import Work
from bot.services.delivery import AT_ONCE, Delivery, _Ground
from bot.services.holding import Holding
from bot.services.intake import Intake
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE
from tests import builders as a
from tests.fault.simulator_store import Steady
from tests.servers import no_work

LEASE = 40
OVER = "the race is over"
REACHES = (
    Reach(scope=Scope.ALL),
    Reach(scope=Scope.TOPIC, value="late parcel"),
    Reach(scope=Scope.MARKET, value="uk"),
    Reach(scope=Scope.ACCOUNT, value="x:900"),
)
"""Each covers every case of this race."""


class Unchecked(Delivery):
    """The planted bug: the mark is made without looking whether the holds are still what they were."""

    __slots__ = ()

    async def _mark(self, work: Work, rev: int, nonce: Nonce, watermark: PostId, *, ground: _Ground) -> Case:
        return await Delivery._mark(self, work, rev, nonce, watermark, ground=replace(ground, standing={}))


class Everybody:
    """The port `Directory`: Pat and Sam stand on their sides, always."""

    async def person(self, user: UserId, *, live: bool = False) -> Person:
        return {person.id: person for person in (a.SAM, a.PAT)}[user]

    async def side_of(self, user: UserId, side: Side) -> bool:
        return side in (await self.person(user)).sides


class Seals:
    """The port `Signer`."""

    seal = staticmethod(a.seal)
    holds = staticmethod(a.holds)


class Wire:
    """The part of the port `Platform` that sending needs: everything is published at once."""

    def __init__(self) -> None:
        self.posts: dict[PostId, Post] = {}

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post]:
        return {post_id: a.a_post(int(post_id) - 1_000, conversation_id=f"c{post_id}") for post_id in ids}

    async def own_posts(self, since: PostId | None) -> Sequence[OwnPost]:
        return ()

    async def reply(self, reply: Reply, within: float, start_by: float) -> Outcome:
        return Sent(id=PostId(f"9{reply.target}"), url="")


@cache
def house_rules() -> Policy:
    return load_policy(POLICY_FILE, TALKING_POINTS_FILE)


def approved_now(case: Case, now: Instant) -> Case:
    return a.approved(a.in_review(case, now=now), now=now)


def opening(number: int, cleared: Callable[[Case, Instant], Case]) -> Mapping[str, object]:
    """Return what opens a case whose reply may leave at once; `cleared` says how it came to that."""
    timing = replace(a.TIMING, undo=0)

    def begin(case_id: CaseId, now: Instant) -> Decision:
        post = a.a_post(number, conversation_id=f"c{1_000 + number}")
        case = replace(a.a_case(post), id=case_id, timing=timing)
        return Decision.of(cleared(a.claimed(case, now=now), now))

    return {"op": OpId(f"open:{number}"), "begin": begin}


async def ordinary_terms(*, alone: bool) -> Terms:
    return Terms()


class Sender:
    """Opens cases whose reply is cleared, and sends what is due; `others` are further parts of its delivery."""

    def __init__(
        self,
        ports: RedisPorts,
        kind: type[Delivery],
        cleared: Callable[[Case, Instant], Case] = approved_now,
        **others: Any,
    ) -> None:
        self.ports = ports
        self.cleared = cleared
        self.sent = self.moved = self.kept = 0
        platform = Wire()
        self.delivery = kind(
            store=ports.store,
            memory=ports.memory,
            outbox=ports.outbox,
            directory=Everybody(),
            signer=Seals(),
            intake=Intake(ports.store, ports.arrivals, house_rules()),
            platforms={PlatformName("x"): platform},  # type: ignore[dict-item]  # the part of it that sending needs
            holds=the_holds(ports),
            hold_rule=HoldRule(),
            changeover=Steady(),  # type: ignore[arg-type]  # a store that never changes over
            monotonic=time.monotonic,
            **{"terms": ordinary_terms, **others},
        )

    async def run(self, first: int) -> None:
        number = first
        while await self.ports.memory.recall(OVER) is None:
            for _ in range(4):
                number += 1
                case = await self.ports.store.begin(**opening(number, self.cleared))  # type: ignore[arg-type]  # op and begin
                await self.ports.outbox.add([found for found in (effects.send_again(case),) if found])
            taken = await self.ports.outbox.take(8, LEASE * SECOND, {})
            await asyncio.gather(*(self._do(work) for work in taken.work))

    async def _do(self, work: Work) -> None:
        if work.job != Job.SEND_REPLY:
            return await self.ports.outbox.done(work)
        wait = await self.delivery.send(work, time.monotonic() + LEASE)
        if wait is None:
            self.sent += 1
            return await self.ports.outbox.done(work)
        self.moved += wait == AT_ONCE
        self.kept += wait != AT_ONCE
        return await self.ports.outbox.later(work, 1, "held")


def the_holds(ports: RedisPorts):  # type: ignore[no-untyped-def]  # a document of holds
    return ports.document(Kept(name=HOLDS, kind=Holds, empty=Holds()))


async def hold_and_lift(ports: RedisPorts, rounds: int) -> None:
    """Place and lift, again and again, each time after another short while."""
    luck = random.Random(rounds)
    holding = Holding(the_holds(ports), ports.store, Everybody(), ports.journal, house_rules())
    for turn in range(rounds):
        hold = await holding.place(a.SAM.id, OpId(f"place:{turn}"), REACHES[turn % len(REACHES)], "a recall")
        await asyncio.sleep(luck.random() / 500)
        await holding.lift(a.SAM.id, OpId(f"one:{turn}"), hold.id)
        await holding.lift(a.PAT.id, OpId(f"two:{turn}"), hold.id)
        await asyncio.sleep(luck.random() / 100)
    await ports.memory.remember(OVER, "yes")


async def main(address: str, workspace: str, role: str, number: str) -> None:
    client = connect(address)
    ports = open_ports(client, workspace, follow=no_work)
    if role == "holds":
        await hold_and_lift(ports, int(number))
        print(json.dumps([0, 0, 0]))
    else:
        sender = Sender(ports, Unchecked if role == "sends_unchecked" else Delivery)
        await sender.run(int(number))
        print(json.dumps([sender.sent, sender.moved, sender.kept]))
    await client.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
