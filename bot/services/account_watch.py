"""The watch over the brand's own accounts: what stands there and did not go through the desk is told, once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.domain.cases import indexes
from bot.domain.errors import Archived, Broken, Unavailable
from bot.domain.ids import HOUR, SECOND, CaseId, Instant, PlatformName
from bot.domain.job import NO_CASE
from bot.domain.policy import Policy
from bot.domain.replies.reply import OwnPost
from bot.domain.running import account_watch as watch
from bot.domain.running.account_watch import Found, Known, Origin
from bot.domain.work import Work
from bot.ports import CaseStore, Memory, Outbox, Platform
from bot.ports.alarm import Alarm, Pager
from bot.services.past_slack import handed_over
from bot.views import account_watch as views

EARLY = 5 * SECOND
"""By so much a tick may come early and still count: the ticks of several processes are not in step."""
QUIET = HOUR
"""For so long after an alarm past Slack, more posts of strangers are told in Slack only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWatch:
    """Does the work `watch_account` and `warn_past_slack`; any number of processes may ask for it."""

    store: CaseStore
    memory: Memory
    outbox: Outbox
    platforms: Mapping[PlatformName, Platform]
    policy: Policy
    pagers: Sequence[Pager] = ()

    @property
    def accounts(self) -> Mapping[str, Platform]:
        """Return what is watched, by `platform:id`; nothing where the house does not want it."""
        if self.policy.watch.tell is watch.Tell.NOTHING:
            return {}
        return {f"{name}:{platform.account.id}": platform for name, platform in self.platforms.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names under which each account's last look is remembered, for the auditor."""
        return tuple(f"watch:{account}" for account in self.accounts)

    async def ask(self) -> None:
        """Have each account looked at, unless another process asked for it just now."""
        for account in self.accounts:
            read = f"read:watch:{account}"
            if await self.memory.recall(read) is None:
                # From now on the auditor misses the looks of an account that can never be read.
                await self.memory.remember(read, str(await self.memory.now()))
            if await self.memory.first_time(f"asked:watch:{account}", self.policy.watch.every - EARLY):
                await self.outbox.add([watch.look(account)])

    async def look(self, work: Work) -> None:
        """Tell what is new on an account and not the desk's; the first look takes what stands there as known.

        Where the platform does not answer, the next look tells: nothing is skipped, and the auditor knows.
        """
        account = work.args["account"]
        platform = self.accounts.get(account)
        if platform is None:
            return
        name = f"watch:{account}"
        raw = await self.memory.recall(name)
        known = _read(raw)
        try:
            own = await platform.own_posts(known.since if known else None)
        except (Broken, Unavailable):
            return
        now = await self.memory.now()
        posts = watch.to_judge(known, own) if known else ()
        found = [await self._judged(platform.name, post, now) for post in posts]
        # Before the watch moves on: whoever dies in between tells again under the same mark, which is posted once.
        await self.outbox.add(watch.news(account, watch.told(found, self.policy.watch.tell)))
        after = watch.after(known or Known(), own, found, now)
        if after != known:
            await self.memory.swap(name, raw, json.dumps(asdict(after), sort_keys=True))
        await self.memory.remember(f"read:{name}", str(now))

    async def warn(self, work: Work) -> None:
        """Tell the last resort past Slack, once in `QUIET`. Raises `Unavailable` where no way takes it."""
        to = self.policy.paging.last_resort
        if to is None or not self.pagers:
            return
        if not await self.memory.first_time(f"told:{work.key}", QUIET) and work.tries == 1:
            return
        subject, body = views.alarm(work.args)
        alarm = Alarm(to=to, key=f"{work.key}:{work.args['post']}", subject=subject, body=body)
        if not await handed_over(self.pagers, alarm):
            raise Unavailable("no way past Slack takes the alarm")

    async def _judged(self, platform: PlatformName, post: OwnPost, now: Instant) -> Found:
        holder = await self._holder(platform, post)
        if holder is None:
            return Found(post=post, origin=Origin.STRANGE)
        try:
            case = await self.store.load(holder)
        except (Archived, Broken):
            return Found(post=post, origin=Origin.ANSWER, case_id=holder)
        return Found(post=post, origin=watch.origin(case, post, now), case_id=holder if case else NO_CASE)

    async def _holder(self, platform: PlatformName, post: OwnPost) -> CaseId | None:
        answered = post.in_reply_to
        return await self.store.holder(indexes.post_key(platform, answered)) if answered else None


def _read(raw: str | None) -> Known | None:
    """Return what was remembered; what cannot be read counts as nothing, and the watch begins anew."""
    try:
        stored = json.loads(raw or "null")
        waiting = tuple(OwnPost(**post) for post in stored["waiting"])
        return Known(since=stored["since"], seen=tuple(stored["seen"]), waiting=waiting)
    except (ValueError, TypeError, KeyError):
        return None
