"""What the tests of sending say again and again: outcomes, and a first and a second attempt."""

from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Fact
from bot.domain.ids import SECOND, Instant, Nonce, PostId, later
from bot.domain.replies import sending
from bot.domain.replies.draft import Draft
from bot.domain.replies.reply import NotSent, Outcome, OwnPost, RefusedByPlatform, Unconfirmed
from tests import builders as a

GRACE, GAP = a.TIMING.look_grace, a.TIMING.look_gap
FOUND = OwnPost(id=PostId("5001"), text="We are looking. – Sam", created_at=a.LEAVES, url="https://x.example/5001")
NO = RefusedByPlatform(reason="replies are limited to people the author follows")
LATER = NotSent(reason="the connection could not be opened")
UNSURE = Unconfirmed(reason="no answer in time")


def draft_of(case: Case) -> Draft:
    assert case.draft is not None
    return case.draft


def facts(decision: Decision) -> list[Fact]:
    return [event.fact for event in decision.events]


def start(case: Case, now: Instant = a.LEAVES, holds=a.holds) -> Decision:
    return sending.start(case, 1, a.an_attempt("n1", now), holds, now)


def record(case: Case, outcome: Outcome, nonce: str = "n1", now: Instant = a.LEAVES) -> Decision:
    return sending.record(case, 1, Nonce(nonce), outcome, now)


def looked(case: Case, after_start: int, found: OwnPost | None = None) -> Decision:
    return sending.looked(case, 1, found, later(a.LEAVES, after_start))


def cleared_again() -> Case:
    """Two clean looks found nothing: it may be sent once more."""
    return looked(looked(a.unconfirmed(), GRACE).case, GRACE + GAP).case


def second_attempt() -> Case:
    again = cleared_again()
    at = later(a.LEAVES, GRACE + GAP + 5 * SECOND)
    return sending.start(again, 1, a.an_attempt("n2", at), a.holds, at).case
