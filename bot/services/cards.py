"""Slack shows what is stored: the card of a case, the notes in its thread, the word to the other side."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.approving.hold import Holds
from bot.domain.cases import card_work, effects
from bot.domain.cases.case import CardRef, Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import DONE
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import DESK, Instant, OpId, PlatformName
from bot.domain.people import Side
from bot.domain.policy import Policy
from bot.domain.running import ops_news
from bot.domain.running.sharing import SHARED
from bot.domain.timing import targets
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Document, Memory, Message, Outbox, Platform
from bot.services.holding import held_by
from bot.services.saying import said_before, say_once, tell_once_a_day
from bot.services.sharing import Instead
from bot.views import card, notes

CLOSED_CHANNEL = frozenset({"channel_not_found", "is_archived", "not_in_channel", "restricted_action", SHARED})
LOST = CLOSED_CHANNEL | {"message_not_found", "cant_update_message", "thread_not_found"}
"""What Slack says when a card, or the channel it stood in, is not there for us any more."""

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
    holds: Document[Holds]
    instead: Instead

    async def refresh(self, work: Work, start_by: float = math.inf) -> None:
        """Post the card, or bring it up to the stored case; a late one would post a second, or show what has passed."""
        case = await self.store.load(work.case_id)
        if case is None:
            return
        now = await self.memory.now()
        waiting = await self.outbox.waiting(effects.slack_lane(case.route.channel))
        shown = replace(self._shown(case), held=await held_by(self.holds, case))
        message = card.render(case, shown, now, waiting=waiting if waiting >= FLOOD else 0)
        if case.card:
            await self._update(case, case.card, message, start_by)
            return
        found = await self._posted_before(work, case)
        ref = found or await self._post(case, message, start_by)
        posted = await self.store.change(
            case.id, OpId(f"posted:{case.id}:{case.changes}:{ref.ts}"), lambda case, now: _posted(case, ref, now)
        )
        if _may_have_spoken(work) or posted.card != ref:
            # An earlier attempt may have left a card that Slack did not show when we looked for it.
            await self.outbox.add([card_work.tidy(posted)])
        # A card found again shows what the case was then, and people may have acted on it already.
        if found or posted.changes > case.changes + 1:
            await self.outbox.add([effects.card(posted)])

    async def _update(self, case: Case, ref: CardRef, message: Message, start_by: float) -> None:
        """Bring the card up to date; one that is gone from Slack is posted anew."""
        try:
            await self.chat.update(ref.channel, ref.ts, message, start_by=start_by)
        except Broken as error:
            if str(error) not in LOST:
                raise
            if _stays_blank(case, error):
                return
            lost = OpId(f"lost:{case.id}:{case.changes}:{ref.ts}")
            await self.store.change(case.id, lost, lambda case, now: _lost(case, ref, now))

    async def _post(self, case: Case, message: Message, start_by: float) -> CardRef:
        """Post the card where it belongs; where that is impossible, with the people who run the desk, who are told."""
        home, mark = await self.instead(case.route.channel), f"card:{case.id}"
        try:
            return CardRef(channel=home, ts=await self.chat.post(home, message, mark=mark, start_by=start_by))
        except Broken as error:
            if str(error) not in CLOSED_CHANNEL or home == self.policy.ops_channel:
                raise
            news = ops_news.channel_gone(case, home, str(error))
            await tell_once_a_day(self.memory, self.outbox, f"told:{home}:{error}", news)
        ops = self.policy.ops_channel
        return CardRef(channel=ops, ts=await self.chat.post(ops, message, mark=mark, start_by=start_by))

    async def _posted_before(self, work: Work, case: Case) -> CardRef | None:
        """Return the card of an earlier attempt whose answer was lost."""
        if not _may_have_spoken(work):
            return None
        for channel in dict.fromkeys((await self.instead(case.route.channel), self.policy.ops_channel)):
            with suppress(Broken):
                if ts := await said_before(self.chat, work, channel, f"card:{case.id}", since=case.opened_at):
                    return CardRef(channel=channel, ts=ts)
        return None

    async def note(self, work: Work, start_by: float = math.inf) -> None:
        """Write one line into the card's thread."""
        case = await self.store.load(work.case_id)
        if case is None:
            return
        if case.card is None:
            raise Unavailable("the card is not posted yet")
        mark = f"note:{work.key}"
        text = notes.line(work.args, case)
        if not text or await self._said_before(work, case, case.card, mark):
            return
        try:
            await self.chat.post(
                case.card.channel, notes.message(text), mark=mark, thread=case.card.ts, start_by=start_by
            )
        except Broken as error:
            if str(error) not in LOST:
                raise
            if _stays_blank(case, error):
                return
            await self.outbox.add([effects.card(case)])
            raise Unavailable("the card is gone and is posted again first") from None

    async def announce(self, work: Work, start_by: float = math.inf) -> None:
        """Tell the side that has to act, in its own channel, with a link to the card."""
        case = await self.store.load(work.case_id)
        if case is None or not notes.still_waits(work.args, case):
            return
        if case.card is None:
            raise Unavailable("the card is not posted yet")
        to = work.args["to"]
        channel = case.route.channel if to == effects.TEAM else self.policy.sides[Side(to)].channel
        channel = await self.instead(channel)
        link = await self.chat.link(case.card.channel, case.card.ts)
        message, mark = notes.announcement(work.args, case, link), f"announce:{work.key}"
        await say_once(self.chat, work, channel, message, mark=mark, since=_since(work, case), start_by=start_by)

    async def _said_before(self, work: Work, case: Case, ref: CardRef, mark: str) -> bool:
        """Say whether an earlier attempt whose answer was lost wrote this note."""
        if not _may_have_spoken(work):
            return False
        since = _since(work, case)
        with suppress(Broken):
            return await said_before(self.chat, work, ref.channel, mark, since=since, thread=ref.ts) is not None
        return False

    def _shown(self, case: Case) -> card.Shown:
        hours = self.policy.hours(case.route.market)
        reply, approval = targets.reply_due(case, hours), targets.approval_due(case, hours)
        platform = self.platforms.get(case.platform)
        shown = card.Shown(
            account=platform.account.handle if platform else case.account, reply_due=reply, approval_due=approval
        )
        if platform is None or case.draft is None:
            return shown
        return replace(
            shown,
            count=platform.text_rule.count(case.draft.text),
            maximum=platform.text_rule.maximum,
            by_hand_url=platform.by_hand_url(case.draft.target, case.draft.text),
        )


def _stays_blank(case: Case, error: Broken) -> bool:
    """Say whether a card that was blanked needs no other place: nobody works with a case that is done."""
    return str(error) == SHARED and case.status in DONE


def _may_have_spoken(work: Work) -> bool:
    """Say whether an earlier try may have posted: one that was only told to wait has not, and needs no look."""
    return work.doubtful or work.faults > 0


def _since(work: Work, case: Case) -> Instant:
    """Return when the first attempt can have been at the earliest."""
    return Instant(int(work.args.get("at", case.opened_at)))


def _lost(case: Case, ref: CardRef, now: Instant) -> Decision:
    if case.card != ref:
        return Decision.unchanged(case)
    return Decision.of(replace(case, card=None), Event(fact=Fact.CARD_LOST, at=now, by=DESK))


def _posted(case: Case, ref: CardRef, now: Instant) -> Decision:
    if case.card:
        return Decision.unchanged(case)
    return Decision.of(replace(case, card=ref), Event(fact=Fact.CARD_POSTED, at=now, by=DESK))
