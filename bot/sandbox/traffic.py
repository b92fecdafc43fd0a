"""Every call that reached the sandbox, with its answer: the traffic tab reads it, and tests prove the truth by it."""

import dataclasses
import json
import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock

Side = Literal["slack", "x", "socket"]

RING = 500
LONGEST_TEXT = 3_000
LONGEST_LIST = 100
DEEPEST = 12
SECRET_KEYS = {"token", "authorization", "oauth_token", "oauth_signature", "client_secret", "access_token"}
SECRET_TEXT = re.compile(r"x(?:ox[a-z]|app)-[\w-]+|Bearer\s+\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request and its answer; `n` and `at` (epoch seconds) are filled in when it is recorded."""

    side: Side
    method: str
    status: int
    ok: bool = True
    error: str = ""
    ms: float = 0.0
    who: str = ""
    request: dict[str, Any] = field(default_factory=dict)
    response: dict[str, Any] = field(default_factory=dict)
    n: int = 0
    at: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {part.name: getattr(self, part.name) for part in dataclasses.fields(self)}


class Traffic:
    """The newest 500 calls in memory and, where a file is named, every call as one JSON line."""

    def __init__(self, clock: SandboxClock, changes: Changes, *, file: Path | None = None) -> None:
        self._clock = clock
        self._changes = changes
        self._file = file
        self._count = 0
        self._calls: deque[Call] = deque(maxlen=RING)

    def record(self, call: Call) -> Call:
        """Number, trim and keep a call; secrets in it are replaced by three dots."""
        self._count += 1
        kept = dataclasses.replace(
            call,
            n=self._count,
            at=call.at or self._clock.now(),
            ms=round(call.ms, 2),
            request=trimmed(call.request),
            response=trimmed(call.response),
        )
        self._calls.append(kept)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(kept.as_dict(), ensure_ascii=False) + "\n")
        self._changes.publish("traffic", kept.as_dict())
        return kept

    def calls(self, method: str | None = None, *, side: Side | None = None) -> list[Call]:
        """The kept calls, oldest first, all or those of one method or side."""
        return [c for c in self._calls if method in (None, c.method) and side in (None, c.side)]


def trimmed(value: Any, depth: int = 0) -> Any:
    """A JSON value without secrets and without the parts nobody would read."""
    if isinstance(value, str):
        text = SECRET_TEXT.sub("…", value)
        return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
    if not isinstance(value, dict | list | tuple):
        return value
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {key: "…" if _is_secret(key) else trimmed(inner, depth + 1) for key, inner in value.items()}
    return [trimmed(inner, depth + 1) for inner in value[:LONGEST_LIST]]


def _is_secret(key: object) -> bool:
    return str(key).lower() in SECRET_KEYS
