"""What a card shows that is not stored in the case: what the platform knows, and what holds it."""

from dataclasses import dataclass

from bot.domain.hold import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The account's handle, the reply's length as the platform counts it, and where to write it by hand.

    `held` are the holds over the case, None where nobody can read them: then nothing leaves either.
    """

    account: str
    count: int = 0
    maximum: int = 0
    by_hand_url: str = ""
    held: tuple[Hold, ...] | None = ()
