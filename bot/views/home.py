"""The home tab: what is mine, what waits for me."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.approving.hold import Hold
from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import STATUS_WORDS
from bot.domain.text.words import Mrkdwn, escape_mrkdwn, one_line
from bot.domain.timing.targets import Due
from bot.views import blocks as b
from bot.views import holds

SHOWN = 15
"""Cases listed per part; a view may hold 100 blocks."""


class Linked(NamedTuple):
    """A case, the address of its card (empty while the card is not posted), and by when it should have a reply."""

    case: Case
    link: str
    due: Due | None = None


def render(
    name: str,
    mine: Sequence[Linked],
    waiting: Sequence[Linked],
    unclaimed: int,
    *,
    held: Sequence[Hold] = (),
    on_call: Sequence[b.Block] = (),
) -> b.Block:
    """Return the home tab of one person; `held` are the holds that stand, `on_call` the blocks that say who is."""
    greeting = f"Your desk, {name.split(maxsplit=1)[0]}" if name.split() else "Your desk"
    counts = [
        ("Yours, open", Mrkdwn(str(len(mine)))),
        ("Waiting for you", Mrkdwn(str(len(waiting)))),
        ("Unclaimed", Mrkdwn(str(unclaimed))),
    ]
    parts = [
        b.header(greeting),
        *holds.at_home(held),
        b.fields(counts),
        *_part("Waiting for your side", waiting, "Nothing waits for your decision."),
        *_part("Yours", mine, "You have no open case. Claim one in your team's channel."),
        *on_call,
    ]
    return {"type": "home", "blocks": parts}


def nothing_here(sentence: str) -> b.Block:
    """Return the home tab of somebody who does not work at this desk."""
    return {"type": "home", "blocks": [b.section(Mrkdwn(sentence))]}


def line(case: Case, link: str, due: Due | None = None) -> Mrkdwn:
    """Return one case in one line, for lists."""
    handle = escape_mrkdwn(one_line(case.first_post.author.handle))
    name = f"<{link}|{case.id}>" if link else case.id
    topic = f" · {escape_mrkdwn(case.route.topic)}" if case.route.topic else ""
    by = f" · reply due {b.clock(due.at, '{date_short_pretty} {time} ({ago})')}" if due else ""
    return Mrkdwn(f"*{name}* · @{handle}{topic} · {STATUS_WORDS[case.status]}{by}")


def _part(title: str, cases: Sequence[Linked], empty: str) -> list[b.Block]:
    if not cases:
        return [{"type": "divider"}, b.section(Mrkdwn(f"*{title}*\n{empty}"))]
    rows = [b.section(line(*one)) for one in cases[:SHOWN]]
    more = len(cases) - SHOWN
    tail = [b.context(b.mrkdwn(Mrkdwn(f"{more} more: `/desk mine` lists them")))] if more > 0 else []
    return [{"type": "divider"}, b.section(Mrkdwn(f"*{title}*")), *rows, *tail]
