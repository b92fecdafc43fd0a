"""What a decision becomes before it is stored: the request of the script that commits it, and the bytes of its case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.adapters.redis_codec import Codec
from bot.adapters.redis_outbox import pieces
from bot.adapters.redis_versions import KEEP_OPS, next_version
from bot.domain.cases import indexes
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import Effect
from bot.domain.cases.events import Event
from bot.domain.document import Standing
from bot.domain.ids import DAY, OpId
from bot.domain.work import Work
from bot.ports import Seen

Follow = Callable[[Case | None, Case, Sequence[Event]], Sequence[Effect]]

KEEP_NAMES = 400 * DAY
"""How long a post is known again that its case no longer holds: platforms show old posts for a year and more."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must still be so when the decision is written: our lease, and the documents that were looked at."""

    under: Work | None = None
    standing: Standing | None = None


class Commits:
    """Writes decisions down for the store; `follow` says which work a decision causes."""

    def __init__(self, follow: Follow) -> None:
        """Take the table of what follows from a decision."""
        self._follow = follow
        self.codec = Codec(Case)

    def request(self, op: OpId, found: Seen | None, decision: Decision, only: Conditions) -> dict[str, object]:
        """Return what the script is asked to do with a case as it was found, None for a new one."""
        before, version, after = found.case if found else None, found.version if found else "", decision.case
        held, holds = _names(before, indexes.unique_keys), indexes.unique_keys(after)
        left, stands = _names(before, indexes.lists), indexes.lists(after)
        return {
            "op": op,
            "keep": KEEP_OPS,
            "case": after.id,
            "old": version,
            "new": next_version(version),
            "under": [only.under.key, only.under.nonce] if only.under else [],
            "standing": dict(only.standing or {}),
            "take": sorted(holds - held),
            "give": sorted(name for name in held - holds if not indexes.outlasts(name)),
            "outlast": sorted(name for name in held - holds if indexes.outlasts(name)),
            "keep_names": KEEP_NAMES,
            "enter": [[name, indexes.place(after, name)] for name in sorted(stands)],
            "leave": sorted(left - stands),
            "lines": [event.as_line() for event in decision.events],
            "work": pieces(self._follow(before, after, decision.events)),
        }


def _names(case: Case | None, of: Callable[[Case], frozenset[str]]) -> frozenset[str]:
    return of(case) if case else frozenset()
