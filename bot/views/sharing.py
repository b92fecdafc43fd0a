"""What is shown where another company reads along: instead of a card, where it went, and the news of it."""

from collections.abc import Mapping

from bot.domain.ids import CaseId, ChannelId
from bot.domain.text.words import Mrkdwn
from bot.ports import Message
from bot.views import blocks as b


def _one(text: str, mark: str = "") -> Message:
    return Message(text=text, blocks=(b.section(Mrkdwn(f"{mark}{text}")),))


BLANK = _one("This channel is shared with another company: the card is not shown here.")
"""Stands where a card stood."""


def moved(case_id: CaseId, channel: ChannelId) -> Message:
    """Return what stays in the ops channel when the card goes back to its own."""
    return _one(f"The card of {case_id} is in <#{channel}> again.")


def news(_case_id: str, args: Mapping[str, str]) -> Message:
    """Return the news that a channel is shared with another company, or is no more."""
    channel = f"<#{args['channel']}>"
    if not args["closed"]:
        return _one(f"{channel} is not shared with another company any more: its cards come back to it.")
    return _one(
        f"{channel} is shared with another company, or somebody invited one. The desk posts nothing more there, and "
        "cards that stood there are blanked; they come to the ops channel until then. Stop the sharing in the "
        "channel's settings, or, where it is meant, put the channel under `shared_channels` in `[desk]` of the policy.",
        ":octagonal_sign: ",
    )
