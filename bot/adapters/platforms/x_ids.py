"""X's post ids: numbers that only grow and carry their time; and the address of a post."""

import re
from typing import TypeGuard

X_EPOCH_MS = 1_288_834_974_657
"""The zero of the time in an id (X's published snowflake source)."""
_ID = re.compile(r"[1-9][0-9]{0,18}")


def is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def instant_of(post_id: str | int) -> int:
    """Return when the post was made, in milliseconds since 1970."""
    return (int(post_id) >> 22) + X_EPOCH_MS


def first_id_at(milliseconds: int) -> int:
    """Return the lowest id that a post of this moment can have."""
    return max(0, milliseconds - X_EPOCH_MS) << 22


def post_url(handle: str, post_id: str) -> str:
    """Return the address of a post; X finds it without its author's handle too."""
    return f"https://x.com/{handle or 'i/web'}/status/{post_id}"
