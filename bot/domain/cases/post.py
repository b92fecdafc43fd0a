"""A post that a customer wrote on a platform, and who wrote it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import AccountId, Instant, PlatformName, PostId


class PostKind(StrEnum):
    """How the post came to concern the brand."""

    MENTION = "mention"
    REPLY = "reply"
    QUOTE = "quote"


class ReplyPolicy(StrEnum):
    """Where a reply may be written: by the desk, only by hand on the platform, or nowhere."""

    API = "api"
    MANUAL = "manual"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a post, as the platform says; name and handle are the author's own, hostile words."""

    id: str
    handle: str
    name: str = ""
    followers: int = 0
    avatar_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post. `text` has been cleaned (see `words.clean`); `marks` says what cleaning did."""

    platform: PlatformName
    account: AccountId
    id: PostId
    author: Author
    text: str
    created_at: Instant
    kind: PostKind
    conversation_id: str
    in_reply_to: PostId | None = None
    lang: str = ""
    url: str = ""
    media: int = 0
    reply_policy: ReplyPolicy = ReplyPolicy.API
    reply_policy_reason: str = ""
    earlier_ids: tuple[PostId, ...] = ()
    marks: tuple[str, ...] = ()
    edited_at: Instant | None = None
    deleted_at: Instant | None = None

    @property
    def ids(self) -> tuple[PostId, ...]:
        """Return every id this post has had: an edit makes a new one on X."""
        return (*self.earlier_ids, self.id)
