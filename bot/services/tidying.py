"""Of a case's card there is one: copies that slipped through are taken away, and clicks on them are shown the way."""

from dataclasses import dataclass

from bot.domain.cases import card_work
from bot.domain.cases.case import Case
from bot.domain.errors import Broken, Refused
from bot.domain.ids import SECOND, CaseId, later
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Outbox
from bot.ports.copies import Copies
from bot.services.saying import FIND_BACK

LOOK_AGAIN = 20 * SECOND
"""A copy that Slack accepted late shows by then, and a minute has not passed."""


@dataclass(frozen=True, slots=True)
class Tidying:
    """Does the work `tidy_card`, and answers clicks on copies."""

    store: CaseStore
    outbox: Outbox
    chat: Chat
    copies: Copies

    async def tidy(self, work: Work) -> int | None:
        """Remove every copy of the card but the one that is stored; return the wait before a second look."""
        case = await self.store.load(work.case_id)
        if case is None or case.card is None:
            return None
        since = later(case.opened_at, -FIND_BACK)
        for channel in dict.fromkeys((case.card.channel, case.route.channel)):
            for ts in await self.copies.find_all(channel, f"card:{case.id}", since=since):
                if (channel, ts) != (case.card.channel, case.card.ts):
                    await self.copies.remove(channel, ts)
        return LOOK_AGAIN if work.tries == 1 else None

    async def show_the_way(self, case_id: CaseId) -> Refused:
        """Return the refusal of a click on a copy: with a link to the card, and the copy soon gone."""
        case = await self.store.load(case_id)
        if case is None or case.card is None:
            return Refused("That card is out of date. Please wait a moment for the new one.")
        await self.outbox.add([card_work.tidy(case)])
        try:
            link = await self.chat.link(case.card.channel, case.card.ts)
        except Broken:
            return Refused(_no_link(case))
        return Refused(f"That is a second copy of the card and will be removed. <{link}|Please use this one>.")


def _no_link(case: Case) -> str:
    return f"That is a second copy of the card and will be removed. Please use the other card of {case.id} here."
