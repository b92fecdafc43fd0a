"""Looks which channels people of another company can read, and says where the desk speaks instead."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.document import Change
from bot.domain.errors import Broken
from bot.domain.ids import ChannelId, Instant, OpId
from bot.domain.policy import Policy
from bot.domain.running import sharing
from bot.domain.running.sharing import Sharing
from bot.domain.work import Work
from bot.ports import Outbox
from bot.ports.channels import Channels
from bot.services.recent import Recent

NOT_THERE = "channel_not_found"

Instead = Callable[[ChannelId], Awaitable[ChannelId]]
"""Returns where to say what belongs into a channel: there, or to the people who run the desk."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Knows the channels that the desk stays out of, and does the work `check_channel`."""

    known: Recent[Sharing]
    channels: Channels
    outbox: Outbox
    policy: Policy

    async def is_closed(self, channel: ChannelId) -> bool:
        """Say whether nothing may be posted there; a channel that was never looked at is looked at first.

        It is asked before every message: what the store said within the last `KNOWN_FOR` is good enough.
        """
        if not channel.startswith(("C", "G")):
            return False
        known = await self.known.lately()
        return channel in known.closed if channel in known.seen else await self.look(channel)

    async def instead(self, channel: ChannelId) -> ChannelId:
        """Keep `Instead`."""
        return self.policy.ops_channel if await self.is_closed(channel) else channel

    async def ask(self) -> None:
        """Have every channel of the policy, and every other that was looked at before, looked at."""
        known = (await self.known.read()).value
        await self.outbox.add([sharing.check(one) for one in dict.fromkeys((*self.policy.channels, *known.seen))])

    async def ask_for(self, channel: ChannelId) -> None:
        """Have one channel looked at, because Slack said that something about it changed."""
        await self.outbox.add([sharing.check(channel)])

    async def check(self, work: Work) -> None:
        await self.look(ChannelId(work.args["channel"]))

    async def look(self, channel: ChannelId) -> bool:
        """Ask Slack and take in the answer; return whether nothing may be posted there."""
        before = await self.known.read()
        try:
            outside = await self.channels.is_shared(channel)
        except Broken as error:
            if str(error) != NOT_THERE:
                raise
            return False
        closed = outside and channel not in self.policy.shared_channels

        def decide(known: Sharing, now: Instant) -> Change[Sharing]:
            return sharing.looked(known, channel, now, closed=closed)

        await self.known.change(OpId(f"channel:{channel}:{closed}:{before.version}"), decide)
        return closed
