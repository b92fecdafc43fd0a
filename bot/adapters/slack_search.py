"""Finds our own messages in a channel or thread by the mark that they were posted with, page by page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.domain.errors import Broken
from bot.domain.ids import ChannelId, Instant, MessageTs

if TYPE_CHECKING:
    from bot.adapters.slack_chat import SlackCalls

MARK = "replydesk"
PAGE = 200
PAGES = 5
"""At most so many pages are read: a channel takes about one message a second, so this is a quarter of an hour."""
GONE = frozenset({"message_not_found"})


async def marked(
    calls: "SlackCalls", channel: ChannelId, mark: str, *, since: Instant, thread: MessageTs | None = None
) -> AsyncIterator[MessageTs]:
    """Yield our messages with this mark: newest first in a channel, oldest first in a thread."""
    client = calls.client
    method = "conversations.replies" if thread else "conversations.history"
    make = client.conversations_replies if thread else client.conversations_history
    asked: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{since / 1000:.6f}",
        "include_all_metadata": True,
        "limit": PAGE,
    }
    asked |= {"ts": thread} if thread else {}
    for _ in range(PAGES):
        answer = await calls.call(method, lambda: make(**asked))
        for message in answer.get("messages", []):
            if _mark_of(message) == mark:
                yield MessageTs(str(message["ts"]))
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        asked["cursor"] = cursor


class SlackCopies:
    """Keeps the port `Copies`."""

    def __init__(self, calls: "SlackCalls") -> None:
        """Share one set of calls with the others that talk to Slack."""
        self._calls = calls

    async def find_all(self, channel: ChannelId, mark: str, *, since: Instant) -> Sequence[MessageTs]:
        return [ts async for ts in marked(self._calls, channel, mark, since=since)]

    async def remove(self, channel: ChannelId, ts: MessageTs) -> None:
        client = self._calls.client
        try:
            await self._calls.call("chat.delete", lambda: client.chat_delete(channel=channel, ts=ts))
        except Broken as error:
            if str(error) not in GONE:
                raise


def _mark_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != MARK or not message.get("bot_id"):
        return None
    mark = (metadata.get("event_payload") or {}).get("mark")
    return mark if isinstance(mark, str) else None
