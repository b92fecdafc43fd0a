"""Block Kit's interactive elements and what each of them may hold."""

from typing import Any

from bot.sandbox.slack.composition import (
    ACTION_ID,
    BOX_OPTION,
    CONFIRM,
    LINK_ADDRESS,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PICTURE,
    chosen_from_options,
    plain_text,
)
from bot.sandbox.slack.rich_text import RICH_TEXT
from bot.sandbox.slack.shapes import (
    Problems,
    Rule,
    anything,
    boolean,
    integer,
    items,
    matching,
    one_of,
    shape,
    string,
)

DATE = matching(r"\d{4}-\d\d-\d\d", "date")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "time")
PLACEHOLDER = plain_text(150)
USER = matching(r"[UW][A-Z0-9]+", "user id")
CONVERSATION = matching(r"[CDG][A-Z0-9]+", "conversation id")
LONGEST_INPUT = 3_000


def _common(**more: Rule) -> dict[str, Rule]:
    return {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean, **more}


def _picker(**more: Rule) -> Rule:
    return shape({}, _common(placeholder=PLACEHOLDER, **more))


def _select(**more: Rule) -> Rule:
    choices = {"options": items(OPTION, 100), "option_groups": items(OPTION_GROUP, 100)}
    return shape({}, _common(placeholder=PLACEHOLDER, **choices, **more), chosen_from_options)


def _boxes(**more: Rule) -> Rule:
    return shape({"options": items(BOX_OPTION, 10)}, _common(**more), chosen_from_options)


def _first_words_fit(element: Any, pointer: str, problems: Problems) -> None:
    first, least, most = element.get("initial_value", ""), element.get("min_length", 0), element.get("max_length")
    if least > (LONGEST_INPUT if most is None else most):
        problems.add(pointer, "min_length must be less than max_length")
    if len(first) > (LONGEST_INPUT if most is None else most):
        problems.add(f"{pointer}/initial_value", f"must be less than {(most or LONGEST_INPUT) + 1} characters")


DISPATCH = shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)},
    {},
)
_TYPED: dict[str, Rule] = {
    "action_id": ACTION_ID,
    "placeholder": PLACEHOLDER,
    "initial_value": string(LONGEST_INPUT, 0),
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
}
_MOST = {"max_selected_items": integer(1, 100)}

ELEMENTS: dict[str, Rule] = {
    "button": shape(
        {"text": plain_text(75)},
        {
            "action_id": ACTION_ID,
            "value": string(2_000),
            "url": LINK_ADDRESS,
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": shape(
        {"options": items(OVERFLOW_OPTION, 5)},
        {"action_id": ACTION_ID, "confirm": CONFIRM},
        chosen_from_options,
    ),
    "image": PICTURE,
    "static_select": _select(initial_option=OPTION),
    "multi_static_select": _select(initial_options=items(OPTION, 100), **_MOST),
    "users_select": _picker(initial_user=USER),
    "multi_users_select": _picker(initial_users=items(USER, 100), **_MOST),
    "conversations_select": _picker(
        initial_conversation=CONVERSATION,
        default_to_current_conversation=boolean,
        filter=anything,
    ),
    "channels_select": _picker(initial_channel=CONVERSATION),
    "checkboxes": _boxes(initial_options=items(BOX_OPTION, 10)),
    "radio_buttons": _boxes(initial_option=BOX_OPTION),
    "datepicker": _picker(initial_date=DATE),
    "timepicker": _picker(initial_time=TIME, timezone=string(100)),
    "datetimepicker": shape({}, _common(initial_date_time=integer(1_000_000_000, 9_999_999_999))),
    "plain_text_input": shape(
        {},
        {
            **_TYPED,
            "multiline": boolean,
            "min_length": integer(0, LONGEST_INPUT),
            "max_length": integer(1, LONGEST_INPUT),
        },
        _first_words_fit,
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "min_value": string(50), "max_value": string(50)},
    ),
    "email_text_input": shape({}, _TYPED),
    "url_text_input": shape({}, _TYPED),
    "rich_text_input": shape({}, {**_TYPED, "initial_value": RICH_TEXT}),
}

_SINGLE_SELECTS = ("static_select", "users_select", "conversations_select", "channels_select")
_MULTI_SELECTS = ("multi_static_select", "multi_users_select")
_CHOICES = ("checkboxes", "radio_buttons", "datepicker", "timepicker")

IN_ACTIONS = ("button", "overflow", *_SINGLE_SELECTS, *_CHOICES, "datetimepicker")
IN_SECTION = ("button", "overflow", "image", *_SINGLE_SELECTS, *_MULTI_SELECTS, *_CHOICES)
IN_INPUT = (
    *_SINGLE_SELECTS,
    *_MULTI_SELECTS,
    *_CHOICES,
    "datetimepicker",
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
)
