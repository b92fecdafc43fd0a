"""Saved replies and talking points over time: from when to when they hold, and what is withdrawn at once.

What was written from a point that is withdrawn goes back to its writer, and nothing written from it leaves any more.
"""

from dataclasses import dataclass

from bot.domain.cases.events import Event, Fact
from bot.domain.document import Change
from bot.domain.errors import Refused
from bot.domain.ids import Instant, UserId
from bot.domain.job import NO_CASE, Effect, Job
from bot.domain.people import Person, Side
from bot.domain.policy import SavedReply
from bot.domain.text.wording import brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One point that must not be used: who said so, why and since when."""

    point: str
    by: UserId
    reason: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Every point that is withdrawn at the moment: one document for the whole desk."""

    points: tuple[Withdrawal, ...] = ()

    def of(self, point: str) -> Withdrawal | None:
        return next((one for one in self.points if one.point == point), None)


def withdraw(known: Withdrawn, point: SavedReply, by: Person, reason: str, now: Instant) -> Change[Withdrawn]:
    """Withdraw a point at once; raises `Refused` for who may not, and where it is withdrawn already."""
    _may(point, by)
    if not reason:
        raise Refused(f"Say why: `/desk points withdraw {point.id} the date was wrong`. Whoever used it will read it.")
    if old := known.of(point.id):
        raise Refused(f"<@{old.by}> has withdrawn “{point.title}” already.")
    gone = Withdrawal(point=point.id, by=by.id, reason=brief(reason), at=now)
    event = Event(fact=Fact.POINT_WITHDRAWN, at=now, by=by.id, detail=f"{point.id}: {gone.reason}")
    work = Effect(
        job=Job.TAKE_BACK_DRAFTS,
        case_id=NO_CASE,
        key=f"take_back:{point.id}:{now}",
        lane="timer:all",
        urgency=3,
        args={"point": point.id},
    )
    return Change(value=Withdrawn(points=(*known.points, gone)), events=(event,), effects=(work,))


def restore(known: Withdrawn, point: SavedReply, by: Person, now: Instant) -> Change[Withdrawn]:
    """Let a point be used again; raises `Refused`."""
    _may(point, by)
    if known.of(point.id) is None:
        raise Refused(f"“{point.title}” is not withdrawn.")
    left = tuple(one for one in known.points if one.point != point.id)
    event = Event(fact=Fact.POINT_RESTORED, at=now, by=by.id, detail=point.id)
    return Change(value=Withdrawn(points=left), events=(event,))


def fault(point: SavedReply, known: Withdrawn, now: Instant) -> str:
    """Return why a point must not be used now, as a clause of a sentence; nothing where it may."""
    if gone := known.of(point.id):
        return f"“{point.title}” was withdrawn by <@{gone.by}>: {gone.reason}"
    if point.valid_from is not None and now < point.valid_from:
        return f"“{point.title}” does not hold yet"
    if point.valid_until is not None and now >= point.valid_until:
        return f"“{point.title}” has run out"
    return ""


def _may(point: SavedReply, by: Person) -> None:
    if by.id != point.owner and Side.PR not in by.sides:
        owner = f" or its owner <@{point.owner}>" if point.owner else ""
        raise Refused(f"Only {Side.PR.label}{owner} can do that.")
