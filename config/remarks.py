"""One sentence about the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One plain sentence about the settings; `wrong` ones stop the start."""

    sentence: str
    wrong: bool = True
