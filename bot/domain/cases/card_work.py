"""Work about the messages that show a case, beside the card itself: looking for copies that slipped through."""

from bot.domain.cases.case import Case
from bot.domain.ids import SECOND
from bot.domain.job import Effect, Job

TIDY_AFTER = 20 * SECOND
"""By then Slack's history shows what it accepted, and a second look still fits into the minute."""


def tidy(case: Case) -> Effect:
    """Look whether a copy of this case's card stands beside it, and take it away."""
    return Effect(
        job=Job.TIDY_CARD, case_id=case.id, key=f"tidy:{case.id}", lane="slack:tidy", after=TIDY_AFTER, urgency=0
    )
