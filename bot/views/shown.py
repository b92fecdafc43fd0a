"""What a card shows that is not stored in the case, because the platform knows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The account's handle, the reply's length as the platform counts it, and where to write it by hand."""

    account: str
    count: int = 0
    maximum: int = 0
    by_hand_url: str = ""
