"""A drill: a plan is tried out by the engine of real pages, as a case that is no complaint and stands in no list."""

from dataclasses import replace

from bot.domain.cases.case import Case, Decision, Level, Route, Severity, Timing
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Author, Post, PostKind, ReplyPolicy
from bot.domain.escalating import escalation
from bot.domain.escalating.attention import Escalation
from bot.domain.escalating.plan import Plan, Trigger
from bot.domain.ids import DESK, MINUTE, AccountId, CaseId, ChannelId, Instant, PlatformName, PostId, UserId, later
from bot.domain.people import Side

PLATFORM = PlatformName("drill")
SEAT = "drill"
"""The unique name that a running drill holds, so that there is one at a time."""
SPARE = 10 * MINUTE
"""A drill that is not over so long after its plan's end is ended, whatever became of its steps."""


def is_drill(case: Case) -> bool:
    return case.platform == PLATFORM


def end_key(case_id: CaseId) -> str:
    """Return the name of the work that ends a drill."""
    return f"drill:{case_id}:end"


def blank(case_id: CaseId, *, timing: Timing, policy: str, channel: ChannelId, now: Instant) -> Case:
    """Return the case that a drill is about: nobody wrote anything, and it counts as an emergency."""
    route = Route(rule="drill", team="", side=Side.SERVICE, channel=channel, market="", topic="", policy=policy)
    words = Post(
        platform=PLATFORM,
        account=AccountId("desk"),
        id=PostId(case_id),
        author=Author(id="desk", handle="drill"),
        text="A drill. No customer wrote this.",
        created_at=now,
        kind=PostKind.MENTION,
        conversation_id=case_id,
        reply_policy=ReplyPolicy.NONE,
    )
    return Case(
        id=case_id,
        platform=PLATFORM,
        account=words.account,
        route=route,
        timing=timing,
        severity=Severity(level=Level.EMERGENCY, negative=False),
        opened_at=now,
        open_complaint=False,
        posts=(words,),
        seats=(SEAT,),
    )


def begin(case: Case, plan: Plan, by: UserId) -> Decision:
    """Begin to page by a plan, once through its steps."""
    once, policy = replace(plan, repeat=0), case.route.policy
    return escalation.start(case, once, Trigger.EMERGENCY, "a drill", by=by, policy=policy, now=case.opened_at)


def end(case: Case, now: Instant) -> Decision:
    """Close a drill that was acknowledged, or that went through its plan without an answer."""
    running = case.escalation
    if running is None or not running.is_open:
        return Decision.unchanged(case)
    if running.is_waiting and ends_at(running) > now:
        return Decision.unchanged(case)
    why = "nobody acknowledged the drill" if running.is_waiting else "the drill was acknowledged"
    over = replace(case, status=Status.CLOSED, closed_at=now, escalation=running.ended(why, now))
    told = Event(fact=Fact.ESCALATION_ENDED, at=now, by=DESK, detail=why)
    return Decision.of(over, told, Event(fact=Fact.CLOSED, at=now, by=DESK))


def ends_at(running: Escalation) -> Instant:
    """Return when a drill that nobody answers is over: a last wait after its last step."""
    last = later(running.started_at, longest(running.plan))
    if running.due_at is not None:
        return last
    answered_until = later(running.reached_at or running.started_at, running.plan.repeat_after)
    return min(last, answered_until)


def longest(plan: Plan) -> int:
    """Return the milliseconds after which a drill by this plan is over in any case."""
    return sum(step.after for step in plan.steps) + 2 * plan.repeat_after + SPARE
