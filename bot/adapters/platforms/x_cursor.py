"""Where reading stands: the newest post known of each source, what was handed on lately, and what was left unread."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.adapters.platforms.x_ids import first_id_at, instant_of
from bot.domain.cases.post import Post
from bot.domain.errors import Broken
from bot.domain.ids import MINUTE, PostId

LATE = 2 * MINUTE
"""Milliseconds that a post may show itself later than one with a higher id (X's search needs up to half a minute)."""
MOST_SEEN = 2_000
"""Ids kept in a cursor; beyond that (1,000 posts a minute) the look back is shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Posts that X's pages did not reach: ids above `after`, up to and with `upto`."""

    after: int
    upto: int

    def joined(self, other: "Gap | None") -> "Gap":
        """Return one gap that holds both; what was read between them is found again, and is known then."""
        return Gap(after=min(self.after, other.after), upto=max(self.upto, other.upto)) if other else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The newest post known of each source; 0 where nothing was seen yet. `fresh` is the very first look.

    X shows some posts late, with an id below one that it showed before. So each look begins `LATE` before the newest
    post, and `seen` holds the ids that were handed on since then. `looked` is when everything new had been handed
    on last (milliseconds since 1970 by our clock, 0: not known), `gap` is what the pages did not reach.
    """

    mentions: int = 0
    quotes: int = 0
    seen: frozenset[PostId] = frozenset()
    looked: int = 0
    gap: Gap | None = None
    fresh: bool = False

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """Raises `Broken` for what this adapter did not write."""
        if text is None:
            return cls(fresh=True)
        try:
            stored = json.loads(text)
            return cls(
                mentions=int(stored["mentions"]),
                quotes=int(stored["quotes"]),
                seen=frozenset(PostId(str(int(found))) for found in stored.get("seen", ())),
                looked=int(stored.get("looked", 0)),
                gap=_gap(stored.get("gap")),
            )
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise Broken("the cursor for X cannot be read") from error

    def write(self) -> str:
        gap = {"gap": [str(self.gap.after), str(self.gap.upto)]} if self.gap else {}
        newest = {"mentions": str(self.mentions), "quotes": str(self.quotes)}
        return json.dumps({**newest, "looked": str(self.looked), **gap, "seen": sorted(self.seen, key=int)})

    def since(self, newest: int, now: float) -> int:
        """Return the id to look back to; `now` is epoch seconds. A quiet account reads nothing twice."""
        if not newest:
            return 0
        floor = max(settled(round(now * 1000)), settled(instant_of(newest)))
        if len(self.seen) >= MOST_SEEN:
            floor = max(floor, min(map(int, self.seen)))
        return min(newest, floor)

    def seen_after(self, newest: int, handed_on: Iterable[Post]) -> frozenset[PostId]:
        """Return the ids to keep once these posts are handed on and `newest` is the newest one known."""
        floor = settled(instant_of(newest))
        ids = sorted((found for found in self.seen.union(post.id for post in handed_on) if int(found) > floor), key=int)
        return frozenset(ids[-MOST_SEEN:])


def settled(milliseconds: int) -> int:
    """Return the id below which X has shown everything by this time."""
    return first_id_at(milliseconds - LATE)


def _gap(stored: Any) -> Gap | None:
    return Gap(after=int(stored[0]), upto=int(stored[1])) if stored else None
