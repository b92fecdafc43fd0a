"""For those who run the desk: try set-aside work again or give it up, let replies leave again."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.ids import ChannelId, MessageTs
from bot.ports import Message
from bot.services.changeover import Changeover
from bot.services.ops import Ops
from bot.views import ops as news
from bot.views.ids import Action
from handlers.kit import Body, Click, Kit, OnClick, read_user
from handlers.tables import Flow, OnBody


@dataclass(frozen=True, slots=True)
class Running(Flow):
    """The buttons of the ops channel."""

    kit: Kit
    ops: Ops
    changeover: Changeover

    def clicks(self) -> Mapping[str, OnClick]:
        return {Action.TRY_AGAIN: self.try_again, Action.GIVE_UP: self.give_up}

    def controls(self) -> Mapping[str, OnBody]:
        return {Action.CHECKED: self.checked}

    async def try_again(self, click: Click) -> None:
        await self.ops.try_again(click.act.user, click.act.case_id, self._work(click))
        await self._settled(click, again=True)

    async def give_up(self, click: Click) -> None:
        await self.ops.give_up(click.act.user, click.act.case_id, self._work(click))
        await self._settled(click, again=False)

    async def checked(self, body: Body) -> None:
        user, channel = read_user(body), str((body.get("channel") or {}).get("id") or "")
        await self.changeover.confirm(user, ChannelId(channel))
        await self._answered(body, ChannelId(channel), news.confirmed(user))

    def _work(self, click: Click) -> str:
        self.ops.refuse_elsewhere(click.act.seen_in)
        if not click.rest:
            raise Refused("That button is not one of ours any more.")
        return click.rest[0]

    async def _settled(self, click: Click, *, again: bool) -> None:
        if click.act.seen_in:
            message = news.settled(click.act.case_id, click.act.user, again=again)
            await self._answered(click.body, click.act.seen_in, message)

    async def _answered(self, body: Body, channel: ChannelId, message: Message) -> None:
        ts = (body.get("container") or {}).get("message_ts")
        if isinstance(ts, str):
            await self.kit.chat.update(channel, MessageTs(ts), message)
