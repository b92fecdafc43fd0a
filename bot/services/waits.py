"""Why an approved reply cannot leave yet though it is time: who is away, for how long, and when the card says so."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.domain.errors import NotAdmitted, Paced, Unavailable
from bot.domain.ids import MINUTE, SECOND, Instant
from bot.domain.replies.epoch import Epoch
from bot.domain.replies.reply import OwnPost

LONGEST = MINUTE
"""Between two tries while somebody does not answer."""
MEND = 5 * MINUTE
"""Between two looks whether our credentials are accepted again."""
SAID_AFTER = MINUTE
"""A part that is away for less than this is not worth a word on the card."""
CHECK_SAID_AFTER = 5 * MINUTE
"""The same of the permission check."""
MOST_SHOWN = 100
"""Posts that one look at a timeline shows; when it is full, ours may be further down."""
APART = MINUTE
"""Milliseconds by which the platform's clock may differ from the store's."""
UNCHECKED = "Slack does not let the desk look whether its approvers still may"
UNADMITTED = "the platform does not accept our credentials"


class PutOff(Exception):  # noqa: N818 -- reads as the fact it is
    """A reply waits for `after` milliseconds; `timed` where people can be told when it is tried next."""

    def __init__(self, reason: str, after: int, *, said_after: int = 0, timed: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.said_after = said_after
        self.timed = timed


class Barred(PutOff):
    """It waits because the platform does not accept our credentials."""


@contextmanager
def asking(who: str, tries: int, said_after: int = SAID_AFTER) -> Iterator[None]:
    """Turn what keeps somebody from answering into a wait. Raises `PutOff`."""
    try:
        yield
    except NotAdmitted:
        raise Barred(UNADMITTED, MEND) from None
    except Paced as paced:
        after = max(SECOND, int(paced.retry_after * SECOND))
        raise PutOff(f"{who} asks us to wait", after) from None
    except Unavailable:
        after = min(LONGEST, SECOND * 2 ** min(tries, 6))
        raise PutOff(f"{who} does not answer", after, said_after=said_after) from None


def for_the_store(epoch: Epoch, pause: int, now: Instant) -> None:
    """Raise `PutOff` while what the store forgot may not show on our timeline yet, or nobody has looked."""
    if epoch.held:
        raise PutOff("the store has gone back: PR has to check the timeline", LONGEST, timed=False)
    if epoch.changed_at is not None and now - epoch.changed_at < pause:
        raise PutOff("the store was changed over", epoch.changed_at + pause - now)


def hides(epoch: Epoch, opened_at: Instant, own: Sequence[OwnPost]) -> bool:
    """Say whether a reply that the store forgot may be out and not be among these posts of ours, newest first."""
    if epoch.changed_at is None or opened_at > epoch.changed_at or len(own) < MOST_SHOWN:
        return False
    return own[-1].created_at > (epoch.back_to or 0) - APART
