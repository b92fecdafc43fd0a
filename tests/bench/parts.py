"""What single parts cost: the relay's round, drawing a card, writing and reading a case."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import asdict

import msgspec

from bot.adapters.redis_codec import Codec
from bot.adapters.redis_connect import RedisPorts
from bot.adapters.redis_scripts import Shard
from bot.domain.cases.case import Case
from bot.domain.cases.effects import Effect, Job
from bot.domain.ids import CaseId
from bot.domain.work import Work
from bot.jobs.relay import AT_ONCE, LEASE, Relay
from bot.logs import get_log
from bot.views import card
from tests import builders
from tests.bench.figures import Figure, Size, each, median
from tests.bench.place import BareScript, Place

SHOWN = card.Shown(account="LumenShop", count=120, maximum=280, by_hand_url="https://x.com/intent/tweet?text=hi")


async def parts(place: Place, size: Size) -> list[Figure]:
    return [await _relay(place, size), *_in_python(size)]


async def _relay(place: Place, size: Size) -> Figure:
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(size.rounds):
        ports, _ = place.ports()
        await _fill(ports, size.works)
        relay = Relay(ports.outbox, {Job.NOTE: _nothing}, get_log(), asyncio.Event())
        started = time.perf_counter()
        assert await relay.once() == size.works
        ours.append(size.works / (time.perf_counter() - started))
        ports, shard = place.ports()
        await _fill(ports, size.works)
        bare.append(await _bare_relay(place, shard, size.works))
    return Figure(
        name="relay_rate",
        value=median(ours),
        unit="works/s",
        baseline=median(bare),
        against="the scripts take and settle alone, as many at once",
    )


async def _fill(ports: RedisPorts, count: int) -> None:
    """Put work in as many lanes as a busy desk has channels; no lane has a pace."""
    for start in range(0, count, 100):
        await ports.outbox.add([_effect(number) for number in range(start, min(count, start + 100))])


def _effect(number: int) -> Effect:
    return Effect(
        job=Job.NOTE,
        case_id=CaseId(f"C-{1001 + number}"),
        key=f"note:C-{1001 + number}:3:Claimed",
        lane=f"free:{number % 8}",
        args={"fact": "Claimed", "by": "UANA", "detail": "", "at": "1763550000000", "rev": "0"},
    )


async def _nothing(_work: Work, _lease_ends: float) -> int | None:
    return None


async def _bare_relay(place: Place, shard: Shard, count: int) -> float:
    take, settle = (BareScript.of(shard, place.client, name) for name in ("take", "settle"))
    done = 0
    started = time.perf_counter()
    while done < count:
        nonces = [f"{done + number:032x}" for number in range(AT_ONCE)]
        request = {"lease": LEASE, "longest": 900_000, "nonces": nonces, "paces": {}}
        rows = (await take.call(msgspec.msgpack.encode(request)))[2]
        assert isinstance(rows, list)
        ends = [{"key": row[0], "nonce": row[4], "verb": "done", "reason": "", "after": 0, "pause": 0} for row in rows]
        await asyncio.gather(*(settle.call(_packed(end)) for end in ends))
        done += len(rows)
    return count / (time.perf_counter() - started)


def _packed(request: dict[str, object]) -> bytes:
    text = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.items()}
    return msgspec.msgpack.encode({"pieces": [text]})


def _in_python(size: Size) -> list[Figure]:
    case = builders.in_review()
    codec = Codec(Case)
    document = codec.encode(case)
    as_json = json.dumps(asdict(case))
    message = card.render(case, SHOWN, builders.NOON)
    blocks = list(message.blocks)
    by_json = "the standard library's json"
    rows = (
        (
            "draw_card",
            lambda: card.render(case, SHOWN, builders.NOON),
            lambda: json.dumps(blocks),
            "json.dumps of the card",
        ),
        ("encode_case", lambda: codec.encode(case), lambda: json.dumps(asdict(case)), f"{by_json} and asdict"),
        ("decode_case", lambda: codec.decode(document), lambda: json.loads(as_json), f"{by_json}, to plain dicts"),
    )
    return [_compared(*row, size) for row in rows]


def _compared(name: str, ours: Callable[[], object], bare: Callable[[], object], against: str, size: Size) -> Figure:
    rounds = [(each(ours, size.repeats), each(bare, size.repeats)) for _ in range(size.rounds)]
    return Figure(
        name=name,
        value=median([value for value, _ in rounds]),
        unit="µs",
        baseline=median([baseline for _, baseline in rounds]),
        against=against,
    )
