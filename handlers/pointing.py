"""`/desk points`: which talking points there are, withdrawing one at once, letting it be used again."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.services.points import Points
from bot.views import points as shown
from handlers.tables import Asked, Command, Flow


@dataclass(frozen=True, slots=True)
class Pointing(Flow):
    """The talking points of the house."""

    points: Points

    def commands(self) -> Mapping[str, Command]:
        usage = "points (talking points; `points withdraw ID REASON` and `points restore ID` for PR and their owner)"
        return {"points": Command(self.answer, usage)}

    async def answer(self, asked: Asked) -> str:
        verb, _, rest = asked.words.partition(" ")
        name, _, reason = rest.strip().partition(" ")
        if verb.casefold() == "withdraw":
            point = await self.points.withdraw(asked.user, asked.op, name, reason.strip())
            return shown.withdrawn(point)
        if verb.casefold() == "restore":
            return shown.restored(await self.points.restore(asked.user, asked.op, name))
        return shown.listed(await self.points.listed(asked.user))
