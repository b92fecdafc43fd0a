"""Past Slack: hands a page to every other way that knows the person, once each, and tells them what became of it.

A way is noted in the ledger when it has taken a page. A desk that dies between the two hands it over again under the
same key, by which mail systems and paging services know it for the same; the ledger then says that it may be twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.cases.case import Case, Decision
from bot.domain.errors import Broken, Unavailable
from bot.domain.escalating import ledger
from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.page import Page
from bot.domain.ids import HOUR, CaseId, Instant, OpId
from bot.domain.policy import Policy
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Memory
from bot.ports.alarm import Pager, Stage
from bot.services.card_link import card_link
from bot.services.loading import loaded
from bot.services.paging_places import Passing, Place, unwatched
from bot.views import alarms

SETTLE_WITHIN = HOUR
"""For so long after a page a way is tried to be told that it is over."""


@dataclass(frozen=True, slots=True)
class _Handing:
    """Pages to one person that are to be handed over under one mark."""

    work: Work
    to: str
    mark: str
    pages: Mapping[CaseId, tuple[Page, ...]]

    def was_begun(self, way: str) -> bool:
        """Say whether an earlier attempt began to hand them to this way, and never said what came of it."""
        return any(way in page.handing for found in self.pages.values() for page in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondRoute:
    """Sends pages past Slack, and does the work `settle_pages`."""

    store: CaseStore
    memory: Memory
    chat: Chat
    policy: Policy
    pagers: Sequence[Pager] = ()
    passing: Passing = unwatched

    async def send(self, work: Work, to: str, mark: str, pages: Mapping[CaseId, tuple[Page, ...]]) -> tuple[str, ...]:
        """Return every way that has taken the page by now; one that has is not asked again."""
        if to.startswith(("C", "G")):
            return ()
        taken = [way for found in pages.values() for page in found for way in page.second]
        for pager in self.pagers:
            if pager.name not in taken and await self._tried(_Handing(work, to, mark, pages), pager):
                taken.append(pager.name)
        return tuple(dict.fromkeys(taken))

    async def _tried(self, handing: "_Handing", pager: Pager) -> bool:
        """Hand a page over between two notes, so that the ledger can say that it may have been handed over twice."""
        cases = [case for case in await loaded(self.store, handing.pages) if _waits(case)]
        if not cases:
            return False
        way, mark, again = pager.name, handing.mark, handing.was_begun(pager.name)
        await self._note(handing, f"handing:{way}", lambda case, keys, _: ledger.handing_over(case, keys, mark, way))
        if not await self._taken(pager, handing, cases):
            await self._note(handing, f"untaken:{way}", lambda case, keys, _: ledger.not_taken(case, keys, mark, way))
            return False
        await self.passing(Place.PAST_SLACK)
        await self._note(
            handing,
            f"second:{way}",
            lambda case, keys, now: ledger.past_slack(case, keys, mark, way, now, perhaps_twice=again),
        )
        await self.passing(Place.PAST_SLACK_WRITTEN)
        return True

    async def _taken(self, pager: Pager, handing: "_Handing", cases: Sequence[Case]) -> bool:
        try:
            linked = [(case, await card_link(self.chat, case)) for case in cases]
            words = self.policy.paging.words_by_mail
            return await pager.page(alarms.page(linked, handing.to, handing.mark, words=words))
        except (Broken, Unavailable):
            return False  # the page in Slack is still tried, and this way with it

    async def _note(
        self, handing: "_Handing", act: str, verb: Callable[[Case, tuple[str, ...], Instant], Decision]
    ) -> None:
        for case_id, found in handing.pages.items():
            keys = tuple(page.key for page in found)

            def decide(case: Case, now: Instant, keys: tuple[str, ...] = keys) -> Decision:
                return verb(case, keys, now)

            await self.store.change(case_id, OpId(f"{act}:{handing.mark}:{handing.work.nonce}:{case_id}"), decide)

    async def settle(self, work: Work) -> None:
        """Tell the ways what became of their pages, unless another case of the same page still waits."""
        case = await self.store.load(work.case_id)
        running = case.escalation if case else None
        if case is None or running is None or running.number != int(work.args["number"]) or running.is_waiting:
            return
        stage = Stage.ACKNOWLEDGED if running.is_open else Stage.RESOLVED
        late = False
        for mark, page in _unsettled(running, stage).items():
            if not await self._others_wait(case, page):
                late |= not await self._told(work, mark, page, stage)
        if late and (running.ended_at or running.started_at) + SETTLE_WITHIN > await self.memory.now():
            raise Unavailable("a way past Slack could not be told")

    async def _others_wait(self, case: Case, page: Page) -> bool:
        return any(map(_waits, await loaded(self.store, [mate for mate in page.mates if mate != case.id])))

    async def _told(self, work: Work, mark: str, page: Page, stage: Stage) -> bool:
        for pager in self.pagers:
            if pager.name in page.second:
                try:
                    await pager.settle(mark, stage)
                except Broken:
                    continue
                except Unavailable:
                    return False
        op = OpId(f"settled:{mark}:{stage}:{work.nonce}")
        await self.store.change(work.case_id, op, lambda case, _: ledger.settled(case, mark, stage.value))
        return True


def _waits(case: Case) -> bool:
    return case.escalation is not None and case.escalation.is_waiting


def _unsettled(running: Escalation, stage: Stage) -> dict[str, Page]:
    return {page.mark: page for page in running.pages if page.second and page.settled != stage.value}
