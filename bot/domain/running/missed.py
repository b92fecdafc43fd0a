"""The work of telling that posts may never have reached the desk."""

from bot.domain.ids import Instant, PlatformName
from bot.domain.job import NO_CASE, Effect, Job

OPS_MISSED = "missed"
"""What the news is about, as `Ops` finds its words."""


def posts_missed(platform: PlatformName, since: Instant, until: Instant, url: str) -> Effect:
    """Tell those who run the desk from when to when they have to look by hand."""
    args = {"about": OPS_MISSED, "platform": platform, "since": str(since), "until": str(until), "url": url}
    key = f"ops:missed:{platform}:{since}:{until}"
    return Effect(job=Job.TELL_OPS, case_id=NO_CASE, key=key, lane="slack:ops", urgency=2, args=args)
