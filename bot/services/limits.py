"""The limits as they stand now: which of them PR has switched off, and what they were used for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.approving import switches
from bot.domain.approving.limits import Limit, Terms
from bot.domain.approving.switches import Switches
from bot.domain.cases import effects
from bot.domain.cases.case import Case
from bot.domain.cases.indexes import day_of, limit_list
from bot.domain.document import Change
from bot.domain.errors import Refused
from bot.domain.ids import DAY, Instant, OpId, UserId, later
from bot.domain.people import Side
from bot.domain.policy import Policy
from bot.domain.work import Work
from bot.ports import Chat, Document, Memory, Outbox
from bot.services.acting import Acting, journaled
from bot.services.loading import loaded
from bot.services.saying import PUT_BACK, said_before
from bot.views import limits as views


class TermsNow(Protocol):
    """Tells the terms a reply leaves under at this moment."""

    async def __call__(self, *, alone: bool) -> Terms:
        """Return the rules of now; with `alone`, also which limits are off."""
        ...


TOLD = "limits_told"
MOST_TOLD = 200
"""Cases looked through for one day's news."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Reads and switches limits, and tells PR once a day what they were used for."""

    acting: Acting
    memory: Memory
    outbox: Outbox
    chat: Chat
    policy: Policy
    switches: Document[Switches]

    async def terms(self, *, alone: bool) -> Terms:
        """Return the rules of now; with `alone`, also which limits are off: nobody else needs to ask."""
        book, known = self.policy.approval, self.policy.limits
        if not alone:
            return Terms(book=book, limits=known)
        now = await self.switches.read()
        return Terms(book=book, limits=known, off=now.value.names, standing={self.switches.name: now.version})

    async def overview(self, user: UserId) -> str:
        """Return every limit in words, with what is off and by whom."""
        await self.acting.directory.person(user)
        return views.overview(self.policy.limits, (await self.switches.read()).value)

    async def switch(self, user: UserId, name: str, op: OpId, *, on: bool) -> Limit:
        """Let somebody of PR switch a limit on or off at once; raises `Refused`."""
        async with journaled(self.acting.journal, user, "limit_on" if on else "limit_off"):
            await self._only_pr(user)
            limit = self._named(name)
            turn = switches.switch_on if on else switches.switch_off

            def decide(value: Switches, now: Instant) -> Change[Switches]:
                return turn(value, limit.name, user, now)

            await self.switches.change(op, decide)
        return limit

    async def ask_to_tell(self) -> None:
        """Ask for yesterday's news, unless PR has had it; may be called at any time, by any process."""
        now = await self.memory.now()
        day = day_of(later(now, -DAY))
        if (await self.memory.recall(TOLD) or "") < day:
            await self.outbox.add([effects.tell_limits(day, now)])

    async def tell(self, work: Work) -> None:
        """Tell PR what the limits were used for on a day; a day without a use is not spoken of."""
        day = work.args["day"]
        if (await self.memory.recall(TOLD) or "") >= day:
            return
        cases = await self._used_on(day)
        channel, mark = self.policy.sides[Side.PR].channel, f"limits:{day}"
        since = later(Instant(int(work.args["at"])), -PUT_BACK)
        if cases and not await said_before(self.chat, work, channel, mark, since=since):
            links = [await self.chat.link(case.card.channel, case.card.ts) if case.card else "" for case in cases]
            await self.chat.post(channel, views.day(day, cases, links), mark=mark)
        await self.memory.remember(TOLD, day)

    async def _used_on(self, day: str) -> Sequence[Case]:
        ids = await self.acting.store.listed(limit_list(day), MOST_TOLD)
        return await loaded(self.acting.store, ids)

    def _named(self, name: str) -> Limit:
        wanted = name.strip().casefold()
        for limit in self.policy.limits:
            if limit.name.casefold() == wanted:
                return limit
        names = ", ".join(limit.name for limit in self.policy.limits) or "none"
        raise Refused(f"There is no limit of that name. There are: {names}.")

    async def _only_pr(self, user: UserId) -> None:
        await self.acting.directory.person(user)
        if not await self.acting.directory.side_of(user, Side.PR):
            raise Refused("Only PR can switch a limit on or off. Ask in their channel.")
