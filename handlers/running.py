"""For those who run the desk: try set-aside work again, or give it up."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.ids import MessageTs
from bot.services.ops import Ops
from bot.views import ops as news
from bot.views.ids import Action
from handlers.kit import Click, Kit, OnClick
from handlers.tables import Flow


@dataclass(frozen=True, slots=True)
class Running(Flow):
    """The buttons of the ops channel."""

    kit: Kit
    ops: Ops

    def clicks(self) -> Mapping[str, OnClick]:
        return {Action.TRY_AGAIN: self.try_again, Action.GIVE_UP: self.give_up}

    async def try_again(self, click: Click) -> None:
        await self.ops.try_again(click.act.user, click.act.case_id, self._work(click))
        await self._settled(click, again=True)

    async def give_up(self, click: Click) -> None:
        await self.ops.give_up(click.act.user, click.act.case_id, self._work(click))
        await self._settled(click, again=False)

    def _work(self, click: Click) -> str:
        self.ops.refuse_elsewhere(click.act.seen_in)
        if not click.rest:
            raise Refused("That button is not one of ours any more.")
        return click.rest[0]

    async def _settled(self, click: Click, *, again: bool) -> None:
        ts = (click.body.get("container") or {}).get("message_ts")
        if click.act.seen_in and isinstance(ts, str):
            message = news.settled(click.act.case_id, click.act.user, again=again)
            await self.kit.chat.update(click.act.seen_in, MessageTs(ts), message)
