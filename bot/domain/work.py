"""Work that has been taken from the outbox: whose it is, and until when."""

from dataclasses import dataclass, field

from bot.domain.ids import CaseId, Instant, Nonce


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work under lease. Whoever holds `nonce` may do it until `lease_until`.

    `tries` counts from 1, waits and lost leases too; `faults` counts the tries that failed by an error of our own.
    `doubtful` says that an earlier try may still come through: its worker fell silent, or it had no answer.
    """

    key: str
    job: str
    case_id: CaseId
    lane: str
    nonce: Nonce
    due: Instant
    lease_until: Instant
    tries: int = 1
    faults: int = 0
    doubtful: bool = False
    urgency: int = 1
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one look at the outbox brought: the work, the store's time, and when to look again at the latest."""

    work: tuple[Work, ...]
    now: Instant
    next_due: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the work of a lane may start: one every `every` milliseconds, `burst` at once after a rest."""

    every: int
    burst: int = 1
