"""What one open case takes in Redis: everything that is there with it and was not there before."""

from collections import Counter
from dataclasses import replace

from bot.adapters.platforms.x_text import MAXIMUM, weighted_length
from bot.adapters.redis_connect import RedisPorts
from bot.adapters.redis_scripts import Shard
from bot.domain.cases import ownership
from bot.domain.cases.case import CardRef, Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.ids import DESK, Instant, OpId, UserId
from bot.domain.people import Person, Side
from bot.domain.replies import drafting
from bot.domain.replies.drafting import Written
from bot.domain.text.wording import TextRule
from bot.ports import Decide
from bot.services.intake import Intake
from tests.bench.figures import Figure, Goal, Rule, Size
from tests.bench.place import Place
from tests.bench.samples import card_refs, customer_posts

KILOBYTE = 1_000
LEASE = 40_000
ANA = Person(id=UserId("UANA"), sides=frozenset({Side.SERVICE}), name="Ana Duarte")
REPLY = "Hi, I'm sorry about this. A new lamp is on its way to you today; please keep the old one for now. ^AD"
RULE = TextRule(maximum=MAXIMUM, count=weighted_length)
SHORT_LIVED = "op"
"""Keys that end by themselves two hours after an act."""


async def storing(place: Place, size: Size) -> list[Figure]:
    ports, shard = place.ports()
    await ports.memory.now()
    before = await _bytes(place, shard)
    used_before = await _used(place)
    cases = await _desk_of(place, ports, size.cases)
    grown = await _bytes(place, shard)
    grown.subtract(before)
    documents = [len(ports.store.commits.codec.encode(case)) for case in cases]
    per_case = {kind: total / size.cases for kind, total in grown.items()}
    standing = sum(count for kind, count in per_case.items() if kind != SHORT_LIVED)
    document = sum(documents) / len(documents)
    alone = "the encoded document alone"
    return [
        Figure(
            name="store_per_case",
            value=(standing + per_case.get(SHORT_LIVED, 0)) / KILOBYTE,
            unit="kB",
            baseline=document / KILOBYTE,
            against=alone,
            goal=Goal(Rule.BELOW, 3),
        ),
        Figure(
            name="store_per_case_later",
            value=standing / KILOBYTE,
            unit="kB",
            baseline=document / KILOBYTE,
            against=f"{alone}; two hours after the last act, when its marks are gone",
        ),
        Figure(
            name="store_used_memory_per_case",
            value=(await _used(place) - used_before) / size.cases / KILOBYTE,
            unit="kB",
            baseline=document / KILOBYTE,
            against=f"{alone}; growth of the server's used_memory",
        ),
        *(
            Figure(
                name=f"store_per_case_{kind}",
                value=count / KILOBYTE,
                unit="kB",
                baseline=document / KILOBYTE,
                against=alone,
            )
            for kind, count in sorted(per_case.items(), key=lambda pair: -pair[1])
            if count >= 10
        ),
    ]


async def _desk_of(place: Place, ports: RedisPorts, count: int) -> list[Case]:
    """Fill a store with an ordinary open desk: all have a card, half an owner, a quarter a reply before the approvers."""
    intake = Intake(ports.store, ports.arrivals, place.policy)
    refs = card_refs()
    cases = []
    for number, post in enumerate(customer_posts(count)):
        case = await intake.receive(post)
        acts: list[Decide] = [_posted(next(refs))]
        acts += [_claimed] if number % 2 else []
        acts += [_submitted] if number % 4 == 3 else []
        for act in acts:
            case = await ports.store.change(case.id, OpId(f"click:{number:032x}{len(case.history)}"), act)
        cases.append(case)
        await _work_done(ports)
    return cases


async def _work_done(ports: RedisPorts) -> None:
    """Let be done what a relay would have done by now; what waits for its hour stays."""
    while (taken := await ports.outbox.take(100, LEASE, {})).work:
        for work in taken.work:
            await ports.outbox.done(work)


def _posted(ref: CardRef) -> Decide:
    def decide(case: Case, now: Instant) -> Decision:
        return Decision.of(replace(case, card=ref), Event(fact=Fact.CARD_POSTED, at=now, by=DESK))

    return decide


def _claimed(case: Case, now: Instant) -> Decision:
    return ownership.claim(case, ANA, now)


def _submitted(case: Case, now: Instant) -> Decision:
    return drafting.submit(case, ANA, Written(body=REPLY), RULE, now)


async def _bytes(place: Place, shard: Shard) -> Counter[str]:
    """Return the bytes of all keys of the workspace, by kind of key, as MEMORY USAGE counts every part of them."""
    found: Counter[str] = Counter()
    async for key in place.client.scan_iter(match=f"{shard._base}:*", count=1_000):
        kind = key.decode().removeprefix(f"{shard._base}:").partition(":")[0]
        found[kind] += int(await place.client.memory_usage(key, samples=0) or 0)
    return found


async def _used(place: Place) -> int:
    return int((await place.client.info("memory"))["used_memory"])
