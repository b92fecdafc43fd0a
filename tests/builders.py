"""Cases, posts and people for tests: ordinary ones by default, and a test says only what matters to it.

`a_case` is new. `claimed`, `in_review`, `approved`, `sending`, `unconfirmed`, `answered`, `resolved` and `closed` bring one
there through the real verbs, so that no test stands on a case that the desk could not have made.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.approving import approval
from bot.domain.approving.demand import Demand, Ruling
from bot.domain.approving.limits import PLAIN_TERMS, Limit, Terms
from bot.domain.approving.rules import ApprovalRule, Rulebook
from bot.domain.cases import conversation, ending, ownership
from bot.domain.cases.case import CardRef, Case, Decision, Level, Resolution, Route, Severity, Timing
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Author, Post, PostKind, ReplyPolicy
from bot.domain.ids import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    AccountId,
    CaseId,
    ChannelId,
    Instant,
    MessageTs,
    Nonce,
    PlatformName,
    PostId,
    UserId,
    later,
)
from bot.domain.people import Person, Side
from bot.domain.replies import drafting, sending
from bot.domain.replies.draft import Attempt
from bot.domain.replies.drafting import Written
from bot.domain.replies.reply import Sent, Unconfirmed
from bot.domain.text.wording import TextRule
from bot.domain.timing.clocks import Targets

NOON = Instant(1_763_550_000_000)
"""When every test's day begins."""

SERVICE_CHANNEL = ChannelId("C0SERVICE")

TIMING = Timing(
    claim_lease=30 * MINUTE,
    undo=30 * SECOND,
    draft_life=4 * HOUR,
    approval_life=30 * MINUTE,
    archive_after=14 * DAY,
)

RULE = TextRule(maximum=280, count=len)
"""Counts as Python does; how X counts is tested with its adapter."""


def after(milliseconds: int) -> Instant:
    return later(NOON, milliseconds)


def a_person(name: str, *sides: Side, groups: tuple[str, ...] = ()) -> Person:
    person_id = UserId(f"U0{name.upper()}")
    return Person(id=person_id, sides=frozenset(sides), name=name.capitalize(), groups=frozenset(groups))


SAM = a_person("sam", Side.SERVICE)
SUE = a_person("sue", Side.SERVICE)
PAT = a_person("pat", Side.PR)
PIA = a_person("pia", Side.PR)
BEA = a_person("bea", Side.SERVICE, Side.PR)
LEO = a_person("leo", groups=("S0LEGAL",))
"""A lawyer: on neither side, but in a user group that rules name."""


def a_post(number: int = 1, text: str = "My parcel has been on its way for three weeks.", **other: object) -> Post:
    plain = Post(
        platform=PlatformName("x"),
        account=AccountId("900"),
        id=PostId(str(1_000 + number)),
        author=Author(id="7", handle="maria", name="Maria", followers=120),
        text=text,
        created_at=Instant(NOON - 5 * MINUTE + number),
        kind=PostKind.MENTION,
        conversation_id="c1",
        url="https://x.example/maria/status/1",
    )
    return replace(plain, **other)  # type: ignore[arg-type]  # whatever field a test cares about


A_COMPLAINT = Severity(level=Level.NORMAL, reasons=("waiting for weeks",))
PRAISE = Severity(level=Level.LOW, reasons=("sounds like praise",), negative=False)


def a_case(*posts: Post, severity: Severity = A_COMPLAINT, **other: object) -> Case:
    """Return a new case, opened by its first post and joined by the others."""
    opened = conversation.open_case(
        CaseId("C-1042"),
        posts[0] if posts else a_post(),
        route=Route(
            rule="parcels",
            team="care",
            side=Side.SERVICE,
            channel=SERVICE_CHANNEL,
            market="uk",
            topic="late parcel",
            policy="p1",
        ),
        severity=severity,
        timing=TIMING,
        now=NOON,
    ).case
    case = replace(opened, card=CardRef(channel=SERVICE_CHANNEL, ts=MessageTs("1763550000.000100")))
    for post in posts[1:]:
        case = conversation.customer_wrote(case, post, case.severity, NOON).case
    return replace(case, **other)  # type: ignore[arg-type]  # whatever field a test cares about


TARGETS = Targets(
    rule="everything",
    policy="p1",
    first_response=4 * HOUR,
    next_response=6 * HOUR,
    approval=2 * HOUR,
    silence=3 * HOUR,
    warn_before=30 * MINUTE,
)


def promised(**other: object) -> Case:
    """Return a new case with targets."""
    return a_case(targets=replace(TARGETS, **other))  # type: ignore[arg-type]  # see a_post


def seal(text: str) -> str:
    """Seal as the desk does, with a key that only tests have."""
    return f"sealed({text})"


def holds(text: str, given: str) -> bool:
    return given == seal(text)


def written(body: str = "We are sorry. We are looking for your parcel now.", **other: object) -> Written:
    return replace(Written(body=body, signature="– Sam"), **other)  # type: ignore[arg-type]  # see a_post


def claimed(case: Case | None = None, by: Person = SAM, now: Instant = NOON) -> Case:
    return ownership.claim(case or a_case(), by, now).case


def in_review(case: Case | None = None, by: Person = SAM, now: Instant = NOON, body: str = "We are looking.") -> Case:
    return drafting.submit(case or claimed(), by, written(body), RULE, now).case


def drafted(case: Case | None = None, now: Instant = NOON, **other: object) -> Case:
    """Return the case with one more revision; `other` are fields of what Sam wrote."""
    return drafting.submit(case or claimed(), SAM, written(**other), RULE, now).case


def needing(case: Case | None = None, **needs: int) -> Case:
    """Return the case with its newest reply handed in under a rule that needs so many of each side or group."""
    waiting = case or in_review()
    assert waiting.draft is not None
    ruling = Ruling(rule="a test's rule", why="a test says so", demand=Demand.of(needs))
    return waiting.with_draft(replace(waiting.draft, ruling=ruling))


def terms(**needs: int) -> Terms:
    """Return terms with one rule that always holds."""
    rule = ApprovalRule(name="always", why="a test says so", demand=Demand.of(needs))
    return Terms(book=Rulebook(rules=(rule,), version="p1"))


LENIENT = Terms(limits=(Limit(name="small things", followers_max=1_000, complaints=True),))
"""Terms with one limit that covers what Sam writes to Maria, as long as it makes no promise and names no money."""


def shown(case: Case) -> str:
    """Return the digest that the card's button carries."""
    assert case.draft is not None
    return approval.digest(case, case.draft)[: approval.SHOWN_DIGEST]


def yes(
    case: Case, by: Person = PAT, now: Instant = NOON, *, looked_twice: bool = True, under: Terms = PLAIN_TERMS
) -> Decision:
    """Let somebody approve the newest revision as the card shows it."""
    assert case.draft is not None
    return approval.approve(
        case, by, case.draft.rev, shown(case), now=now, seal=seal, terms=under, looked_twice=looked_twice
    )


def approved(case: Case | None = None, by: Person = PAT, now: Instant = NOON) -> Case:
    return yes(case or in_review(), by, now).case


def an_attempt(name: str = "n1", at: Instant = NOON) -> Attempt:
    return Attempt(nonce=Nonce(name), started_at=at, watermark=PostId("5000"))


LEAVES = after(TIMING.undo)
"""The first moment at which a reply approved at noon may leave."""


def sending_now(case: Case | None = None, nonce: str = "n1", now: Instant = LEAVES) -> Case:
    ready = case or approved()
    return sending.start(ready, len(ready.drafts), an_attempt(nonce, now), holds, now).case


def unconfirmed(case: Case | None = None, nonce: str = "n1", now: Instant = LEAVES) -> Case:
    out = case or sending_now()
    return sending.record(out, len(out.drafts), Nonce(nonce), Unconfirmed(reason="no answer in time"), now).case


PROOF = Sent(id=PostId("5001"), url="https://x.example/brand/status/5001")


def answered(case: Case | None = None, now: Instant = LEAVES) -> Case:
    out = case or sending_now()
    return sending.record(out, len(out.drafts), Nonce("n1"), PROOF, now).case


def resolved(case: Case | None = None, now: Instant = LEAVES) -> Case:
    return ending.resolve(case or answered(), SAM, now).case


def dismissed(case: Case | None = None, now: Instant = NOON) -> Case:
    asked = ending.dismiss(case or a_case(), SAM, Resolution.SPAM, "an advert", now).case
    return ending.agree(asked, SUE, now).case


def closed(case: Case | None = None) -> Case:
    ended = case or resolved()
    return ending.archive(ended, later(ended.resolved_at or NOON, TIMING.archive_after)).case


def by_hand(**other: object) -> Post:
    """Return a post that the desk may not answer by itself."""
    return a_post(reply_policy=ReplyPolicy.MANUAL, reply_policy_reason="the author did not mention us", **other)


IN_STATUS: dict[Status, Callable[[], Case]] = {
    Status.NEW: a_case,
    Status.CLAIMED: claimed,
    Status.IN_REVIEW: in_review,
    Status.APPROVED: approved,
    Status.ANSWERED: answered,
    Status.RESOLVED: resolved,
    Status.CLOSED: closed,
}
"""One case in each status, with Sam as its owner where it has one."""
