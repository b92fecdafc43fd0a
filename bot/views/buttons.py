"""Which buttons a card has in which state: one primary, one or two others, the rest in the menu."""

from collections.abc import Callable

from bot.domain.approving import approval
from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import ReplyPolicy
from bot.domain.ids import Instant
from bot.domain.people import Side
from bot.domain.replies import sending
from bot.domain.replies.draft import Draft, DraftState
from bot.domain.text.words import one_line
from bot.views import blocks as b
from bot.views.ids import Action
from bot.views.shown import Shown

URL_LIMIT = 3_000
"""Characters of an address on a button."""

_LABELS = {
    Action.CLAIM: "Claim",
    Action.RELEASE: "Release",
    Action.DRAFT: "Draft a reply",
    Action.RESOLVE: "Resolve",
    Action.REOPEN: "Reopen",
    Action.AGREE: "Agree",
    Action.KEEP: "Keep it",
    Action.ACCEPT: "Accept",
    Action.RECALL: "Undo",
    Action.POSTED_BY_HAND: "It's posted",
}

_MENU_LABELS = {
    Action.REASSIGN: "Pass to someone else…",
    Action.SNOOZE: "Snooze…",
    Action.DISMISS: "Dismiss…",
    Action.TAKE_OVER: "Take over…",
    Action.RELEASE: "Release",
    Action.REJECT: "Reject…",
    Action.RECALL: "Take the draft back",
    Action.REOPEN: "Reopen",
    Action.WHY: "Show the story",
    Action.HOLD: "Place a hold…",
}

_BUTTONS: dict[Status, tuple[Action, ...]] = {
    Status.NEW: (Action.CLAIM,),
    Status.CLAIMED: (Action.DRAFT, Action.RELEASE),
    Status.ANSWERED: (Action.RESOLVE, Action.REOPEN),
}

_PR_LINE = frozenset({Status.NEW, Status.CLAIMED})
"""Where PR is not asked by the reply itself; `/desk escalate` works everywhere."""

_MENU: dict[Status, tuple[Action, ...]] = {
    Status.NEW: (Action.REASSIGN, Action.HAND_OVER, Action.SNOOZE, Action.DISMISS, Action.WHY),
    Status.CLAIMED: (Action.REASSIGN, Action.HAND_OVER, Action.SNOOZE, Action.DISMISS, Action.TAKE_OVER),
    Status.IN_REVIEW: (Action.REJECT, Action.RECALL, Action.TAKE_OVER, Action.HOLD, Action.WHY),
    Status.APPROVED: (Action.HOLD, Action.WHY),
    Status.ANSWERED: (Action.HOLD, Action.WHY),
    Status.RESOLVED: (Action.REOPEN, Action.WHY),
}


def action_row(case: Case, shown: Shown, now: Instant) -> list[b.Block]:
    """Return the row of buttons, or nothing where there is nothing to press."""
    menu = [*_entries(case)]
    elements = [*_first(case, shown, now), *([b.overflow(Action.MORE, menu)] if menu else [])]
    return [b.actions(*elements)] if elements else []


def done_menu(case: Case) -> b.Block | None:
    menu = [*_entries(case)]
    return b.overflow(Action.MORE, menu) if menu else None


def _entries(case: Case) -> list[b.Block]:
    return [b.option(_menu_label(case, action), f"{action}:{case.id}") for action in _MENU.get(case.status, ())]


def _menu_label(case: Case, action: Action) -> str:
    if action is Action.HAND_OVER:
        return f"Hand to {hand_over_to(case).label}…"
    return _MENU_LABELS[action]


def hand_over_to(case: Case) -> Side:
    """Return the side a hand-over from here goes to."""
    return (case.owner_side or case.route.side).other


def _first(case: Case, shown: Shown, now: Instant) -> list[b.Block]:
    if case.dismissal:
        return [_button(case, Action.AGREE, "danger"), _button(case, Action.KEEP)]
    if case.handover:
        return [_button(case, Action.ACCEPT, "primary"), *_plain_buttons(case)]
    special: dict[Status, Callable[[Case, Shown, Instant], list[b.Block]]] = {
        Status.IN_REVIEW: _review_buttons,
        Status.APPROVED: _approved_buttons,
    }
    if case.status in special:
        return special[case.status](case, shown, now)
    buttons = [_button(case, action) for action in _BUTTONS.get(case.status, ())]
    if case.status in _PR_LINE and not (case.escalation and case.escalation.is_waiting):
        buttons.append(pr_line(case))
    if case.status is Status.CLAIMED and case.answered_at and not case.open_complaint:
        buttons.insert(0, _button(case, Action.RESOLVE))
    return [{**buttons[0], "style": "primary"}, *buttons[1:]] if buttons else []


def pr_line(case: Case) -> b.Block:
    """Return the button that pages PR at once."""
    ask = b.confirm("Page PR now?", "People on call for this are paged at once, at any hour.", "Page them")
    return b.button("PR line", Action.PR_LINE, case.id, confirm=ask, accessibility_label=f"PR line: case {case.id}")


def _plain_buttons(case: Case) -> list[b.Block]:
    return [_button(case, action) for action in _BUTTONS.get(case.status, ()) if action is not Action.CLAIM]


def _button(case: Case, action: Action, style: str = "") -> b.Block:
    more: dict[str, object] = {"style": style} if style else {}
    label = _LABELS[action]
    return b.button(label, action, case.id, accessibility_label=f"{label}: case {case.id}", **more)


def by_hand(case: Case) -> bool:
    """Say whether a person has to publish this reply on the platform."""
    target = case.post(case.draft.target) if case.draft else None
    return target is not None and target.reply_policy is ReplyPolicy.MANUAL


def _review_buttons(case: Case, shown: Shown, now: Instant) -> list[b.Block]:  # noqa: ARG001 -- one shape for the table
    draft = case.draft
    if draft is None:
        return []
    value = f"{case.id}|{draft.rev}|{approval.digest(case, draft)[: approval.SHOWN_DIGEST]}"
    label = "Approve" if by_hand(case) else "Approve and send"
    what = "Somebody then posts it by hand" if by_hand(case) else "It is published"
    handle = one_line(case.last_post.author.handle)
    ask = b.confirm(
        "Approve these exact words?" if by_hand(case) else "Send this reply in public?",
        f"{what} as @{shown.account} to @{handle}: “{draft.text[:120]}{'…' if len(draft.text) > 120 else ''}”",
        label[:30],
    )
    # With concerns a form asks instead: it shows the whole text and what to look at twice.
    first_step: dict[str, object] = {} if draft.concerns else {"confirm": ask}
    return [
        b.button(label, Action.APPROVE, value, style="primary", **first_step),
        b.button("Ask for changes", Action.ASK_CHANGES, value),
        b.button("Edit draft", Action.DRAFT, case.id),
    ]


def _approved_buttons(case: Case, shown: Shown, now: Instant) -> list[b.Block]:
    draft = case.draft
    if draft is None or draft.state is DraftState.SENDING:
        return []
    if draft.state is DraftState.UNCONFIRMED:
        return _doubt_buttons(case, draft.rev) if sending.needs_person(case, now) else []
    if by_hand(case):
        there = b.button(
            f"Open on {case.platform.capitalize()}", Action.OPEN_LINK, url=shown.by_hand_url, style="primary"
        )
        return [
            *([there] if 0 < len(shown.by_hand_url) <= URL_LIMIT and shown.held == () else []),
            _button(case, Action.POSTED_BY_HAND),
            _button(case, Action.RECALL),
        ]
    return [_button(case, Action.RECALL, "danger"), *_send_now(case, draft)]


def _send_now(case: Case, draft: Draft) -> list[b.Block]:
    """Offer to skip the undo delay where an approver could do so."""
    if draft.hurried_by or not draft.approvals or not case.undo:
        return []
    return [b.button("Send now", Action.SEND_NOW, f"{case.id}|{draft.rev}")]


def _doubt_buttons(case: Case, rev: int) -> list[b.Block]:
    value = f"{case.id}|{rev}"
    again = b.confirm(
        "Have you looked?", "Only when it is not on the platform: it goes to the approver again.", "Not there"
    )
    return [
        b.button("It's there", Action.IT_IS_THERE, value, style="primary"),
        b.button("Send again", Action.SEND_AGAIN, value, confirm=again),
    ]
