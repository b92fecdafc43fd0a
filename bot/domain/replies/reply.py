"""What leaves the house and what became of it."""

import re
from dataclasses import dataclass

from bot.domain.ids import AccountId, Instant, PlatformName, PostId
from bot.domain.replies.draft import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Exactly what is to be published, where, and as whom. Nothing else ever reaches a platform."""

    platform: PlatformName
    account: AccountId
    target: PostId
    text: str
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPost:
    """A post on our own account, as read back; `text` without the leading mentions that the platform adds."""

    id: PostId
    text: str
    created_at: Instant
    in_reply_to: PostId | None = None
    url: str = ""


_MENTIONS_IN_FRONT = re.compile(r"^(?:@\w+\s+)+")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def same_words(published: str, approved: str) -> bool:
    """Say whether these are the same words, apart from what platforms change on the way.

    They put mentions in front of a reply (and we cannot tell theirs from ours), wrap links and fold white space.
    """
    return _plain(published) == _plain(approved)


def _plain(text: str) -> str:
    return _SCHEME.sub("", _MENTIONS_IN_FRONT.sub("", " ".join(text.split()) + " ")).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The platform accepted it and named it."""

    id: PostId
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedByPlatform:
    """A known, permanent no: nothing was published."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Proved that nothing was published; may be tried again, after `retry_after` seconds where the platform says."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """Nobody knows: it may be out there. Never tried again blindly."""

    reason: str


Outcome = Sent | RefusedByPlatform | NotSent | Unconfirmed
