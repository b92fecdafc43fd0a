"""What may leave without PR: `/desk limits` shows it, PR switches a limit off and on."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.services.limits import Limits
from handlers.tables import Asked, Command, Flow


@dataclass(frozen=True, slots=True)
class Limiting(Flow):
    """The limits, by command only."""

    limits: Limits

    def commands(self) -> Mapping[str, Command]:
        return {
            "limits": Command(self.show, "limits (what may leave without PR, and what is switched off)"),
            "limit": Command(self.switch, "limit off NAME (PR only: nothing more leaves inside it; limit on NAME)"),
        }

    async def show(self, asked: Asked) -> str:
        return await self.limits.overview(asked.user)

    async def switch(self, asked: Asked) -> str:
        turn, _, name = asked.words.partition(" ")
        if turn.casefold() not in ("on", "off") or not name.strip():
            raise Refused("Say which one: `/desk limit off late parcel`, or `on`. `/desk limits` shows their names.")
        on = turn.casefold() == "on"
        limit = await self.limits.switch(asked.user, name, asked.op, on=on)
        if on:
            return f"The limit “{limit.name}” is on again."
        return f"The limit “{limit.name}” is off: what has not begun to leave inside it goes to its approvers."
