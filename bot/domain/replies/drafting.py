"""Writing a reply: who may, and what must be true before anybody is asked to approve it."""

from dataclasses import dataclass, replace

from bot.domain.approving import approval
from bot.domain.approving.limits import PLAIN_TERMS, Terms, sealed_use
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status, Verb, step
from bot.domain.cases.ownership import renewed
from bot.domain.cases.post import Post, ReplyPolicy
from bot.domain.errors import Refused
from bot.domain.ids import DESK, Instant
from bot.domain.people import Person
from bot.domain.replies import draft_checks
from bot.domain.replies.draft import Draft, DraftState, Seal, Visibility, newest_kept, writers_of
from bot.domain.replies.draft_checks import DraftRules, Setting
from bot.domain.text import wording
from bot.domain.text.wording import TextRule
from bot.domain.text.words import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the writer put into the form; `signature` is worked out on our side.

    `alone` asks to send it without PR where a limit covers it, `sensitive` asks for the strictest approval.
    """

    body: str
    signature: str = ""
    visibility: Visibility = Visibility.PUBLIC
    invitation: str = ""
    note: str = ""
    used: str = ""
    alone: bool = False
    sensitive: bool = False


def may_draft(case: Case, by: Person) -> Post:
    """Return the post a reply would go under; raises `Refused` where this person cannot write one now."""
    if case.status is Status.NEW:
        raise Refused("Claim the case first, so that everybody sees who is answering.")
    step(case.status, Verb.DRAFT)
    if by.id not in (case.owner, case.co_owner):
        raise Refused(f"<@{case.owner}> has this case. If you must, choose “Take over…” first.")
    return reply_target(case)


def reply_target(case: Case) -> Post:
    """Return the newest post that can still be replied to."""
    standing = [post for post in case.posts if not post.deleted_at]
    if not standing:
        raise Refused("The customer deleted every post of this case, so there is nothing left to reply to.")
    if standing[-1].reply_policy is ReplyPolicy.NONE:
        raise Refused(f"No reply is possible there: {standing[-1].reply_policy_reason}")
    return standing[-1]


ANY_DRAFT = DraftRules()
"""A house that has said nothing about what is harmless in a reply."""


def submit(
    case: Case,
    by: Person,
    written: Written,
    rule: TextRule,
    now: Instant,
    *,
    house: DraftRules = ANY_DRAFT,
    brand: str = "",
    terms: Terms = PLAIN_TERMS,
    seal: Seal | None = None,
) -> Decision:
    """Put a new revision before the approvers: it replaces one that waits, and ends an open offer or dismissal.

    `house` says what is harmless in a public reply, `brand` is our own handle there. Where its writer asks for that
    and a limit covers it, it is cleared at once; that takes a `seal`.
    """
    target = may_draft(case, by)
    signature = wording.canonical(written.signature)
    words = clean(wording.canonical(written.body))
    draft_checks.refuse(wording.canonical(written.body))
    text = _text(replace(written, body=words.text), signature)
    wording.check(text, rule)
    draft = Draft(
        rev=case.draft.rev + 1 if case.draft else 1,
        text=text,
        by=by.id,
        side=by.side_for(case.owner_side or case.route.side),
        at=now,
        target=target.id,
        visibility=written.visibility,
        signature=signature,
        note=wording.brief(written.note),
        marks=words.marks,
        concerns=draft_checks.concerns(text, Setting(posts=case.posts, brand=brand), house),
        used=written.used,
        sensitive=written.sensitive or case.is_sensitive,
    )
    kept = _bounded(replace(case, drafts=(*_superseded(case), draft), dismissal=None, handover=None))
    judged = kept.with_draft(replace(draft, ruling=terms.ruling(kept, draft, now)))
    if written.alone and seal:
        return _alone(judged, by, now, terms=terms, seal=seal)
    return _submitted(judged, by, now)


def _submitted(case: Case, by: Person, now: Instant, outside: str = "") -> Decision:
    draft = replace(_newest(case), outside=outside)
    about = approval.ground(case)
    event = Event(fact=Fact.SUBMITTED, at=now, by=by.id, rev=draft.rev, detail=f"reply {draft.rev}", ground=about)
    return Decision.of(renewed(case.moved(Verb.DRAFT), by.id, now).with_draft(draft), event)


def _alone(case: Case, by: Person, now: Instant, *, terms: Terms, seal: Seal) -> Decision:
    """Clear the reply where a limit covers it; else it goes before the approvers, with the reason."""
    limit = terms.use(case, _newest(case), by.factors, now)
    if isinstance(limit, str):
        return _submitted(case, by, now, outside=limit)
    used = sealed_use(case, limit, by.id, approval.digest(case, _newest(case)), now=now, seal=seal)
    cleared = replace(_newest(case), state=DraftState.APPROVED, decided_by=by.id, decided_at=now, limit=used)
    moved = renewed(case.moved(Verb.SEND_ALONE), by.id, now).with_draft(cleared)
    about = approval.ground(case)
    uses = Event(fact=Fact.LIMIT_USED, at=now, by=by.id, rev=cleared.rev, detail=limit.name, ground=about)
    return Decision.of(moved, uses, Event(fact=Fact.REPLY_CLEARED, at=now, by=DESK, rev=cleared.rev, ground=about))


def _newest(case: Case) -> Draft:
    return case.drafts[-1]


def _text(written: Written, signature: str) -> str:
    """Return exactly what would be published; an edited reply brings its invitation along, which must not double."""
    invitation = wording.canonical(written.invitation)
    body = wording.canonical(written.body)
    body = body.removesuffix(invitation).rstrip() if invitation else body
    if not body:
        return ""
    if written.visibility is Visibility.PUBLIC_DM and invitation:
        body = f"{body}\n{invitation}"
    return wording.signed(body, signature)


def _bounded(case: Case) -> Case:
    """Keep the newest revisions; of older ones only who wrote them, as that still counts."""
    kept = newest_kept(case.drafts)
    dropped = tuple(draft for draft in case.drafts if draft not in kept)
    return replace(case, drafts=kept, earlier_writers=writers_of(case.earlier_writers, dropped)) if dropped else case


def _superseded(case: Case) -> tuple[Draft, ...]:
    if case.status is not Status.IN_REVIEW or case.draft is None:
        return case.drafts
    return case.with_draft(replace(case.draft, state=DraftState.RECALLED, approvals=())).drafts
