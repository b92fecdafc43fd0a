"""Slack without the channels that another company can read: nothing is posted there, and what is changed is blanked."""

import math
from dataclasses import dataclass

from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import ChannelId, Instant, MessageTs, UserId
from bot.domain.running.sharing import SHARED
from bot.ports import Chat, Message
from bot.services.sharing import Shared
from bot.views import sharing as views


@dataclass(frozen=True, slots=True)
class GuardedChat:
    """Keeps the port `Chat`. Raises `Broken` (`SHARED`) for a channel that the desk stays out of.

    Where that is the ops channel there is no other place to go: it raises `Unavailable`, so that the news waits.
    """

    chat: Chat
    shared: Shared

    async def post(
        self,
        channel: ChannelId,
        message: Message,
        *,
        mark: str,
        thread: MessageTs | None = None,
        start_by: float = math.inf,
    ) -> MessageTs:
        if await self.shared.is_closed(channel):
            raise self._refusal(channel)
        return await self.chat.post(channel, message, mark=mark, thread=thread, start_by=start_by)

    async def find(
        self, channel: ChannelId, mark: str, *, since: Instant, thread: MessageTs | None = None
    ) -> MessageTs | None:
        return await self.chat.find(channel, mark, since=since, thread=thread)

    async def update(self, channel: ChannelId, ts: MessageTs, message: Message, *, start_by: float = math.inf) -> None:
        closed = await self.shared.is_closed(channel)
        await self.chat.update(channel, ts, views.BLANK if closed else message, start_by=start_by)
        if closed:
            raise self._refusal(channel)

    async def whisper(self, channel: ChannelId, user: UserId, text: str) -> None:
        """Answer who clicked or typed there: only that person sees it."""
        await self.chat.whisper(channel, user, text)

    async def link(self, channel: ChannelId, ts: MessageTs) -> str:
        return await self.chat.link(channel, ts)

    def _refusal(self, channel: ChannelId) -> Broken | Unavailable:
        if channel == self.shared.policy.ops_channel:
            return Unavailable("the ops channel is shared with another company")
        return Broken(SHARED)
