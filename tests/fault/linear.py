"""Is there an order in which these calls, one after the other, would have answered what they answered?

The search of Wing and Gong, with Lowe's memory of states already tried: a call may come next when no other call had
ended before it began. A call whose answer was lost (`ended` is None) may have happened at any later time, or never.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)
LOST = object()
"""The answer of a call that was never heard."""


@dataclass(frozen=True, eq=False)
class Call(Generic[S]):
    """One call as its caller saw it. `does` takes a state and returns the next one and the right answer to it.

    `began` and `ended` are by one clock for all callers.
    """

    name: str
    began: int
    ended: int | None
    answer: object
    does: Callable[[S], tuple[S, object]]


def order(calls: Sequence[Call[S]], state: S) -> list[str] | None:
    """Return names in an order that explains every answer, or None where there is none."""
    tried: set[tuple[frozenset[int], S]] = set()
    stack: list[tuple[frozenset[int], S, tuple[str, ...]]] = [(frozenset(range(len(calls))), state, ())]
    while stack:
        left, now, done = stack.pop()
        if all(calls[i].ended is None for i in left):
            return list(done)
        if (left, now) in tried:
            continue
        tried.add((left, now))
        stack += [step for i in _may_come_next(calls, left) if (step := _step(calls, left, now, done, i))]
    return None


def _may_come_next(calls: Sequence[Call[S]], left: frozenset[int]) -> list[int]:
    ends = [ended for i in left if (ended := calls[i].ended) is not None]
    return [i for i in left if calls[i].began <= min(ends)]


def _step(
    calls: Sequence[Call[S]], left: frozenset[int], now: S, done: tuple[str, ...], i: int
) -> tuple[frozenset[int], S, tuple[str, ...]] | None:
    after, right = calls[i].does(now)
    if calls[i].ended is not None and right != calls[i].answer:
        return None
    return left - {i}, after, (*done, calls[i].name)
