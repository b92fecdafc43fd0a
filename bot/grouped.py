"""Task groups wrap what was raised in them; here one of the desk's own errors comes out as itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import DeskError


@contextmanager
def ungrouped() -> Iterator[None]:
    """Raise the first `DeskError` of a group in the group's place, where there is nothing else in it."""
    try:
        yield
    except BaseExceptionGroup as group:
        ours, others = group.split(DeskError)
        if ours is None or others is not None:
            raise
        raise _first(ours) from None


def _first(group: BaseExceptionGroup[DeskError]) -> DeskError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
