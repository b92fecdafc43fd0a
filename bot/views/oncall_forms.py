"""The forms in which people change who is on call; dates and times are those of the schedule's own zone."""

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.ids import DAY, HOUR, Instant, UserId
from bot.domain.on_call.oncall import Kind, Schedule, Shift
from bot.domain.on_call.outlook import Outlook
from bot.domain.timing.wall_clock import DAY_MINUTES, HOUR_MINUTES, date_and_time, in_words
from bot.views import blocks as b
from bot.views.ids import VALUE, Field, Form

KINDS = {
    Kind.REPLACE: "Somebody stands in for somebody",
    Kind.ADD: "Somebody is on call as well",
    Kind.REMOVE: "Somebody is taken out",
}
PARTS = {
    "8 hours": 8 * HOUR_MINUTES,
    "12 hours": 12 * HOUR_MINUTES,
    "1 day": DAY_MINUTES,
    "1 week": 7 * DAY_MINUTES,
}
"""How long each person of a temporary plan has, in minutes by the clock on the wall."""
GIVE, SWAP = "give", "swap"
MOST_SHIFTS = 50
_ZONE_HINT = "By the clock of the schedule's zone, which stands behind its name."


def change(schedules: Mapping[str, Schedule], user: UserId, now: Instant) -> b.Block:
    """Return the form for one override."""
    kinds = [b.option(label, kind) for kind, label in KINDS.items()]
    parts = [
        _schedule_field(schedules),
        _entry(Field.KIND, "What changes?", {"type": "radio_buttons", "options": kinds, "initial_option": kinds[0]}),
        _entry(Field.PERSON, "Who?", {"type": "users_select", "initial_user": user}),
        _entry(Field.INSTEAD_OF, "Instead of whom? (when somebody stands in)", {"type": "users_select"}, optional=True),
        *_from_until(schedules, now, 8 * HOUR),
    ]
    return b.modal(Form.DUTY_CHANGE, "Change on call", "Change", parts)


def plan(schedules: Mapping[str, Schedule], now: Instant) -> b.Block:
    """Return the form for a temporary plan: people take turns, and no layer counts meanwhile."""
    lengths = [b.option(label, str(minutes)) for label, minutes in PARTS.items()]
    people: b.Block = {"type": "multi_users_select", "max_selected_items": 20}
    each: b.Block = {"type": "static_select", "options": lengths, "initial_option": lengths[2]}
    parts = [
        _schedule_field(schedules),
        _entry(Field.PEOPLE, "Who takes turns, in this order?", people),
        _entry(Field.HOW_LONG, "How long has each?", each),
        *_from_until(schedules, now, 7 * DAY),
    ]
    return b.modal(Form.DUTY_PLAN, "Temporary plan", "Plan", parts)


def swap(outlooks: Sequence[Outlook], user: UserId) -> b.Block | None:
    """Return the form in which somebody asks another to take a shift; nothing for those who have none."""
    shifts = [
        b.option(
            f"{one.schedule.name}: {_between(one, shift)}",
            f"{one.schedule.name}|{shift.start}|{shift.end}",
        )
        for one in outlooks
        for shift in one.of(user)
    ][:MOST_SHIFTS]
    if not shifts:
        return None
    ways = [b.option("They take it", GIVE), b.option("We swap: I take their next shift", SWAP)]
    parts = [
        _entry(Field.SHIFT, "Which shift of yours?", {"type": "static_select", "options": shifts}),
        _entry(Field.PERSON, "Who should take it?", {"type": "users_select"}),
        _entry(Field.IN_RETURN, "In return", {"type": "radio_buttons", "options": ways, "initial_option": ways[0]}),
    ]
    return b.modal(Form.DUTY_SWAP, "Swap a shift", "Ask", parts)


def _between(one: Outlook, shift: Shift) -> str:
    return " – ".join(in_words(one.schedule.zone, at) for at in (shift.start, shift.end))


def _schedule_field(schedules: Mapping[str, Schedule]) -> b.Block:
    options = [b.option(f"{one.name} ({one.zone})", one.name) for one in schedules.values()][:100]
    element: b.Block = {"type": "static_select", "options": options, "initial_option": options[0]}
    return _entry(Field.SCHEDULE, "Schedule", element)


def _from_until(schedules: Mapping[str, Schedule], now: Instant, length: int) -> Iterable[b.Block]:
    zone = next(iter(schedules.values())).zone
    start, end = date_and_time(zone, now), date_and_time(zone, Instant(now + length))
    for date_field, time_field, name, (date, time) in (
        (Field.FROM, Field.FROM_TIME, "From", start),
        (Field.UNTIL, Field.UNTIL_TIME, "Until", end),
    ):
        yield _entry(date_field, name, {"type": "datepicker", "initial_date": date})
        yield _entry(time_field, f"{name}, time", {"type": "timepicker", "initial_time": time}, hint=_ZONE_HINT)


def _entry(field: Field, label: str, element: b.Block, *, hint: str = "", optional: bool = False) -> b.Block:
    return b.entry(field, label, {**element, "action_id": VALUE}, hint=hint, optional=optional)
