"""The address of a case's card, for those who read of the case elsewhere."""

from bot.domain.cases.case import Case
from bot.domain.errors import Broken, Unavailable
from bot.ports import Chat


async def card_link(chat: Chat, case: Case) -> str:
    """Return the address of the card, "" where there is none or Slack cannot say."""
    if case.card is None:
        return ""
    try:
        return await chat.link(case.card.channel, case.card.ts)
    except (Unavailable, Broken):
        return ""
