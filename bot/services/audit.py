"""The auditor: reads what is stored, tells what is wrong once and again when it is over, mends what was lost.

It stands outside the engine: it posts by itself, so that a relay that has stopped cannot keep it quiet.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.domain.cases import effects
from bot.domain.cases.case import Case
from bot.domain.errors import Archived, Broken, Unavailable
from bot.domain.escalating.drill import SEAT
from bot.domain.ids import MINUTE, SECOND, CaseId, Instant
from bot.domain.policy import Policy
from bot.domain.running import audit
from bot.domain.running.audit import CRITICAL, NAMED, Findings, Passes, Trouble
from bot.ports import CaseStore, Chat, Memory, Outbox
from bot.ports.alarm import Alarm, Books, Pager, Urgency
from bot.services.past_slack import handed_over
from bot.views import audit as views

EVERY = MINUTE
PAGE = 300
"""Open cases that one look reads; the next look goes on behind them."""
FRESH = 3 * MINUTE
"""An audit that is older says nothing any more."""
RESULT, PLACE = "audit:result", "audit:place"
"""Under these names the last result and the place in the list of cases are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the last look found, since when each trouble lasts, and which were told in Slack and which past it.

    `whole` and `part` are what the passes over all cases have found, see `Passes`.
    """

    at: Instant
    since: Mapping[str, int]
    named: Mapping[str, list[str]]
    told: tuple[str, ...] = ()
    alarmed: tuple[str, ...] = ()
    whole: Mapping[str, list[str]] = field(default_factory=dict)
    part: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not CRITICAL & set(self.since)


NOTHING: dict[str, Any] = {"at": Instant(0), "since": {}, "named": {}}
"""A result before the first look."""


def read_result(stored: str | None) -> Result:
    """Return the last result; what cannot be read counts as none."""
    try:
        found = json.loads(stored or "{}")
        return Result(**{**NOTHING, **found})
    except (ValueError, TypeError):
        return Result(**NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Looks at everything once a minute, in one process at a time."""

    books: Books
    store: CaseStore
    memory: Memory
    outbox: Outbox
    chat: Chat
    policy: Policy
    cursors: Sequence[str]
    poll_seconds: int
    watches: Sequence[str] = ()
    pagers: Sequence[Pager] = ()

    async def look(self) -> None:
        """Look, unless another process did within the last minute."""
        if await self.memory.first_time("audit", EVERY - 5 * SECOND):
            await self.look_now()

    async def look_now(self) -> Result:
        now = await self.memory.now()
        before = read_result(await self.memory.recall(RESULT))
        passes = await self._cases(before, now)
        found = {**await self._around(now), **passes.findings}
        since = {trouble.value: before.since.get(trouble, now) for trouble in found}
        named = _stored(found)
        told = await self._tell(before, since, named)
        whole, part = _stored(passes.whole), _stored(passes.part)
        result = Result(at=now, since=since, named=named, told=told, whole=whole, part=part)
        result = replace(result, alarmed=await self._alarm(before, result))
        await self.memory.remember(RESULT, json.dumps(asdict(result)))
        return result

    async def is_clean(self) -> bool:
        """Say whether the last look is fresh and found nothing for which customers or pages wait."""
        last = read_result(await self.memory.recall(RESULT))
        return last.is_clean and last.at > await self.memory.now() - FRESH

    async def _around(self, now: Instant) -> Findings:
        """Return what is wrong with everything that is no case."""
        read = {name: await self._read_at(name) for name in self.cursors}
        found = audit.of_queue(await self.books.queue())
        found |= audit.of_reading(read, self.poll_seconds * SECOND, now)
        watched = {name: await self._read_at(name) for name in self.watches}
        return found | audit.of_watching(watched, self.policy.watch.every, now)

    async def _cases(self, before: Result, now: Instant) -> Passes:
        """Look at the next page of cases; return what has been found in all of them."""
        page, found = await self._page(), Findings()
        for case_id in (*page, *await self._drill()):
            for trouble in await self._case(case_id, now):
                found[trouble] = (*found.get(trouble, ()), case_id)
        passes = Passes(whole=_findings(before.whole), part=_findings(before.part))
        return passes.with_page(found, last=len(page) < PAGE)

    async def _read_at(self, cursor: str) -> Instant | None:
        at = await self.memory.recall(f"read:{cursor}")
        return Instant(int(at)) if at else None

    async def _page(self) -> Sequence[CaseId]:
        skip = int(await self.memory.recall(PLACE) or 0)
        ids = await self.books.open_cases(skip, PAGE)
        await self.memory.remember(PLACE, str(skip + PAGE if len(ids) == PAGE else 0))
        return ids

    async def _drill(self) -> Sequence[CaseId]:
        """Return the drill that runs: it stands in no list, and is found by the seat that it holds."""
        holder = await self.store.holder(SEAT)
        return (holder,) if holder else ()

    async def _case(self, case_id: CaseId, now: Instant) -> Sequence[Trouble]:
        try:
            case = await self.store.load(case_id)
        except (Archived, Broken):
            return ()  # gone, or told by whoever reads it next
        if case is None:
            return ()
        found = list(audit.of_case(case, self.policy.hours(case.route.market), now))
        if Trouble.NO_CARD in found and not await self.books.missing((effects.card(case).key,)):
            found.remove(Trouble.NO_CARD)  # it waits for its turn, and if that does not come, the queue tells it
        if await self._mended(case, now):
            found.append(Trouble.LOST_WORK)
        if {Trouble.NO_CARD, Trouble.ORPHAN} & set(found):
            await self.outbox.add([effects.card(case)])
        return found

    async def _mended(self, case: Case, now: Instant) -> bool:
        """Ask again for work that is gone although the case has not changed, and say whether there was any."""
        work = {effect.key: effect for effect in audit.wanted(case, self.policy.hours(case.route.market), now)}
        missing = await self.books.missing(tuple(work)) if work else frozenset()
        again = await self.store.load(case.id) if missing else None
        if again is None or again.changes != case.changes:
            return False
        await self.outbox.add([work[key] for key in sorted(missing)])
        return True

    async def _tell(self, before: Result, since: Mapping[str, int], named: Mapping[str, list[str]]) -> tuple[str, ...]:
        """Tell what is new and what is over in the ops channel; return what has been told there by now."""
        told = [trouble for trouble in before.told if trouble in since]
        news = [(trouble, named[trouble]) for trouble in since if trouble not in told]
        over = [trouble for trouble in before.told if trouble not in since]
        try:
            for trouble, names in news:
                mark = f"audit:{trouble}:{since[trouble]}"
                await self.chat.post(self.policy.ops_channel, views.finding(Trouble(trouble), names), mark=mark)
                told.append(trouble)
            for trouble in over:
                mark = f"audit:over:{trouble}:{before.since[trouble]}"
                await self.chat.post(self.policy.ops_channel, views.over(Trouble(trouble)), mark=mark)
        except (Broken, Unavailable):
            return tuple(told)
        return tuple(told)

    async def _alarm(self, before: Result, result: Result) -> tuple[str, ...]:
        """Tell the last resort past Slack, once each, what is critical, and what Slack has not taken for a minute."""
        alarmed = [trouble for trouble in before.alarmed if trouble in result.since]
        to = self.policy.paging.last_resort
        for trouble, since in result.since.items():
            unheard = trouble not in result.told and result.at - since >= MINUTE
            if to and trouble not in alarmed and (trouble in CRITICAL or unheard):
                subject, body = views.alarm(Trouble(trouble), result.named[trouble])
                urgency = Urgency.CRITICAL if trouble in CRITICAL else Urgency.WARNING
                alarm = Alarm(to=to, key=f"audit:{trouble}:{since}", subject=subject, body=body, urgency=urgency)
                if await handed_over(self.pagers, alarm):
                    alarmed.append(trouble)
        return tuple(alarmed)


def _findings(stored: Mapping[str, Sequence[str]]) -> Findings:
    """Return what was stored as findings; what another version knows by another name is left out."""
    return {trouble: tuple(stored[trouble]) for trouble in Trouble if trouble in stored}


def _stored(findings: Findings) -> dict[str, list[str]]:
    return {trouble.value: list(names[:NAMED]) for trouble, names in findings.items()}
