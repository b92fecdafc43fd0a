"""What pydantic cannot see in the house rules: names that point nowhere, names used twice, rules that never match."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.domain.text.matching import plain
from config.policy_approval import mistakes_in_approval
from config.policy_file import PolicyFile, RoutingSection
from config.policy_shapes import PATTERNS, UNITS

Table = dict[str, object]

_WHAT_IS_WRONG = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of this file; remove it or correct its spelling",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "string_type": "must be a text in quotation marks",
    "list_type": "must be a list in [ ]",
    "dict_type": "must be a table",
    "date_type": 'must be a date such as "2026-12-24"',
    "date_parsing": 'must be a date such as "2026-12-24"',
    "date_from_datetime_parsing": 'must be a date such as "2026-12-24"',
    "date_from_datetime_inexact": 'must be a date such as "2026-12-24"',
    "model_type": "must be a table",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
}


def sentences(file: str, table: Table, error: ValidationError) -> Iterator[str]:
    """Yield one sentence for each thing that has the wrong shape."""
    for detail in error.errors(include_url=False):
        yield f"{file}: {_key(table, detail['loc'])} {_wrong(detail)}."


def _wrong(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] in ("enum", "literal_error"):
        return f"must be {context['expected']}"
    if detail["type"] in ("greater_than_equal", "less_than_equal"):
        bound, number = ("least", context["ge"]) if "ge" in context else ("most", context["le"])
        return f"must be at {bound} {_in_words(number) if _is_time(detail['loc']) else number}"
    if detail["type"] == "string_pattern_mismatch":
        return next(words for pattern, words in PATTERNS.values() if pattern == context["pattern"])
    if detail["type"] == "too_short":
        return "needs at least one entry"
    return _WHAT_IS_WRONG.get(detail["type"], detail["msg"][:1].lower() + detail["msg"][1:])


def _is_time(path: tuple[int | str, ...]) -> bool:
    return path[0] in ("timing", "target", "hold", "watch") or path[-1] in ("after", "repeat_after") or "ack" in path


def _in_words(milliseconds: int) -> str:
    """Return a duration in the largest unit that shows it whole, as the file writes it."""
    unit, size = next(((u, s) for u, s in reversed(UNITS.items()) if milliseconds % s == 0), ("s", UNITS["s"]))
    return f"{milliseconds // size} {unit}"


def _key(table: Table, path: Sequence[int | str]) -> str:
    """Return a dotted key; entries of a list are counted from 1 and called by their name where they have one."""
    parts: list[str] = []
    here: object = table
    for step in path:
        here = _inside(here, step)
        parts.append(str(step + 1) if isinstance(step, int) else step)
        if isinstance(step, int) and isinstance(here, Mapping):
            name = next((here[key] for key in ("name", "reason", "id") if isinstance(here.get(key), str)), None)
            parts[-1] += f" (“{name}”)" if name else ""
    return ".".join(part for part in parts if part != "[key]")


def _inside(here: object, step: int | str) -> object:
    if isinstance(here, Mapping):
        return here.get(step)
    return here[step] if isinstance(here, list) and isinstance(step, int) and step < len(here) else None


def mistakes_across(file: str, table: Table) -> Iterator[str]:
    """Yield what does not fit together. Takes the raw table, so that it can be asked before all shapes are right."""
    teams = frozenset(_table(table, "teams"))
    known = ", ".join(sorted(teams)) or "none"
    accounts = frozenset(row.get("id") for row in _rows(table, "accounts"))
    default = _table(table, "desk").get("default_team")
    if isinstance(default, str) and default not in teams:
        yield f"{file}: desk.default_team names the team “{default}”, which is not under teams ({known})."
    for number, row in enumerate(_rows(table, "routing")):
        key = _key(table, ("routing", number))
        if isinstance(row.get("team"), str) and row["team"] not in teams:
            yield f"{file}: {key}.team names the team “{row['team']}”, which is not under teams ({known})."
        wanted = row.get("accounts")
        for account in wanted if isinstance(wanted, list) else ():
            if account not in accounts:
                yield f"{file}: {key}.accounts names the account “{account}”, which is not under accounts."
    yield from _severity_without_condition(file, table)
    yield from (f"{file}: {mistake}" for mistake in mistakes_in_approval(table))
    yield from names_twice(file, table)
    yield from _sides_without_people(file, table)


def _severity_without_condition(file: str, table: Table) -> Iterator[str]:
    for number, row in enumerate(_rows(table, "severity")):
        if not row.get("words") and row.get("followers") is None:
            yield f"{file}: {_key(table, ('severity', number))} needs words or followers: it would hold for all."


def names_twice(file: str, table: Table) -> Iterator[str]:
    routing = Counter(str(row.get("name")) for row in _rows(table, "routing"))
    accounts = Counter(f"{row.get('platform')} {row.get('id')}" for row in _rows(table, "accounts"))
    replies = Counter(str(row.get("id")) for row in _rows(table, "reply"))
    approval, limits = (Counter(str(row.get("name")) for row in _rows(table, name)) for name in ("approval", "limit"))
    counted = {"routing": routing, "accounts": accounts, "reply": replies, "approval": approval, "limit": limits}
    for section, names in counted.items():
        for name, count in names.items():
            if count > 1:
                yield f"{file}: {section} has “{name}” {count} times; each name may stand once."


def _sides_without_people(file: str, table: Table) -> Iterator[str]:
    for name, side in _table(table, "sides").items():
        if isinstance(side, Mapping) and not side.get("groups") and not side.get("users"):
            yield f"{file}: sides.{name} has neither groups nor users, so nobody could stand on that side."


def doubts(file: str, house: PolicyFile) -> Iterator[str]:
    """Yield what is odd but can be used: a rule that never gets its turn, a word that stands in a rule twice."""
    for place, later in enumerate(house.routing):
        first = next((rule for rule in house.routing[:place] if _takes_all_of(rule, later)), None)
        if first:
            yield (
                f"{file}: routing {place + 1} (“{later.name}”) can never match: “{first.name}” above it takes all "
                "that it would take. Move it up or remove it."
            )
    for rule in house.routing:
        for word, count in Counter(plain(word) for word in rule.words).items():
            if count > 1:
                yield f"{file}: routing “{rule.name}” has the word “{word}” {count} times."


_CONDITIONS = ("platforms", "accounts", "markets", "languages", "levels", "authors", "kinds", "words")


def _takes_all_of(first: RoutingSection, later: RoutingSection) -> bool:
    """Return whether each condition of the first rule is met by whatever meets the later one."""

    def covered(condition: str) -> bool:
        wide, narrow = getattr(first, condition), getattr(later, condition)
        return not wide or (bool(narrow) and set(narrow) <= set(wide))

    return all(covered(condition) for condition in _CONDITIONS)


def _table(table: Table, name: str) -> Table:
    section = table.get(name)
    return section if isinstance(section, dict) else {}


def _rows(table: Table, name: str) -> list[Table]:
    rows = table.get(name)
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []
