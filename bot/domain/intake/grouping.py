"""Posts that say what others have just said: beyond the first few they are counted on a card they have in common.

Who belongs together is settled by names that only one case can hold (`indexes.unique_keys`): each of the first
posts with the same words takes one of a few seats, as does each of the first posts of one author. Where no seat is
free, the case in the last one counts the post. Seats are of an hour (words) or of five minutes (author) by the
time of the post, and are given up when the case is answered or done, so that the next such post is seen.
"""

import re
from dataclasses import dataclass, replace
from hashlib import blake2b

from bot.domain.cases.case import Case, Decision, Echo, Severity
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.post import Post
from bot.domain.errors import Refused
from bot.domain.ids import DESK, HOUR, MINUTE, CaseId, Instant
from bot.domain.text.matching import plain

ECHOES_KEPT = 5
"""Counted posts of which the case keeps number and author; the names of all of them are known to the store."""
SAME_WORDS_FOR = HOUR
ONE_AUTHOR_FOR = 5 * MINUTE
TOLD_AT = frozenset({1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000})
"""Counts that are a fact of their own, noted under the card: a line for each of thousands would help nobody."""

Rows = tuple[tuple[str, ...], ...]
"""The names of the seats that a post can take: a row for its words, a row for its author."""

_NOT_WORDS = re.compile(r"@\w+|https?://\S+|[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How many posts with the same words, and of one author, get a card of their own before the rest is counted.

    0 counts none of them, so that each post has its own card.
    """

    same_words: int = 3
    one_author: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """Where a post belongs: in the case that counts it (`full`), else in one of its own that takes the `free` seats."""

    full: CaseId | None = None
    free: tuple[str, ...] = ()


def rows(post: Post, grouping: Grouping) -> Rows:
    """Return the seats that a post can take; no row where its policy counts none, or it has no words."""
    who = f"{post.platform}:{post.account}"
    found = []
    if words := digest(post.text):
        found.append((f"words:{who}:{words}:{post.created_at // SAME_WORDS_FOR}", grouping.same_words))
    found.append((f"burst:{who}:{post.author.id}:{post.created_at // ONE_AUTHOR_FOR}", grouping.one_author))
    return tuple(tuple(f"{name}:{seat}" for seat in range(seats)) for name, seats in found if seats)


def digest(text: str) -> str:
    """Return a short name of the words alone, without handles, links, signs and capitals; "" where there are none."""
    words = " ".join(_NOT_WORDS.sub(" ", plain(text)).split())
    return blake2b(words.encode(errors="replace"), digest_size=9).hexdigest() if words else ""


def seated(names: Rows, holders: dict[str, CaseId | None]) -> Seating:
    """Return where a post belongs, given who holds the seats of its rows."""
    full = next((holders[row[-1]] for row in names if all(holders[seat] for seat in row)), None)
    free = (next((seat for seat in row if not holders[seat]), None) for row in names)
    return Seating(full=full, free=tuple(seat for seat in free if seat))


def repeated(case: Case, post: Post, severity: Severity, now: Instant) -> Decision:
    """Count a post. Raises `Refused` where it deserves a card: this case is answered, or the post is more urgent."""
    if any(echo.post == post.id for echo in case.echoes) or case.post(post.id):
        return Decision.unchanged(case)
    if not case.seats or severity.level.urgency > case.severity.level.urgency:
        raise Refused("This post gets a card of its own.")
    echo = Echo(post=post.id, author=post.author.handle)
    counted = replace(case, echoes=(*case.echoes, echo)[-ECHOES_KEPT:], echoed=case.echoed + 1)
    if counted.echoed in TOLD_AT:
        return Decision.of(counted, Event(fact=Fact.REPEATED, at=now, by=DESK, detail=str(counted.echoed)))
    return Decision(case=replace(counted, changes=case.changes + 1))


def forgotten(case: Case, post_id: str) -> Decision:
    """Forget who wrote a counted post that is gone; it stays counted."""
    left = tuple(echo for echo in case.echoes if echo.post != post_id)
    if left == case.echoes:
        return Decision.unchanged(case)
    return Decision(case=replace(case, echoes=left, changes=case.changes + 1))
