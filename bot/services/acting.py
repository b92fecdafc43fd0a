"""One way for every act of a person: who is it, may they here, decide, commit, and record a no."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.domain.approving import approval
from bot.domain.cases.case import Case, Decision
from bot.domain.errors import NoSuchCase, Refused
from bot.domain.ids import CaseId, ChannelId, Instant, MessageTs, OpId, UserId
from bot.domain.job import NO_CASE
from bot.domain.people import Person
from bot.ports import CaseStore, Directory, Journal, Seen

Verdict = Callable[[Case, Person, Instant], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who wants what done to which case. `op` names this one act, however often it is delivered.

    `seen_in` and `seen_at` are the channel and message of the card that was clicked; on a copy of it, it is refused.
    """

    case_id: CaseId
    user: UserId
    op: OpId
    seen_in: ChannelId | None = None
    seen_at: MessageTs | None = None


class SecondCard(Refused):
    """The card that was clicked is not the one that shows the case; `Acting` says where that one is."""


@asynccontextmanager
async def journaled(journal: Journal, user: UserId, act: str, case_id: str = NO_CASE) -> AsyncIterator[list[Case]]:
    """Record a no to what is done inside, and let it pass on to the person.

    Whoever looks at a case inside puts it into the list: of the last one it is recorded which words the no was about.
    """
    looked_at: list[Case] = []
    try:
        yield looked_at
    except SecondCard:  # who is shown the way to the first card was not told no
        raise
    except Refused as no:
        ground = approval.ground(looked_at[-1]) if looked_at else None
        await journal.refused(case_id, user, act, no.sentence, ground)
        raise


@dataclass(frozen=True, slots=True)
class Acting:
    """Carries out acts of people, and journals the refused ones."""

    store: CaseStore
    directory: Directory
    journal: Journal
    show_the_way: Callable[[CaseId], Awaitable[Refused]] | None = None
    """Returns the refusal of a click on a second card, with the way to the first."""

    async def do(self, act: Act, name: str, verdict: Verdict, *, live: bool = False, seen: Seen | None = None) -> Case:
        """Return the case as it is after the act; raises `Refused` with a sentence for the person.

        With `live`, account and sides are asked for now: who left PR or the house a moment ago decides on nothing.
        `seen` is the case as `see` returned it for this act, so that it need not be looked up twice.
        """
        try:
            async with journaled(self.journal, act.user, name, act.case_id) as looked_at:
                person = await self.directory.person(act.user, live=live)

                def decide(case: Case, now: Instant) -> Decision:
                    looked_at.append(case)
                    refuse_copy(case, act)
                    return verdict(case, person, now)

                return await self.store.change(act.case_id, act.op, decide, seen=seen)
        except SecondCard as second:
            raise await self.way_from(act, second) from None

    async def way_from(self, act: Act, second: SecondCard) -> Refused:
        """Return the refusal with the way to the card that counts."""
        return await self.show_the_way(act.case_id) if self.show_the_way else second

    async def see(self, act: Act, name: str) -> Seen:
        """Return the case for an act of somebody who may see it, as a beginning for `do`; raises `Refused`."""
        async with journaled(self.journal, act.user, name, act.case_id):
            await self.directory.person(act.user)
            seen = await self.store.see(act.case_id, act.op)
            if seen is None:
                raise NoSuchCase(f"There is no case {act.case_id}.")
            return seen

    async def look(self, case_id: CaseId, user: UserId) -> tuple[Case, Person]:
        """Return a case for somebody who may see it; raises `Refused`."""
        person = await self.directory.person(user)
        case = await self.store.load(case_id)
        if case is None:
            raise NoSuchCase(f"There is no case {case_id}.")
        return case, person


def refuse_copy(case: Case, act: Act) -> None:
    """Raise `Refused` for a click on a copy of the card: in a channel where it does not belong, or beside it."""
    if not case.card or not act.seen_in:
        return
    if case.card.channel != act.seen_in:
        raise Refused(f"That is a copy of the card. Please use the one in <#{case.card.channel}>.")
    if act.seen_at and case.card.ts != act.seen_at:
        raise SecondCard("That is a second copy of the card. Please use the other one.")
