"""The places on the way of a page where a crash must neither lose nor double it."""

from collections.abc import Awaitable, Callable
from enum import StrEnum


class Place(StrEnum):
    """Where tests stop the way of a page; the last two only where it leaves past Slack."""

    TAKEN = "taken"
    NOTED = "noted"
    POSTED = "posted"
    WRITTEN = "written"
    PAST_SLACK = "past_slack"
    PAST_SLACK_WRITTEN = "past_slack_written"


IN_SLACK = (Place.TAKEN, Place.NOTED, Place.POSTED, Place.WRITTEN)

Passing = Callable[[Place], Awaitable[None]]


async def unwatched(place: Place) -> None:
    """Pass a place without stopping."""
