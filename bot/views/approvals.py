"""Who must say yes to a reply, who has, and why them: the part of the card that an approver reads first."""

from bot.domain.approving import approval
from bot.domain.approving.demand import in_words, seated
from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import Status
from bot.domain.ids import UserId
from bot.domain.people import factor_label
from bot.domain.replies.draft import Draft
from bot.domain.text.links import show_hosts
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.views import blocks as b


def approvers(case: Case, draft: Draft) -> Mrkdwn:
    """Return who has approved and who is still needed: "needs PR ✓ @pat and customer service, not the writer"."""
    if draft.limit:
        return Mrkdwn(f"inside PR's limit “{escape_mrkdwn(draft.limit.limit)}”, sent by <@{draft.limit.by}>")
    if case.status is not Status.IN_REVIEW:
        return Mrkdwn(f"by {in_words([f'<@{given.by}>' for given in draft.approvals])}" if draft.approvals else "")
    places = seated(approval.ruling_of(draft).demand, approval.people(approval.standing(case, draft)))
    factors = dict.fromkeys(factor for factor, _ in places)
    parts = [_part(factor, [user for wanted, user in places if wanted == factor]) for factor in factors]
    return Mrkdwn(f"needs {in_words(parts)}, not the writer")


def _part(factor: str, users: list[UserId | None]) -> str:
    label = factor_label(factor) if len(users) == 1 else f"{len(users)} of {factor_label(factor)}"
    given = " ".join(f"✓ <@{user}>" for user in users if user)
    return f"{label} {given}" if given else label


def why_approval(case: Case, draft: Draft) -> list[b.Block]:
    """Return the rule that decided and its reason, and why a limit did not cover what its writer hoped it would."""
    if draft.limit or case.status not in (Status.IN_REVIEW, Status.APPROVED):
        return []
    ruling = approval.ruling_of(draft)
    words = f":scales: Rule “{escape_mrkdwn(ruling.rule)}”: {escape_mrkdwn(ruling.why)}"
    found: list[b.Block] = [b.context(b.mrkdwn(Mrkdwn(words)))]
    if draft.outside:
        found.append(b.context(b.mrkdwn(Mrkdwn(f"Not inside a limit: {escape_mrkdwn(draft.outside)}"))))
    return found


def difference(case: Case, draft: Draft) -> list[b.Block]:
    """Return what the customer changed since the reply was approved; on the card, because a card can be blanked."""
    change = draft.changed
    if change is None or case.status is not Status.IN_REVIEW:
        return []
    now = [_said("The customer's words now" if change.before else "New from the customer"), _quoted(change.now)]
    return [_said("The customer's words before"), _quoted(change.before), *now] if change.before else now


def _said(words: str) -> b.Block:
    return b.context(b.mrkdwn(Mrkdwn(f":arrows_counterclockwise: {words}:")))


def _quoted(words: str) -> b.Block:
    return b.quote(show_hosts(words))
