"""What people typed or picked: `state.values` of views and messages, in Slack's shapes, and what a form refuses."""

import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.errors import SandboxError
from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.composition import options_of
from bot.sandbox.slack.state import Json

Values = dict[str, dict[str, Json]]
"""block_id → action_id → `{"type": …, "value": …}` or another field, by the element's type."""

# Element type → the field that holds what was chosen, and the field of the block that says what is chosen at first.
FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
_SEVERAL = ("selected_options", "selected_users")
_FORMS = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Enter a valid email address."),
    "url_text_input": (r"https?://\S+", "Enter a valid URL."),
    "number_input": (r"-?\d+(\.\d+)?", "Enter a number."),
}


def fields_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block and element that keeps a value."""
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in FIELDS:
                yield block, element


def first_values(blocks: list[Json], kept: Values | None = None) -> Values:
    """The values before anybody typed; what was typed before under the same ids stays."""
    values: Values = {}
    for block, element in fields_of(blocks):
        field, initial = FIELDS[element["type"]]
        before = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
        if before is None or before["type"] != element["type"]:
            empty: Any = [] if field in _SEVERAL else None
            before = {"type": element["type"], field: element.get(initial, empty)}
        values.setdefault(block["block_id"], {})[element["action_id"]] = before
    return values


def filled(blocks: list[Json], values: Values, given: Json) -> Values:
    """The values after a person filled in `given`, named by block_id or action_id; SandboxError for unknown names."""
    result = {block_id: dict(inner) for block_id, inner in values.items()}
    for name, value in given.items():
        block, element = _named(blocks, name)
        chosen = {"type": element["type"], FIELDS[element["type"]][0]: picked(element, value)}
        result[block["block_id"]][element["action_id"]] = chosen
    return result


def picked(element: Json, value: Any) -> Any:
    """What Slack puts in the value for what a person picks; option values become whole options."""
    field = FIELDS[element["type"]][0]
    if field == "selected_option":
        return None if value is None else option_of(element, value)
    if field == "selected_options":
        return [option_of(element, one) for one in value]
    return None if value == "" else value


def option_of(element: Json, value: str) -> Json:
    for option in options_of(element):
        if option.get("value") == value:
            return option
    known = ", ".join(repr(option.get("value")) for option in options_of(element))
    raise SandboxError(f"{element.get('action_id')!r} has no option {value!r}. It has: {known}.")


def refused(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack itself tells a person before a form goes out: block_id → sentence."""
    errors = {}
    for block, element in fields_of(blocks):
        value = values[block["block_id"]][element["action_id"]].get(FIELDS[element["type"]][0])
        if block["type"] == "input" and (error := _refused(block, element, value)):
            errors[block["block_id"]] = error
    return errors


def _refused(block: Json, element: Json, value: Any) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if not isinstance(value, str):
        return ""
    if len(value) > element.get("max_length", 3_000):
        return f"Please enter no more than {element.get('max_length', 3_000)} characters."
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    pattern, sentence = _FORMS.get(element["type"], ("", ""))
    return sentence if pattern and not re.fullmatch(pattern, value) else ""


def _named(blocks: list[Json], name: str) -> tuple[Json, Json]:
    fields = list(fields_of(blocks))
    by_block = [(b, e) for b, e in fields if b["block_id"] == name]
    found = by_block or [(b, e) for b, e in fields if e["action_id"] == name]
    if len(found) != 1:
        known = ", ".join(f"{b['block_id']}/{e['action_id']}" for b, e in fields) or "none"
        raise SandboxError(f"{name!r} names {len(found)} fields of this form. Fields: {known}.")
    return found[0]
