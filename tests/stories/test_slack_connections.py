"""Two connections to Slack: whatever happens to one, no click is lost and none is done twice."""

import asyncio
from dataclasses import replace

import pytest

from bot.adapters import slack_line
from bot.adapters.slack_line import Patience
from bot.adapters.slack_socket import LINES, MOST_CONNECTIONS
from tests.world import a_world

QUICK = Patience(ping_every=0.05, pause=0.1, longest_pause=1.0)
"""As patient as in life, with pings close together."""
BETWEEN = 10.0
"""Seconds that pass from one ping to the next, by the watch: less than any line's patience."""


class Watch:
    """By this the desk's lines know how long Slack has been silent; it stands still while a story does not move it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def watch(monkeypatch):
    watch = Watch()
    monkeypatch.setattr(slack_line, "_now", watch)
    return watch


@pytest.fixture
async def desk(desk_memory, tmp_path, watch):
    async with a_world(desk_memory.url, desk_memory.workspace, tmp_path, patience=QUICK) as world:
        yield world


async def passes(desk, watch, seconds):
    """Let time pass in which Slack speaks on each connection that is not deaf, and answers its pings."""
    for _ in range(int(seconds // BETWEEN) + 1):
        watch.now += BETWEEN
        await desk.until(lambda: all_heard(desk, watch.now), "pings and their answers on all that are not deaf")


def all_heard(desk, since):
    ours, theirs = desk.desk.listener._lines, lines(desk)._connections
    spoken = sum(line._spoke >= since for line in ours)
    answered = sum(line._ponged >= since for line in ours)
    return spoken >= sum(not one.deaf for one in theirs) and answered >= sum(not one.mute for one in theirs)


def lines(desk):
    """Return the desk's connections as the pretend Slack sees them."""
    return desk.sandbox.slack.socket


async def two_good_ones(desk, opened):
    """Wait until Slack has seen so many connections ever, and two of them stand and hear."""
    socket = lines(desk)
    await desk.until(
        lambda: socket.opened >= opened and desk.desk.listener.connections == LINES == len(socket._in_turn()),
        "two connections that hear",
        lambda: f"{socket.opened} opened, {socket.connections} open, {desk.desk.listener.connections} good",
    )


async def back_and_forth(desk, case, times):
    """Claim and release, so that every click that got lost would show."""
    for _ in range(times):
        assert await desk.seat("ana").clicks("Claim", case) == ""
        assert await desk.seat("ana").clicks("Release", case) == ""


async def test_the_desk_listens_on_two_connections_and_closes_both(desk):
    assert lines(desk).connections == LINES
    await desk.stop()
    assert lines(desk).connections == 0


@pytest.mark.parametrize("answers_pings", [True, False], ids=["still answers pings", "answers nothing"])
@pytest.mark.parametrize("number", [0, 1])
async def test_no_click_is_lost_while_one_connection_is_deaf_and_it_is_replaced(desk, watch, number, answers_pings):
    case = await desk.customer().posts()
    deaf = lines(desk)._connections[number]
    if not answers_pings:
        for line in desk.desk.listener._lines:
            line._patience = replace(line._patience, speak_within=60.0)
    lines(desk).deafen(number, answers_pings=answers_pings)
    await back_and_forth(desk, case, 2)
    assert lines(desk).opened == LINES
    await passes(desk, watch, QUICK.speak_within if answers_pings else QUICK.pong_within)
    await two_good_ones(desk, 3)
    await desk.until(lambda: deaf not in lines(desk)._connections, "the deaf one to be closed")
    await back_and_forth(desk, case, 2)


async def test_a_connection_that_slack_speaks_on_is_left_alone(desk, watch):
    await passes(desk, watch, QUICK.speak_within * 1.5)
    assert lines(desk).opened == LINES


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
@pytest.mark.parametrize("number", [0, 1, None], ids=["the first", "the second", "both"])
async def test_no_click_is_lost_while_connections_are_refreshed(desk, watch, reason, number):
    case = await desk.customer().posts()
    for _ in range(3):
        opened = lines(desk).opened
        clicking = asyncio.ensure_future(back_and_forth(desk, case, 1))
        await lines(desk).refresh(reason, number)
        await clicking
        # Asked to go, Slack closes it; only warned, the desk does after its time.
        await passes(desk, watch, QUICK.leave_within if reason == "warning" else 0)
        await two_good_ones(desk, opened + (LINES if number is None else 1))
    assert lines(desk).most_at_once <= 2 * LINES + 4, "the old ones are closed while new ones are opened"
    assert lines(desk).most_at_once < 10


async def test_a_click_being_worked_on_is_answered_when_its_connection_is_asked_to_go(desk):
    case = await desk.customer().posts()
    desk.weather.slow_ms = 300
    clicking = asyncio.ensure_future(desk.seat("ana").clicks("Claim", case))
    await desk.until(lambda: lines(desk)._waiting, "the click to be on its way")
    await lines(desk).refresh()
    assert await clicking == ""
    await desk.shows(case, "<@UANA>")


async def test_both_connections_lost_are_opened_again(desk):
    case = await desk.customer().posts()
    for lost in range(1, 4):
        desk.weather.drop_socket()
        await two_good_ones(desk, LINES + LINES * lost)
    await back_and_forth(desk, case, 1)


async def test_an_envelope_that_comes_on_both_connections_is_done_once(desk):
    case = await desk.customer().posts()
    await back_and_forth(desk, case, 1)
    claim = next(call.request for call in desk.sandbox.traffic.calls(method="interactive"))
    for connection in lines(desk)._in_turn():
        await connection.socket.send_json(claim)
    await desk.until(lambda: len(desk.sandbox.traffic.calls(method="ack")) == LINES, "an acknowledgement on each")
    assert (await desk.case(case)).owner is None
    assert (await desk.story(case)).count("Claimed") == 1
    assert desk.seat("ana").told == ""


async def test_where_the_app_has_too_many_connections_the_second_is_given_up_until_there_is_room(desk):
    case = await desk.customer().posts()
    client = desk.desk.listener._calls.client
    others = []
    while lines(desk).connections < MOST_CONNECTIONS + 1:
        answer = await client.apps_connections_open(app_token=desk.desk.listener._token)
        others.append(await client.session.ws_connect(answer["url"]))
        await others[-1].receive_json()
    opened = lines(desk).opened
    lines(desk).drop(1)
    await desk.until(lambda: lines(desk).opened > opened + 1, "several tries")
    await desk.until(lambda: desk.desk.listener.connections == 1, "the second given up")
    assert lines(desk).most_at_once <= MOST_CONNECTIONS + 1
    for other in others:
        await other.close()
    await desk.until(lambda: desk.desk.listener.connections == LINES, "the second connection")
    await back_and_forth(desk, case, 1)


def test_a_line_is_given_the_time_that_slack_s_own_client_gives():
    patience = Patience()
    assert patience.speak_within == 30.0
    assert patience.pong_within > 2 * patience.ping_every
