"""What the people who run the desk see and do: work that failed for good, channels that are gone."""

from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.escalating.escalation_work import NOBODY, UNANSWERED
from bot.domain.ids import ChannelId, UserId, later
from bot.domain.people import Side
from bot.domain.policy import Policy
from bot.domain.running import ops_news
from bot.domain.running.account_watch import OPS_PAST_DESK
from bot.domain.running.room import OPS_FULL
from bot.domain.running.sharing import OPS_SHARED
from bot.domain.work import Work
from bot.ports import Chat, Directory, Journal, Memory, Outbox
from bot.services.acting import journaled
from bot.services.saying import PUT_BACK, say_once, tell_refused
from bot.views import account_watch, ops, sharing

ASKED_AGAIN = frozenset({OPS_PAST_DESK})
"""News that may be asked for anew after it was told, where a process died before it wrote that down."""


@dataclass(frozen=True, slots=True)
class Ops:
    """Does the work `tell_ops`, and what its buttons ask for."""

    outbox: Outbox
    memory: Memory
    chat: Chat
    directory: Directory
    journal: Journal
    policy: Policy

    async def tell(self, work: Work) -> None:
        """Post one piece of the desk's own news."""
        views = {
            ops_news.OPS_SET_ASIDE: ops.set_aside,
            ops_news.OPS_CHANNEL: ops.channel_gone,
            ops_news.OPS_ARCHIVE: ops.archive_trouble,
            ops_news.OPS_SLACK: ops.slack_refuses,
            ops_news.OPS_CHANGED_OVER: ops.changed_over,
            ops_news.OPS_NOT_ADMITTED: ops.not_admitted,
            ops_news.OPS_MISSED: ops.missed,
            UNANSWERED: ops.unanswered,
            NOBODY: ops.nobody_to_page,
            OPS_FULL: ops.full,
            OPS_SHARED: sharing.news,
            OPS_PAST_DESK: account_watch.past_desk,
        }
        message = views[work.args["about"]](work.case_id, work.args)
        # Only the news that the ops channel itself is shared has to go elsewhere.
        ours, service = self.policy.ops_channel, self.policy.sides[Side.SERVICE].channel
        to = service if work.args.get("channel") == ours else ours
        since = later(work.due, -PUT_BACK)
        told = work.args["about"] in ASKED_AGAIN and await self.chat.find(to, work.key, since=since)
        if not told:
            await say_once(self.chat, work, to, message, mark=work.key, since=since)

    async def slack_refuses(self, reason: str) -> None:
        """Have them told once a day that Slack does not let the desk do something."""
        await tell_refused(self.memory, self.outbox, reason)

    async def try_again(self, user: UserId, case_id: str, key: str) -> None:
        """Queue it again. Raises `Refused` where there is nothing to queue."""
        await self._one_of_us(user, case_id, "try_again")
        if not await self.outbox.bring_back(key, user):
            raise Refused("That was taken care of already.")

    async def give_up(self, user: UserId, case_id: str, key: str) -> None:
        """Forget it for good. Raises `Refused` where there is nothing to forget."""
        await self._one_of_us(user, case_id, "give_up")
        if not await self.outbox.give_up(key, user):
            raise Refused("That was taken care of already.")

    def refuse_elsewhere(self, seen_in: ChannelId | None) -> None:
        """Raise `Refused` for a click on a copy of the desk's news."""
        if seen_in != self.policy.ops_channel:
            raise Refused(f"That is a copy. Please use the one in <#{self.policy.ops_channel}>.")

    async def _one_of_us(self, user: UserId, case_id: str, act: str) -> None:
        async with journaled(self.journal, user, act, case_id):
            await self.directory.person(user)
