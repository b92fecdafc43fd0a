"""From a button or menu as it is shown to the `actions` entry that Slack sends when it is clicked."""

from typing import Any

from bot.sandbox.errors import SandboxError
from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.inputs import FIELDS, option_of, picked
from bot.sandbox.slack.state import Json

_ECHOED = ("text", "value", "style", "placeholder")


def element_in(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and element with this action id; SandboxError with the known ones when there is none, or several."""
    shown = [(block, element) for block in blocks for element in elements_of(block)]
    found = [(b, e) for b, e in shown if e["action_id"] == action_id and block_id in (None, b["block_id"])]
    if len(found) != 1:
        known = ", ".join(f"{b['block_id']}/{e['action_id']}" for b, e in shown) or "nothing"
        raise SandboxError(f"{action_id!r} is there {len(found)} times. What can be clicked: {known}.")
    return found[0]


def action_of(block: Json, element: Json, option: Any, now: float) -> Json:
    """The action of clicking this element; `option` is the value picked or typed, where there is one."""
    kind = element["type"]
    action = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": kind,
        **{key: element[key] for key in _ECHOED if key in element},
        "action_ts": f"{now:.6f}",
    }
    if kind == "overflow":
        action["selected_option"] = option_of(element, option)
    elif kind in FIELDS:
        action[FIELDS[kind][0]] = picked(element, option)
    elif option is not None:
        raise SandboxError(f"{element['action_id']!r} is a {kind}; there is nothing to pick in it.")
    return action
