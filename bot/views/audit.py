"""What the auditor says: what is wrong, what that means, and where the runbook has the commands."""

from collections.abc import Sequence

from bot.domain.running.audit import Trouble
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.ports import Message
from bot.views import blocks as b

WORDS = {
    Trouble.STUCK_WORK: ("Work is due and is not being done", "Look whether the worker runs."),
    Trouble.BEHIND: ("Cards and notes come late", "More waits than Slack takes; the most severe comes first."),
    Trouble.SET_ASIDE: ("Work was set aside", "Press “Try again” or “Give up” at its message."),
    Trouble.STALE_CURSOR: ("A platform is not being read", "New posts do not become cards. Look whether it answers."),
    Trouble.UNWATCHED: ("Nobody looks what stands on the brand's account", "Look whether the platform answers."),
    Trouble.LATE_STEP: ("A step of an escalation is late", "Call somebody: nobody may have been paged."),
    Trouble.LOST_WORK: ("Timers of cases were gone", "They were asked for again; nothing is to be done."),
    Trouble.NO_CARD: ("Cases have no card", "It was asked for again. Look at the channel's rights."),
    Trouble.ORPHAN: ("Cases wait with no owner and no next step", "Somebody must claim them."),
}
"""For each trouble what it is, and what is to be done first."""
WHERE = "See “The auditor found something” in the runbook."


def finding(trouble: Trouble, names: Sequence[str]) -> Message:
    """Return the news of a trouble, told once."""
    what, do = WORDS[trouble]
    words = f":stethoscope: *{what}*: {escape_mrkdwn(', '.join(names))}. {do} {WHERE}"
    return Message(text=f"{what}.", blocks=(b.section(Mrkdwn(words)),))


def over(trouble: Trouble) -> Message:
    """Return the news that it is over."""
    text = f"Over: {WORDS[trouble][0].lower()}."
    return Message(text=text, blocks=(b.section(Mrkdwn(f":white_check_mark: {text}")),))


def alarm(trouble: Trouble, names: Sequence[str]) -> tuple[str, str]:
    """Return the subject and the text for somebody who is told past Slack."""
    what, do = WORDS[trouble]
    return f"Replydesk: {what.lower()}", f"{what}: {', '.join(names)}.\n{do}\n{WHERE}"
