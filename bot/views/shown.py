"""What a card shows that is not stored in the case: what platform and market's hours know, and what holds it."""

from dataclasses import dataclass

from bot.domain.approving.hold import Hold
from bot.domain.timing.targets import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The account's handle, the reply's length as the platform counts it, where to write it by hand, and what is due.

    `held` are the holds over the case, None where nobody can read them: then nothing leaves either.
    """

    account: str
    count: int = 0
    maximum: int = 0
    by_hand_url: str = ""
    held: tuple[Hold, ...] | None = ()
    reply_due: Due | None = None
    approval_due: Due | None = None
