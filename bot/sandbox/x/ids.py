"""Snowflake ids: numeric strings that only grow, as X's do."""

X_EPOCH_MS = 1_288_834_974_657
"""The zero of X's ids, 4 Nov 2010 01:42:54.657 UTC (X's published snowflake source)."""


def made_at(post_id: int) -> float:
    """When a post with this id was made, in epoch seconds."""
    return ((post_id >> 22) + X_EPOCH_MS) / 1000


class Snowflakes:
    """Makes ids from the sandbox's clock; two in the same millisecond, or a clock that stands still, still grow."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def next(self, at: float) -> str:
        """`at` is epoch seconds."""
        wanted = (int(at * 1000) - X_EPOCH_MS) << 22
        self.last = max(wanted, self.last + 1)
        return str(self.last)

    def seen(self, post_id: str) -> None:
        """An id that came from outside: later ones stay above it."""
        self.last = max(self.last, int(post_id))
