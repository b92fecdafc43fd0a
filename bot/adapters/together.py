"""What is asked for in the same turn of the event loop is answered at once, for all who asked."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Q, A]):
    """A question, and whoever waits for its answer."""

    question: Q
    answer: "asyncio.Future[A]"


class Together(Generic[Q, A]):
    """Gathers questions until this turn is over; nobody waits for anybody who asks later.

    Each has its own answer; an exception in the place of an answer is raised for that one alone, one that `do` raises
    for all. Who gives up before the others takes nothing from them; when all have, `do` is cancelled.
    """

    def __init__(self, do: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]], most: int) -> None:
        """`do` answers at most so many questions at once, in their order."""
        self._do = do
        self._most = most
        self._waiting: list[_Asked[Q, A]] = []
        self._running: set[asyncio.Future[Sequence[A | Exception]]] = set()

    async def ask(self, question: Q) -> A:
        loop = asyncio.get_running_loop()
        asked: _Asked[Q, A] = _Asked(question, loop.create_future())
        self._waiting.append(asked)
        if len(self._waiting) == 1:
            loop.call_soon(self._leave)
        return await asked.answer

    def _leave(self) -> None:
        """Begin to answer; who has given up by now has provably not been heard."""
        leaving = [asked for asked in self._waiting if not asked.answer.done()]
        self._waiting.clear()
        for start in range(0, len(leaving), self._most):
            group = leaving[start : start + self._most]
            task = asyncio.ensure_future(self._do([asked.question for asked in group]))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            task.add_done_callback(partial(_hand_out, group))
            for asked in group:
                asked.answer.add_done_callback(partial(_stop_for_nobody, task, group))


def _hand_out(group: Sequence[_Asked[Q, A]], task: "asyncio.Future[Sequence[A | Exception]]") -> None:
    error = None if task.cancelled() else task.exception()
    answers = [] if task.cancelled() or error else task.result()
    for number, asked in enumerate(group):
        if asked.answer.done():
            continue
        if task.cancelled():
            asked.answer.cancel()
        else:
            _give(asked.answer, error or answers[number])


def _give(to: "asyncio.Future[A]", answer: A | BaseException) -> None:
    if isinstance(answer, BaseException):
        to.set_exception(answer)
    else:
        to.set_result(answer)


def _stop_for_nobody(task: "asyncio.Future[Sequence[A | Exception]]", group: Sequence[_Asked[Q, A]], _: object) -> None:
    if not task.done() and all(asked.answer.done() for asked in group):
        task.cancel()
