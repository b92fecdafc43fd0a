"""The append-only record in Redis: one stream per shard; a case's lines are found from its newest one backwards."""

import hashlib
import secrets
from collections.abc import Sequence

from bot.adapters.redis_scripts import Shard, storable
from bot.domain.cases.events import Ground
from bot.domain.errors import Broken
from bot.domain.ids import DESK, HOUR, MINUTE, CaseId, UserId
from bot.domain.job import NO_CASE
from bot.ports import Json

Entry = tuple[str, list[str]]
NUMBERS = frozenset({"at", "rev"})
LONGEST_DETAIL = 1_000
"""Characters kept of a reason; people's reasons are shorter, and a poison item must not fill the record."""


class RedisJournal:
    """The `Journal` on Redis; `counts` says how much was set aside and could not be read."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    async def refused(self, case_id: str, by: UserId, act: str, sentence: str, ground: Ground | None = None) -> None:
        await self._note(
            secrets.token_hex(16),
            "Refused",
            case_id or NO_CASE,
            by,
            f"{act}: {sentence}",
            count="refused",
            keep=MINUTE,
            ground=ground,
        )

    async def set_aside(self, what: str, reason: str) -> None:
        """Record and count an item; the same item for the same reason once an hour."""
        await self._note(_digest(what, reason), "SetAside", NO_CASE, DESK, f"{what}: {reason}", count="set_aside")

    async def unreadable(self, name: str, reason: str) -> None:
        """Record a case or a shared document that could not be read, once an hour, and count each time."""
        await self._note(_digest(name, reason), "Unreadable", name, DESK, reason, count="unreadable", count_each=True)

    async def lines(self, case_id: CaseId, limit: int = 100) -> Sequence[Json]:
        request = {"case": case_id, "limit": limit}
        _, stamp, entries = await self._shard.text("lines", request, tuple[int, str | None, list[Entry]])
        return tuple(as_line(entry) for entry in reversed(entries)) if stamp else ()

    async def counts(self) -> dict[str, int]:
        """Return how often something was `refused`, `set_aside` or `unreadable` since the beginning."""
        found = await self._shard.table("counts")
        return {name.decode(): int(number) for name, number in found.items()}

    async def _note(
        self,
        op: str,
        fact: str,
        case_id: str,
        by: UserId,
        detail: str,
        *,
        count: str,
        keep: int = HOUR,
        count_each: bool = False,
        ground: Ground | None = None,
    ) -> None:
        request: dict[str, object] = {
            "op": f"note-{op}",
            "keep": keep,
            "case": storable(case_id, LONGEST_DETAIL),
            "fact": fact,
            "by": by,
            "detail": storable(detail, LONGEST_DETAIL),
            "count": count,
            "count_each": count_each,
        }
        if ground:
            request |= {"words": ground.words, "rule": storable(ground.rule, LONGEST_DETAIL)}
        verdict, _ = await self._shard.text("note", request, tuple[str, int])
        if verdict == "broken":
            raise Broken("The stored record is damaged. Nothing was written to it.")


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode(errors="replace")).hexdigest()[:32]


def as_line(entry: Entry) -> Json:
    number, words = entry
    line: dict[str, object] = {"id": number}
    for name, value in zip(words[::2], words[1::2], strict=False):
        line[name] = int(value) if name in NUMBERS and value.isdecimal() else value
    return line
