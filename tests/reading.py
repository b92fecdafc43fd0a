"""What a message shows, for stories: its buttons and menu entries by their labels, and every text on it."""

from typing import Any

Json = dict[str, Any]


def find_control(message: Json, label: str) -> tuple[Json, Json, str | None]:
    """Return block, element (and option) with this label on a message; says what there is instead."""
    seen: list[str] = []
    for block, element in controls(message):
        for name, option in _named(element):
            if name == label:
                return block, element, option
            seen.append(name)
    raise AssertionError(f"no {label!r} on the card, only {seen}")


def controls(message: Json) -> list[tuple[Json, Json]]:
    found: list[tuple[Json, Json]] = []
    for block in message.get("blocks", []):
        elements = block.get("elements", []) if block["type"] == "actions" else []
        found += [(block, element) for element in [*elements, *([block["accessory"]] if "accessory" in block else [])]]
    return found


def labels(message: Json) -> set[str]:
    return {name for _, element in controls(message) for name, _ in _named(element)}


def _named(element: Json) -> list[tuple[str, str | None]]:
    if element["type"] == "overflow":
        return [(option["text"]["text"], option["value"]) for option in element["options"]]
    return [(element["text"]["text"], None)] if "text" in element else []


def all_text(part: Any) -> str:
    """Return every text of a message, in order."""
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        inside = [all_text(value) for key, value in part.items() if not (key == "text" and own)]
        return "\n".join(text for text in [*own, *inside] if text)
    if isinstance(part, list):
        return "\n".join(text for text in map(all_text, part) if text)
    return ""
