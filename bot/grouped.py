"""What asyncio hides is brought out: one error wrapped in a group, and a cancellation that was swallowed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import DeskError


@contextmanager
def ungrouped() -> Iterator[None]:
    """Raise an error in the place of the group that holds it alone, or with other errors of the desk's own."""
    try:
        yield
    except BaseExceptionGroup as group:
        errors = list(_leaves(group))
        if len(errors) > 1 and not all(isinstance(error, DeskError) for error in errors):
            raise
        raise errors[0] from errors[0].__cause__


def end_if_cancelled() -> None:
    """Raise a cancellation that redis-py or `wait_for` swallowed (Python 3.11); loops would go on for ever."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
