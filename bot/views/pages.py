"""What a page says: what is at stake, the wait, what was tried, who is next, and what happens if nobody acts.

Also how the card and `/desk why` tell of an escalation. People are named here where that notifies nobody: in direct
messages to somebody else, on a card that is edited, in what only one person sees.
"""

from collections.abc import Mapping, Sequence

from bot.domain.cases.case import Case, Level
from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.drill import is_drill
from bot.domain.escalating.escalation import name_of, rests_under_hold
from bot.domain.escalating.page import Page, PageState
from bot.domain.escalating.plan import Step
from bot.domain.ids import Instant, UserId
from bot.domain.text.words import Mrkdwn, escape_mrkdwn, one_line
from bot.ports import Message
from bot.views import blocks as b
from bot.views.ids import Action

Args = Mapping[str, str]
Linked = tuple[Case, str]
"""A case and the address of its card, empty while that is not known."""
QUOTED = 600
"""Characters of the customer's words in a page."""
SHOWN = 8
"""Pages listed on a card."""


def render(cases: Sequence[Linked], to: str, held: Sequence[str] = ()) -> Message:
    """Return the page for one case, or the list for several; `held` are cases that were held back before."""
    parts: list[b.Block] = []
    for case, link in cases:
        parts += _case(case, link, whole=len(cases) == 1)
    if held:
        words = f":no_bell: Held back within the last hour, because there were many: {', '.join(held)}"
        parts.append(b.context(b.mrkdwn(Mrkdwn(words))))
    return Message(text=_sentence(cases), blocks=tuple(parts) or (b.section(Mrkdwn(f"Nothing is left for {to}.")),))


def _sentence(cases: Sequence[Linked]) -> Mrkdwn:
    open_ones = [case for case, _ in cases if case.escalation and case.escalation.is_waiting]
    if not open_ones:
        return Mrkdwn("Somebody has it: " + ", ".join(case.id for case, _ in cases))
    if len(cases) > 1:
        return Mrkdwn(f"{len(open_ones)} cases need somebody: {', '.join(case.id for case in open_ones)}")
    case = open_ones[0]
    why = escape_mrkdwn(case.escalation.reason if case.escalation else "")
    return Mrkdwn(f"{_heading(case)} needs you: {why}")


def _heading(case: Case) -> str:
    if is_drill(case):
        return f"DRILL {case.id}"
    level = "EMERGENCY" if case.severity.level is Level.EMERGENCY else f"{case.severity.level.value} priority"
    topic = f", {escape_mrkdwn(case.route.topic)}" if case.route.topic else ""
    return f"{case.id}, {level}{topic}"


def _case(case: Case, link: str, *, whole: bool) -> list[b.Block]:
    running = case.escalation
    if running is None:
        return []
    author = case.last_post.author
    who = f"@{escape_mrkdwn(one_line(author.handle))} ({b.short(author.followers)} followers)"
    found: list[b.Block] = [
        b.section(
            Mrkdwn(f":bell: *{_heading(case)}* · {who}\n*At stake:* {escape_mrkdwn(running.reason) or 'attention'}")
        )
    ]
    if whole and not case.last_post.deleted_at:
        found.append(b.quote(case.last_post.text, QUOTED))
    found.append(b.section(Mrkdwn("\n".join(_lines(case, running)))))
    found.append(b.actions(*_buttons(case, running, link)))
    return found


def _lines(case: Case, running: Escalation) -> list[str]:
    since = case.last_post.created_at if case.answered_at else case.opened_at
    lines = [f"*The customer waits* since {b.clock(since, '{time} ({ago})')}"]
    if not running.is_waiting:
        return [*lines, standing(running)]
    owner = f"<@{case.owner}> has the case" if case.owner else "nobody has the case"
    return [
        *lines,
        f"*Tried:* {tried(running, first='you are the first')}; {owner}",
        f"*Next:* {next_words(running)}",
        if_nobody(running),
    ]


def _buttons(case: Case, running: Escalation, link: str) -> list[b.Block]:
    value = f"{case.id}|{running.number}"
    found = []
    if running.is_waiting:
        found.append(b.button("Acknowledge", Action.ACKNOWLEDGE, value, style="primary"))
    if link:
        found.append(b.button("Open the card", Action.OPEN_LINK, url=link))
    return [*found, b.button("Why me?", Action.WHY_ME, value)]


def tried(running: Escalation, first: str = "nobody paged yet") -> str:
    """Return whom the escalation reached so far, or `first`."""
    told = list(dict.fromkeys(_who(page) for page in running.pages if page.state is PageState.SENT or page.second))
    return f"{', '.join(told[-SHOWN:])} paged" if told else first


def next_words(running: Escalation) -> str:
    """Return who is next and when."""
    if running.due_at is None:
        return "nobody is left; the people who run the desk were told"
    return f"{_step_words(running, running.step)} at {b.clock(running.due_at)}"


def if_nobody(running: Escalation) -> str:
    """Return what happens if nobody answers."""
    plan = running.plan
    if running.due_at is None:
        return "Nobody else is paged. It stays open until somebody acknowledges it."
    last = (
        f"<@{plan.last_resort}> is paged as the last resort"
        if plan.last_resort
        else "the people who run the desk are told"
    )
    left = plan.repeat - running.repeats
    if running.is_last:
        return f"If nobody answers, {last}, and nobody else."
    again = f"all steps come again {left} more time{'s' if left > 1 else ''}, then " if left else ""
    return f"If nobody answers in any step, {again}{last}."


def _step_words(running: Escalation, step: int) -> str:
    return f"{name_of(running, step)} ({_describe(running.at(step))})"


def _describe(step: Step) -> str:
    parts = [f"<@{user}>" for user in step.people]
    parts += [f"who is on call for {escape_mrkdwn(step.schedule)}"] if step.schedule else []
    parts += ["everyone in a user group"] if step.group else []
    parts += [f"<#{step.channel}>"] if step.channel else []
    return ", ".join(parts) or "nobody is named"


def _who(page: Page) -> str:
    return f"<@{page.to}>" if page.is_person else f"<#{page.to}>"


def standing(running: Escalation) -> Mrkdwn:
    """Return in a line where an escalation stands."""
    if not running.is_open:
        return Mrkdwn(f"The escalation is over: {escape_mrkdwn(running.ended_why)}.")
    if running.held_until is not None:
        people = " and ".join(f"<@{ack.by}>" for ack in running.acks)
        since = b.clock(Instant(running.acks[-1].at)) if running.acks else ""
        return Mrkdwn(
            f":white_check_mark: {people} {'have' if len(running.acks) > 1 else 'has'} it since {since}, "
            f"until {b.clock(running.held_until)} unless something happens on the case before"
        )
    half = "".join(f" <@{ack.by}> acknowledged it; the other side is still to." for ack in running.acks)
    return Mrkdwn(f":bell: Nobody has acknowledged it yet: {tried(running)}.{half} Next: {next_words(running)}.")


RESTS = Mrkdwn(":raised_hand: A hold is on, so no reply can leave: nobody is paged for one until it is lifted.")


def on_card(case: Case, *, held: bool = False) -> list[b.Block]:
    """Return what the card shows of a running escalation, with the button to acknowledge it."""
    running = case.escalation
    if running is None or not running.is_open:
        return []
    words = Mrkdwn(f"*Escalated:* {escape_mrkdwn(running.reason)} ({escape_mrkdwn(running.plan.name)})")
    rests = held and running.is_waiting and rests_under_hold(case)
    lines = [words, RESTS if rests else standing(running), *_undelivered(running)]
    value = f"{case.id}|{running.number}"
    button = b.button("Acknowledge", Action.ACKNOWLEDGE, value) if running.is_waiting else None
    return [b.section(Mrkdwn("\n".join(lines)), button)]


def _undelivered(running: Escalation) -> list[str]:
    """Return who was not paged and why, in this round: no page is held back in silence."""
    held = [p for p in running.pages if p.state in (PageState.HELD, PageState.FAILED) and p.round == running.round]
    return [f":no_bell: {_target(page)} was not paged: {escape_mrkdwn(page.note)}" for page in held[-SHOWN:]]


def _target(page: Page) -> str:
    return _who(page) if page.to.startswith(("U", "W", "C", "G")) else escape_mrkdwn(page.to)


def why_me(case: Case, user: UserId, number: int) -> Mrkdwn:
    """Return to one person why they were paged, who is next, and what happens if nobody answers."""
    running = case.escalation
    if running is None or running.number != number:
        return Mrkdwn(f"That escalation of {case.id} is over; a newer look at the case is on its card.")
    mine = next((page for page in reversed(running.pages) if page.to == user), None)
    why = (
        f"you are {escape_mrkdwn(mine.why)}"
        if mine and not mine.why.startswith("named")
        else "you are named in the plan"
    )
    step = f"{name_of(running, mine.step)}, round {mine.round}" if mine else "no step of yours"
    lines = [
        *(["*DRILL.* Nothing has happened."] if is_drill(case) else []),
        f"*Why you:* {why} ({step} of “{escape_mrkdwn(running.plan.name)}”, policy {running.policy}).",
        f"*Why now:* {escape_mrkdwn(running.reason)}, escalated {b.clock(running.started_at)}.",
        standing(running),
        *([f"*{if_nobody(running)}*"] if running.is_waiting else []),
    ]
    return Mrkdwn("\n".join(lines))


def explained(case: Case) -> list[Mrkdwn]:
    """Return the escalation of a case for its story."""
    running = case.escalation
    if running is None:
        return []
    ledger = [f"• {_target(page)}: {_became(page)} ({escape_mrkdwn(page.why)})" for page in running.pages[-SHOWN:]]
    tail = [if_nobody(running)] if running.is_waiting else []
    escalated = "A DRILL, escalated" if is_drill(case) else "Escalated"
    head = f"{escalated} by “{escape_mrkdwn(running.plan.name)}”: {escape_mrkdwn(running.reason)}."
    return [Mrkdwn(line) for line in (head, standing(running), *tail, *ledger)]


def _became(page: Page) -> str:
    why = (
        ""
        if page.sent_at and page.second_at and page.second_at[0] >= page.sent_at
        else " because Slack did not take it"
    )
    also = f", and by {_ways(page)}{why}" if page.second else ""
    if page.sent_at:
        return f"paged {b.clock(page.sent_at)} by {escape_mrkdwn(page.way)}{also}"
    if page.second:
        return f"paged by {_ways(page)}, because Slack did not take it"
    if page.state in (PageState.WAITING, PageState.GOING):
        return f"to be paged {b.clock(page.due_at)}"
    return f"not paged: {escape_mrkdwn(page.note)}"


def _ways(page: Page) -> str:
    """Return the ways past Slack that took a page, and which of them may have it twice."""
    return escape_mrkdwn(" and ".join(f"{way} (perhaps twice)" if way in page.twice else way for way in page.second))


def empty_step(case: Case, args: Args, link: str) -> Message:
    """Return the word to the owner of a schedule in which nobody was."""
    what = f"the schedule {escape_mrkdwn(args['schedule'])}" if args["schedule"] else "this step"
    words = (
        f":no_bell: {_heading(case)} was escalated, and nobody was paged in {what}: {escape_mrkdwn(args['detail'])}."
        " The next step came at once. Please see that somebody is there."
    )
    return Message(text=f"{words}{_open(link)}")


def unreachable(case: Case, args: Args, link: str) -> Message:
    """Return the word to the owner of a schedule that Slack delivers nothing to somebody in it."""
    what = f"the schedule {escape_mrkdwn(args['schedule'])}" if args["schedule"] else "an escalation plan"
    words = (
        f":no_bell: Slack delivers no page for {_heading(case)} to somebody in {what}: {args['detail']}. Perhaps the "
        "account is gone. Please put somebody else there; other ways are tried meanwhile."
    )
    return Message(text=f"{words}{_open(link)}")


def ending(case: Case, link: str) -> Message:
    """Return the reminder to whoever acknowledged."""
    until = b.clock(case.escalation.held_until) if case.escalation and case.escalation.held_until else "soon"
    words = (
        f":hourglass: You acknowledged {_heading(case)}. That ends {until} unless something happens on the case; "
        "then paging goes on where it had come to."
    )
    return Message(text=f"{words}{_open(link)}")


def _open(link: str) -> str:
    return f" <{link}|Open the card>" if link else ""
