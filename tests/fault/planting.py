"""A bug put in for a while, and the search for the first seed whose run shows it."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

import pytest

Swap = tuple[Any, str, Any]
"""What is changed, which of its names, and what stands there instead."""


class Judged(Protocol):
    """A run that came to its end."""

    @property
    def faults(self) -> tuple[str, ...]: ...


Ended = TypeVar("Ended", bound=Judged)


def first_found(
    run: Callable[[int], Ended], seeds: range, swaps: Iterable[Swap], words: tuple[str, ...]
) -> Ended | None:
    """Return the first run of which these words are said while the bug is in."""
    with pytest.MonkeyPatch.context() as changed:
        for owner, name, wrong in swaps:
            changed.setattr(owner, name, wrong)
        for seed in seeds:
            ended = run(seed)
            if any(fault.startswith(words) for fault in ended.faults):
                return ended
    return None
