"""The sandbox's clock, changes, traffic and weather, which both pretend sides build on."""

import asyncio
import json

import pytest

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.state import State
from bot.sandbox.traffic import RING, Call, Traffic
from bot.sandbox.weather import LABELS, Weather, XLate


@pytest.fixture
def clock():
    return SandboxClock()


@pytest.fixture
def changes():
    return Changes()


@pytest.fixture
def weather(changes):
    return Weather(changes=changes)


async def test_a_week_of_sleep_passes_at_once_when_the_clock_is_pushed(clock):
    before = clock.now()
    sleeper = asyncio.ensure_future(clock.sleep(7 * 86_400))
    await asyncio.sleep(0)
    clock.advance(86_400)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(6 * 86_400)
    await sleeper

    assert clock.now() - before >= 7 * 86_400


async def test_a_sleep_passes_by_itself_too(clock):
    before = clock.now()
    await clock.sleep(0.02)

    assert clock.now() - before >= 0.02


async def test_waiting_for_a_future_leaves_it_uncancelled(clock):
    future = asyncio.get_running_loop().create_future()

    assert not await clock.done_within(future, 0)
    assert not future.cancelled()
    future.set_result(1)
    assert await clock.done_within(future, 0)


def test_the_clock_never_goes_backwards(clock):
    with pytest.raises(ValueError, match="only goes forward"):
        clock.advance(-1)
    assert SandboxClock(offset=100).now() - clock.now() > 99


async def test_every_subscriber_hears_every_change_in_order(changes):
    with changes.subscribe() as first, changes.subscribe() as second:
        changes.publish("message", {"ts": "1"})
        changes.publish("view", {})
        heard = [[(await s.get())["topic"] for _ in range(2)] for s in (first, second)]
    changes.publish("message", {})

    assert heard == [["message", "view"]] * 2


async def test_a_slow_subscriber_is_told_to_start_afresh(changes):
    with changes.subscribe(limit=2) as slow:
        for _ in range(3):
            changes.publish("message", {})
        assert (await slow.get())["topic"] == "resync"
        changes.publish("view", {})
        assert (await slow.get())["topic"] == "view"


def test_traffic_keeps_the_newest_calls_and_writes_all_of_them(clock, changes, tmp_path):
    file = tmp_path / "calls.jsonl"
    traffic = Traffic(clock, changes, file=file)
    for number in range(RING + 5):
        traffic.record(Call(side="x", method="POST /2/tweets", status=201, request={"n": number}))

    assert len(traffic.calls()) == RING
    assert traffic.calls("POST /2/tweets", side="x")[0].n == 6
    assert traffic.calls(side="slack") == []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["request"]["n"] for line in lines] == list(range(RING + 5))


def test_traffic_trims_what_is_long_and_hides_what_is_secret(clock, changes):
    secrets = {
        "Authorization": "OAuth abc",
        "token": "plain",
        "deep": [{"access_token": "plain"}],
        "text": "Bearer abc.def",
    }
    call = Traffic(clock, changes).record(
        Call(side="x", method="m", status=200, request={**secrets, "long": "x" * 9_000})
    )

    assert call.request["Authorization"] == call.request["token"] == call.request["deep"][0]["access_token"] == "…"
    assert "abc.def" not in call.request["text"]
    assert len(call.request["long"]) == 3_001


async def test_weather_is_set_told_and_cleared(weather, changes):
    with changes.subscribe() as told:
        weather.set(slow_ms=200, x_late="cut", x_late_seconds=2)
        assert (await told.get())["payload"]["slow_ms"] == 200
    assert weather.x_late is XLate.CUT
    weather.clear()

    assert weather.values() == Weather(changes=changes).values()


def test_counted_weather_is_used_up(weather):
    weather.set(slack_429=2)

    assert [weather.take("slack_429") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    "switches",
    [
        {"fog": True},
        {"slow_ms": "fast"},
        {"slow_ms": -1},
        {"slow_ms": True},
        {"x_down": 1},
        {"x_late": "maybe"},
        {"changes": None},
    ],
)
def test_wrong_weather_is_refused_in_a_sentence(weather, switches):
    before = weather.values()
    with pytest.raises(ValueError, match=r"\w+ .*"):
        weather.set(slack_down=True, **switches)
    assert weather.values() == before


def test_the_page_can_draw_every_switch(weather):
    rows = weather.describe()

    assert {row["name"] for row in rows} == set(LABELS)
    assert {row["kind"] for row in rows} == {"int", "float", "bool", "choice"}
    assert json.loads(json.dumps(rows)) == rows


def test_two_messages_in_the_same_instant_have_different_growing_timestamps():
    state = State()
    stamps = [state.next_ts(1_795_000_000.5) for _ in range(3)] + [state.next_ts(1_794_999_999.0)]

    assert len(set(stamps)) == 4
    assert stamps == sorted(stamps)
    assert stamps[0] == "1795000000.500000"
