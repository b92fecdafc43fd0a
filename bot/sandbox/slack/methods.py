"""How a Web API method is described: its arguments, scope, rate and the function that answers it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.slack.limits import Rate
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace

MOST_PER_PAGE = 1_000
EVERYWHERE = ("token", "team_id")
"""Arguments that every method takes; Bolt's clients add the team to each call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One row of the table of methods; a scope that depends on the channel is checked by the function itself."""

    answer: Callable[["Workspace", Json], Json]
    needed: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    scope: str = ""
    rate: Rate | None = None
    posts: bool = False
    token: Literal["bot", "app", "none"] = "bot"  # noqa: S105 -- the kind of a token

    def check(self, arguments: Json) -> list[str]:
        """Raise Slack's refusal for missing arguments; the names it does not know, for a complaint."""
        missing = [name for name in self.needed if arguments.get(name) in (None, "")]
        if missing:
            messages = [f"missing required field: {name}" for name in missing]
            raise Refusal("invalid_arguments", messages=messages)
        return sorted(set(arguments) - {*self.needed, *self.allowed, *EVERYWHERE})


Methods = Mapping[str, Method]


def need_scope(workspace: "Workspace", scope: str) -> None:
    scopes = workspace.app.scopes
    if scope and scope not in scopes:
        raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(scopes)))


def need_channel_scope(workspace: "Workspace", channel: Json, right: str) -> None:
    """The scope that goes with the kind of channel, such as `groups:read` for a private one."""
    prefix = {"im": "im", "group": "groups", "channel": "channels"}[workspace.directory.kind(channel)]
    need_scope(workspace, f"{prefix}:{right}")


def flag(arguments: Json, name: str, *, default: bool = False) -> bool:
    """A yes or no, in JSON or as the texts that forms carry."""
    value = arguments.get(name, default)
    return value if isinstance(value, bool) else str(value).lower() in ("1", "true")


def decoded(arguments: Json, name: str, error: str) -> Any:
    """An argument that may come as JSON text, as in a form."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(error) from None


def page_of(found: list[Json], arguments: Json, *, usual: int = 100) -> tuple[list[Json], Json]:
    """One page by `limit` and `cursor`, and the part of the answer that holds the next cursor."""
    try:
        size, start = int(str(arguments.get("limit") or usual)), int(str(arguments.get("cursor") or 0))
    except ValueError:
        raise Refusal("invalid_cursor") from None
    if start < 0:
        raise Refusal("invalid_cursor")
    if not 1 <= size <= MOST_PER_PAGE:
        raise Refusal("invalid_limit")
    after = start + size
    cursor = str(after) if after < len(found) else ""
    return found[start:after], {"response_metadata": {"next_cursor": cursor}}
