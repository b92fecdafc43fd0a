"""Bugs planted on purpose, to see that the driver finds them. They live here and nowhere else."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import bot.adapters.redis_connect
import bot.domain.approving.approval
import bot.domain.replies.sending
import bot.wiring.parts
from bot.adapters.redis_store import RedisCaseStore
from bot.adapters.slack_chat import SlackChat
from bot.domain.approving.hold import Holds
from bot.domain.ids import OpId
from bot.domain.replies.reply import Unconfirmed
from bot.services.delivery import Delivery
from bot.services.tidying import Tidying


class BlindRetry(Delivery):
    """Sends again when the answer was unclear, without looking."""

    __slots__ = ()

    async def _call(self, *args):
        outcome = await super()._call(*args)
        return await super()._call(*args) if isinstance(outcome, Unconfirmed) else outcome


class NoMark(Delivery):
    """Sends first and writes down later: the mark is made in memory only."""

    __slots__ = ()

    async def _mark(self, work, rev, nonce, watermark, *, ground):
        marks = []
        store = self.store

        class Nowhere:
            async def change(self, case_id, op, decide, *, under, standing):
                marks.append(decide(await store.load(case_id), work.due).case)
                return marks[-1]

        unstored = type(self)(**{**{name: getattr(self, name) for name in Delivery.__slots__}, "store": Nowhere()})
        return await Delivery._mark(unstored, work, rev, nonce, watermark, ground=ground)


class NoHold(Delivery):
    """Sends as if nothing were ever held."""

    __slots__ = ()

    async def _unless_held(self, case, *rest):
        read = self.holds.read

        class Open:
            name = self.holds.name

            async def read(self):
                return replace(await read(), value=Holds())

        unheld = type(self)(**{**{name: getattr(self, name) for name in Delivery.__slots__}, "holds": Open()})
        return await Delivery._unless_held(unheld, case, *rest)


class NoFind(SlackChat):
    """Posts again without looking for what an earlier attempt has posted."""

    async def find(self, *args, **more):
        return None


class Untidy(Tidying):
    """Leaves a second card where it is."""

    async def tidy(self, work):
        return None


class NoOp(RedisCaseStore):
    """Takes each delivery of a click for a click of its own."""

    async def change(self, case_id, op, decide, **only):
        return await super().change(case_id, OpId(f"{op}:{secrets.token_hex(4)}"), decide, **only)


def _delivery(kind: type[Delivery]) -> Callable[[], None]:
    def plant() -> None:
        bot.wiring.parts.Delivery = kind

    return plant


def _one_yes() -> None:
    """Take anybody's yes for everybody's."""
    bot.domain.approving.approval.is_met = bot.domain.replies.sending.is_met = lambda demand, people: bool(people)


def _no_find() -> None:
    bot.wiring.parts.SlackChat = NoFind
    bot.wiring.parts.Tidying = Untidy


def _no_op() -> None:
    bot.adapters.redis_connect.RedisCaseStore = NoOp


PLANTS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "blind_retry": _delivery(BlindRetry),
    "no_mark": _delivery(NoMark),
    "no_hold": _delivery(NoHold),
    "one_yes": _one_yes,
    "no_find": _no_find,
    "no_op": _no_op,
}
