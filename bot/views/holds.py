"""A hold as people see it: on the card, on the home tab, in the channels, after `/desk hold`, and in its form."""

from collections.abc import Sequence

from bot.domain.approving.hold import REASON_LIMIT, Hold, Reach, Scope, waits_for
from bot.domain.text.words import Mrkdwn, escape_mrkdwn, one_line
from bot.ports import Message
from bot.views import blocks as b
from bot.views.ids import VALUE, Field, Form

ON_CARD = 3
"""Holds named on one card; one is enough to stop it."""
UNREADABLE = Mrkdwn(":no_entry: *The desk cannot read its holds*, so nothing is sent. Tell whoever runs the desk.")
NONE = "No hold stands: what is approved is sent. Place one with `/desk hold all REASON`."
_ICON = ":raised_hand:"


def banner(holds: Sequence[Hold]) -> list[b.Block]:
    """Return what stands above everything else on a card in scope, nothing where no hold is on."""
    return [b.context(b.mrkdwn(_on_card(hold))) for hold in holds[:ON_CARD]]


def cannot_tell() -> list[b.Block]:
    """Return the same where nobody can read the holds."""
    return [b.context(b.mrkdwn(UNREADABLE))]


def _on_card(hold: Hold) -> Mrkdwn:
    return Mrkdwn(
        f"{_ICON} *Held: {_reason(hold)}* by <@{hold.by}> · {hold.id}, {_words(hold.reach)} · nothing is sent"
    )


def line(hold: Hold) -> Mrkdwn:
    """Return one hold in one line, with who wants it lifted and who is still needed."""
    since = b.clock(hold.placed_at, "{date_short_pretty} {time}")
    head = f"*{hold.id}* · {_words(hold.reach)} · {_reason(hold)} · by <@{hold.by}>, {since}"
    asked = ", ".join(f"<@{wish.by}>" for wish in hold.wishes)
    return Mrkdwn(f"{head} · {f'{asked} wants it lifted; ' if asked else ''}needs {waits_for(hold)} to lift it")


def listed(holds: Sequence[Hold]) -> str:
    return "\n".join(line(hold) for hold in holds) or NONE


def at_home(holds: Sequence[Hold]) -> list[b.Block]:
    """Return the part of the home tab about holds, nothing where none stands."""
    if not holds:
        return []
    lines = "\n".join(line(hold) for hold in holds[:5])
    more = f"\n{len(holds) - 5} more: `/desk hold` lists them" if len(holds) > 5 else ""
    return [b.section(Mrkdwn(f"{_ICON} *On hold: nothing of this is sent*\n{lines}{more}")), {"type": "divider"}]


def notice(hold: Hold) -> Message:
    """Return the word to a channel, edited when somebody wants it lifted, and when it is."""
    what = _words(hold.reach)
    if hold.lifted_at is not None:
        people = " and ".join(f"<@{wish.by}>" for wish in hold.wishes)
        text = (
            f":white_check_mark: {hold.id} is lifted by {people}: {what} is sent again. It was held: {_reason(hold)}."
        )
        return Message(text=text, blocks=(b.section(Mrkdwn(text)),))
    head = f"{_ICON} *On hold: {what}.* <@{hold.by}>: {_reason(hold)}"
    todo = "Nothing in it is sent. Drafting and approving go on; what is approved waits."
    lift = f"`/desk lift {hold.id}` asks for it to be lifted: needs {waits_for(hold)}."
    asked = "".join(f" <@{wish.by}> wants it lifted." for wish in hold.wishes)
    return Message(
        text=f"{hold.id}: {what} is on hold by <@{hold.by}>. Nothing in it is sent.",
        blocks=(b.section(Mrkdwn(f"{head}\n{todo}")), b.context(b.mrkdwn(Mrkdwn(f"{hold.id} · {lift}{asked}")))),
    )


def placed(hold: Hold) -> str:
    """Return the answer to who placed it."""
    return (
        f"{hold.id} is on: {_words(hold.reach)}. From now on no reply in it begins to leave; one whose sending had "
        f"begun may still appear. `/desk lift {hold.id}` asks for it to be lifted; that needs {waits_for(hold)}."
    )


def asked(hold: Hold) -> str:
    """Return the answer to who wants it lifted."""
    if hold.lifted_at is None:
        return f"Noted: you want {hold.id} lifted. It stays on until {waits_for(hold)} wants it too."
    return f"{hold.id} is lifted. What was approved not long ago is sent now; the rest goes back to its approver."


def form(case_id: str, reaches: Sequence[Reach]) -> b.Block:
    """Return the form behind “Place a hold…” on a card; `reaches` from the narrowest to everything."""
    options = [b.option(_label(reach), str(number)) for number, reach in enumerate(reaches)]
    choice: b.Block = {"type": "static_select", "action_id": VALUE, "options": options, "initial_option": options[0]}
    reason: b.Block = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "max_length": REASON_LIMIT,
        "placeholder": b.plain("It stands on every card that it holds", 150),
    }
    parts = [
        b.section(Mrkdwn("Nothing in it is sent until somebody of PR *and* somebody of customer service lift it.")),
        b.entry(Field.SCOPE, "What is held?", choice),
        b.entry(Field.REASON, "Why?", reason),
    ]
    return b.modal(Form.HOLD, "Place a hold", "Hold", parts, {"case": case_id})


def _label(reach: Reach) -> str:
    return {
        Scope.ALL: "Everything",
        Scope.ACCOUNT: f"The account @{reach.label}",
        Scope.MARKET: f"The market {reach.label}",
        Scope.TOPIC: f"The topic {reach.label}",
        Scope.CASE: f"Only {reach.value}",
    }[reach.scope]


def _reason(hold: Hold) -> Mrkdwn:
    return escape_mrkdwn(one_line(hold.reason, REASON_LIMIT))


def _words(reach: Reach) -> Mrkdwn:
    return escape_mrkdwn(reach.words)
