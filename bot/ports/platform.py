"""A social platform as the desk meets it: one brand account, its posts and its live feed."""

import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.cases.post import Post
from bot.domain.ids import AccountId, Instant, PlatformName, PostId
from bot.domain.replies.reply import Outcome, OwnPost, Reply
from bot.domain.text.wording import TextRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The brand's own account."""

    id: AccountId
    handle: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A time of which the platform lets nobody read every post any more; `url` shows it to a person."""

    since: Instant
    until: Instant
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Posts found since a cursor, oldest first; `cursor` is to be remembered once they are stored.

    `unreadable` are reasons for items that were left out; `more` says that another call would bring more; `missed` is
    what this cursor passes over for good, so people are to be told before it is remembered.
    """

    posts: tuple[Post, ...]
    cursor: str
    unreadable: tuple[str, ...] = ()
    more: bool = False
    missed: Missed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A post that can no longer be read, and why (deleted, protected, suspended)."""

    reason: str


class Platform(Protocol):
    """One brand account on one social platform."""

    @property
    def name(self) -> PlatformName: ...

    @property
    def account(self) -> Account: ...

    @property
    def text_rule(self) -> TextRule: ...

    async def whoami(self) -> Account:
        """Ask the platform whose credentials these are."""
        ...

    async def fetch(self, cursor: str | None) -> Batch:
        """Return mentions, replies and quotes since the cursor; reshares and our own posts are left out."""
        ...

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post | Gone]:
        """Return posts as they are now; an edited post is found under the id asked for."""
        ...

    async def reply(self, reply: Reply, within: float, start_by: float = math.inf) -> Outcome:
        """Make exactly one call, within so many seconds, and say what came of it. Never raises for the network.

        Nothing leaves after `start_by` (seconds by `time.monotonic`): that is looked at right before the bytes go.
        """
        ...

    async def own_posts(self, since: PostId | None) -> Sequence[OwnPost]:
        """Return our own account's newest posts (at most 100), newest first."""
        ...

    def by_hand_url(self, target: PostId, text: str) -> str:
        """Return an address where a person can write this reply on the platform."""
        ...


class Stream(Protocol):
    """A live feed of posts; may end or fail at any time, and the sweep fills the gap."""

    def listen(self, opened: Callable[[], None] | None = None) -> AsyncIterator[Post]:
        """Yield posts as they come, and call `opened` when they begin to; raises `Unavailable` when the feed breaks."""
        ...
