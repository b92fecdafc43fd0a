"""On call: who is, what people change in it, and the swaps they ask each other for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.domain.document import Change
from bot.domain.errors import Broken, Refused, RefusedField
from bot.domain.ids import Instant, OpId, UserId
from bot.domain.on_call import roster as verbs
from bot.domain.on_call.oncall import Override, Schedule, on_duty
from bot.domain.on_call.outlook import Outlook, outlook
from bot.domain.on_call.roster import PERSON, Roster, Stretch, Swap
from bot.ports import Directory, Document, Journal
from bot.services.acting import journaled

Verdict = Callable[[Roster, Instant], Change[Roster]]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one look at on call found: the schedules' next 14 days, and the roster."""

    outlooks: tuple[Outlook, ...]
    roster: Roster
    now: Instant


@dataclass(frozen=True, slots=True)
class Duties:
    """Keeps the port `Duty`, and carries out what people ask for."""

    roster: Document[Roster]
    directory: Directory
    journal: Journal
    schedules: Mapping[str, Schedule]

    async def on_duty(self, schedule: str, at: Instant) -> tuple[UserId, ...]:
        known = self._known(schedule)
        return on_duty(known, (await self.roster.read()).value.overrides, at)

    async def owner(self, schedule: str) -> UserId:
        return self._known(schedule).owner

    async def look(self, user: UserId) -> View:
        """Return what is on call now and next, for somebody who may see it; raises `Refused`."""
        await self.directory.person(user)
        return await self.see()

    async def see(self) -> View:
        """Return what is on call now and next."""
        stored = await self.roster.read()
        found = tuple(outlook(one, stored.value.overrides, stored.now) for one in self.schedules.values())
        return View(outlooks=found, roster=stored.value, now=stored.now)

    async def change(self, user: UserId, op: OpId, wish: Override) -> None:
        """Add an override. Raises `Refused` with a sentence for the person."""
        schedule = self._wanted(wish.schedule)

        def verdict(roster: Roster, now: Instant) -> Change[Roster]:
            return verbs.add_override(roster, schedule, wish, user, now)

        await self._do(user, op, "override", verdict, need=wish.people)

    async def cancel(self, user: UserId, op: OpId, override_id: str) -> None:
        """Take an override back."""
        await self._do(
            user,
            op,
            "cancel_override",
            lambda roster, now: verbs.remove_override(roster, self.schedules, override_id, user, now),
        )

    async def ask_swap(self, user: UserId, op: OpId, other: UserId, given: Stretch, *, in_return: bool) -> None:
        """Ask somebody to take a shift, perhaps against their next one in the same schedule."""
        schedule = self._wanted(given.schedule)

        def verdict(roster: Roster, now: Instant) -> Change[Roster]:
            back = _next_of(outlook(schedule, roster.overrides, now), other, given) if in_return else None
            return verbs.ask_swap(roster, schedule, Swap(id="", asker=user, other=other, given=given, back=back), now)

        await self._do(user, op, "ask_swap", verdict, need=frozenset({other}))

    async def accept_swap(self, user: UserId, op: OpId, swap_id: str) -> None:
        await self._do(
            user, op, "accept_swap", lambda roster, now: verbs.accept_swap(roster, self.schedules, swap_id, user, now)
        )

    async def decline_swap(self, user: UserId, op: OpId, swap_id: str) -> None:
        def verdict(roster: Roster, now: Instant) -> Change[Roster]:
            return verbs.decline_swap(roster, self.zone(roster.swap(swap_id).given.schedule), swap_id, user, now)

        await self._do(user, op, "decline_swap", verdict)

    async def swap(self, swap_id: str) -> Swap:
        """Return an open question; raises `Refused` where it was answered."""
        return (await self.roster.read()).value.swap(swap_id)

    def zone(self, schedule: str) -> str:
        """Return a schedule's zone, and UTC for one that is not there any more."""
        known = self.schedules.get(schedule)
        return known.zone if known else "UTC"

    async def _do(
        self, user: UserId, op: OpId, act: str, verdict: Verdict, *, need: frozenset[UserId] = frozenset()
    ) -> None:
        async with journaled(self.journal, user, act):
            await self.directory.person(user)
            for person in sorted(need - {user}):
                await _must_work_here(self.directory.person, person)
            await self.roster.change(op, verdict)

    def _wanted(self, name: str) -> Schedule:
        found = self.schedules.get(name)
        if found is None:
            raise Refused("That schedule is not there any more. `/desk oncall` lists those there are.")
        return found

    def _known(self, name: str) -> Schedule:
        found = self.schedules.get(name)
        if found is None:
            raise Broken(f"the policy has no on-call schedule {name}")
        return found


def _next_of(ahead: Outlook, other: UserId, given: Stretch) -> Stretch:
    """Return the other's next shift that has not begun and does not touch the one that is given."""
    for shift in ahead.of(other):
        if shift.start > ahead.now and (shift.end <= given.start or shift.start >= given.end):
            return replace(given, start=shift.start, end=shift.end)
    raise RefusedField(PERSON, "They have no shift of this schedule in the next 14 days to give in return.")


async def _must_work_here(look_up: Callable[[UserId], Awaitable[object]], user: UserId) -> None:
    try:
        await look_up(user)
    except Refused:
        raise RefusedField(
            PERSON, "Somebody you picked does not work at this desk, or has no account any more. Pick another person."
        ) from None
