"""What is shown over what was shown before, and drawn again where an older drawing may still come through.

A case, a hold and an escalation each have one piece of work that draws them, so drawings follow each other. Only one
that outlived its lease, or whose end nobody saw, can arrive after a newer one and leave standing what has passed.
"""

from bot.domain.ids import SECOND
from bot.domain.job import Effect, Job
from bot.domain.work import Work

DRAWINGS = frozenset({Job.REFRESH_CARD, Job.SHOW_HOLD, Job.REFRESH_PAGES})
"""Jobs that show how something is now: done once more, they change nothing."""

ARRIVED_BY = 20 * SECOND
"""What was still on its way to Slack has arrived by then: a call ends after 10 s at the latest."""


def anew(work: Work) -> Effect:
    """Draw it now: what was drawn past its lease may stand over a newer drawing."""
    return Effect(
        job=Job(work.job), case_id=work.case_id, key=work.key, lane=work.lane, urgency=work.urgency, args=work.args
    )


def once_more(work: Work) -> Effect:
    """Draw it again when what an earlier try left on its way has arrived."""
    return later(anew(work), key=f"again:{work.key}:{work.nonce}", after=ARRIVED_BY)


def later(drawing: Effect, *, key: str, after: int) -> Effect:
    """Ask for a drawing in so many milliseconds; until then its own key stays free for those that come before."""
    whole = {"job": drawing.job, "key": drawing.key, "lane": drawing.lane, "urgency": str(drawing.urgency)}
    args = {**whole, **drawing.args}
    return Effect(job=Job.DRAW_AGAIN, case_id=drawing.case_id, key=key, lane="timer:all", after=after, args=args)


def asked(work: Work) -> Effect:
    """Return the drawing that a `draw_again` asks for."""
    args = dict(work.args)
    job, key, lane, urgency = (args.pop(name) for name in ("job", "key", "lane", "urgency"))
    return Effect(job=Job(job), case_id=work.case_id, key=key, lane=lane, urgency=int(urgency), args=args)
