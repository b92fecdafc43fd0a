"""What the tables of `policy.toml` are made of: times, words, ids and names, and what to say where one is wrong."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.domain.ids import DAY, HOUR, MINUTE, SECOND
from bot.domain.text.matching import plain

UNITS = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
"""Units of time as the file writes them, in milliseconds."""
_DURATION = re.compile(r"(\d{1,6}) ?(s|min|h|d)")


def _milliseconds(value: object) -> int:
    written = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise PydanticCustomError("duration", 'must be a time such as "30 s", "15 min", "4 h" or "14 d"')
    return int(written[1]) * UNITS[written[2]]


def _word(value: str) -> str:
    if not plain(value).strip(" *"):
        raise PydanticCustomError("word", "must hold at least one letter, digit or sign")
    return value


Time = Annotated[int, BeforeValidator(_milliseconds)]
Word = Annotated[str, Field(max_length=80), AfterValidator(_word)]
PATTERNS = {
    "channel": (r"^[CG][A-Z0-9]{2,20}$", "must be a Slack channel id such as C0CARE"),
    "group": (r"^S[A-Z0-9]{2,20}$", "must be a Slack user group id such as S0SERVICE"),
    "user": (r"^[UW][A-Z0-9]{2,20}$", "must be a Slack member id such as UANA"),
    "short": (r"^[a-z][a-z0-9-]{0,39}$", "must be written in small letters, digits and -"),
    "host": (r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", "must be a host name in small letters such as lumenshop.com"),
    "region": (r"^[A-Z]{2}$", "must be a country code such as GB"),
    "language": (r"^[a-z]{2,3}$", "must be a language code such as de"),
}
"""How ids and names are written, and what to say where one is not."""


def matches(kind: str, value: str) -> bool:
    """Say whether a name is written as names of this kind are (see `PATTERNS`)."""
    return re.fullmatch(PATTERNS[kind][0], value) is not None


Channel = Annotated[str, Field(pattern=PATTERNS["channel"][0])]
Group = Annotated[str, Field(pattern=PATTERNS["group"][0])]
User = Annotated[str, Field(pattern=PATTERNS["user"][0])]
Short = Annotated[str, Field(pattern=PATTERNS["short"][0])]
Language = Annotated[str, Field(pattern=PATTERNS["language"][0])]
Host = Annotated[str, Field(pattern=PATTERNS["host"][0])]
Region = Annotated[str, Field(pattern=PATTERNS["region"][0])]
Name = Annotated[str, Field(min_length=1, max_length=60)]

STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)
"""How every table is read: a key that is not known is refused."""
