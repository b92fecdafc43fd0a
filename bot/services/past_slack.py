"""One alarm handed to every way past Slack, where one of them is enough."""

from collections.abc import Sequence

from bot.domain.errors import Broken, Unavailable
from bot.ports.alarm import Alarm, Pager


async def handed_over(pagers: Sequence[Pager], alarm: Alarm) -> bool:
    """Hand it to all of them; return whether any took it. Another may take what one cannot."""
    taken = False
    for pager in pagers:
        try:
            taken |= await pager.page(alarm)
        except (Broken, Unavailable):
            continue
    return taken
