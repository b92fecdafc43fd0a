"""The switches that make the sandbox behave badly on purpose: slow, limited, down, or answers lost."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from bot.sandbox.changes import Changes


class XLate(StrEnum):
    """What the pretend X does with a post that it accepts: answer, or publish it and then answer badly."""

    NO = "no"
    LATE = "late"
    CUT = "cut"
    HTML_503 = "html_503"
    DUPLICATE = "duplicate"


LABELS = {
    "slow_ms": "Each answer takes this many milliseconds longer (both sides)",
    "slack_429": "Slack answers the next so many calls with 429",
    "slack_down": "Slack answers every call with 503",
    "slack_lose_answers": "The next so many posting calls take effect, but their answer is lost",
    "slack_history_late": "Slack's history shows a message only after so many seconds",
    "double_delivery": "Slack delivers every click and event twice",
    "x_down": "X answers every call with 503",
    "x_429": "X answers the next so many calls with 429",
    "x_late": "X publishes first, then answers late or badly",
    "x_late_seconds": "How late X answers then, in seconds",
    "x_html_errors": "X dresses its errors as HTML pages",
}


@dataclass(kw_only=True)
class Weather:
    """The switches; counts go down by one with each call they spoil."""

    changes: Changes = field(repr=False)
    slow_ms: int = 0
    slack_429: int = 0
    slack_down: bool = False
    slack_lose_answers: int = 0
    slack_history_late: float = 0.0
    double_delivery: bool = False
    x_down: bool = False
    x_429: int = 0
    x_late: XLate = XLate.NO
    x_late_seconds: float = 8.0
    x_html_errors: bool = False
    _droppers: list[Callable[[], None]] = field(default_factory=list, repr=False)

    def set(self, **switches: Any) -> None:
        """Turn switches; raises ValueError in a sentence for an unknown one or a value of the wrong kind."""
        checked = {name: self._checked(name, value) for name, value in switches.items()}
        for name, value in checked.items():
            setattr(self, name, value)
        self.changes.publish("weather", self.values())

    def clear(self) -> None:
        """Fine weather again."""
        self.set(**{f.name: f.default for f in fields(self) if f.name in LABELS})

    def take(self, name: str) -> bool:
        """Use up one of a counted switch; False when it stands at nought."""
        left = int(getattr(self, name))
        if left <= 0:
            return False
        self.set(**{name: left - 1})
        return True

    def when_dropped(self, drop: Callable[[], None]) -> None:
        """Register what cuts the sockets."""
        self._droppers.append(drop)

    def drop_socket(self) -> None:
        """Cut every Socket Mode connection now, without a goodbye."""
        for drop in self._droppers:
            drop()

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in LABELS}

    def describe(self) -> list[dict[str, Any]]:
        """One row per switch for the page: name, label, kind (bool, int, float, choice), value, choices."""
        return [
            {
                "name": name,
                "label": label,
                "kind": "choice" if name == "x_late" else type(getattr(self, name)).__name__,
                "value": getattr(self, name),
                "choices": [str(choice) for choice in XLate] if name == "x_late" else [],
            }
            for name, label in LABELS.items()
        ]

    def _checked(self, name: str, value: Any) -> Any:
        if name not in LABELS:
            raise ValueError(f"There is no weather called {name!r}. Known: {', '.join(LABELS)}.")
        now = getattr(self, name)
        if isinstance(now, XLate):
            return XLate(value)
        if isinstance(now, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(now) or (not isinstance(value, bool) and value < 0):
            raise ValueError(f"{name} needs a {type(now).__name__} of nought or more, not {value!r}.")
        return value
