"""Small cases for the store's tests: as real as needed, and no more."""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.cases.case import Case, Decision, Level, Route, Severity, Timing
from bot.domain.cases.effects import Effect, Job
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Author, Post, PostKind
from bot.domain.errors import Refused
from bot.domain.ids import AccountId, CaseId, ChannelId, Instant, PlatformName, PostId, UserId
from bot.domain.people import Side

X = PlatformName("x")
BRAND = AccountId("900")


def a_post(
    number: int = 1, text: str = "My parcel has been on its way for three weeks.", conversation: str = ""
) -> Post:
    return Post(
        platform=X,
        account=BRAND,
        id=PostId(str(number)),
        author=Author(id="7", handle="@maria", name="Maria"),
        text=text,
        created_at=Instant(1_763_500_000_000 + number),
        kind=PostKind.MENTION,
        conversation_id=conversation or f"c{number}",
    )


def a_case(case_id: CaseId, now: Instant, *posts: Post) -> Case:
    return Case(
        id=case_id,
        platform=X,
        account=BRAND,
        route=Route(
            rule="parcels",
            team="care",
            side=Side.SERVICE,
            channel=ChannelId("C1"),
            market="uk",
            topic="delivery",
            policy="p1",
        ),
        timing=Timing(claim_lease=1, undo=1, draft_life=1, approval_life=1, archive_after=1),
        severity=Severity(level=Level.HIGH),
        opened_at=now,
        posts=posts or (a_post(),),
    )


def opening(*posts: Post) -> Callable[[CaseId, Instant], Decision]:
    def begin(case_id: CaseId, now: Instant) -> Decision:
        return Decision.of(a_case(case_id, now, *posts), Event(fact=Fact.CASE_OPENED, at=now, by=UserId("desk")))

    return begin


def claiming(user: str) -> Callable[[Case, Instant], Decision]:
    def claim(case: Case, now: Instant) -> Decision:
        if case.owner:
            raise Refused(f"{case.owner} has it already.")
        claimed = replace(case, status=Status.CLAIMED, owner=UserId(user), claimed_at=now)
        return Decision.of(claimed, Event(fact=Fact.CLAIMED, at=now, by=UserId(user)))

    return claim


def adding(*posts: Post) -> Callable[[Case, Instant], Decision]:
    def add(case: Case, now: Instant) -> Decision:
        grown = replace(case, posts=(*case.posts, *posts))
        return Decision.of(grown, Event(fact=Fact.CUSTOMER_WROTE, at=now, by=UserId("desk")))

    return add


def an_effect(
    key: str = "card:C-1",
    *,
    lane: str = "slack:C1",
    after: int = 0,
    urgency: int = 1,
    job: Job = Job.REFRESH_CARD,
    **args: str,
) -> Effect:
    return Effect(job=job, case_id=CaseId("C-1"), key=key, lane=lane, after=after, urgency=urgency, args=args)
