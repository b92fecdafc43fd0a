"""The queue of work in Redis: sorted by time, handed out under lease, paced per lane, merged by key."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from bot.adapters.redis_scripts import Shard, storable
from bot.adapters.together import Together
from bot.domain.cases.effects import Effect
from bot.domain.errors import Broken, DeskError, LeaseLost
from bot.domain.ids import DESK, HOUR, MINUTE, CaseId, Instant, Nonce, UserId
from bot.domain.work import Pace, Taken, Work

LONGEST_LEASE = 15 * MINUTE
"""A lease that ends later than this from now was given before the clock went back, and counts as run out."""
LONGEST_PAUSE = HOUR
"""A lane that was told to wait for longer asks again after this."""
LONGEST_REASON = 300
"""Characters kept of why something waits or was set aside."""
MOST = 200
"""Pieces that one look may take."""

SETTLED_AT_ONCE = 32
"""Pieces that one script settles: what was done in the same moment is told in one trip."""

Piece = Mapping[str, object]
Row = tuple[str, str, str, str, str, int, int, int, int, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Work that was set aside: people decide whether it comes back. `job` is empty where it cannot be read."""

    key: str
    reason: str
    at: Instant
    job: str = ""
    case_id: str = ""
    lane: str = ""
    tries: int = 0


def pieces(effects: Sequence[Effect]) -> list[dict[str, object]]:
    """Return work as the scripts want it; `args` travel as one JSON text that no script looks into."""
    return [_piece(effect) for effect in effects]


def _piece(effect: Effect) -> dict[str, object]:
    try:
        args = msgspec.json.encode(effect.args).decode()
    except UnicodeEncodeError:
        raise Broken("A text holds half a character, which cannot be stored.") from None
    return {
        "key": effect.key,
        "job": effect.job,
        "case": effect.case_id,
        "lane": effect.lane,
        "after": max(0, effect.after),
        "urgency": effect.urgency,
        "args": args,
    }


class RedisOutbox:
    """The `Outbox` on Redis, and what people do with work that was set aside."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard
        self._settling = Together(self._settle_all, SETTLED_AT_ONCE)

    async def take(self, limit: int, lease: int, paces: Mapping[str, Pace]) -> Taken:
        if not 0 < lease <= LONGEST_LEASE:
            raise ValueError(f"a lease lasts up to {LONGEST_LEASE} ms")
        request = {
            "lease": lease,
            "longest": LONGEST_LEASE,
            "nonces": [secrets.token_hex(16) for _ in range(max(1, min(limit, MOST)))],
            "paces": {prefix: [pace.every, pace.burst] for prefix, pace in paces.items()},
        }
        now, upcoming, rows = await self._shard.text("take", request, tuple[int, int, list[Row]])
        work = [one for row in rows if (one := await self._readable(row))]
        return Taken(work=tuple(work), now=Instant(now), next_due=None if upcoming < 0 else Instant(upcoming))

    async def _readable(self, row: Row) -> Work | None:
        try:
            return _work(row, msgspec.json.decode(row[9], type=dict[str, str]))
        except msgspec.DecodeError:
            with suppress(LeaseLost):
                await self.set_aside(_work(row, {}), "its arguments could not be read")
            return None

    async def done(self, work: Work) -> None:
        await self._settle(work, "done")

    async def later(
        self, work: Work, after: int, reason: str, *, pause_lane: bool = False, fault: bool = False, away: bool = False
    ) -> None:
        after = max(0, after)
        pause = min(after, LONGEST_PAUSE) if pause_lane else 0
        await self._settle(work, "later", reason, after=after, pause=pause, faults=int(fault), away=int(away))

    async def set_aside(self, work: Work, reason: str) -> None:
        await self._settle(work, "set_aside", reason)

    async def add(self, effects: Sequence[Effect]) -> None:
        if effects:
            request = {"op": f"add-{secrets.token_hex(16)}", "keep": MINUTE, "work": pieces(effects)}
            _sound(await self._shard.text("add", request, tuple[str, int]))

    async def waiting(self, lane: str) -> int:
        return await self._shard.size("lane", lane)

    async def set_aside_list(self) -> tuple[Aside, ...]:
        """Return everything that was set aside, oldest first."""
        found = await self._shard.table("aside")
        return tuple(sorted((_aside(key, raw) for key, raw in found.items()), key=lambda one: one.at))

    async def bring_back(self, key: str, by: UserId = DESK) -> bool:
        """Queue it again, due now; returns whether there was anything to bring back. Raises `Broken`."""
        return await self._put_right(key, "bring_back", by)

    async def give_up(self, key: str, by: UserId = DESK) -> bool:
        """Forget it for good; the record keeps that it was given up. Returns whether it was there."""
        return await self._put_right(key, "give_up", by)

    async def _put_right(self, key: str, verb: str, by: UserId) -> bool:
        verdict = _sound(await self._shard.text("aside", {"key": key, "verb": verb, "by": by}, tuple[str, int]))
        if verdict == "unreadable":
            raise Broken("This piece of work cannot be read, so it cannot come back. It can only be given up.")
        return verdict == "ok"

    async def _settle(self, work: Work, verb: str, reason: str = "", **numbers: int) -> None:
        piece = {
            "key": work.key,
            "nonce": work.nonce,
            "verb": verb,
            "reason": storable(reason, LONGEST_REASON),
            **numbers,
        }
        if _sound((await self._settling.ask(piece), 0)) == "lost":
            raise LeaseLost("this work is no longer ours")

    async def _settle_all(self, pieces: Sequence[Piece]) -> Sequence[str | Exception]:
        """Settle what is settled in the same moment with one script; where that fails, each by itself."""
        try:
            return await self._settled(pieces)
        except Broken:
            return [await self._settled_alone(piece) for piece in pieces]

    async def _settled_alone(self, piece: Piece) -> str | Exception:
        try:
            return (await self._settled([piece]))[0]
        except DeskError as error:
            return error

    async def _settled(self, pieces: Sequence[Piece]) -> Sequence[str]:
        return (await self._shard.text("settle", {"pieces": list(pieces)}, tuple[int, list[str]]))[1]


def _sound(answer: tuple[str, int]) -> str:
    if answer[0] == "broken":
        raise Broken("The stored queue is damaged. Nothing was changed.")
    return answer[0]


def _work(row: Row, args: dict[str, str]) -> Work:
    key, job, case_id, lane, nonce, due, lease, tries, urgency, _, faults, doubtful = row
    return Work(
        key=key,
        job=job,
        case_id=CaseId(case_id),
        lane=lane,
        nonce=Nonce(nonce),
        due=Instant(due),
        lease_until=Instant(lease),
        tries=tries,
        faults=faults,
        doubtful=doubtful == 1,
        urgency=urgency,
        args=args,
    )


class _Stored(msgspec.Struct):
    reason: str = ""
    at: int = 0
    job: str = ""
    case: str = ""
    lane: str = ""
    tries: int = 0


def _aside(key: bytes, raw: bytes) -> Aside:
    try:
        stored = msgspec.msgpack.decode(raw, type=_Stored)
    except (msgspec.DecodeError, UnicodeDecodeError):
        stored = _Stored(reason="unreadable")
    return Aside(
        key=key.decode(errors="replace"),
        reason=stored.reason,
        at=Instant(stored.at),
        job=stored.job,
        case_id=stored.case,
        lane=stored.lane,
        tries=stored.tries,
    )
