"""Slack as the desk writes to it."""

import math
from dataclasses import dataclass
from typing import Protocol

from bot.domain.ids import ChannelId, Instant, MessageTs, UserId
from bot.ports.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is shown in Slack: a full sentence for those who cannot see, and blocks."""

    text: str
    blocks: tuple[Json, ...] = ()


class Chat(Protocol):
    """Slack as the desk writes to it. `Paced` says when to try again.

    Where `start_by` is given (seconds by `time.monotonic`) nothing leaves after it: somebody else may be at it by then.
    """

    async def post(
        self,
        channel: ChannelId,
        message: Message,
        *,
        mark: str,
        thread: MessageTs | None = None,
        start_by: float = math.inf,
    ) -> MessageTs:
        """Post once; `mark` is carried as metadata so that a second attempt can find the first."""
        ...

    async def find(
        self, channel: ChannelId, mark: str, *, since: Instant, thread: MessageTs | None = None
    ) -> MessageTs | None:
        """Return the message that an earlier attempt posted with this mark, if any."""
        ...

    async def update(
        self, channel: ChannelId, ts: MessageTs, message: Message, *, start_by: float = math.inf
    ) -> None: ...

    async def whisper(self, channel: ChannelId, user: UserId, text: str) -> None:
        """Say something that only this person sees."""
        ...

    async def link(self, channel: ChannelId, ts: MessageTs) -> str: ...


class Screens(Protocol):
    """Modals and the home tab."""

    async def open(self, trigger_id: str, view: Json) -> None: ...

    async def update(self, view_id: str, view_hash: str, view: Json) -> None: ...

    async def home(self, user: UserId, view: Json) -> None: ...
