"""Why an approved reply must go back to people although it was approved: asked right before it leaves."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.domain.cases.case import Case
from bot.domain.document import Standing
from bot.domain.replies.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look came to: why the reply must go back, as a clause of a sentence, and nothing where it may leave.

    `standing` are the shared documents that say so, with their versions: it may leave only while they still have them.
    """

    why: str = ""
    standing: Standing = field(default_factory=dict)


Objection = Callable[[Case, Draft], Awaitable[Looked]]


async def objected(objections: Sequence[Objection], case: Case, draft: Draft) -> Looked:
    """Return the first objection, or on what it stands that there is none."""
    standing: dict[str, str] = {}
    for objection in objections:
        looked = await objection(case, draft)
        if looked.why:
            return looked
        standing |= looked.standing
    return Looked(standing=standing)
