"""On call, in words: who is on now and next, what was changed, what lies ahead, and the direct messages about it."""

from collections.abc import Mapping, Sequence

from bot.domain.cases.events import Line
from bot.domain.ids import CaseId, Instant, UserId
from bot.domain.on_call.duty_news import Subject
from bot.domain.on_call.oncall import Absence, Gap, Shift
from bot.domain.on_call.outlook import Outlook
from bot.domain.on_call.roster import Swap, in_short, swap_in_short
from bot.domain.on_call.rotation import Why
from bot.domain.text.words import Mrkdwn
from bot.domain.timing.wall_clock import in_words
from bot.ports import Message
from bot.views import blocks as b
from bot.views import notes
from bot.views.ids import Action

SHOWN = 5
"""Shifts, gaps and changes listed for each schedule."""
WORDS = (
    "`/desk oncall change` (stand in, add, take out), `/desk oncall swap`, `/desk oncall plan` (a temporary plan), "
    "`/desk oncall cancel O-1`, `/desk oncall history`"
)

_WHY = {
    Why.NOT_BEGUN: "{layer} has not begun",
    Why.ENDED: "{layer} has ended",
    Why.OUTSIDE_HOURS: "outside the hours of {layer}",
    Why.REMOVED: "{by} took the person of {layer} out",
    Why.TEMPORARY: "the temporary plan {layer} names nobody",
}


def when(at: Instant, zone: str) -> Mrkdwn:
    """Return a time that Slack shows in the reader's own zone, and to the others in the schedule's."""
    return Mrkdwn(f"<!date^{at // 1000}^{{date_short_pretty}} {{time}}|{in_words(zone, at)} ({zone})>")


def overview(outlooks: Sequence[Outlook], swaps: Sequence[Swap], user: UserId) -> str:
    """Return the answer to `/desk oncall`: now, next, my shifts, gaps and changes ahead."""
    if not outlooks:
        return "There is no on-call schedule yet. Whoever runs this desk can add one to the policy."
    lines = [line for one in outlooks for line in _schedule_lines(one, user)]
    zones = {one.schedule.name: one.schedule.zone for one in outlooks}
    lines += [
        f":grey_question: Waits for an answer: {swap_in_short(swap, zones[swap.given.schedule])}"
        for swap in swaps
        if user in (swap.asker, swap.other) and swap.given.schedule in zones
    ]
    return "\n".join([*lines, f"More: {WORDS}"])


def home_part(outlooks: Sequence[Outlook], user: UserId) -> list[b.Block]:
    """Return the home tab's part: who is on call now, my next shift, and what one can do."""
    if not outlooks:
        return []
    lines = []
    for one in outlooks:
        mine = next(iter(one.of(user)), None)
        lines.append(f"*{one.schedule.name}*: {_now(one)}" + (f"\nYou: {_shift(mine, one)}" if mine else ""))
    return [
        {"type": "divider"},
        b.section(Mrkdwn("*On call*\n" + "\n".join(lines))),
        b.actions(b.button("Change who is on call", Action.DUTY_CHANGE), b.button("Swap a shift", Action.DUTY_SWAP)),
    ]


def history(lines: Sequence[Line]) -> str:
    """Return the newest changes, newest first."""
    if not lines:
        return "Nobody has changed an on-call schedule yet."
    newest = [*reversed(lines)][: 2 * SHOWN]
    return "\n".join(f"• {b.clock(line.at, '{date_short} {time}')} {_said(line)}" for line in newest)


def news(args: Mapping[str, str], waiting: int = 0, escalated: Sequence[CaseId] = ()) -> Message:
    """Return a direct message about duty; `escalated` are cases that nobody has acknowledged yet."""
    subject = Subject(args["about"])
    if subject is Subject.SHIFT:
        return _shift_begins(args, waiting, escalated)
    words = Mrkdwn(_NEWS[subject].format(by=f"<@{args['by']}>", words=args["words"]))
    blocks = [b.section(words)]
    if subject is Subject.SWAP_ASKED:
        accept = b.button("Accept", Action.SWAP_ACCEPT, args["item"], style="primary")
        blocks.append(b.actions(accept, b.button("Decline", Action.SWAP_DECLINE, args["item"])))
    return Message(text=words, blocks=tuple(blocks))


def answered(swap: Swap, zone: str, *, accepted: bool) -> Message:
    """Return what the question becomes once it is answered."""
    words = f"{'You accepted' if accepted else 'You declined'}: {swap_in_short(swap, zone)}"
    return Message(text=words, blocks=(b.section(Mrkdwn(words)),))


def ahead(outlooks: Sequence[Outlook], missing: Mapping[UserId, str]) -> Message | None:
    """Return what should be mended in the next 14 days, or nothing where all is well."""
    lines = [f"• {words}" for one in outlooks for words in gap_lines(one)]
    lines += [f"• <@{user}> {reason} ({_where(user, outlooks)})" for user, reason in missing.items()]
    if not lines:
        return None
    words = "On call, the next 14 days: in these hours nobody could be paged."
    return Message(text=words, blocks=(b.section(Mrkdwn("\n".join([f":warning: {words}", *lines])[:2_900])),))


def covered() -> Message:
    words = "On call, the next 14 days: everything is covered again."
    return Message(text=words, blocks=(b.section(Mrkdwn(f":white_check_mark: {words}")),))


def gap_lines(one: Outlook) -> list[str]:
    """Return a line for each gap with its reasons; many are cut short."""
    zone = one.schedule.zone
    empty = set(one.empty_shifts)
    lines = [
        f"{one.schedule.name}: {'empty shift' if gap in empty else 'nobody'} from {in_words(zone, gap.start)} to "
        f"{in_words(zone, gap.end)} ({zone}): {why(gap)}"
        for gap in one.gaps[:SHOWN]
    ]
    more = len(one.gaps) - SHOWN
    return [*lines, f"{one.schedule.name}: {more} more"] if more > 0 else lines


def why(gap: Gap) -> str:
    return ", ".join(_reason(absence) for absence in gap.why)


def _reason(absence: Absence) -> str:
    return _WHY[absence.why].format(layer=absence.layer, by=absence.by)


def _schedule_lines(one: Outlook, user: UserId) -> list[str]:
    zone = one.schedule.zone
    lines = [f"*{one.schedule.name}*: {_now(one)}"]
    lines += [f"• yours: {_shift(shift, one)}" for shift in one.of(user)[:SHOWN]]
    lines += [f"• changed: {in_short(override, zone)}" for override in one.overrides[:SHOWN]]
    return lines + [f"• :warning: {words}" for words in gap_lines(one)]


def _now(one: Outlook) -> str:
    now = _people(one.on) or f"nobody (<@{one.schedule.owner}> is asked)"
    if one.changes_at is None:
        return now
    return f"{now}; from {when(one.changes_at, one.schedule.zone)} {_people(one.then) or 'nobody'}"


def _shift(shift: Shift, one: Outlook) -> str:
    start = "now" if shift.start <= one.now else when(shift.start, one.schedule.zone)
    return f"{start} – {when(shift.end, one.schedule.zone)} ({shift.by})"


def _people(users: Sequence[UserId]) -> str:
    return ", ".join(f"<@{user}>" for user in users)


def _where(user: UserId, outlooks: Sequence[Outlook]) -> str:
    """Return the schedules in which somebody stands, with their first shift in each."""
    found = []
    for one in outlooks:
        first = next(iter(one.of(user)), None)
        if first:
            found.append(f"{one.schedule.name}, on call {in_words(one.schedule.zone, first.start)}")
        elif user in one.schedule.people:
            found.append(one.schedule.name)
    return "; ".join(found)


def _said(line: Line) -> Mrkdwn:
    return notes.sentence(line.fact, line.by, line.detail)


def _shift_begins(args: Mapping[str, str], waiting: int, escalated: Sequence[CaseId]) -> Message:
    cases = "1 case waits" if waiting == 1 else f"{waiting} cases wait"
    waits = f" {cases} for somebody to claim: `/desk find` or the home tab." if waiting else " Nothing waits."
    if escalated:
        named = ", ".join(escalated)
        waits = f" :bell: Escalated, and nobody has acknowledged it yet: {named}.{waits if waiting else ''}"
    until = when(Instant(int(args["end"])), "UTC")
    words = f":telephone_receiver: You are on call for *{args['schedule']}* now, until {until}.{waits}"
    return Message(text=f"You are on call for {args['schedule']} now.{waits}", blocks=(b.section(Mrkdwn(words)),))


_NEWS = {
    Subject.ADDED: ":calendar: {by} changed who is on call: {words}",
    Subject.REMOVED: ":calendar: {by} took a change back: {words}",
    Subject.SWAP_ASKED: ":arrows_counterclockwise: {by} asks you to take a shift: {words}",
    Subject.SWAP_ACCEPTED: ":white_check_mark: {by} took your shift: {words}",
    Subject.SWAP_DECLINED: ":no_entry: {by} said no, or took the question back: {words}",
}
