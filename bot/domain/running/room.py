"""The work of telling that the store has no room for more posts."""

from bot.domain.ids import Instant
from bot.domain.job import NO_CASE, Effect, Job

OPS_FULL = "full"
"""What the news is about, as `Ops` finds its words."""


def store_full(at: Instant) -> Effect:
    """Tell those who run the desk that posts are not read any more."""
    args = {"about": OPS_FULL}
    return Effect(job=Job.TELL_OPS, case_id=NO_CASE, key=f"ops:full:{at}", lane="slack:ops", urgency=3, args=args)
