"""Looks whether the store was changed over, and holds replies back until our own timeline can be trusted instead."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from bot.domain.errors import Broken, Refused, Unavailable
from bot.domain.ids import SECOND, ChannelId, Instant, UserId
from bot.domain.people import Side
from bot.domain.policy import Policy
from bot.domain.replies import epoch
from bot.domain.replies.epoch import Epoch
from bot.domain.running import ops_news
from bot.ports import Directory, Memory, Outbox

REMEMBERED = "epoch"
OFTEN = 5 * SECOND
"""The epoch is not written again within this time where nothing has changed."""
TRIES = 5


class Epochs(Protocol):
    """What tells a store that was changed over: which server it is, and what was kept of it outside."""

    @property
    def sure(self) -> bool:
        """Whether the store never forgets what it acknowledged, also when its server ends and another takes over."""
        ...

    async def server(self) -> str:
        """Return a word that changes when the server was started again or another took over."""
        ...

    def outside(self) -> Instant | None:
        """Return what `keep` was told last on this machine, None where nothing was."""
        ...

    def keep(self, seen: Instant) -> None:
        """Keep it outside the store, where a backup of the store does not reach."""
        ...


@dataclass(frozen=True, slots=True)
class Changeover:
    """What sending asks before each reply, and what a person of PR confirms in the ops channel."""

    memory: Memory
    epochs: Epochs
    outbox: Outbox
    directory: Directory
    policy: Policy

    async def look(self) -> Epoch:
        """Return the epoch as it is now; people are told when it has changed. Raises `Unavailable`."""
        # Outside first: what another process writes meanwhile makes the store's word newer, never older.
        outside = self.epochs.outside()
        for _ in range(TRIES):
            raw = await self.memory.recall(REMEMBERED)
            known, now = _read(raw), await self.memory.now()
            after = epoch.observed(known, await self.epochs.server(), outside, now, sure=self.epochs.sure)
            if known and known == replace(after, seen=known.seen) and after.seen - known.seen < OFTEN:
                return known
            if after.changed_at and (known is None or known.changed_at != after.changed_at):
                await self.outbox.add([ops_news.changed_over(after.server, held=after.held)])
            if await self.memory.swap(REMEMBERED, raw, _written(after)):
                self.epochs.keep(after.seen)
                return after
        raise Unavailable("too many look at the store's epoch at once")

    async def confirm(self, by: UserId, seen_in: ChannelId | None) -> None:
        """Let replies leave again, because somebody of PR has looked at the timeline. Raises `Refused`."""
        if seen_in != self.policy.ops_channel:
            raise Refused(f"That is a copy. Please use the one in <#{self.policy.ops_channel}>.")
        if not await self.directory.side_of(by, Side.PR):
            raise Refused("Only somebody of PR can say that the timeline is checked. Please ask one of them.")
        raw = await self.memory.recall(REMEMBERED)
        known = _read(raw)
        if known is None or not known.held:
            raise Refused("That was taken care of already.")
        if not await self.memory.swap(REMEMBERED, raw, _written(epoch.confirmed(known, by))):
            raise Refused("Something changed in that moment. Please click once more.")


def _written(known: Epoch) -> str:
    return json.dumps(asdict(known), sort_keys=True)


def _read(raw: str | None) -> Epoch | None:
    if raw is None:
        return None
    try:
        found = json.loads(raw)
        return Epoch(**{**found, "seen": Instant(int(found["seen"]))})
    except (ValueError, TypeError, KeyError):
        raise Broken("What was remembered of the store's epoch cannot be read.") from None
