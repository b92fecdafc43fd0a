"""What stories of paging need: who is on call, what reached whom, a click in a direct message, house rules of their own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import Unavailable
from bot.domain.escalating.plan import Plan
from bot.domain.ids import UserId
from bot.domain.policy import EscalationRule, Paging, Policy
from bot.ports.alarm import Alarm, Stage
from bot.sandbox.slack.clicks import action_of
from tests.chairs import SEATS
from tests.reading import Json, find_control
from tests.world import World

FIRE = "@LumenShop my lamp caught fire and the fire brigade is here!"
NAMES = {user: name for name, user in SEATS.items()}


async def begins_at(desk: World, moment: str) -> None:
    """Let time pass until a moment, which lies ahead."""
    now = await desk.desk.outside.redis.memory.now()
    ahead = datetime.fromisoformat(moment).timestamp() - now / 1000
    assert ahead > 0
    await desk.pass_time(seconds=ahead)


async def on_call(desk: World, schedule: str) -> str:
    (user,) = await desk.desk.duties.on_duty(schedule, await desk.desk.outside.redis.memory.now())
    return NAMES[user]


def pages(desk: World, name: str, words: str = "needs you") -> list[Json]:
    return [dict(message) for message in desk.seat(name).seat.dms if words in message["text"]]


async def paged(desk: World, name: str, count: int = 1, words: str = "needs you") -> Json:
    await desk.until(
        lambda: len(pages(desk, name, words)) >= count, f"{count} page(s) to {name}", lambda: str(everything(desk))
    )
    return pages(desk, name, words)[-1]


def everything(desk: World) -> dict[str, list[str]]:
    return {
        name: [message["text"] for message in desk.seat(name).seat.dms] for name in ("ana", "ben", "pat", "kim", "otto")
    }


async def clicks_page(desk: World, name: str, label: str, page: Json) -> str:
    """Click a button of a direct message; return what only this person is told."""
    seat = desk.seat(name).seat
    block, element, option = find_control(page, label)
    before = len(seat.ephemerals)
    action = action_of(block, element, option, desk.sandbox.clock.now())
    answer = await seat.click_raw(f"D0{SEATS[name]}", page["ts"], action)
    assert answer.acknowledged, answer
    return "\n".join(shown["text"] for shown in seat.ephemerals[before:])


def rules(*plans: Plan, **paging: object) -> Callable[[Policy], Policy]:
    """Return house rules with these plans alone, in this order, whatever starts them."""

    def changed(policy: Policy) -> Policy:
        kept = Paging(rules=tuple(EscalationRule(plan=plan) for plan in plans), last_resort=UserId("UPAT"))
        return replace(policy, paging=replace(kept, **paging))  # type: ignore[arg-type]  # what a story cares about

    return changed


class TextMessages:
    """A second route that keeps what it sent; `down` makes it fail."""

    name = "text message"

    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, str]] = {}
        self.down = False
        self.handed_over = 0
        self.settled: list[tuple[str, str]] = []

    async def page(self, alarm: Alarm) -> bool:
        if self.down:
            raise Unavailable("no signal")
        self.handed_over += 1
        self.sent.setdefault(alarm.key, (alarm.to, alarm.body))
        return True

    async def settle(self, key: str, stage: Stage) -> None:
        self.settled.append((key, stage))
