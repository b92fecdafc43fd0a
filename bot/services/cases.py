"""Who has a case, and how it ends: each method carries the verb on the button."""

from dataclasses import dataclass

from bot.domain.cases import ending, ownership
from bot.domain.cases.case import Case, Resolution
from bot.domain.ids import UserId, later
from bot.domain.people import Side
from bot.services.acting import Act, Acting


@dataclass(frozen=True, slots=True)
class Cases:
    """Claim, pass on, snooze, dismiss, resolve, reopen."""

    acting: Acting

    async def claim(self, act: Act) -> Case:
        return await self.acting.do(act, "claim", ownership.claim)

    async def release(self, act: Act) -> Case:
        return await self.acting.do(act, "release", lambda case, by, now: ownership.release(case, by.id, now))

    async def take_over(self, act: Act) -> Case:
        return await self.acting.do(act, "take_over", ownership.take_over)

    async def reassign(self, act: Act, to: UserId) -> Case:
        receiver = await self.acting.directory.person(to)
        return await self.acting.do(act, "reassign", lambda case, by, now: ownership.reassign(case, by, receiver, now))

    async def hand_over(self, act: Act, to: Side, reason: str) -> Case:
        return await self.acting.do(
            act, "hand_over", lambda case, by, now: ownership.hand_over(case, by, to, reason, now)
        )

    async def accept(self, act: Act) -> Case:
        return await self.acting.do(act, "accept", ownership.accept)

    async def snooze(self, act: Act, milliseconds: int) -> Case:
        return await self.acting.do(
            act, "snooze", lambda case, by, now: ownership.snooze(case, by, later(now, milliseconds), now)
        )

    async def dismiss(self, act: Act, resolution: Resolution, reason: str) -> Case:
        return await self.acting.do(
            act, "dismiss", lambda case, by, now: ending.dismiss(case, by, resolution, reason, now)
        )

    async def agree(self, act: Act) -> Case:
        return await self.acting.do(act, "agree", ending.agree)

    async def keep(self, act: Act) -> Case:
        return await self.acting.do(act, "keep", ending.keep)

    async def resolve(self, act: Act) -> Case:
        return await self.acting.do(act, "resolve", ending.resolve)

    async def reopen(self, act: Act) -> Case:
        return await self.acting.do(act, "reopen", ending.reopen)
