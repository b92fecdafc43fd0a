"""Slack shows what is stored: the card of a case, the notes in its thread, the word to the other side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain import effects
from bot.domain.case import CardRef, Case, Decision
from bot.domain.errors import Unavailable
from bot.domain.events import Event, Fact
from bot.domain.ids import DESK, MINUTE, Instant, MessageTs, OpId, PlatformName, later
from bot.domain.people import Side
from bot.domain.policy import Policy
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Memory, Outbox, Platform
from bot.views import card, notes

FIND_BACK = 10 * MINUTE
"""How far before the fact we begin to look for the message of a first attempt: our clock and Slack's may differ."""

FLOOD = 20
"""Work waiting in a channel from which on a card speaks of it: less is done within half a minute."""


@dataclass(frozen=True, slots=True)
class Cards:
    """Does the work `refresh_card`, `note` and `announce`."""

    store: CaseStore
    outbox: Outbox
    memory: Memory
    chat: Chat
    platforms: Mapping[PlatformName, Platform]
    policy: Policy

    async def refresh(self, work: Work) -> None:
        """Post the card, or bring it up to the stored case."""
        case = await self.store.load(work.case_id)
        if case is None:
            return
        now = await self.memory.now()
        waiting = await self.outbox.waiting(effects.slack_lane(case.route.channel))
        message = card.render(case, self._shown(case), now, waiting=waiting if waiting >= FLOOD else 0)
        if case.card:
            await self.chat.update(case.card.channel, case.card.ts, message)
            return
        channel = case.route.channel
        mark = f"card:{case.id}"
        ts = await self._found_again(work, case, mark) or await self.chat.post(channel, message, mark=mark)
        posted = await self.store.change(
            case.id,
            OpId(f"posted:{case.id}:{ts}"),
            lambda case, now: _posted(case, CardRef(channel=channel, ts=ts), now),
        )
        if posted.changes > case.changes + 1:
            await self.outbox.add([effects.card(posted)])

    async def note(self, work: Work) -> None:
        """Write one line into the card's thread."""
        case = await self.store.load(work.case_id)
        if case is None:
            return
        if case.card is None:
            raise Unavailable("the card is not posted yet")
        mark = f"note:{work.key}"
        text = notes.line(work.args, case)
        if text and not await self._found_again(work, case, mark, thread=case.card.ts):
            await self.chat.post(case.card.channel, notes.message(text), mark=mark, thread=case.card.ts)

    async def announce(self, work: Work) -> None:
        """Tell the side that has to act, in its own channel, with a link to the card."""
        case = await self.store.load(work.case_id)
        if case is None or not notes.still_waits(work.args, case):
            return
        if case.card is None:
            raise Unavailable("the card is not posted yet")
        channel = self.policy.sides[Side(work.args["to"])].channel
        link = await self.chat.link(case.card.channel, case.card.ts)
        mark = f"announce:{work.key}"
        if work.tries > 1 and await self.chat.find(channel, mark, since=later(_since(work, case), -FIND_BACK)):
            return
        await self.chat.post(channel, notes.announcement(work.args, case, link), mark=mark)

    async def _found_again(
        self, work: Work, case: Case, mark: str, *, thread: MessageTs | None = None
    ) -> MessageTs | None:
        """Return what an earlier attempt may have posted before its answer was lost."""
        if work.tries == 1:
            return None
        channel = case.card.channel if case.card else case.route.channel
        return await self.chat.find(channel, mark, since=later(_since(work, case), -FIND_BACK), thread=thread)

    def _shown(self, case: Case) -> card.Shown:
        platform = self.platforms.get(case.platform)
        account = platform.account.handle if platform else case.account
        if platform is None or case.draft is None:
            return card.Shown(account=account)
        return card.Shown(
            account=account,
            count=platform.text_rule.count(case.draft.text),
            maximum=platform.text_rule.maximum,
            by_hand_url=platform.by_hand_url(case.draft.target, case.draft.text),
        )


def _since(work: Work, case: Case) -> Instant:
    """Return when the first attempt can have been at the earliest."""
    return Instant(int(work.args.get("at", case.opened_at)))


def _posted(case: Case, ref: CardRef, now: Instant) -> Decision:
    if case.card:
        return Decision.unchanged(case)
    return Decision.of(replace(case, card=ref), Event(fact=Fact.CARD_POSTED, at=now, by=DESK))
