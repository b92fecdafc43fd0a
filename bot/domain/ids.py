"""Names for ids and time, so that the type checker finds the mixed-up one."""

from typing import NewType

CaseId = NewType("CaseId", str)
"""The number people say to each other, as `C-1042`."""
PlatformName = NewType("PlatformName", str)
AccountId = NewType("AccountId", str)
PostId = NewType("PostId", str)
UserId = NewType("UserId", str)
ChannelId = NewType("ChannelId", str)
MessageTs = NewType("MessageTs", str)
OpId = NewType("OpId", str)
"""Names one act; the same act delivered twice carries the same op id and is done once."""
Nonce = NewType("Nonce", str)
"""128 random bits as hex: the proof that a lease is still ours."""
Digest = NewType("Digest", str)

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01 UTC, by the clock of the store."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

DESK = UserId("desk")
"""The desk itself, where no person acted."""


def later(at: Instant, milliseconds: int) -> Instant:
    return Instant(at + milliseconds)
