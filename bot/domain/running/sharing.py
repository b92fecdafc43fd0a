"""Which channels people of another company can read, where the house does not want that, and the work it causes."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.cases.effects import slack_lane
from bot.domain.cases.events import Event, Fact
from bot.domain.document import Change
from bot.domain.ids import DESK, SECOND, CaseId, ChannelId, Instant
from bot.domain.job import NO_CASE, Effect, Job

SHARED = "shared_outside"
"""Why nothing is posted in such a channel, as `Broken` carries it; Slack itself would post."""
OPS_SHARED = "shared"
"""What the news is about, as `Ops` finds its words."""
KNOWN_FOR = 2 * SECOND
"""For so long a process goes by what it has read of this.

A busy desk posts a few messages a second, and each would cost a read. Slack itself needs seconds to say that a channel
was shared.
"""
PAGE = 100
"""Cases that one piece of work looks at."""
MOST_SEEN = 1_000
"""Channels remembered as looked at; one that was forgotten is looked at again before the next message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What the desk knows of its channels: those it has looked at, and those of them that it stays out of."""

    seen: tuple[ChannelId, ...] = ()
    closed: tuple[ChannelId, ...] = ()


def looked(sharing: Sharing, channel: ChannelId, now: Instant, *, closed: bool) -> Change[Sharing]:
    """Take in how a channel was found; those who run the desk hear of a change, and its cards are looked at."""
    seen = (*(one for one in sharing.seen if one != channel), channel)[-MOST_SEEN:]
    others = tuple(one for one in sharing.closed if one != channel)
    found = Sharing(seen=seen, closed=(*others, channel) if closed else others)
    if closed == (channel in sharing.closed):
        return Change(value=sharing if channel in sharing.seen else found)
    fact = Fact.CHANNEL_SHARED if closed else Fact.CHANNEL_UNSHARED
    event = Event(fact=fact, at=now, by=DESK, detail=channel)
    return Change(value=found, events=(event,), effects=(_tell(channel, now, closed=closed), spread(channel, now)))


def check(channel: ChannelId) -> Effect:
    """Look whether people of another company can read a channel."""
    args, lane = {"channel": str(channel)}, "slack:channels"
    return Effect(job=Job.CHECK_CHANNEL, case_id=NO_CASE, key=f"channel:{channel}", lane=lane, urgency=3, args=args)


def spread(channel: ChannelId, now: Instant) -> Effect:
    """Take cards out of a channel or back into it, as soon as every process goes by how it was found now."""
    return _spread(f"{channel}:{now}", {"channel": channel}, after=KNOWN_FOR)


def spread_page(channel: ChannelId, cases: Sequence[CaseId]) -> Effect:
    """Do so with the cards of these cases."""
    return _spread(f"{channel}:{cases[0]}", {"channel": channel, "cases": " ".join(cases)})


def bring_back(case_id: CaseId, channel: ChannelId) -> Effect:
    """Let a case have its card in its own channel again."""
    key, lane = f"return:{case_id}", slack_lane(channel)
    return Effect(job=Job.RETURN_CARD, case_id=case_id, key=key, lane=lane, args={"channel": channel})


def _tell(channel: ChannelId, now: Instant, *, closed: bool) -> Effect:
    args = {"about": OPS_SHARED, "channel": channel, "closed": "yes" if closed else ""}
    key = f"ops:shared:{channel}:{now}"
    return Effect(job=Job.TELL_OPS, case_id=NO_CASE, key=key, lane="slack:ops", urgency=3, args=args)


def _spread(what: str, args: dict[str, str], after: int = 0) -> Effect:
    key, lane = f"sharing:{what}", "sharing:all"
    return Effect(job=Job.SPREAD_SHARING, case_id=NO_CASE, key=key, lane=lane, after=after, urgency=3, args=args)
