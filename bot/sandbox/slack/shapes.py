"""Small building blocks for describing a JSON shape: a `Rule` looks at one value and notes what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[[Any, str, "Problems"], None]
"""Takes the value, its JSON pointer, and the list to note problems in."""


class Problems:
    """What is wrong with a payload, in Slack's own words and with its JSON pointers."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, pointer: str, message: str) -> None:
        self.found.append(f"{message} [json-pointer:{pointer}]")


def anything(_value: Any, _pointer: str, _problems: Problems) -> None:
    """Takes every value."""


def boolean(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        problems.add(pointer, "must be a boolean")


def integer(least: int, most: int) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add(pointer, "must be an integer")
        elif not least <= value <= most:
            problems.add(pointer, f"must be between {least} and {most}")

    return check


def number(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        problems.add(pointer, "must be a number")


def string(most: int, least: int = 1) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(pointer, "must be a string")
        elif len(value) > most:
            problems.add(pointer, f"must be less than {most + 1} characters")
        elif len(value) < least:
            problems.add(pointer, f"must be more than {least - 1} characters")

    return check


def matching(pattern: str, what: str, most: int = 3_000) -> Rule:
    """A string of a certain form, such as a date or a web address."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str) or len(value) > most or not re.fullmatch(pattern, value):
            problems.add(pointer, f"must be a valid {what}")

    return check


def one_of(*allowed: str) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(pointer, f"must be one of: {', '.join(allowed)}")

    return check


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(pointer, "must be an array")
            return
        if len(value) > most:
            problems.add(pointer, f"no more than {most} items allowed")
        if len(value) < least:
            problems.add(pointer, f"no less than {least} items allowed")
        for index, inner in enumerate(value[:most]):
            rule(inner, f"{pointer}/{index}", problems)

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule], also: Rule = anything) -> Rule:
    """An object with exactly these fields; `also` sees it whole, and only when the fields are right."""
    fields = {"type": anything, **required, **optional}

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(pointer, "must be an object")
            return
        before = len(problems.found)
        for name in required:
            if name not in value:
                problems.add(pointer, f"missing required field: {name}")
        for name, inner in value.items():
            if name not in fields:
                problems.add(pointer, f"invalid additional property: {name}")
            else:
                fields[name](inner, f"{pointer}/{name}", problems)
        if len(problems.found) == before:
            also(value, pointer, problems)

    return check


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule it must follow."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(pointer, "must be an object")
        elif "type" not in value:
            problems.add(pointer, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in rules:
            problems.add(pointer, f"unsupported type: {value['type']}")
        else:
            rules[value["type"]](value, pointer, problems)

    return check


def only(allowed: tuple[str, ...], rules: Mapping[str, Rule]) -> Rule:
    """The rules of some of the types."""
    return by_type({name: rules[name] for name in allowed})
