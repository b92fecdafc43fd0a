"""What may be done side by side: posts in lots that have nothing to do with each other, and so many lots at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from bot.domain.cases.post import Post
from bot.domain.errors import DeskError
from bot.domain.intake.grouping import digest

T = TypeVar("T")


@dataclass(slots=True)
class _Lot:
    """Posts that belong together, each with its place in the order of arrival, and the names that tie them."""

    posts: list[tuple[int, Post]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def take_over(self, other: "_Lot") -> None:
        self.posts += other.posts
        self.names |= other.names


def lots_of(posts: Iterable[Post]) -> list[list[Post]]:
    """Return the posts in lots that have nothing to do with each other, each in its own order.

    One conversation, one author, the same words: that is one lot, and what ties two lots makes them one. Counted on one
    case, such posts would only be in each other's way, and the desk looks up how often an author wrote before.
    """
    lots: dict[int, _Lot] = {}
    lot_of: dict[str, int] = {}
    for number, post in enumerate(posts):
        names = set(_ties(post))
        tied = {lot_of[name] for name in names if name in lot_of}
        ours = min(tied, default=number)
        lot = lots.setdefault(ours, _Lot())
        lot.take_over(_Lot([(number, post)], names))
        for other in tied - {ours}:
            names |= lots[other].names
            lot.take_over(lots.pop(other))
        lot_of.update(dict.fromkeys(names, ours))
    return [[post for _, post in sorted(lot.posts, key=lambda one: one[0])] for lot in lots.values()]


def _ties(post: Post) -> Iterator[str]:
    yield f"conversation:{post.conversation_id}"
    yield f"author:{post.author.id}"
    if words := digest(post.text):
        yield f"words:{words}"


async def side_by_side(items: Iterable[T], take: Callable[[T], Awaitable[None]], at_once: int) -> None:
    """Take items, so many at a time; after the first that fails no more are begun, and then its error is raised."""
    waiting = deque(items)
    failures: list[DeskError] = []

    async def work() -> None:
        while waiting and not failures:
            try:
                await take(waiting.popleft())
            except DeskError as error:
                # The others finish what they began: nothing is cancelled in the middle of a commit.
                failures.append(error)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(waiting))):
            group.create_task(work())
    if failures:
        raise failures[0]
