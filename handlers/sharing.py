"""Slack says that a channel was shared, is shared no more, or that the desk was invited to one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.domain.ids import ChannelId
from handlers.kit import Body
from handlers.tables import Flow, OnBody


@dataclass(frozen=True, slots=True)
class SharingNews(Flow):
    """What Slack says is only a reason to look: the look itself is work, which survives a Slack that is away."""

    ask_for: Callable[[ChannelId], Awaitable[None]]

    def events(self) -> Mapping[str, OnBody]:
        return dict.fromkeys(("channel_shared", "channel_unshared", "member_joined_channel"), self.changed)

    async def changed(self, body: Body) -> None:
        channel = body["event"].get("channel")
        if isinstance(channel, str) and channel.isalnum() and len(channel) < 20:
            await self.ask_for(ChannelId(channel))
