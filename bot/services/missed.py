"""Posts that no reading brings any more: those who run the desk hear from when to when they have to look by hand."""

from dataclasses import dataclass

from bot.domain.running import ops_news
from bot.ports import Memory, Missed, Outbox, Platform
from bot.services.saying import tell_once_a_day


@dataclass(frozen=True, slots=True)
class Misses:
    """Tells of one account's missed posts, once a day at most."""

    memory: Memory
    outbox: Outbox
    platform: Platform

    async def tell(self, missed: Missed) -> None:
        """Have it told, unless this account's last such news is less than a day old."""
        platform = self.platform.name
        news = ops_news.posts_missed(platform, missed.since, missed.until, missed.url)
        await tell_once_a_day(self.memory, self.outbox, f"told:missed:{platform}:{self.platform.account.id}", news)
