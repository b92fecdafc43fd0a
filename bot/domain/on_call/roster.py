"""What people changed in the on-call schedules: overrides, and shifts that they ask each other to take.

Each verb returns the roster after it, with the fact and the messages to everybody concerned; the roster stays small,
because what is over leaves it: the journal keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.cases.effects import Effect
from bot.domain.cases.events import Event, Fact, Line
from bot.domain.document import Change
from bot.domain.errors import Refused, RefusedField
from bot.domain.ids import DAY, Instant, UserId
from bot.domain.on_call.duty_news import Subject, about
from bot.domain.on_call.oncall import Kind, Override, Schedule, shifts
from bot.domain.timing.wall_clock import in_words

LONGEST = 92 * DAY
"""Milliseconds that one override may last: about three months; what lasts longer belongs into the policy."""
FURTHEST = 400 * DAY
"""Milliseconds ahead at which one may begin."""
MOST = 200
"""Overrides, and as many open questions, at one time: the roster is read and written as a whole."""
REMEMBERED = 50
"""Lines of history that `/desk oncall history` can show; the journal keeps all."""

PERSON, UNTIL, SHIFT = "person", "until", "shift"
"""Fields of the forms that a refusal may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of a schedule, `start` included and `end` not."""

    schedule: str
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Somebody asks somebody else to take a stretch of their duty, perhaps against one (`back`) of the other's."""

    id: str
    asker: UserId
    other: UserId
    given: Stretch
    back: Stretch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All that people changed in the schedules. `number` is the last one given to an override or a swap."""

    overrides: tuple[Override, ...] = ()
    swaps: tuple[Swap, ...] = ()
    history: tuple[Line, ...] = ()
    number: int = 0

    def swap(self, swap_id: str) -> Swap:
        """Return an open question; raises `Refused` where it was answered or its time is over."""
        found = next((swap for swap in self.swaps if swap.id == swap_id), None)
        if found is None:
            raise Refused(
                "That question was answered already, or its shift is over. `/desk oncall` shows who is on call."
            )
        return found


def add_override(roster: Roster, schedule: Schedule, wish: Override, by: UserId, now: Instant) -> Change[Roster]:
    """Change a schedule for some time. The wish's id is given here. Raises `Refused`, also where two would overlap."""
    _must_be_possible(wish, now)
    kept = tidy(roster, now)
    displaced = _displaced(schedule, kept.overrides, wish)
    kept, added = _placed(kept, schedule, wish)
    event = Event(fact=Fact.OVERRIDE_ADDED, at=now, by=by, detail=in_short(added, schedule.zone))
    told = (added.people | displaced) - {by}
    return _changed(kept, event, [about(Subject.ADDED, user, event, added.id) for user in sorted(told)])


def remove_override(
    roster: Roster, schedules: Mapping[str, Schedule], override_id: str, by: UserId, now: Instant
) -> Change[Roster]:
    """Take an override back before its end. Raises `Refused` where it is over or was taken back."""
    kept = tidy(roster, now)
    gone = next((one for one in kept.overrides if one.id == override_id and one.end > now), None)
    if gone is None:
        raise Refused("There is no such change any more. `/desk oncall` lists those there are.")
    zone = schedules[gone.schedule].zone if gone.schedule in schedules else "UTC"
    kept = replace(kept, overrides=tuple(one for one in kept.overrides if one.id != override_id))
    event = Event(fact=Fact.OVERRIDE_REMOVED, at=now, by=by, detail=in_short(gone, zone))
    told = sorted(gone.people - {by})
    return _changed(kept, event, [about(Subject.REMOVED, user, event, gone.id) for user in told])


def ask_swap(roster: Roster, schedule: Schedule, wish: Swap, now: Instant) -> Change[Roster]:
    """Ask somebody to take a shift; asking is the asker's consent. The wish's id is given here. Raises `Refused`."""
    kept = tidy(roster, now)
    if wish.asker == wish.other:
        raise RefusedField(PERSON, "That is you. Pick somebody else.")
    if not now - LONGEST <= wish.given.start < wish.given.end <= now + FURTHEST:
        raise RefusedField(SHIFT, "Choose one of your shifts.")
    if wish.given.end <= now:
        raise RefusedField(SHIFT, "That shift is over.")
    _must_have(schedule, kept.overrides, wish.asker, wish.given)
    if any(swap.asker == wish.asker and swap.given == wish.given for swap in kept.swaps):
        raise RefusedField(SHIFT, "You have asked somebody to take this shift already. Take that back first.")
    if len(kept.swaps) >= MOST:
        raise Refused("Too many questions are open. Some have to be answered first.")
    asked = replace(wish, id=f"S-{kept.number + 1}")
    kept = replace(kept, swaps=(*kept.swaps, asked), number=kept.number + 1)
    event = Event(fact=Fact.SWAP_ASKED, at=now, by=wish.asker, detail=swap_in_short(asked, schedule.zone))
    news = [about(Subject.SWAP_ASKED, wish.other, event, asked.id)]
    return _changed(kept, event, news)


def accept_swap(
    roster: Roster, schedules: Mapping[str, Schedule], swap_id: str, by: UserId, now: Instant
) -> Change[Roster]:
    """Take the shift that one was asked to take: the second consent. Raises `Refused`, also where much has changed."""
    kept = tidy(roster, now)
    swap = kept.swap(swap_id)
    if by != swap.other:
        raise Refused(f"Only <@{swap.other}> can accept this.")
    schedule = schedules.get(swap.given.schedule)
    if schedule is None:
        raise Refused("That schedule is not there any more.")
    kept = replace(kept, swaps=tuple(one for one in kept.swaps if one.id != swap_id))
    before = kept.overrides
    for stretch, gives, takes in _exchanges(swap):
        _must_have(schedule, before, gives, stretch)
        start = max(stretch.start, now)
        wish = Override(
            id="", schedule=schedule.name, kind=Kind.REPLACE, start=start, end=stretch.end, who=takes, instead_of=gives
        )
        kept, _ = _placed(kept, schedule, wish)
    event = Event(fact=Fact.SWAP_ACCEPTED, at=now, by=by, detail=swap_in_short(swap, schedule.zone))
    return _changed(kept, event, [about(Subject.SWAP_ACCEPTED, swap.asker, event, swap.id)])


def decline_swap(roster: Roster, zone: str, swap_id: str, by: UserId, now: Instant) -> Change[Roster]:
    """Say no to a shift that one was asked to take, or take one's own question back. Raises `Refused`."""
    kept = tidy(roster, now)
    swap = kept.swap(swap_id)
    if by not in (swap.asker, swap.other):
        raise Refused(f"Only <@{swap.other}> can decline this, and <@{swap.asker}> can take it back.")
    kept = replace(kept, swaps=tuple(one for one in kept.swaps if one.id != swap_id))
    event = Event(fact=Fact.SWAP_DECLINED, at=now, by=by, detail=swap_in_short(swap, zone))
    told = swap.other if by == swap.asker else swap.asker
    return _changed(kept, event, [about(Subject.SWAP_DECLINED, told, event, swap.id)])


def tidy(roster: Roster, now: Instant) -> Roster:
    """Return the roster without what is over: overrides a day after their end, questions at the end of their shift."""
    return replace(
        roster,
        overrides=tuple(one for one in roster.overrides if one.end > now - DAY),
        swaps=tuple(swap for swap in roster.swaps if swap.given.end > now),
    )


def in_short(override: Override, zone: str) -> str:
    """Return one line of an override for the record: its id, what it does, to whom, and when."""
    planned = ", ".join(f"<@{who}>" for who in dict.fromkeys(part.who for part in override.parts))
    who = {
        Kind.ADD: f"adds <@{override.who}>",
        Kind.REMOVE: f"takes <@{override.who}> out",
        Kind.REPLACE: f"<@{override.who}> stands in for <@{override.instead_of}>",
        Kind.TEMPORARY: f"temporary plan with {planned}",
    }[override.kind]
    return f"{override.id} {override.schedule}: {who}, {_between(zone, override.start, override.end)}"


def swap_in_short(swap: Swap, zone: str) -> str:
    """Return one line of a swap for the record."""
    given = f"{swap.given.schedule}: <@{swap.other}> for <@{swap.asker}>, "
    given += _between(zone, swap.given.start, swap.given.end)
    back = f"; in return {_between(zone, swap.back.start, swap.back.end)}" if swap.back else ""
    return f"{swap.id} {given}{back}"


def _between(zone: str, start: Instant, end: Instant) -> str:
    return f"{in_words(zone, start)} – {in_words(zone, end)} ({zone})"


def _exchanges(swap: Swap) -> list[tuple[Stretch, UserId, UserId]]:
    """Return each stretch with who gives it and who takes it."""
    there = [(swap.given, swap.asker, swap.other)]
    return [*there, (swap.back, swap.other, swap.asker)] if swap.back else there


def _must_be_possible(wish: Override, now: Instant) -> None:
    if wish.end <= wish.start:
        raise RefusedField(UNTIL, "It has to end after it begins.")
    if wish.end <= now:
        raise RefusedField(UNTIL, "That time is over.")
    if wish.end - wish.start > LONGEST:
        raise RefusedField(UNTIL, "At most three months at a time. What lasts longer belongs into the policy.")
    if wish.start > now + FURTHEST:
        raise RefusedField(UNTIL, "That is more than a year away.")
    if wish.kind is Kind.REPLACE and wish.who == wish.instead_of:
        raise RefusedField(PERSON, "Nobody can stand in for themselves.")
    if not wish.people:
        raise RefusedField(PERSON, "Pick a person.")


def _placed(roster: Roster, schedule: Schedule, wish: Override) -> tuple[Roster, Override]:
    """Return the roster with the override under its own number. Raises `Refused` where two would overlap."""
    other = next((one for one in roster.overrides if _overlap(one, wish)), None)
    if other is not None:
        raise RefusedField(
            UNTIL, f"This overlaps {other.id}, {_between(schedule.zone, other.start, other.end)}. Take that back first."
        )
    if len(roster.overrides) >= MOST:
        raise Refused("Too many changes are in force. Take some back, or write them into the policy.")
    added = replace(wish, id=f"O-{roster.number + 1}")
    return replace(roster, overrides=(*roster.overrides, added), number=roster.number + 1), added


def _overlap(one: Override, other: Override) -> bool:
    """Return whether two overrides would say two things about one person, or about a whole schedule, at one time."""
    if one.schedule != other.schedule or one.end <= other.start or other.end <= one.start:
        return False
    plans = [override.kind is Kind.TEMPORARY for override in (one, other)]
    return all(plans) or (not any(plans) and bool(one.people & other.people))


def _must_have(schedule: Schedule, overrides: Sequence[Override], who: UserId, stretch: Stretch) -> None:
    """Raise `Refused` unless this person is on duty in the whole stretch."""
    covered = stretch.start
    for shift in shifts(schedule, overrides, stretch.start, stretch.end):
        if shift.who == who and shift.start <= covered:
            covered = max(covered, shift.end)
    if covered < stretch.end:
        raise RefusedField(SHIFT, "That shift is not theirs any more. /desk oncall shows who is on call.")


def _displaced(schedule: Schedule, overrides: Sequence[Override], wish: Override) -> frozenset[UserId]:
    """Return who would be on duty but for a temporary plan."""
    if wish.kind is not Kind.TEMPORARY:
        return frozenset()
    return frozenset(shift.who for shift in shifts(schedule, overrides, wish.start, wish.end))


def _changed(roster: Roster, event: Event, effects: Sequence[Effect]) -> Change[Roster]:
    history = (*roster.history, event.line())[-REMEMBERED:]
    return Change(value=replace(roster, history=history), events=(event,), effects=tuple(effects))
