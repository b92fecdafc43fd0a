"""Whether a reply left under a hold: the pretend X's book of calls against when people were told that nothing leaves."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tests.fault.driver.failpoints import LEASE
from tests.fault.driver.holders import EVERYTHING, Held

BEGUN_EARLIER = LEASE + 1.0
"""Seconds: no worker hands over bytes later than this after its mark; the second is for a busy machine's clocks."""


class Revision(NamedTuple):
    """A draft as the journal names it."""

    case: str
    rev: int


Call = tuple[dict[str, Any], Revision | None]
"""A call to publish as the pretend X wrote it down when it had answered, and whose words it carried."""


def sent_under(held: Sequence[Held], calls: Sequence[Call], journal: Sequence[Mapping[bytes, bytes]]) -> list[str]:
    """Return a sentence for each call that began while a hold stood and whose sending had not begun before the hold."""
    return [
        f"{revision} left {began - hold.since:.2f} s after the answer to {hold.id} on {hold.reach}"
        for call, revision in calls
        for hold in held
        if revision and hold.reach in (EVERYTHING, revision.case)
        if hold.since <= (began := call["at"] - call["ms"] / 1000) and (hold.until is None or began < hold.until)
        if began - hold.since > BEGUN_EARLIER or not _had_begun(revision, hold, journal)
    ]


def _had_begun(revision: Revision, hold: Held, journal: Sequence[Mapping[bytes, bytes]]) -> bool:
    """Say whether its sending was marked before the hold was placed and not again before it was lifted."""
    begun = placed = False
    for line in journal:
        fact, named = line[b"fact"], line[b"detail"].decode().partition(" ")[0] == hold.id
        if named and fact == b"HoldLifted":
            return begun
        placed = placed or (named and fact == b"HoldPlaced")
        if fact == b"SendStarted" and Revision(line[b"case"].decode(), int(line[b"rev"])) == revision:
            if placed:
                return False
            begun = True
    return begun
