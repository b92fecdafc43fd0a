"""Which channels are shared is read now and then, not before each message; who finds one shared stays out at once."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

from collections.abc import Callable

import pytest

from bot.adapters.redis_connect import open_ports
from bot.domain.document import Change
from bot.domain.errors import Broken
from bot.domain.ids import ChannelId, Instant, MessageTs, OpId
from bot.domain.job import Job
from bot.domain.running.sharing import KNOWN_FOR, Sharing, looked
from bot.ports import Document, Message, Stored
from bot.services.guarded_chat import GuardedChat
from bot.services.recent import Recent
from bot.services.sharing import Shared
from bot.views import sharing as views
from bot.wiring.parts import SHARED_OUTSIDE
from config.policy import load_policy
from config.settings import POLICY_FILE
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

CARE = ChannelId("C0CARE")
CARD = Message(text="A card")
POLICY = load_policy(POLICY_FILE)


class Slack:
    """Channels that are shared or not, and what was said in them."""

    def __init__(self) -> None:
        self.shared = False
        self.said: list[str] = []

    async def is_shared(self, channel: ChannelId) -> bool:
        return self.shared

    async def post(self, channel: ChannelId, message: Message, **_: object) -> MessageTs:
        self.said.append(message.text)
        return MessageTs("1.0")

    async def update(self, channel: ChannelId, ts: MessageTs, message: Message, **_: object) -> None:
        self.said.append(message.text)


class Counted:
    """The document on the real store, and how often it was read."""

    def __init__(self, document: Document[Sharing]) -> None:
        self.name, self.reads, self._document = document.name, 0, document

    async def read(self) -> Stored[Sharing]:
        self.reads += 1
        return await self._document.read()

    async def change(self, op: OpId, decide: Callable[[Sharing, Instant], Change[Sharing]]) -> Sharing:
        return await self._document.change(op, decide)


class Process:
    """One process of the desk, on a watch of its own."""

    def __init__(self, desk: DeskMemory, slack: Slack) -> None:
        ports = open_ports(desk.client, desk.workspace, follow=desk.follow, offset=desk.clock)
        self.watch = 0.0
        self.document = Counted(ports.document(SHARED_OUTSIDE))
        known = Recent(self.document, KNOWN_FOR, lambda: self.watch)
        self.shared = Shared(known, slack, desk.outbox, POLICY)
        self.chat = GuardedChat(slack, self.shared)  # type: ignore[arg-type]  # the other verbs are not used here

    async def speaks(self) -> bool:
        """Post and draw again; say whether both were let through."""
        try:
            await self.chat.post(CARE, CARD, mark="card:C-1")
            await self.chat.update(CARE, MessageTs("1.0"), CARD)
        except Broken:
            return False
        return True


@pytest.fixture
def slack() -> Slack:
    return Slack()


async def test_a_busy_moment_costs_one_look(desk: DeskMemory, slack: Slack) -> None:
    process = Process(desk, slack)
    await process.speaks()
    before = process.document.reads
    assert [await process.speaks() for _ in range(10)] == [True] * 10
    process.watch += KNOWN_FOR / 1000
    assert await process.speaks()
    assert (before, process.document.reads) == (2, 3)
    assert slack.said == ["A card"] * 24


async def test_who_finds_a_channel_shared_says_nothing_more_there_at_once(desk: DeskMemory, slack: Slack) -> None:
    process = Process(desk, slack)
    assert await process.speaks()
    slack.shared = True
    assert await process.shared.look(CARE)
    assert not await process.speaks()
    with pytest.raises(Broken):
        await process.chat.update(CARE, MessageTs("1.0"), CARD)
    assert slack.said == ["A card", "A card", views.BLANK.text]
    slack.shared = False
    assert not await process.shared.look(CARE)
    assert await process.speaks()


async def test_every_process_stays_out_by_the_time_the_cards_are_looked_at(desk: DeskMemory, slack: Slack) -> None:
    one, other = Process(desk, slack), Process(desk, slack)
    assert (await one.speaks(), await other.speaks()) == (True, True)
    slack.shared = True
    await one.shared.look(CARE)
    other.watch += KNOWN_FOR / 1000
    assert not await other.speaks()


def test_the_cards_are_looked_at_when_every_process_goes_by_what_was_found() -> None:
    effects = looked(Sharing(seen=(CARE,)), CARE, Instant(5_000), closed=True).effects
    assert {effect.job: effect.after for effect in effects} == {Job.TELL_OPS: 0, Job.SPREAD_SHARING: KNOWN_FOR}


async def test_each_of_two_changes_within_a_moment_has_the_cards_looked_at(desk: DeskMemory, slack: Slack) -> None:
    process = Process(desk, slack)
    await process.speaks()
    slack.shared = True
    await process.shared.look(CARE)
    desk.clock.pass_time(ms=KNOWN_FOR // 4)
    slack.shared = False
    await process.shared.look(CARE)
    desk.clock.pass_time(ms=2 * KNOWN_FOR)
    due = (await desk.outbox.take(10, 60_000, {})).work
    assert [work.job for work in due].count(Job.SPREAD_SHARING) == 2
