"""Takes cards out of a channel that another company can read, and back into it afterwards."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.cases import effects
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Effect
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.indexes import LIVE
from bot.domain.cases.lifecycle import DONE
from bot.domain.errors import Broken
from bot.domain.ids import DESK, CaseId, ChannelId, Instant, OpId
from bot.domain.running import sharing
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Outbox
from bot.services.sharing import Shared
from bot.views import sharing as views

MOST_CASES = 50_000
"""Cases of one list that are looked at; their numbers are read in one go."""


@dataclass(frozen=True, slots=True)
class SharedCards:
    """Does the work `spread_sharing` and `return_card`."""

    store: CaseStore
    outbox: Outbox
    chat: Chat
    shared: Shared

    async def spread(self, work: Work) -> None:
        """Have each card that stands where it must not be drawn again (which blanks it), or brought back."""
        channel = ChannelId(work.args["channel"])
        if "cases" in work.args:
            await self._page(channel, [CaseId(one) for one in work.args["cases"].split()])
            return
        stands = [channel, self.shared.policy.ops_channel]
        names = [f"channel:{one}:{status}" for one in dict.fromkeys(stands) for status in LIVE]
        names += [f"status:{status}" for status in DONE]
        lists = [await self.store.listed(name, MOST_CASES) for name in names]
        found = list(dict.fromkeys(case_id for listed in lists for case_id in listed))
        starts = range(0, len(found), sharing.PAGE)
        await self.outbox.add([sharing.spread_page(channel, found[start : start + sharing.PAGE]) for start in starts])

    async def _page(self, channel: ChannelId, cases: Iterable[CaseId]) -> None:
        closed, asked = await self.shared.is_closed(channel), list[Effect]()
        for case_id in cases:
            with suppress(Broken):
                case = await self.store.load(case_id)
                if case and case.card and case.card.channel == channel:
                    asked.append(effects.card(case))
                elif case and not closed and self._is_away(case, channel):
                    asked.append(sharing.bring_back(case.id, channel))
        await self.outbox.add(asked)

    def _is_away(self, case: Case, channel: ChannelId) -> bool:
        """Say whether the card of a case that belongs into the channel stands with those who run the desk."""
        stands = case.card.channel if case.card else ""
        return case.status not in DONE and case.route.channel == channel and stands == self.shared.policy.ops_channel

    async def bring_back(self, work: Work) -> None:
        """Say where the card is now, and have it posted there."""
        channel, case = ChannelId(work.args["channel"]), await self.store.load(work.case_id)
        if not case or not case.card or not self._is_away(case, channel) or await self.shared.is_closed(channel):
            return
        with suppress(Broken):  # a message that is gone shows nobody the wrong place
            await self.chat.update(case.card.channel, case.card.ts, views.moved(case.id, channel))
        left = case.card

        def decide(case: Case, now: Instant) -> Decision:
            if case.card != left:
                return Decision.unchanged(case)
            return Decision.of(replace(case, card=None), Event(fact=Fact.CARD_LOST, at=now, by=DESK))

        await self.store.change(case.id, OpId(f"return:{case.id}:{case.changes}:{left.ts}"), decide)
