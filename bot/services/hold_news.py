"""Slack shows what is held: each card in scope is drawn again, and a notice stands in each channel."""

import math
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.approving import hold_work
from bot.domain.approving.hold import Hold, Holds
from bot.domain.cases import effects
from bot.domain.cases.case import Case
from bot.domain.cases.effects import Effect
from bot.domain.errors import Broken
from bot.domain.ids import CaseId, ChannelId, MessageTs, later
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Document, Memory, Message, Outbox
from bot.services.cards import CLOSED_CHANNEL, LOST
from bot.services.saying import FIND_BACK
from bot.views import holds as views

MOST_CASES = 50_000
"""Open cases that a hold is brought to; their numbers are read in one go."""


@dataclass(frozen=True, slots=True)
class HoldNews:
    """Does the work `spread_hold` and `show_hold`."""

    holds: Document[Holds]
    store: CaseStore
    outbox: Outbox
    memory: Memory
    chat: Chat

    async def spread(self, work: Work) -> None:
        """Have the cards in scope drawn again, page by page; after a lift also look at once at what waits to leave."""
        hold = await self._hold(work)
        if hold is None:
            return
        if "cases" in work.args:
            await self._page(hold, [CaseId(one) for one in work.args["cases"].split()])
            return
        opened = await self.store.listed("open", MOST_CASES)
        pages = [opened[start : start + hold_work.PAGE] for start in range(0, len(opened), hold_work.PAGE)]
        await self.outbox.add([hold_work.spread(hold, page) for page in pages])

    async def _page(self, hold: Hold, cases: list[CaseId]) -> None:
        found: list[Effect] = []
        for case_id in cases:
            with suppress(Broken):
                case = await self.store.load(case_id)
                if case and hold.reach.covers(case):
                    found += _redone(case, hold)
        await self.outbox.add(found)

    async def show(self, work: Work, start_by: float = math.inf) -> None:
        """Post the notice of a hold in a channel, or bring it up to date."""
        hold, channel = await self._hold(work), ChannelId(work.args["channel"])
        if hold is None:
            return
        mark = f"hold:{hold.id}:{channel}"
        try:
            before = await self._posted_before(hold, channel, mark)
            if before and await self._edited(channel, before, views.notice(hold), start_by):
                return
            ts = await self.chat.post(channel, views.notice(hold), mark=mark, start_by=start_by)
        except Broken as error:
            if str(error) not in CLOSED_CHANNEL:
                raise
            return
        await self.memory.remember(mark, ts)

    async def _posted_before(self, hold: Hold, channel: ChannelId, mark: str) -> MessageTs | None:
        known = await self.memory.recall(mark)
        if known:
            return MessageTs(known)
        return await self.chat.find(channel, mark, since=later(hold.placed_at, -FIND_BACK))

    async def _edited(self, channel: ChannelId, ts: MessageTs, message: Message, start_by: float) -> bool:
        """Return whether the notice is still there to be edited."""
        try:
            await self.chat.update(channel, ts, message, start_by=start_by)
        except Broken as error:
            if str(error) not in LOST - CLOSED_CHANNEL:
                raise
            return False
        return True

    async def _hold(self, work: Work) -> Hold | None:
        return (await self.holds.read()).value.find(work.args["hold"])


def _redone(case: Case, hold: Hold) -> list[Effect]:
    sends = effects.send_again(case) if hold.lifted_at is not None else None
    return [effects.card(case), *([sends] if sends else [])]
