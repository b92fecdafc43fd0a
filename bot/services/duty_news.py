"""What the desk tells about on call by itself: changes, duty that begins, and the look at the next 14 days."""

from dataclasses import dataclass

from bot.domain.cases import indexes
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.ids import DAY, ChannelId, Instant, UserId, later
from bot.domain.on_call import duty_news
from bot.domain.on_call.duty_news import Subject
from bot.domain.on_call.outlook import begun
from bot.domain.work import Work
from bot.ports import CaseStore, Chat, Directory, Memory, Outbox
from bot.services.duties import Duties, View
from bot.services.saying import say_once
from bot.views import oncall

TOLD = 15 * DAY
"""Milliseconds for which the desk remembers what it has told."""
FOUND = "oncall:ahead:found"
"""Under this name the desk remembers whether the last look found anything."""
NAMED = 5
"""Escalated cases named to whom comes on duty."""
PUT_BACK = DAY
"""How far a look ahead may have been put back since its first attempt: there is one a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyNews:
    """Ticks put messages into the outbox; the relay has them told once, also where several processes tick."""

    duties: Duties
    memory: Memory
    outbox: Outbox
    store: CaseStore
    chat: Chat
    directory: Directory
    ops_channel: ChannelId

    async def tell(self, work: Work) -> None:
        """Send one direct message about duty; an attempt that was broken off is made again."""
        if not await self._is_new(work):
            return
        if work.args["about"] == Subject.SHIFT and int(work.args["end"]) <= await self.memory.now():
            return
        begins = work.args["about"] == Subject.SHIFT
        waiting = await self.store.count(f"status:{Status.NEW}") if begins else 0
        escalated = await self.store.listed(indexes.ESCALATED_LIST, NAMED) if begins else ()
        message = oncall.news(work.args, waiting, escalated)
        await self.chat.post(ChannelId(work.args["to"]), message, mark=work.key)

    async def look_ahead(self, work: Work) -> None:
        """Tell those who run the desk what nobody would be paged for; once more when it is mended."""
        if not await self._is_new(work):
            return
        view = await self.duties.see()
        found = oncall.ahead(view.outlooks, await self._missing(view))
        was_found = await self.memory.recall(FOUND) == "yes"
        message = found or (oncall.covered() if was_found else None)
        if message:
            since = later(work.due, -PUT_BACK)
            await say_once(self.chat, work, self.ops_channel, message, mark=work.key, since=since)
        await self.memory.remember(FOUND, "yes" if found else "no")

    async def tick_day(self) -> None:
        """Have the next 14 days looked at, once a day."""
        day = await self.memory.now() // DAY
        if self.duties.schedules and await self.memory.recall("oncall:ahead:day") != str(day):
            await self.outbox.add([duty_news.look_ahead(day)])
            await self.memory.remember("oncall:ahead:day", str(day))

    async def tick_shifts(self) -> None:
        """Have everybody told whose duty began since the last look."""
        stored = await self.duties.roster.read()
        for name, schedule in self.duties.schedules.items():
            cursor = f"oncall:told:{name}"
            since = await self.memory.recall(cursor)
            if since is not None:
                shifts = begun(schedule, stored.value.overrides, Instant(int(since)), stored.now)
                await self.outbox.add([duty_news.shift_begins(name, shift) for shift in shifts])
            await self.memory.remember(cursor, str(stored.now))

    async def _is_new(self, work: Work) -> bool:
        """Return whether nobody told this before; a further attempt at the same work goes on."""
        return await self.memory.first_time(f"told:{work.key}", TOLD) or work.tries > 1

    async def _missing(self, view: View) -> dict[UserId, str]:
        """Return the people of the schedules and of the changes ahead who cannot be paged, each with the reason."""
        planned = [user for one in view.outlooks for user in one.schedule.people]
        changed = [user for one in view.outlooks for override in one.overrides for user in sorted(override.people)]
        missing = {}
        for user in dict.fromkeys([*planned, *changed]):
            try:
                await self.directory.person(user)
            except Refused as no:
                missing[user] = f"cannot be on call: {no.sentence}"
        return missing
