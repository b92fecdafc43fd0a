"""A drawing of a card that Slack gets late, over a newer one, does not stay."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import drawing
from bot.domain.cases.effects import slack_lane
from bot.domain.ids import SECOND
from bot.sandbox.slack.chat_methods import update as slack_draws
from bot.sandbox.slack.state import Json
from tests.world import Shown, World

PAST_A_LEASE = 41


@dataclass
class Way:
    """The way of drawings to Slack. The next one is held up where `holding`, with its bytes in `late`."""

    holding: bool = False
    late: list[Json] = field(default_factory=list)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: bool = False


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Way:
    way, sends = Way(), AsyncWebClient.chat_update

    async def held_up(self, **message):
        if way.holding:
            way.holding = False
            way.late.append(message)
            await way.free.wait()
            answer = await sends(self, **message)
            way.arrived = True
            return answer
        return await sends(self, **message)

    monkeypatch.setattr(AsyncWebClient, "chat_update", held_up)
    return way


async def released_and_claimed(desk: World, way: Way) -> Shown:
    """Return Mia's case in Ben's hands; the drawing that shows it free, after Ana released it, is held up on its way."""
    case = await desk.customer().posts()
    free = desk.card(case)
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.offers(case, "Release")
    await desk.settled()
    way.holding = True
    assert await desk.seat("ana").clicks("Release", case) == ""
    await desk.until(lambda: way.late, "the drawing to be on its way")
    assert await desk.seat("ben").clicks("Claim", case, on=free) == ""
    return case


async def nothing_waits(desk: World, case: Shown) -> bool:
    return await desk.desk.outside.redis.outbox.waiting(slack_lane(case.channel)) == 0


async def test_a_drawing_that_outlived_its_lease_is_drawn_over(desk, way):
    case = await released_and_claimed(desk, way)
    await desk.pass_time(seconds=PAST_A_LEASE)
    await desk.until_async(partial(nothing_waits, desk, case), "another to have drawn the card")
    assert "<@UBEN>" in desk.card_text(case)
    way.free.set()
    await desk.until(lambda: way.arrived, "the late drawing to arrive")
    await desk.settled()
    assert "<@UBEN>" in desk.card_text(case)


async def test_a_drawing_left_by_a_process_that_is_gone_is_drawn_over(desk, way):
    case = await released_and_claimed(desk, way)
    await desk.crash()
    await desk.start()
    await desk.pass_time(seconds=PAST_A_LEASE)
    await desk.shows(case, "<@UBEN>")
    await desk.settled()
    slack_draws(desk.sandbox.slack, way.late[0])
    assert "<@UBEN>" not in desk.card_text(case)
    await desk.pass_time(seconds=drawing.ARRIVED_BY / SECOND)
    await desk.settled()
    assert "<@UBEN>" in desk.card_text(case)
