"""Block Kit's composition objects: texts, confirm dialogs, options, pictures, ids."""

from typing import Any

from bot.sandbox.slack.shapes import Problems, Rule, boolean, by_type, items, matching, one_of, shape, string

BLOCK_ID = string(255)
ACTION_ID = string(255)
WEB_ADDRESS = matching(r"https?://[^\s<>|]+", "URL")
LINK_ADDRESS = matching(r"(https?://|mailto:|tel:)[^\s<>]+", "URL")


def plain_text(most: int) -> Rule:
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def any_text(most: int) -> Rule:
    """`plain_text` or `mrkdwn`."""
    return by_type(
        {
            "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
            "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
        },
    )


CONFIRM = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)

_PLAIN_OPTION = {"text": plain_text(75), "value": string(150)}
OPTION = shape(_PLAIN_OPTION, {"description": plain_text(75)})
OVERFLOW_OPTION = shape(_PLAIN_OPTION, {"description": plain_text(75), "url": LINK_ADDRESS})
BOX_OPTION = shape({"text": any_text(75), "value": string(150)}, {"description": any_text(75)})
OPTION_GROUP = shape({"label": plain_text(75), "options": items(OPTION, 100)}, {})

PICTURE = shape({"image_url": WEB_ADDRESS, "alt_text": string(2_000)}, {})


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """All options of an element, those in groups too."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def chosen_from_options(element: Any, pointer: str, problems: Problems) -> None:
    """`options` or `option_groups`, values unique, and what is chosen at first is one of them."""
    if ("options" in element) == ("option_groups" in element):
        problems.add(pointer, "must have either options or option_groups")
        return
    known = options_of(element)
    values = [option["value"] for option in known]
    if len(set(values)) != len(values):
        problems.add(pointer, "options must have unique values")
    first = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    if any(option not in known for option in first):
        problems.add(pointer, "initial option must match one of the provided options")
