"""What lies ahead in an on-call schedule: who is on now, who comes next, and hours in which nobody could be paged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.ids import DAY, Instant, UserId
from bot.domain.on_call.oncall import Gap, Override, Schedule, Shift, gaps, shifts, stretches
from bot.domain.on_call.rotation import Why

AHEAD = 14 * DAY
"""Milliseconds that people look ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A schedule's next 14 days from `now`: its shifts, its gaps, and the changes in force or to come."""

    schedule: Schedule
    now: Instant
    on: tuple[UserId, ...]
    changes_at: Instant | None
    """The next time at which somebody else is on duty; nothing where nobody else comes in this time."""
    then: tuple[UserId, ...]
    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]
    overrides: tuple[Override, ...]

    @property
    def empty_shifts(self) -> tuple[Gap, ...]:
        """The gaps that are there only because somebody was taken out."""
        return tuple(gap for gap in self.gaps if any(absence.why is Why.REMOVED for absence in gap.why))

    def of(self, user: UserId) -> tuple[Shift, ...]:
        return tuple(shift for shift in self.shifts if shift.who == user)


def outlook(schedule: Schedule, overrides: Sequence[Override], now: Instant) -> Outlook:
    """Return the next 14 days of a schedule."""
    end = Instant(now + AHEAD)
    rolls = [(start, tuple(one.who for one in roll.on)) for start, _, roll in stretches(schedule, overrides, now, end)]
    on = rolls[0][1]
    changes_at, then = next((later for later in rolls if set(later[1]) != set(on)), (None, ()))
    return Outlook(
        schedule=schedule,
        now=now,
        on=on,
        changes_at=changes_at,
        then=then,
        shifts=shifts(schedule, overrides, now, end),
        gaps=gaps(schedule, overrides, now, end),
        overrides=tuple(one for one in overrides if one.schedule == schedule.name and one.end > now),
    )


def begun(schedule: Schedule, overrides: Sequence[Override], since: Instant, now: Instant) -> tuple[Shift, ...]:
    """Return the duty that began after `since` and until now and still goes on, to its end or 14 days ahead.

    Duty that goes on under another name (a layer's person whose override ends) does not begin again.
    """
    on: dict[UserId, Shift] = {}
    for start, _, roll in stretches(schedule, overrides, since, Instant(now + 1)):
        on = {one.who: on.get(one.who, Shift(who=one.who, start=start, end=now, by=one.by)) for one in roll.on}
    return tuple(
        replace(shift, end=_until(schedule, overrides, shift.who, now)) for shift in on.values() if shift.start > since
    )


def _until(schedule: Schedule, overrides: Sequence[Override], who: UserId, now: Instant) -> Instant:
    ahead = Instant(now + AHEAD)
    rolls = stretches(schedule, overrides, now, ahead)
    return next((start for start, _, roll in rolls if all(one.who != who for one in roll.on)), ahead)
