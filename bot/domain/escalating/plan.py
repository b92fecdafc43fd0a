"""How a case is escalated: who is paged in which order, how long each wait is, how long an acknowledgement holds."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import HOUR, MINUTE, ChannelId, UserId
from bot.domain.people import Side

DAY_MINUTES = 24 * 60
LONGEST_LEAD = 5 * MINUTE
"""A reminder comes this long before an acknowledgement ends, or a third of its time where that is less."""


class Trigger(StrEnum):
    """What starts an escalation."""

    EMERGENCY = "emergency"
    PR_LINE = "pr_line"
    ASKED = "asked"
    TARGET_MISSED = "target_missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who is paged together, `after` milliseconds since the step before; with `both`, one of each side must answer."""

    after: int = 0
    people: tuple[UserId, ...] = ()
    schedule: str = ""
    group: str = ""
    channel: ChannelId | None = None
    both: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leases:
    """For how many milliseconds an acknowledgement holds without a sign of life, by the level of the case."""

    low: int = 4 * HOUR
    normal: int = 2 * HOUR
    high: int = HOUR
    emergency: int = 15 * MINUTE

    def at(self, urgency: int) -> int:
        """Return the one for an urgency of 0 (low) to 3 (emergency)."""
        return (self.low, self.normal, self.high, self.emergency)[urgency]


def reminder_lead(lease: int) -> int:
    return min(LONGEST_LEAD, lease // 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps of one escalation. All of them come `repeat` times again, each `repeat_after` the one before.

    When nobody has answered by then, or there is nobody in any step, it is `last_resort` who is paged.
    """

    name: str
    steps: tuple[Step, ...] = ()
    repeat: int = 0
    repeat_after: int = 5 * MINUTE
    leases: Leases = Leases()
    last_resort: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """When and how often a person wants to be paged: `delays` after the step, not in the quiet minutes of the day.

    `quiet` is (from, until) in minutes since midnight in `zone`, over midnight where the first is later.
    """

    delays: tuple[int, ...] = (0, 5 * MINUTE)
    quiet: tuple[int, int] | None = None
    zone: str = "UTC"

    def is_quiet(self, minute: int) -> bool:
        """Say whether a minute of the person's own day is one of the quiet ones."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        return (minute - start) % DAY_MINUTES < (end - start) % DAY_MINUTES

    @property
    def quiet_words(self) -> str:
        start, end = self.quiet or (0, 0)
        return f"quiet hours {_time(start)} to {_time(end)} ({self.zone})"


def _time(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """Somebody said that they have it; `sides` are the ones they stood on."""

    by: UserId
    at: int
    sides: tuple[Side, ...] = ()


def answered_by_both(acks: tuple[Ack, ...]) -> bool:
    """Say whether two different people stand for the two sides."""
    return any(Side.PR in one.sides and Side.SERVICE in two.sides and one.by != two.by for one in acks for two in acks)
