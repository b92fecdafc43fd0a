"""The rules for whole messages and views: which blocks go where, how many, and ids that must not repeat."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.charts import CHART, TABLE
from bot.sandbox.slack.composition import BLOCK_ID, PICTURE, WEB_ADDRESS, any_text, plain_text
from bot.sandbox.slack.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION
from bot.sandbox.slack.rich_text import RICH_TEXT
from bot.sandbox.slack.shapes import (
    Problems,
    Rule,
    boolean,
    by_type,
    items,
    one_of,
    only,
    shape,
    string,
)

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
LONGEST_BLOCKS = 13_200
"""Characters of all texts in a message's blocks together (undocumented; measured)."""

_ID = {"block_id": BLOCK_ID}


def _text_or_fields(block: Any, pointer: str, problems: Problems) -> None:
    if "text" not in block and "fields" not in block:
        problems.add(pointer, "missing required field: text or fields")


_CONTEXT_PART = by_type(
    {
        "image": PICTURE,
        **{kind: any_text(3_000) for kind in ("plain_text", "mrkdwn")},
    },
)

EVERYWHERE: dict[str, Rule] = {
    "header": shape({"text": plain_text(150)}, _ID),
    "section": shape(
        {},
        {
            **_ID,
            "text": any_text(3_000),
            "fields": items(any_text(2_000), 10),
            "accessory": only(IN_SECTION, ELEMENTS),
            "expand": boolean,
        },
        _text_or_fields,
    ),
    "divider": shape({}, _ID),
    "image": shape({"image_url": WEB_ADDRESS, "alt_text": string(2_000)}, {**_ID, "title": plain_text(2_000)}),
    "context": shape({"elements": items(_CONTEXT_PART, 10)}, _ID),
    "actions": shape({"elements": items(only(IN_ACTIONS, ELEMENTS), 25)}, _ID),
    "rich_text": RICH_TEXT,
}

IN_MESSAGES = {
    **EVERYWHERE,
    "markdown": shape({"text": string(12_000)}, _ID),
    "table": TABLE,
    "data_visualization": CHART,
}

IN_MODALS = {
    **EVERYWHERE,
    "input": shape(
        {"label": plain_text(2_000), "element": only(IN_INPUT, ELEMENTS)},
        {**_ID, "hint": plain_text(2_000), "optional": boolean, "dispatch_action": boolean},
    ),
    "alert": shape(
        {"text": any_text(200)},
        {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
}


def _inputs_need_submit(view: Any, pointer: str, problems: Problems) -> None:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        problems.add(pointer, "missing required field: submit")


_VIEW_FIELDS: dict[str, Rule] = {
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
    "private_metadata": string(3_000, 0),
}
MODAL = shape(
    {"title": plain_text(24), "blocks": items(by_type(IN_MODALS), VIEW_BLOCKS)},
    {
        **_VIEW_FIELDS,
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    _inputs_need_submit,
)
HOME = shape({"blocks": items(by_type(EVERYWHERE), VIEW_BLOCKS)}, _VIEW_FIELDS)
VIEW = by_type({"modal": MODAL, "home": HOME})


def problems_of_blocks(blocks: Any) -> list[str]:
    """What is wrong with a message's blocks, in Slack's words; an empty list when nothing is."""
    problems = Problems()
    items(by_type(IN_MESSAGES), MESSAGE_BLOCKS, 0)(blocks, "/blocks", problems)
    if not problems.found:
        _ids_are_unique(blocks, "/blocks", problems)
        _not_too_many(blocks, {"table": 1, "data_visualization": 2}, problems)
    return problems.found


def problems_of_view(view: Any) -> list[str]:
    """What is wrong with a modal or home view, in Slack's words."""
    problems = Problems()
    VIEW(view, "/view", problems)
    if not problems.found:
        _ids_are_unique(view["blocks"], "/view/blocks", problems)
        _one_focus(view["blocks"], problems)
    return problems.found


def text_length(value: Any) -> int:
    """Characters of all texts inside blocks, as the limit on a whole message counts them."""
    if isinstance(value, dict):
        return sum(
            len(inner) if key in ("text", "alt_text", "title") and isinstance(inner, str) else text_length(inner)
            for key, inner in value.items()
        )
    return sum(map(text_length, value)) if isinstance(value, list) else 0


def weight(view: Any) -> int:
    """Bytes of a view as JSON; Slack takes 250,000."""
    return len(json.dumps(view, ensure_ascii=False).encode())


def elements_of(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The interactive elements of a block, in the order they are drawn."""
    found = [block.get("accessory"), block.get("element")]
    found += block["elements"] if block.get("type") in ("actions", "context_actions") else []
    return (element for element in found if isinstance(element, dict) and element.get("type") != "image")


def _ids_are_unique(blocks: list[dict[str, Any]], pointer: str, problems: Problems) -> None:
    block_ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    for block_id in (name for name, times in block_ids.items() if times > 1):
        problems.add(pointer, f"`block_id` must be unique, `{block_id}` is repeated")
    for index, block in enumerate(blocks):
        action_ids = Counter(element["action_id"] for element in elements_of(block) if "action_id" in element)
        for action_id in (name for name, times in action_ids.items() if times > 1):
            problems.add(f"{pointer}/{index}", f"`action_id` must be unique, `{action_id}` is repeated")


def _not_too_many(blocks: list[dict[str, Any]], limits: dict[str, int], problems: Problems) -> None:
    kinds = Counter(block["type"] for block in blocks)
    for kind, most in limits.items():
        if kinds[kind] > most:
            problems.add("/blocks", f"no more than {most} {kind} blocks allowed")


def _one_focus(blocks: list[dict[str, Any]], problems: Problems) -> None:
    focused = [e for block in blocks for e in elements_of(block) if e.get("focus_on_load")]
    if len(focused) > 1:
        problems.add("/view/blocks", "only one element may have focus_on_load")
