"""What people read of a drill: every message says DRILL before anything else. Also the result, in the ops channel."""

from collections.abc import Iterable, Sequence

from bot.domain.cases.case import Case
from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.escalation import name_of
from bot.domain.escalating.page import Page, PageState
from bot.domain.escalating.plan import answered_by_both
from bot.domain.ids import MINUTE, SECOND
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.ports import Message
from bot.views import blocks as b
from bot.views import pages
from bot.views.ids import Action


def begun(case: Case) -> str:
    """Return the answer to whoever started it."""
    running = case.escalation
    name = escape_mrkdwn(running.plan.name) if running else ""
    return (
        f"DRILL {case.id} has begun, by the plan “{name}”: people are paged as in an emergency, at any hour, once "
        f"through all steps, and every message says DRILL. The result comes to <#{case.route.channel}>."
    )


def one_at_a_time(running: Case | None) -> str:
    """Return the refusal of a second drill."""
    which = f" ({running.id})" if running else ""
    return f"A drill is running already{which}. Acknowledge it, or wait for its result; then start the next one."


def no_such_plan(names: Sequence[str]) -> str:
    """Return the refusal of a plan that the house rules do not have."""
    known = ", ".join(f"“{escape_mrkdwn(name)}”" for name in names) or "none"
    return f"There is no escalation plan of that name. The house rules have: {known}."


def marked(message: Message) -> Message:
    """Return any other message about a drill as what it is."""
    return Message(text=f"DRILL. {message.text}", blocks=message.blocks)


def page(case: Case) -> Message:
    """Return the page of a drill."""
    running = case.escalation
    if running is None or not running.is_waiting:
        text = f"DRILL {case.id} is over{_why(running)}."
        return Message(text=text, blocks=(b.section(Mrkdwn(f"*DRILL* {case.id} is over{_why(running)}.")),))
    value = f"{case.id}|{running.number}"
    next_one = pages.next_words(running) if running.due_at is not None else "nobody, then it is over"
    lines = [
        f"*DRILL* {case.id}, by the plan “{escape_mrkdwn(running.plan.name)}”, started by <@{running.by}>",
        "*Nothing has happened.* Press Acknowledge, as you would in an emergency; how long that takes is measured.",
        f"*Tried:* {pages.tried(running, first='you are the first')}",
        f"*Next:* {next_one}",
    ]
    return Message(
        text=f"DRILL {case.id}: nothing has happened. Press Acknowledge.",
        blocks=(
            b.section(Mrkdwn("\n".join(lines))),
            b.actions(
                b.button("Acknowledge", Action.ACKNOWLEDGE, value, style="primary"),
                b.button("Why me?", Action.WHY_ME, value),
            ),
        ),
    )


def _why(running: Escalation | None) -> str:
    return f": {escape_mrkdwn(running.ended_why)}" if running and running.ended_why else ""


def result(case: Case) -> Message:
    """Return what was measured: who acknowledged after how long, and which way took each page after how long."""
    running = case.escalation
    if running is None:
        return Message(text=f"DRILL {case.id} is over.")
    head = (
        f"DRILL {case.id} (plan “{escape_mrkdwn(running.plan.name)}”, started by <@{running.by}>): {_answer(running)}"
    )
    lines = [head, *(f"• {line}" for line in _ways(running))]
    return Message(text=head, blocks=(b.section(Mrkdwn("\n".join(lines))),))


def _answer(running: Escalation) -> str:
    answered = [f"<@{ack.by}> acknowledged after {span(ack.at - running.started_at)} in Slack" for ack in running.acks]
    if not answered:
        took = span((running.ended_at or running.started_at) - running.started_at)
        return f"nobody acknowledged; it ended {took} after its start, all steps taken."
    half = "" if not running.both or answered_by_both(running.acks) else "; the other side did not"
    return f"{' and '.join(answered)}{half}."


def _ways(running: Escalation) -> Iterable[str]:
    """Yield a line for each page that a way took or that was not sent for a reason; what became pointless has none."""
    for page in running.pages:
        if found := [*_slack(page), *_past_slack(page)] or _refused(page):
            who = f"<@{page.to}>" if page.is_person else f"<#{page.to}>" if page.channel else escape_mrkdwn(page.to)
            yield f"{who}, {name_of(running, page.step)}: {'; '.join(found)}"


def _slack(page: Page) -> list[str]:
    if page.sent_at is not None and page.ts is not None:
        return [f"Slack took it after {span(page.sent_at - page.due_at)}"]
    return ["Slack did not take it"] if page.going_at is not None or page.second else []


def _past_slack(page: Page) -> list[str]:
    found = zip(page.second, page.second_at, strict=False)
    return [f"{escape_mrkdwn(way)} took it after {span(at - page.due_at)}" for way, at in found]


def _refused(page: Page) -> list[str]:
    refused = page.state in (PageState.HELD, PageState.FAILED)
    return [f"not paged ({escape_mrkdwn(page.note)})"] if refused else []


def span(milliseconds: int) -> str:
    """Return a time in words: seconds below two minutes, minutes above."""
    seconds = max(0, milliseconds) // SECOND
    return f"{seconds} s" if milliseconds < 2 * MINUTE else f"{milliseconds // MINUTE} min"
