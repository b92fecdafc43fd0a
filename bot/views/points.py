"""Talking points as `/desk points` shows them."""

from collections.abc import Sequence

from bot.domain.policy import SavedReply
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.views.notes import keep_mentions


def listed(points: Sequence[tuple[SavedReply, str]]) -> Mrkdwn:
    """Return one line for each point; `fault` says why one must not be used."""
    if not points:
        return Mrkdwn("There are no talking points yet: they stand in talking_points.toml.")
    return Mrkdwn("\n".join(_line(point, fault) for point, fault in points))


def withdrawn(point: SavedReply) -> Mrkdwn:
    title = escape_mrkdwn(point.title)
    return Mrkdwn(
        f"“{title}” is withdrawn. Replies written from it that have not left go back to their writers; nothing written "
        f"from it is sent. `/desk points restore {point.id}` takes that back."
    )


def restored(point: SavedReply) -> Mrkdwn:
    return Mrkdwn(f"“{escape_mrkdwn(point.title)}” can be used again.")


def _line(point: SavedReply, fault: str) -> str:
    mark = ":no_entry_sign:" if fault else ":white_check_mark:"
    owner = f" · <@{point.owner}>" if point.owner else ""
    tags = f" · {escape_mrkdwn(', '.join(point.tags))}" if point.tags else ""
    why = f" · {keep_mentions(fault)}" if fault else ""
    return f"{mark} `{point.id}` {escape_mrkdwn(point.title)}{tags}{owner}{why}"
