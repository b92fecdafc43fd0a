"""Who a text would notify in Slack: raw `<!channel>`, `<@U…>`, `<!subteam^…>`, so that tests can prove nobody was."""

import re
from collections.abc import Iterator
from typing import Any

Mention = dict[str, str]
"""`{"kind": "broadcast" | "user" | "group", "id": "channel" | "UANA" | "S0PR", "where": "text" | "blocks"}`"""

_PATTERNS = {
    "broadcast": re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>"),
    "user": re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>"),
    "group": re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>"),
}
_RICH = {"broadcast": "range", "user": "user_id", "usergroup": "usergroup_id"}


def mentions_in(text: str, blocks: list[dict[str, Any]]) -> list[Mention]:
    """Every mention in the top-level text, in mrkdwn and in rich text; plain_text never mentions anybody."""
    found = _in_text(text, "text")
    for node in _objects(blocks):
        if node.get("type") in ("mrkdwn", "markdown"):
            found += _in_text(str(node.get("text", "")), "blocks")
        elif node.get("type") in _RICH:
            kind = "group" if node["type"] == "usergroup" else node["type"]
            found.append({"kind": kind, "id": str(node.get(_RICH[node["type"]])), "where": "blocks"})
    return found


def _in_text(text: str, where: str) -> list[Mention]:
    return [
        {"kind": kind, "id": name, "where": where}
        for kind, pattern in _PATTERNS.items()
        for name in pattern.findall(text)
    ]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)
