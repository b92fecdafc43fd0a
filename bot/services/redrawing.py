"""Drawings that were put off are asked for under their own key, so that they never run beside another."""

from dataclasses import dataclass

from bot.domain import drawing
from bot.domain.work import Work
from bot.ports import Outbox


@dataclass(frozen=True, slots=True)
class Redrawing:
    """Does the work `draw_again`."""

    outbox: Outbox

    async def ask(self, work: Work) -> None:
        await self.outbox.add([drawing.asked(work)])
