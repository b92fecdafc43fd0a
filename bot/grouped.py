"""Task groups wrap what was raised in them; here one error comes out as itself."""

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


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
