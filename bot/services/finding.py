"""Look things up for people: my cases, what waits for me, one customer's cases, the story of a case."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.approving.hold import Hold, Holds
from bot.domain.cases import indexes
from bot.domain.cases.case import Case
from bot.domain.cases.events import Ground, Refusal
from bot.domain.cases.lifecycle import Status
from bot.domain.ids import CaseId, Instant, UserId
from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.domain.timing import targets
from bot.domain.timing.targets import Due
from bot.ports import Chat, Document, Json
from bot.ports.archive import Archive
from bot.services.acting import Acting
from bot.services.card_link import card_link
from bot.services.loading import loaded

SCANNED = 300
"""Newest open cases that a search for words looks through."""
FOUND = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Reads, never changes."""

    acting: Acting
    chat: Chat
    archive: Archive
    holds: Document[Holds]
    policy: Policy

    async def mine(self, user: UserId) -> Sequence[Case]:
        """Return the cases of a person, the one whose reply is due first at the top, those without a promise last."""
        await self.acting.directory.person(user)
        cases = await loaded(self.acting.store, await self.acting.store.listed(f"owner:{user}"))
        ends = [(due.at if (due := self.due(case)) else math.inf, n) for n, case in enumerate(cases)]
        return [cases[n] for _, n in sorted(ends)]

    def due(self, case: Case) -> Due | None:
        """Return by when the customer should have our reply, if that was promised."""
        return targets.reply_due(case, self.policy.hours(case.route.market))

    async def waiting_for(self, person: Person) -> Sequence[Case]:
        """Return the cases that wait for a decision of this person's sides and groups, and not of the writer."""
        names = [f"review:{factor}" for factor in sorted(person.factors)]
        names += [f"handover:{side}" for side in sorted(person.sides)]
        ids = [case_id for name in names for case_id in await self.acting.store.listed(name)]
        cases = await loaded(self.acting.store, dict.fromkeys(ids))
        return [case for case in cases if case.status is not Status.IN_REVIEW or person.id not in case.contributors]

    async def unclaimed(self) -> int:
        return await self.acting.store.count(f"status:{Status.NEW}")

    async def held(self) -> Sequence[Hold]:
        return (await self.holds.read()).value.standing

    async def find(self, user: UserId, words: str) -> Sequence[Case]:
        """Return cases by number, by handle, or by words in an open case's posts."""
        await self.acting.directory.person(user)
        needle = words.strip().casefold().removeprefix("@")
        if case := await self.acting.store.load(CaseId(needle.upper())):
            return [case]
        if by_author := await self._of_author(needle):
            return await loaded(self.acting.store, by_author)
        opened = await loaded(self.acting.store, await self.acting.store.listed("open", SCANNED))
        return [case for case in opened if any(needle in post.text.casefold() for post in case.posts)][:FOUND]

    async def _of_author(self, handle: str) -> Sequence[CaseId]:
        """Return a customer's cases, those in the store before those in the archive."""
        here = await self.acting.store.listed(indexes.author_list(handle), FOUND)
        older = await self.archive.by_author(handle, FOUND) if len(here) < FOUND else ()
        return tuple(dict.fromkeys((*here, *older)))[:FOUND]

    async def refused(self, case: Case) -> Sequence[Refusal]:
        """Return what people were refused on a case lately, oldest first; nothing once it is in the archive."""
        lines = await self.acting.journal.lines(case.id)
        return [_refusal(line) for line in lines if line.get("fact") == "Refused"]

    async def link(self, case: Case) -> str:
        """Return the address of the card, or nothing while Slack cannot say."""
        return await card_link(self.chat, case)


def _refusal(line: Json) -> Refusal:
    act, _, sentence = str(line.get("detail", "")).partition(": ")
    words = str(line.get("words", ""))
    ground = Ground(words=words, rule=str(line.get("rule", ""))) if words else None
    at, by = Instant(int(str(line.get("at", 0)))), UserId(str(line.get("by", "")))
    return Refusal(at=at, by=by, act=act, sentence=sentence, ground=ground)
