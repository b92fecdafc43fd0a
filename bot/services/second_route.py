"""Past Slack: hands a page to every other way that knows the person, once each, and tells them what became of it.

A way is noted in the ledger when it has taken a page. A desk that dies between the two hands it over again under the
same key, by which mail systems and paging services know it for the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.cases.case import Case, Decision
from bot.domain.errors import Broken, Unavailable
from bot.domain.escalating import escalation
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
            if pager.name not in taken and await self._handed_over(pager, to, mark, tuple(pages)):
                await self.passing(Place.PAST_SLACK)
                taken.append(pager.name)
                await self._noted(work, mark, pager.name, pages)
                await self.passing(Place.PAST_SLACK_WRITTEN)
        return tuple(dict.fromkeys(taken))

    async def _handed_over(self, pager: Pager, to: str, mark: str, ids: Sequence[CaseId]) -> bool:
        cases = [case for case in await loaded(self.store, ids) if _waits(case)]
        if not cases:
            return False
        try:
            linked = [(case, await card_link(self.chat, case)) for case in cases]
            return await pager.page(alarms.page(linked, to, mark, words=self.policy.paging.words_by_mail))
        except (Broken, Unavailable):
            return False  # the page in Slack is still tried, and this way with it

    async def _noted(self, work: Work, mark: str, way: str, pages: Mapping[CaseId, tuple[Page, ...]]) -> None:
        for case_id, found in pages.items():
            keys = tuple(page.key for page in found)

            def decide(case: Case, now: Instant, keys: tuple[str, ...] = keys) -> Decision:
                return escalation.past_slack(case, keys, mark, way, now)

            await self.store.change(case_id, OpId(f"second:{mark}:{way}:{work.nonce}:{case_id}"), decide)

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
        await self.store.change(work.case_id, op, lambda case, _: escalation.settled(case, mark, stage.value))
        return True


def _waits(case: Case) -> bool:
    return case.escalation is not None and case.escalation.is_waiting


def _unsettled(running: Escalation, stage: Stage) -> dict[str, Page]:
    return {page.mark: page for page in running.pages if page.second and page.settled != stage.value}
