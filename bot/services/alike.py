"""The same words to many customers at once look like spam to a platform: from the tenth on a person has to want it."""

import hashlib
from dataclasses import dataclass

from bot.domain.cases.case import Case
from bot.domain.cases.events import Fact
from bot.domain.errors import Unavailable
from bot.domain.ids import MINUTE, Instant
from bot.domain.replies.draft import Draft
from bot.domain.text.matching import plain
from bot.ports import Memory
from bot.services.objections import Looked

WITHIN = 10 * MINUTE
MOST_ALIKE = 10
"""Customers who may not get the same words within that time: X takes down accounts for many alike replies."""
REMEMBERED = 200
"""Newest replies kept for the comparison, each about 40 bytes: more than a desk sends in ten minutes."""
TRIES = 32
"""Turns until a reply is counted: more than leave in the same moment from two processes."""
NAME = "alike"
REASON = f"the same words went to {MOST_ALIKE - 1} other customers within {WITHIN // MINUTE} minutes, as spam does"


@dataclass(frozen=True, slots=True)
class Alike:
    """Counts replies with the same words, whatever their signature, capitals and spaces."""

    memory: Memory

    async def objection(self, case: Case, draft: Draft) -> Looked:
        """Return why a reply must not leave, as `Delivery` asks; one that was approved after that may.

        Raises `Unavailable` where it cannot be counted: what is not counted does not leave.
        """
        now, words = await self.memory.now(), _words(draft)
        for _ in range(TRIES):
            old = await self.memory.recall(NAME)
            recent = [entry for entry in (old or "").split() if now - _at(entry) < WITHIN]
            others = {case_id for entry in recent for _, said, case_id in [entry.split("|")] if said == words}
            if len(others - {case.id}) >= MOST_ALIKE - 1 and not _told(case, draft):
                return Looked(why=REASON)
            new = " ".join([*recent, f"{now}|{words}|{case.id}"][-REMEMBERED:])
            if await self.memory.swap(NAME, old, new):
                return Looked()
        raise Unavailable("too many replies are counted at once")


def _words(draft: Draft) -> str:
    """Return a short name for the words; who reads the store learns nothing from it."""
    return hashlib.sha256(" ".join(plain(draft.body).split()).encode()).hexdigest()[:16]


def _at(entry: str) -> Instant:
    return Instant(int(entry.partition("|")[0]))


def _told(case: Case, draft: Draft) -> bool:
    """Say whether people have heard of it since these words were handed in."""
    voided = (line for line in case.history if line.fact is Fact.APPROVAL_VOIDED and line.at >= draft.at)
    return any(REASON in line.detail for line in voided)
