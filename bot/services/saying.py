"""Says something once: what an earlier attempt said is found by its mark, and the same news is told once a day."""

import math

from bot.domain.ids import DAY, HOUR, MINUTE, ChannelId, Instant, MessageTs, later
from bot.domain.job import Effect
from bot.domain.running import ops_news
from bot.domain.work import Work
from bot.ports import Chat, Memory, Message, Outbox

FIND_BACK = 10 * MINUTE
"""How far before an earlier attempt can have been made we look for its message: our clock and Slack's may differ."""
PUT_BACK = HOUR
"""How far work that says no time of its own may have been put back since its first attempt.

Not much longer: on another day the same news is told anew under the same mark.
"""


async def said_before(
    chat: Chat, work: Work, channel: ChannelId, mark: str, *, since: Instant, thread: MessageTs | None = None
) -> MessageTs | None:
    """Return what an earlier attempt at this work said, where its answer was lost; before the first there is none.

    `since` is the earliest time at which that attempt can have been made.
    """
    if work.tries == 1:
        return None
    return await chat.find(channel, mark, since=later(since, -FIND_BACK), thread=thread)


async def say_once(
    chat: Chat,
    work: Work,
    channel: ChannelId,
    message: Message,
    *,
    mark: str,
    since: Instant,
    start_by: float = math.inf,
) -> None:
    """Post a message, unless an earlier attempt at this work did; `since` as in `said_before`."""
    if not await said_before(chat, work, channel, mark, since=since):
        await chat.post(channel, message, mark=mark, start_by=start_by)


async def tell_once_a_day(memory: Memory, outbox: Outbox, name: str, news: Effect) -> None:
    """Have those who run the desk told, unless they were told under this name within a day."""
    if await memory.first_time(name, DAY):
        await outbox.add([news])


async def tell_refused(memory: Memory, outbox: Outbox, reason: str) -> None:
    """Have them told once a day that Slack does not let the desk do something."""
    await tell_once_a_day(memory, outbox, f"told:slack:{reason}", ops_news.slack_refuses(reason))
