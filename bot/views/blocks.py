"""Small builders of Block Kit pieces, each within Slack's limits.

Customers' words go into `plain` and `quote` only, where Slack reads no mark-up; everything else that did
not come from us is escaped first (`words.escape_mrkdwn`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.ids import Instant
from bot.domain.text.words import Mrkdwn, shorten

Block = dict[str, object]

HEADER_LIMIT = 150
SECTION_LIMIT = 3_000
BUTTON_LIMIT = 75
TITLE_LIMIT = 24
QUOTE_LIMIT = 2_400
"""Characters of one quote: a card holds at most three, and all blocks of a message only about 13,200."""


def plain(text: str, limit: int = SECTION_LIMIT) -> Block:
    return {"type": "plain_text", "text": shorten(text, limit) or " ", "emoji": True}


def mrkdwn(text: Mrkdwn) -> Block:
    return {"type": "mrkdwn", "text": text}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER_LIMIT)}


def section(text: Mrkdwn, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def fields(pairs: Iterable[tuple[str, Mrkdwn]]) -> Block:
    return {"type": "section", "fields": [mrkdwn(Mrkdwn(f"*{name}*\n{value}")) for name, value in pairs]}


def context(*elements: Block) -> Block:
    return {"type": "context", "elements": list(elements)}


def quote(text: str, limit: int = QUOTE_LIMIT) -> Block:
    """Return words as they are, marked as somebody's; Slack reads no mark-up in them."""
    shown = shorten(text, limit) or "(no text)"
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": shown}]}],
    }


def image(url: str, alt: str) -> Block:
    return {"type": "image", "image_url": url, "alt_text": alt[:200]}


def button(label: str, action: str, value: str = "", **more: object) -> Block:
    block: Block = {"type": "button", "text": plain(label, BUTTON_LIMIT), "action_id": action, **more}
    return {**block, "value": value} if value else block


def confirm(title: str, text: str, yes: str, no: str = "Not yet") -> Block:
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(label: str, value: str, description: str = "") -> Block:
    block: Block = {"text": plain(label, 75), "value": value}
    return {**block, "description": plain(description, 75)} if description else block


def overflow(action: str, options: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action, "options": list(options)}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def entry(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool | None = None) -> Block:
    """Return one question of a form; where nothing is said about `optional`, Slack wants an answer."""
    block: Block = {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
    if optional is not None:
        block["optional"] = optional
    return {**block, "hint": plain(hint)} if hint else block


def modal(
    callback_id: str, title: str, submit: str, parts: Sequence[Block], carried: Mapping[str, object] | None = None
) -> Block:
    """Return a form; `carried` comes back as it is with what people filled in."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, TITLE_LIMIT),
        "submit": plain(submit, TITLE_LIMIT),
        "close": plain("Cancel", TITLE_LIMIT),
        "private_metadata": json.dumps(carried or {}),
        "blocks": list(parts),
    }


def clock(at: Instant, form: str = "{time}") -> Mrkdwn:
    """Return a time that Slack shows in the reader's own zone, with UTC for the others."""
    return Mrkdwn(f"<!date^{at // 1000}^{form}|{utc(at)}>")


def short(number: int) -> str:
    """Return a number of followers as people say it: 412, 58.4 K, 1.2 M."""
    for size, unit in ((1_000_000, "M"), (1_000, "K")):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return str(number)


def span(milliseconds: int) -> str:
    """Return a length of time in words: 45 min, 2 h, 2 h 30 min."""
    hours, minutes = divmod(max(0, milliseconds) // 60_000, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{minutes} min"] if minutes or not hours else parts)


def utc(at: Instant) -> str:
    minutes = at // 60_000
    return f"{minutes // 60 % 24:02}:{minutes % 60:02} UTC"
