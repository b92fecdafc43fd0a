"""What the pretend X stores: accounts, posts and the versions of a post."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

MENTION = re.compile(r"(?<![\w@/])@([A-Za-z0-9_]{1,15})(?!\w)")
LEADING_MENTIONS = re.compile(r"^(?:@[A-Za-z0-9_]{1,15}\s+)+")

EDIT_LIMIT = 5
"""A post can be edited five times (X's help page on editing)."""


@dataclass(kw_only=True)
class Account:
    """Somebody on the pretend X; `follows` holds account ids, for posts that only answer to people they follow."""

    id: str
    handle: str
    name: str
    followers: int = 120
    verified: bool = False
    protected: bool = False
    suspended: bool = False
    created_at: float = 1_400_000_000.0
    bio: str = ""
    follows: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Post:
    """One version of a post: an edit makes a new `Post` with a new id and the same `versions` list, oldest first.

    `text` is what people see, unescaped, with the leading mentions of a reply. `source` is "web" for people, "app" for
    what came through the API, "native" for what the brand's own staff typed on X. Times are epoch seconds.
    """

    id: str
    author_id: str
    text: str
    created_at: float
    visible_at: float
    conversation_id: str
    versions: list[str]
    lang: str = "en"
    source: str = "web"
    in_reply_to: str | None = None
    quote_of: str | None = None
    repost_of: str | None = None
    reply_settings: str = "everyone"
    media: list[str] = field(default_factory=list)
    deleted: bool = False
    likes: int = 0
    reposts: int = 0

    @property
    def is_latest(self) -> bool:
        return self.versions[-1] == self.id

    def mentions(self) -> list[str]:
        """Handles without @, folded to lower case, in the order of the text, each once."""
        return list(dict.fromkeys(handle.casefold() for handle in MENTION.findall(self.text)))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def body_of(text: str) -> str:
    """The words without the leading mentions of a reply."""
    return LEADING_MENTIONS.sub("", text)
