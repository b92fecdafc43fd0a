"""Pages leave: looked at again as they go, once each, bundled for one person, corrected when somebody has it.

Before a message leaves it is noted in each case it speaks of, so that whoever takes up the work after a crash looks for
it first. What Slack does not take within a minute goes by a second route, where there is one.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.approving.hold import Holds
from bot.domain.cases import indexes
from bot.domain.cases.case import Case, Decision, Level
from bot.domain.errors import Broken, NoSuchCase, Unavailable
from bot.domain.escalating import escalation, ledger
from bot.domain.escalating.drill import is_drill
from bot.domain.escalating.escalation_work import EMPTY_STEP, UNREACHABLE
from bot.domain.escalating.page import Delivered, Page, PageState
from bot.domain.ids import HOUR, MINUTE, SECOND, CaseId, ChannelId, Instant, MessageTs, OpId, UserId, later
from bot.domain.policy import Policy
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Document, Duty, Memory, Message
from bot.ports.paging import Direct
from bot.services.card_link import card_link
from bot.services.holding import HOLD_LOOK, held_by
from bot.services.loading import loaded
from bot.services.paging_places import Passing, Place, unwatched
from bot.services.saying import FIND_BACK, say_once
from bot.services.second_route import SecondRoute
from bot.views import drills, pages

BUNDLE = 10
"""Cases that one message speaks of at most."""
SETTLED = MINUTE
"""After so long nobody else can still be sending what was noted as going: leases are shorter."""
SECOND_ROUTE = MINUTE
"""How long Slack alone is tried. It goes on being tried after that: the message there can be acknowledged."""
TRY_AGAIN = 15 * SECOND
"""How soon Slack is asked again within that minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Cases with those of their pages that one message is about, first the one whose work this is."""

    to: str
    mark: str
    pages: Mapping[CaseId, tuple[Page, ...]]
    drill: bool = False

    @property
    def due(self) -> Instant:
        return min(page.due_at for found in self.pages.values() for page in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noting:
    """What is noted in a case before a message about it leaves."""

    mark: str
    mates: tuple[CaseId, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Does the work `page`, `refresh_pages` and `tell_person`."""

    store: CaseStore
    memory: Memory
    chat: Chat
    direct: Direct
    duty: Duty
    policy: Policy
    second: SecondRoute
    holds: Document[Holds]
    passing: Passing = unwatched

    async def page(self, work: Work, start_by: float = math.inf) -> int | None:
        """Page somebody, where that still matters. Returns the milliseconds to wait where it is too early."""
        await self.passing(Place.TAKEN)
        case = await self.store.load(work.case_id)
        page = escalation.may_page(case, int(work.args["number"]), work.args["page"]) if case else None
        if case is None or page is None:
            await self._left_behind(work, case)
            return None
        now = await self.memory.now()
        early = max(page.due_at, later(page.going_at, SETTLED) if page.going_at and page.mark != work.key else 0) - now
        if early > 0:
            return early
        if page.state is PageState.WAITING and await self._rests(case):
            return HOLD_LOOK
        if page.state is PageState.WAITING and await self._too_many(case, page):
            await self._held(work, page, f"there were {self.policy.paging.an_hour} pages to this person within an hour")
            return None
        batch = await self._noted(work, case, page, now)
        if work.case_id in batch.pages:
            await self.passing(Place.NOTED)
            return await self._send(work, batch, start_by, looked_for=page.state is PageState.GOING)
        return None

    async def _left_behind(self, work: Work, case: Case | None) -> None:
        """Find the message of an attempt that crashed before somebody answered, so that it can be corrected."""
        running = case.escalation if case else None
        page = running.page(work.args["page"]) if running else None
        if case is None or page is None or page.mark != work.key or page.state is not PageState.DROPPED:
            return
        channel = await self._channel(page.to)
        if ts := await self.chat.find(channel, page.mark, since=later(page.due_at, -FIND_BACK)):
            batch = _Batch(to=page.to, mark=page.mark, pages={case.id: (page,)})
            await self._written(work, batch, Delivered(way="Slack", channel=channel, ts=ts))

    async def _rests(self, case: Case) -> bool:
        """Say whether the page asks for a reply that a hold keeps in."""
        return escalation.rests_under_hold(case) and bool(await held_by(self.holds, case))

    async def _too_many(self, case: Case, page: Page) -> bool:
        """Count a page, and say whether it is one too many for this hour; emergencies and channels are not counted."""
        if case.severity.level is Level.EMERGENCY or not page.is_person:
            return False
        for number in range(self.policy.paging.an_hour):
            if await self.memory.first_time(f"page:{page.to}:{number}", HOUR):
                return False
        held = (await self.memory.recall(f"held:{page.to}") or "").split()
        await self.memory.remember(f"held:{page.to}", " ".join([*held, case.id][-BUNDLE:]))
        return True

    async def _noted(self, work: Work, case: Case, page: Page, now: Instant) -> _Batch:
        """Note in each case that a message about it is about to leave, and return those where it still matters."""
        again = page.state is PageState.GOING
        mark = page.mark if again else work.key
        cases = await loaded(self.store, page.mates) if again else [case, *(await self._bundled(case, page, now))]
        mates = tuple(one.id for one in cases)
        noted: dict[CaseId, tuple[Page, ...]] = {}
        for one in cases:
            keys = (page.key,) if one.id == case.id else tuple(due.key for due in _due(one, page.to, now))
            if going := await self._note(work, one.id, _Noting(mark=mark, mates=mates, keys=keys)):
                noted[one.id] = going
        return _Batch(to=page.to, mark=mark, pages=noted, drill=is_drill(case))

    async def _note(self, work: Work, case_id: CaseId, noting: "_Noting") -> tuple[Page, ...]:
        op = OpId(f"going:{work.key}:{work.nonce}:{case_id}")
        under = work if case_id == work.case_id else None

        def decide(case: Case, now: Instant) -> Decision:
            return ledger.going(case, noting.keys, noting.mark, noting.mates, now)

        with suppress(NoSuchCase):
            return _marked(await self.store.change(case_id, op, decide, under=under), noting.mark, PageState.GOING)
        return ()

    async def _bundled(self, case: Case, page: Page, now: Instant) -> list[Case]:
        """Return other cases for which the same person is to be paged now; an emergency stands alone."""
        if case.severity.level is Level.EMERGENCY or not page.is_person:
            return []
        ids = [one for one in await self.store.listed(indexes.page_list(page.to), 3 * BUNDLE) if one != case.id]
        calm = [
            one
            for one in await loaded(self.store, ids)
            if one.severity.level is not Level.EMERGENCY and _due(one, page.to, now)
        ]
        return [one for one in calm if not await self._rests(one)][: BUNDLE - 1]

    async def _send(self, work: Work, batch: _Batch, start_by: float, *, looked_for: bool) -> int | None:
        message = await self._message(tuple(batch.pages), batch.to)
        try:
            delivered = await self._by_slack(batch, message, start_by, looked_for=looked_for)
        except Unavailable:
            left = SECOND_ROUTE - (await self.memory.now() - batch.due)
            if left > 0:
                return min(left, TRY_AGAIN)
            await self.second.send(work, batch.to, batch.mark, batch.pages)
            raise
        except Broken as error:
            await self._refused(work, batch, str(error))
            ways = await self.second.send(work, batch.to, batch.mark, batch.pages)
            if not ways:
                await self._undelivered(work, batch, str(error))
                return None
            delivered = Delivered(way=" and ".join(ways))
        await self.passing(Place.POSTED)
        await self._written(work, batch, delivered)
        await self.passing(Place.WRITTEN)
        if not batch.drill:
            await self.memory.remember(f"held:{batch.to}", "")
        elif delivered.ts:
            await self.second.send(work, batch.to, batch.mark, batch.pages)  # a drill tries every way
        return None

    async def _written(self, work: Work, batch: _Batch, delivered: Delivered) -> None:
        for case_id, going in batch.pages.items():
            keys = tuple(page.key for page in going)

            def decide(case: Case, now: Instant, keys: tuple[str, ...] = keys) -> Decision:
                return ledger.paged(case, keys, batch.mark, delivered, now)

            await self.store.change(case_id, OpId(f"paged:{batch.mark}:{work.nonce}:{case_id}"), decide)

    async def _by_slack(self, batch: _Batch, message: Message, start_by: float, *, looked_for: bool) -> Delivered:
        channel = await self._channel(batch.to)
        ts: MessageTs | None = None
        if looked_for:
            ts = await self.chat.find(channel, batch.mark, since=later(batch.due, -FIND_BACK))
        ts = ts or await self.chat.post(channel, message, mark=batch.mark, start_by=start_by)
        return Delivered(way="Slack", channel=channel, ts=ts)

    async def _refused(self, work: Work, batch: _Batch, reason: str) -> None:
        for case_id, going in batch.pages.items():
            keys = tuple(page.key for page in going)

            def decide(case: Case, now: Instant, keys: tuple[str, ...] = keys) -> Decision:
                return ledger.refused_by_slack(case, keys, reason, now)

            await self.store.change(case_id, OpId(f"refused:{batch.mark}:{work.nonce}:{case_id}"), decide)

    async def _undelivered(self, work: Work, batch: _Batch, reason: str) -> None:
        for case_id, going in batch.pages.items():
            for page in going:
                await self._write_off(work, case_id, page, PageState.FAILED, f"Slack does not deliver it ({reason})")

    async def _held(self, work: Work, page: Page, why: str) -> None:
        await self._write_off(work, work.case_id, page, PageState.HELD, why)

    async def _write_off(self, work: Work, case_id: CaseId, page: Page, state: PageState, why: str) -> None:
        case = await self.store.load(case_id)
        number = case.escalation.number if case and case.escalation else 0
        await self.store.change(
            case_id,
            OpId(f"held:{work.key}:{work.nonce}:{case_id}:{page.key}"),
            lambda case, now: escalation.not_paged(case, number, page.key, state=state, why=why, now=now),
        )

    async def refresh(self, work: Work, start_by: float = math.inf) -> None:
        """Bring every message of an escalation up to what is true now: who has it, and what is left to press."""
        case = await self.store.load(work.case_id)
        running = case.escalation if case else None
        if running is None or running.number != int(work.args["number"]):
            return
        sent = {(page.channel, page.ts): page for page in running.pages if page.channel and page.ts}
        for (channel, ts), page in sent.items():
            if channel and ts:
                message = await self._message(page.mates or (work.case_id,), page.to)
                with suppress(Broken):  # a message that is gone needs no correction
                    await self.chat.update(channel, ts, message, start_by=start_by)

    async def tell(self, work: Work, start_by: float = math.inf) -> None:
        """Tell one person something about an escalation, where it is still so."""
        case = await self.store.load(work.case_id)
        if case is None or case.escalation is None:
            return
        mends = _TO_OWNER.get(work.args["about"])
        to = await self._owner(work.args["schedule"]) if mends else UserId(work.args["to"])
        held = case.escalation.held_until is not None and case.escalation.reminded
        if to is None or not (mends or (held and case.escalation.number == int(work.args["number"]))):
            return
        link = await card_link(self.chat, case)
        message = mends(case, work.args, link) if mends else pages.ending(case, link)
        message = drills.marked(message) if is_drill(case) else message
        channel = await self._channel(to)
        since = Instant(int(work.args["at"]))
        await say_once(self.chat, work, channel, message, mark=work.key, since=since, start_by=start_by)

    async def _owner(self, schedule: str) -> UserId | None:
        """Return who is asked about a schedule, or about a step without one."""
        with suppress(Broken):
            if schedule:
                return await self.duty.owner(schedule)
        return self.policy.paging.last_resort

    async def _message(self, ids: Sequence[CaseId], to: str) -> Message:
        found = await loaded(self.store, ids)
        if found and is_drill(found[0]):
            return drills.page(found[0])
        held = (await self.memory.recall(f"held:{to}") or "").split()
        linked = [(case, await card_link(self.chat, case)) for case in found]
        return pages.render(linked, to, tuple(dict.fromkeys(held)))

    async def _channel(self, to: str) -> ChannelId:
        return ChannelId(to) if to.startswith(("C", "G")) else await self.direct.line(UserId(to))


_TO_OWNER = {EMPTY_STEP: pages.empty_step, UNREACHABLE: pages.unreachable}


def _due(case: Case, to: str, now: Instant) -> tuple[Page, ...]:
    """Return the pages that may join a message: due, and not yet on their way in another."""
    if case.escalation is None or not case.escalation.is_waiting:
        return ()
    return tuple(page for page in case.escalation.pending(to, now) if page.state is PageState.WAITING)


def _marked(case: Case, mark: str, state: PageState) -> tuple[Page, ...]:
    found = case.escalation.pages if case.escalation else ()
    return tuple(page for page in found if page.mark == mark and page.state is state)
