"""The limits in words: what they cover, what is off, and what they were used for on a day."""

from collections.abc import Sequence

from bot.domain.approving.limits import Limit
from bot.domain.approving.switches import Switches
from bot.domain.cases.case import Case
from bot.domain.cases.indexes import day_of
from bot.domain.ids import DAY, HOUR, Instant
from bot.domain.people import factor_label
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.ports import Message
from bot.views import blocks as b

NOON = 12 * HOUR
LINES = 40
"""Uses listed one by one; a message takes 40,000 characters at most."""


def overview(limits: Sequence[Limit], switches: Switches) -> Mrkdwn:
    """Return every limit with what it covers, for `/desk limits`."""
    if not limits:
        return Mrkdwn("There is no limit: every reply goes to its approvers.")
    off = {one.limit: f" · *off*, by <@{one.by}>" for one in switches.off}
    return Mrkdwn("\n".join(f"• {_limit(limit)}{off.get(limit.name, '')}" for limit in limits))


def _limit(limit: Limit) -> Mrkdwn:
    parts = [
        f"*{escape_mrkdwn(limit.name)}* for {factor_label(limit.allowed)}",
        _any_of("topic", limit.topics),
        _any_of("market", limit.markets),
        _any_of("priority", frozenset(level.value for level in limit.levels)),
        f"author with at most {limit.followers_max} followers",
        f"amounts up to {limit.amount_max}" if limit.amount_max else "no amount of money",
        "also complaints" if limit.complaints else "no complaints",
        "also promises" if limit.promises else "no promises",
    ]
    return Mrkdwn(", ".join(part for part in parts if part))


def _any_of(what: str, names: frozenset[str]) -> str:
    return f"{what} {escape_mrkdwn(' or '.join(sorted(names)))}" if names else ""


def day(day: str, cases: Sequence[Case], links: Sequence[str]) -> Message:
    """Return the news of one day for PR: each use with its limit, its case and who used it."""
    lines = [
        f"• {f'<{link}|{case.id}>' if link else case.id}: “{escape_mrkdwn(draft.limit.limit)}”, by <@{draft.limit.by}>"
        for case, link in zip(cases, links, strict=True)
        for draft in case.drafts
        if draft.limit and day_of(draft.limit.at) == day
    ]
    when = b.clock(Instant(int(day) * DAY + NOON), "{date_short}")
    head = f"Sent without PR on {when}, inside your limits: {len(lines)}"
    more = [f"and {len(lines) - LINES} more"] if len(lines) > LINES else []
    return Message(text="\n".join([head, *lines[:LINES], *more]))
