"""Switches of the pretend X beside the shared weather: read lag, spellings, and ways to fail."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class PostFault(StrEnum):
    """What happens to a POST that is *not* published; publishing first and failing then is `Weather.x_late`."""

    NO = "no"
    REFUSE_503 = "refuse_503"
    CUT = "cut"
    HANG = "hang"


class Spoil(StrEnum):
    """How the next mentions page is broken, once."""

    MISSING_FIELDS = "missing_fields"
    HUGE_TEXT = "huge_text"
    EMPTY_TEXT = "empty_text"
    LONE_SURROGATE = "lone_surrogate"
    UNKNOWN_SPELLING = "unknown_spelling"
    NOT_JSON = "not_json"
    HTML = "html"


SWITCH_LABELS = {
    "timeline_lag_seconds": "The brand's own timeline shows a new post only after this many seconds",
    "search_lag_seconds": "Search finds a new post only after this many seconds",
    "search_closed": "The app's access does not let it search",
    "new_spelling": "X writes referenced_posts instead of referenced_tweets",
    "shorten_links": "X shows links as https://t.co/… in the text, as it really does",
    "unreachable": "X closes every connection without an answer",
    "post_fault": "X does not publish and fails: answers 503, cuts the connection, or never answers",
    "fault_times": "How many posts x_late or post_fault hits before X is well again (0: until switched off)",
    "day_limit": "Posts that X takes from the account in 24 hours",
}


@dataclass(kw_only=True)
class Switches:
    """The values; `set` refuses unknown names and wrong kinds with a sentence (ValueError)."""

    timeline_lag_seconds: float = 0.0
    search_lag_seconds: float = 0.0
    search_closed: bool = False
    new_spelling: bool = False
    shorten_links: bool = True
    unreachable: bool = False
    post_fault: PostFault = PostFault.NO
    fault_times: int = 0
    day_limit: int = 10_000

    def set(self, **wanted: Any) -> None:
        checked = {name: self._checked(name, value) for name, value in wanted.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def clear(self) -> None:
        """Everything as at the start."""
        self.set(**Switches().values())

    def values(self) -> dict[str, Any]:
        return asdict(self)

    def describe(self) -> list[dict[str, Any]]:
        """One row per switch, of the same shape as the shared weather's rows."""
        return [
            {
                "name": name,
                "label": label,
                "kind": "choice" if name == "post_fault" else type(getattr(self, name)).__name__,
                "value": getattr(self, name),
                "choices": [str(fault) for fault in PostFault] if name == "post_fault" else [],
            }
            for name, label in SWITCH_LABELS.items()
        ]

    def _checked(self, name: str, value: Any) -> Any:
        if name not in SWITCH_LABELS:
            raise ValueError(f"The pretend X has no switch called {name!r}. Known: {', '.join(SWITCH_LABELS)}.")
        if name == "post_fault":
            return _fault(value)
        now = getattr(self, name)
        if isinstance(now, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(now) or (not isinstance(value, bool) and value < 0):
            raise ValueError(f"{name} needs a {type(now).__name__} of nought or more, not {value!r}.")
        return value


def _fault(value: Any) -> PostFault:
    try:
        return PostFault(value)
    except ValueError:
        raise ValueError(f"post_fault is one of {', '.join(PostFault)}, not {value!r}.") from None
