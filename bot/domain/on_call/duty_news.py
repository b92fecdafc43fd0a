"""Direct messages about duty, as work for the relay: what they are about, to whom, and the short strings they carry."""

from enum import StrEnum

from bot.domain.cases.effects import slack_lane
from bot.domain.cases.events import Event
from bot.domain.ids import UserId
from bot.domain.job import NO_CASE, Effect, Job
from bot.domain.on_call.oncall import Shift


class Subject(StrEnum):
    """What a direct message about duty is about."""

    ADDED = "added"
    REMOVED = "removed"
    SWAP_ASKED = "swap_asked"
    SWAP_ACCEPTED = "swap_accepted"
    SWAP_DECLINED = "swap_declined"
    SHIFT = "shift"


def about(subject: Subject, to: UserId, event: Event, item: str) -> Effect:
    """Return the message that the override or swap `item` was asked for, made or ended, by the fact that says so."""
    args = {"about": subject, "to": to, "by": event.by, "item": item, "words": event.detail}
    return _told(to, f"duty:{subject}:{item}:{to}:{event.at}", args)


def shift_begins(schedule: str, shift: Shift) -> Effect:
    """Return the message to somebody whose duty begins."""
    args = {"about": Subject.SHIFT, "to": shift.who, "schedule": schedule, "end": str(shift.end)}
    return _told(shift.who, f"duty:{Subject.SHIFT}:{schedule}:{shift.who}:{shift.start}", args)


def look_ahead(day: int) -> Effect:
    """Return the look at the next 14 days, once a day."""
    return Effect(job=Job.LOOK_AHEAD, case_id=NO_CASE, key=f"duty:ahead:{day}", lane=slack_lane("ops"), urgency=1)


def _told(to: UserId, key: str, args: dict[str, str]) -> Effect:
    return Effect(job=Job.TELL_DUTY, case_id=NO_CASE, key=key, lane=slack_lane(to), urgency=1, args=args)
