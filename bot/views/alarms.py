"""What leaves past Slack: plain text, with no customer's words but where the house rules let them leave."""

from collections.abc import Sequence

from bot.domain.cases.case import Case, Level
from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.drill import is_drill
from bot.domain.escalating.escalation import name_of
from bot.domain.escalating.page import Page
from bot.domain.ids import DAY, HOUR, MINUTE, Instant, UserId
from bot.domain.text.words import one_line
from bot.ports.alarm import Alarm, Urgency

QUOTED = 400
"""Characters of the customer's words, where they may leave."""
_URGENCY = {
    Level.EMERGENCY: Urgency.CRITICAL,
    Level.HIGH: Urgency.ERROR,
    Level.NORMAL: Urgency.WARNING,
    Level.LOW: Urgency.INFO,
}


def page(linked: Sequence[tuple[Case, str]], to: str, key: str, *, words: bool) -> Alarm:
    """Return the page for cases with the addresses of their cards; with `words`, what the customers wrote is in it."""
    cases = [case for case, _ in linked]
    if is_drill(cases[0]):
        return _drill(cases[0], to, key)
    first = max(cases, key=lambda case: case.severity.level.urgency)
    more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
    parts = [_about(case, to, link, words=words) for case, link in linked]
    tail = "Slack did not take this page. Once it is there, press Acknowledge on the card, or claim the case."
    return Alarm(
        to=UserId(to),
        key=key,
        subject=f"{_heading(first)}{more}: somebody has to look",
        body="\n\n".join([*parts, tail]),
        urgency=_URGENCY[first.severity.level],
    )


def _drill(case: Case, to: str, key: str) -> Alarm:
    name = case.escalation.plan.name if case.escalation else ""
    lines = [
        f"DRILL {case.id}: nothing has happened. The plan “{name}” is tried out, and this way with it.",
        "Press Acknowledge in the message that the desk sent you in Slack; how long that takes is measured.",
    ]
    return Alarm(to=UserId(to), key=key, subject=f"DRILL {case.id}: nothing has happened", body="\n".join(lines))


def _heading(case: Case) -> str:
    level = "EMERGENCY" if case.severity.level is Level.EMERGENCY else f"{case.severity.level.value} priority"
    return f"{case.id}, {level}, {one_line(case.route.topic)}" if case.route.topic else f"{case.id}, {level}"


def _about(case: Case, to: str, link: str, *, words: bool) -> str:
    running = case.escalation
    if running is None:
        return f"{case.id} is not escalated any more."
    mine = next((one for one in reversed(running.pages) if one.to == to), None)
    lines = [
        f"{_heading(case)}. Waiting since {clock(case.opened_at)}.",
        f"Escalated at {clock(running.started_at)} by the plan “{running.plan.name}”; nobody has acknowledged it.",
        *([f"Why you: {_why(running, mine)}."] if mine else []),
        f"Next: {_next(running)}.",
        f"If nobody answers: {_end(running)}.",
    ]
    if words:
        lines.append(f"Reason: {one_line(running.reason)}")
        lines.append(f"The customer wrote: {one_line(case.last_post.text)[:QUOTED]}")
    if link:
        lines.append(f"The card: {link}")
    return "\n".join(lines)


def _why(running: Escalation, mine: Page) -> str:
    why = "you are named in the plan" if mine.why.startswith("named") else f"you are {mine.why}"
    return f"{why} ({name_of(running, mine.step)})"


def _next(running: Escalation) -> str:
    if running.due_at is None:
        return "nobody is left; those who run the desk were told"
    step = running.at(running.step)
    who = f", who is on call for {step.schedule}," if step.schedule else ""
    return f"{name_of(running, running.step)}{who} at {clock(running.due_at)}"


def _end(running: Escalation) -> str:
    last = "the last resort is paged" if running.plan.last_resort else "those who run the desk are told"
    left = running.plan.repeat - running.repeats
    return f"all steps come again {left}×, then {last}" if left > 0 and not running.is_last else last


def clock(at: Instant) -> str:
    """Return an instant as a clock in UTC shows it: mail has no reader's own time."""
    of_day = at % DAY
    return f"{of_day // HOUR:02}:{of_day % HOUR // MINUTE:02} UTC"
