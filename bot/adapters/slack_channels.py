"""Who else reads a channel, as Slack says it."""

from bot.adapters.slack_chat import SlackCalls
from bot.domain.ids import ChannelId

FLAGS = ("is_ext_shared", "is_pending_ext_shared")
"""What Slack sets for a channel shared by Slack Connect, and for one whose invitation is not yet accepted."""


class SlackChannels:
    """Keeps the port `Channels`."""

    def __init__(self, calls: SlackCalls) -> None:
        """Share one set of calls with the others that talk to Slack."""
        self._calls = calls

    async def is_shared(self, channel: ChannelId) -> bool:
        client = self._calls.client
        answer = await self._calls.call("conversations.info", lambda: client.conversations_info(channel=channel))
        return any(answer["channel"].get(flag) for flag in FLAGS)
