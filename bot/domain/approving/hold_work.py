"""The work that a hold causes: cards in its scope are drawn again, and the channels are told."""

from collections.abc import Iterable, Sequence

from bot.domain.approving.hold import Hold
from bot.domain.cases.effects import Effect, Job, slack_lane
from bot.domain.ids import CaseId, ChannelId

LANE = "holds:all"
PAGE = 100
"""Cases that one piece of work looks at."""


def follow(hold: Hold, channels: Iterable[ChannelId], *, on_cards: bool = True) -> tuple[Effect, ...]:
    """Return the work after a hold was placed, asked about or lifted."""
    told = tuple(_show(hold, channel) for channel in dict.fromkeys(channels))
    return (*told, spread(hold)) if on_cards else told


def spread(hold: Hold, cases: Sequence[CaseId] = ()) -> Effect:
    """Bring a hold to the cards: of these cases, or of all open ones, which it then divides into pages."""
    turn = "placed" if hold.lifted_at is None else "lifted"
    page = f":{cases[0]}" if cases else ""
    args = {"hold": hold.id, **({"cases": " ".join(cases)} if cases else {})}
    return _effect(Job.SPREAD_HOLD, hold, f"spread:{hold.id}:{turn}{page}", LANE, args)


def _show(hold: Hold, channel: ChannelId) -> Effect:
    args = {"hold": hold.id, "channel": channel}
    return _effect(Job.SHOW_HOLD, hold, f"show:{hold.id}:{channel}", slack_lane(channel), args)


def _effect(job: Job, hold: Hold, key: str, lane: str, args: dict[str, str]) -> Effect:
    return Effect(job=job, case_id=CaseId(hold.id), key=key, lane=lane, urgency=3, args=args)
