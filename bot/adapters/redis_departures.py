"""How closed cases leave Redis for the archive: read with their record, removed in one script, remembered by name."""

from bot.adapters.redis_codec import Codec
from bot.adapters.redis_commits import KEEP_NAMES
from bot.adapters.redis_journal import as_line
from bot.adapters.redis_scripts import Shard
from bot.adapters.redis_versions import split
from bot.domain.cases import effects, indexes
from bot.domain.cases.case import Case
from bot.domain.cases.leaving import Leaving
from bot.domain.errors import Broken
from bot.domain.ids import CaseId, Instant
from bot.ports.archive import Due

Entries = list[tuple[bytes, list[bytes]]]


class RedisDepartures:
    """The `Departures` on Redis."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard
        self._codec = Codec(Case)

    async def due(self, keep: int, limit: int, skip: int) -> Due:
        request = {"verb": "due", "keep": keep, "limit": limit, "skip": skip}
        _, now, names = await self._shard.text("depart", request, tuple[str, int, list[str]])
        return Due(now=Instant(now), cases=tuple(CaseId(name) for name in names))

    async def read(self, case_id: CaseId) -> Leaving | None:
        request = {"verb": "read", "case": case_id}
        answer = await self._shard.run("depart", request, tuple[bytes, int, bytes | None, Entries])
        _, _, stored, entries = answer
        if stored is None:
            return None
        _, document = split(stored)
        lines = tuple(as_line(_texts(entry)) for entry in reversed(entries))
        head = stored.partition(b"\n")[0].decode("ascii", errors="replace")
        return Leaving(case=self._codec.decode(document), lines=lines, head=head)

    async def remove(self, leaving: Leaving, place: str) -> bool:
        case = leaving.case
        request = {
            "verb": "remove",
            "case": case.id,
            "head": leaving.head,
            "after": [effects.card(case).key],
            "names": sorted(indexes.unique_keys(case) | indexes.ended_keys(case)),
            "lists": sorted(indexes.lists(case)),
            "lines": [line["id"] for line in leaving.lines],
            "place": place,
            "keep_names": KEEP_NAMES,
        }
        verdict, _ = await self._shard.text("depart", request, tuple[str, int])
        if verdict == "broken":
            raise Broken(f"The stored parts around case {case.id} are damaged. It stays where it is.")
        return verdict == "gone"

    async def where(self, case_id: CaseId) -> str | None:
        (found,) = await self._shard.values("gone", [case_id])
        return None if found is None else found.decode(errors="replace")

    async def trim(self, keep: int) -> int:
        dropped, seen = 0, 1
        while seen:
            request = {"verb": "trim", "keep": keep}
            _, _, some, seen = await self._shard.text("depart", request, tuple[str, int, int, int])
            dropped += some
        return dropped


def _texts(entry: tuple[bytes, list[bytes]]) -> tuple[str, list[str]]:
    number, words = entry
    return number.decode(), [word.decode(errors="replace") for word in words]
