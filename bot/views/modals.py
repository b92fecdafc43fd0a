"""The forms: each is a pure function of what is stored; what comes back is read in `handlers`."""

from collections.abc import Sequence

from bot.domain.cases.case import Case, Resolution
from bot.domain.ids import HOUR
from bot.domain.people import Side
from bot.domain.policy import SavedReply
from bot.domain.replies.draft import Draft, Visibility
from bot.domain.text.wording import TextRule
from bot.domain.text.words import Mrkdwn, escape_mrkdwn, one_line
from bot.views import blocks as b
from bot.views.ids import VALUE, Action, Field, Form

REPLY_MAX = 2_000
"""Characters the field takes at all; the platform's own rule is shorter and checked on our side."""

SNOOZES = {"1 hour": HOUR, "4 hours": 4 * HOUR, "1 day": 24 * HOUR, "3 days": 72 * HOUR}

_RESOLUTIONS = {
    Resolution.NO_REPLY_NEEDED: "No reply needed",
    Resolution.DUPLICATE: "Duplicate of another case",
    Resolution.SPAM: "Spam",
    Resolution.MOVED_TO_PRIVATE: "Moved to private",
    Resolution.NOT_OURS: "Not ours",
}


def draft(
    case: Case,
    rule: TextRule,
    saved: Sequence[SavedReply],
    signature: str,
    *,
    text: str = "",
    turn: int = 0,
    limits: Sequence[str] = (),
) -> b.Block:
    """Return the form for a reply. `turn` makes Slack take a new text for a field that was already typed in.

    `limits` are the names of those that could cover it.
    """
    before = case.draft
    start = text or (before.body if before else "")
    target = case.last_post
    handle = escape_mrkdwn(one_line(target.author.handle))
    parts: list[b.Block] = [
        b.section(Mrkdwn(f"Reply to *@{handle}* · {case.id}")),
        b.quote(target.text, 1_000),
        *_changes_asked(before),
        *_saved(saved),
        _reply_field(start, rule, turn),
        _visibility(before),
        *([_sign(signature)] if signature else []),
        _text_field(Field.NOTE, "Note to the approver", "Only the team sees this", optional=True),
        *([_alone(limits)] if limits else []),
        _sensitive(case),
    ]
    return b.modal(Form.DRAFT, "Draft a reply", "Ask for approval", parts, {"case": case.id, "turn": turn})


def words(case_id: str, rev: int, action: Action) -> b.Block:
    """Return the form in which an approver says what to change, or why not."""
    title, submit, label = {
        Action.ASK_CHANGES: ("Ask for changes", "Send back", "What should change?"),
        Action.REJECT: ("Reject the reply", "Reject", "Why not?"),
    }[action]
    parts = [_text_field(Field.WORDS, label, "The writer reads this in the thread")]
    return b.modal(Form.WORDS, title, submit, parts, {"case": case_id, "rev": rev, "action": action})


def look_twice(case: Case, draft: Draft, shown: str) -> b.Block:
    """Return the form in which an approver ticks that the concerns about a reply have been looked at."""
    listed = "\n".join(f"• {escape_mrkdwn(concern)}" for concern in draft.concerns)
    checked = b.option("I have checked each of these", "checked")
    element: b.Block = {"type": "checkboxes", "action_id": VALUE, "options": [checked]}
    parts = [
        b.section(Mrkdwn("*This would be published, word for word:*")),
        b.quote(draft.text),
        b.section(Mrkdwn(f":warning: *Look twice:*\n{listed}")),
        b.entry(Field.CONCERNS, "Is all of this meant to be public?", element, optional=True),
    ]
    carried = {"case": case.id, "rev": draft.rev, "shown": shown}
    return b.modal(Form.APPROVE, "Approve with care", "Approve and send", parts, carried)


def hand_over(case_id: str, to: Side) -> b.Block:
    parts = [_text_field(Field.REASON, "What was said, promised and tried?", "So that they need not ask again")]
    return b.modal(
        Form.HAND_OVER, f"Hand to {to.label}"[: b.TITLE_LIMIT], "Hand over", parts, {"case": case_id, "to": to}
    )


def reassign(case_id: str) -> b.Block:
    element: b.Block = {"type": "users_select", "action_id": VALUE, "placeholder": b.plain("Pick a person")}
    return b.modal(
        Form.REASSIGN,
        "Pass to someone else",
        "Pass on",
        [b.entry(Field.PERSON, "Who takes it?", element)],
        {"case": case_id},
    )


def snooze(case_id: str) -> b.Block:
    options = [b.option(label, str(length)) for label, length in SNOOZES.items()]
    element: b.Block = {
        "type": "static_select",
        "action_id": VALUE,
        "options": options,
        "initial_option": options[0],
    }
    parts = [b.entry(Field.HOW_LONG, "For how long?", element, hint="The customer's next post wakes it at once.")]
    return b.modal(Form.SNOOZE, "Snooze", "Snooze", parts, {"case": case_id})


def dismiss(case: Case) -> b.Block:
    options = [b.option(label, value) for value, label in _RESOLUTIONS.items()]
    element: b.Block = {
        "type": "static_select",
        "action_id": VALUE,
        "options": options,
        "placeholder": b.plain("Choose a reason"),
    }
    hint = "A second person has to agree, because the post may be a complaint." if case.open_complaint else ""
    parts = [
        b.entry(Field.RESOLUTION, "Why does it need no reply?", element, hint=hint),
        _text_field(Field.REASON, "In your words", "What did you find?"),
    ]
    return b.modal(Form.DISMISS, "Dismiss", "Dismiss", parts, {"case": case.id})


def told(sentence: str) -> b.Block:
    """Return a form that only says something: why what was asked is not possible."""
    return {
        "type": "modal",
        "title": b.plain("Not possible", b.TITLE_LIMIT),
        "close": b.plain("Close", b.TITLE_LIMIT),
        "blocks": [b.section(Mrkdwn(sentence))],
    }


def _text_field(field: Field, label: str, placeholder: str, *, optional: bool = False) -> b.Block:
    element: b.Block = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": True,
        "max_length": 500,
        "placeholder": b.plain(placeholder, 150),
    }
    return b.entry(field, label, element, optional=optional or None)


def _reply_field(start: str, rule: TextRule, turn: int) -> b.Block:
    element: b.Block = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": True,
        "max_length": REPLY_MAX,
        "focus_on_load": True,
        "placeholder": b.plain("Write the way you would speak to the customer", 150),
    }
    if start:
        element["initial_value"] = start[:REPLY_MAX]
    hint = (
        f"Up to {rule.maximum} {rule.unit}, signature included: a link counts 23, an emoji 2. "
        "Never put order numbers, e-mail or phone numbers in a public reply."
    )
    return b.entry(f"{Field.REPLY}.{turn}" if turn else Field.REPLY, "Reply", element, hint=hint)


def _saved(saved: Sequence[SavedReply]) -> list[b.Block]:
    if not saved:
        return []
    groups: dict[str, list[b.Block]] = {}
    for reply in saved[:100]:
        groups.setdefault(reply.group or "Any topic", []).append(b.option(reply.title, reply.id))
    element: b.Block = {
        "type": "static_select",
        "action_id": Action.PICK_SAVED,
        "placeholder": b.plain("No saved reply"),
        "option_groups": [{"label": b.plain(name, 75), "options": options} for name, options in groups.items()],
    }
    block = b.entry(Field.SAVED, "Start from a saved reply", element, optional=True)
    return [{**block, "dispatch_action": True}]


def _visibility(before: Draft | None) -> b.Block:
    options = [
        b.option("Public reply", Visibility.PUBLIC, "Everyone can read it"),
        b.option("Public reply and DM invitation", Visibility.PUBLIC_DM, "Adds a line that invites to a DM"),
    ]
    chosen = options[1] if before and before.visibility is Visibility.PUBLIC_DM else options[0]
    element: b.Block = {
        "type": "radio_buttons",
        "action_id": VALUE,
        "options": options,
        "initial_option": chosen,
    }
    return b.entry(Field.VISIBILITY, "How it goes out", element)


def _sign(signature: str) -> b.Block:
    signed = b.option(f"Sign with {signature}", "sign")
    element: b.Block = {
        "type": "checkboxes",
        "action_id": VALUE,
        "options": [signed],
        "initial_options": [signed],
    }
    return b.entry(Field.SIGN, "Signature", element, optional=True)


def _alone(limits: Sequence[str]) -> b.Block:
    tick = b.option("Send without PR if it is inside a limit", "alone")
    element: b.Block = {"type": "checkboxes", "action_id": VALUE, "options": [tick]}
    hint = f"Limits that may fit: {', '.join(limits)}. Outside of them it goes to its approvers."
    return b.entry(Field.ALONE, "Minor matter", element, hint=hint[:2_000], optional=True)


def _sensitive(case: Case) -> b.Block:
    """Return the box that only ever raises who must approve; once ticked it stays so until a reply is out."""
    if case.is_sensitive:
        return b.context(b.mrkdwn(Mrkdwn(":shield: Marked as sensitive: everybody whom the rules name looks at it.")))
    tick = b.option("Sensitive: ask for everybody whom the rules name", "sensitive")
    element: b.Block = {"type": "checkboxes", "action_id": VALUE, "options": [tick]}
    return b.entry(Field.SENSITIVE, "Who should look at it", element, optional=True)


def _changes_asked(before: Draft | None) -> list[b.Block]:
    if before is None or not before.decision_words:
        return []
    words = f":leftwards_arrow_with_hook: Last time: {escape_mrkdwn(before.decision_words)}"
    return [b.context(b.mrkdwn(Mrkdwn(words)))]
