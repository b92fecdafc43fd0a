"""Whether the store is still the one it was: after a change-over it may have forgotten what was approved or sent.

What the desk has seen last stands in the store and outside it; where the two differ, the store has gone back.
"""

from dataclasses import dataclass, replace

from bot.domain.ids import DAY, MINUTE, Instant, UserId

BACK_TOO_FAR = 5 * MINUTE
"""A fail-over forgets seconds; a store that forgot more than this came back from a backup, and a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """The store as the desk saw it last, at `seen` (by the store's clock, never going back).

    `server` changes when a server was started again or another took over. Since `changed_at`, whatever happened
    after `back_to` may be forgotten. While it is `held` no reply leaves, until a person has looked.
    """

    server: str
    seen: Instant
    changed_at: Instant | None = None
    back_to: Instant | None = None
    held: bool = False
    confirmed_by: UserId | None = None


def observed(known: Epoch | None, server: str, outside: Instant | None, now: Instant, *, sure: bool) -> Epoch:
    """Return the epoch after one look. `outside` is the newest `seen` kept outside the store, None where there is none.

    With `sure`, the store never forgets what it acknowledged, so that starting it again changes nothing.
    """
    if known is None:
        fresh = Epoch(server=server, seen=now)
        return fresh if outside is None else replace(fresh, changed_at=now, held=True)
    seen = max(known.seen, now)
    gone_back = outside is not None and outside > known.seen
    if known.server == server and not gone_back:
        return replace(known, seen=seen)
    far = (now if outside is None else outside) - known.seen > BACK_TOO_FAR
    if sure and not far and not gone_back:
        return replace(known, server=server, seen=seen)
    recent = known.changed_at is not None and now - known.changed_at < DAY
    return Epoch(
        server=server,
        seen=seen,
        changed_at=now,
        back_to=min(known.back_to or known.seen, known.seen) if recent else known.seen,
        held=known.held or far,
    )


def confirmed(known: Epoch, by: UserId) -> Epoch:
    """Take a person's word that they looked at the timeline: replies may leave again."""
    return replace(known, held=False, confirmed_by=by)
