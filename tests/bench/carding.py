"""A post on an idle desk until Slack receives its card: commit, wake-up, relay, drawing and the call."""

import asyncio
from collections.abc import Callable

from bot.adapters.slack_chat import SlackCalls, SlackChat, open_client
from bot.domain.cases.post import Post
from bot.domain.ids import ChannelId
from bot.ports import Message
from bot.process import Role, run
from bot.sandbox.changes import Subscription
from tests.bench.figures import Figure, Goal, Rule, Size, median, percentile
from tests.bench.place import DeskInPlace, Place, a_desk
from tests.bench.samples import customer_posts

WARM_UP = 5
SECONDS_BETWEEN = 5
"""What the clocks are pushed between two cards: the channel's pace allows one a second."""


async def carding(place: Place, size: Size) -> list[Figure]:
    async with a_desk(place) as desk:
        stop = asyncio.Event()
        running = asyncio.create_task(run(desk.desk, stop, Role.WORK))
        try:
            rounds = await _rounds(place, desk, size)
        finally:
            stop.set()
            await running
    against = "one durable SET, then the same message sent by slack_sdk alone"

    def typical(which: int, share: float) -> float:
        return median([percentile(samples[which], share) for samples in rounds])

    return [
        Figure(name="post_to_card_p50", value=typical(0, 0.5), unit="ms", baseline=typical(1, 0.5), against=against),
        Figure(
            name="post_to_card_p99",
            value=typical(0, 0.99),
            unit="ms",
            baseline=typical(1, 0.99),
            against=against,
            goal=Goal(Rule.BELOW, 150),
        ),
    ]


async def _rounds(place: Place, desk: DeskInPlace, size: Size) -> list[tuple[list[float], list[float]]]:
    posts = iter(customer_posts(WARM_UP + size.rounds * size.cards))
    bench = _Cards(place, desk)
    for _ in range(WARM_UP):
        await bench.card(next(posts))
        await bench.bare()
    rounds = []
    for _ in range(size.rounds):
        pairs = [(await bench.card(next(posts)), await bench.bare()) for _ in range(size.cards)]
        rounds.append(([card for card, _ in pairs], [bare for _, bare in pairs]))
    return rounds


class _Cards:
    """Measures by the pretend Slack's own clock when a call came in."""

    def __init__(self, place: Place, desk: DeskInPlace) -> None:
        self.place = place
        self.desk = desk
        self.now: Callable[[], float] = desk.sandbox.clock.now
        settings = desk.desk.outside.settings
        client = open_client(
            settings.slack_bot_token.get_secret_value(), settings.slack_api_url, desk.desk.outside.session
        )
        self.chat = SlackChat(SlackCalls(client))
        self.shown = Message(text="")

    async def card(self, post: Post) -> float:
        """Return the milliseconds from handing in a post until its card's call is there."""
        await self._rest()
        with self.desk.sandbox.changes.subscribe() as heard:
            begun = self.now()
            case = await self.desk.desk.intake.receive(post)
            received, message = await _received(heard, f"{case.id}:")
        self.shown = Message(text=message["text"], blocks=tuple(message["blocks"]))
        return (received - begun) * 1_000

    async def bare(self) -> float:
        await self._rest()
        with self.desk.sandbox.changes.subscribe() as heard:
            begun = self.now()
            await self.place.client.set("bench:bare", "x" * 1_000)
            await self.chat.post(ChannelId("C0OPS"), self.shown, mark="bare")
            received, _ = await _received(heard, self.shown.text)
        return (received - begun) * 1_000

    async def _rest(self) -> None:
        """Wait until the desk has nothing to do, and let the channel's pace recover."""
        relay = self.desk.desk.relay
        while relay._running:
            await asyncio.wait(relay._running)
        self.desk.clock.pass_time(seconds=SECONDS_BETWEEN)
        self.desk.sandbox.clock.advance(SECONDS_BETWEEN)
        # The relay looks once more after its last work, then it rests.
        await asyncio.sleep(0.02)


async def _received(heard: Subscription, begins: str) -> tuple[float, dict]:
    """Return when the next message that begins so came in, by the sandbox's clock; earlier emergencies still have steps."""
    async for change in heard:
        call = change["payload"]
        if change["topic"] == "traffic" and call["method"] == "chat.postMessage":
            assert call["ok"], call["error"]
            if call["request"]["text"].startswith(begins):
                return call["at"] - call["ms"] / 1_000, call["request"]
    raise AssertionError("a subscription has no end")
