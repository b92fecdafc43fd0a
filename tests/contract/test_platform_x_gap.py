"""More than X keeps as mentions: against the pretend X, whose mentions end after 800 and whose search goes back seven days."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.adapters.platforms.x import XPlatform, connect
from bot.ports import Account, Missed
from bot.sandbox.server import Sandbox
from bot.sandbox.x.limits import LIMITS

SWEEPS = 60


@dataclass
class Reading:
    """A desk that only reads: it sweeps every minute and keeps what came, in the order in which it came."""

    sandbox: Sandbox
    platform: XPlatform = field(init=False)
    cursor: str | None = None
    came: list[str] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    sweeps: int = 0
    wrote: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.platform = self.connected()

    def connected(self) -> XPlatform:
        settings = {k.removeprefix("X_").lower(): v for k, v in self.sandbox.environment().items() if k[:2] == "X_"}
        platform = connect(Account(id="900000001", handle="LumenShop"), settings).platform
        assert isinstance(platform, XPlatform)
        platform.looking._now = platform.wire.limits._now = self.sandbox.clock.now
        return platform

    async def restart(self) -> None:
        await self.platform.close()
        self.platform = self.connected()

    def write(
        self, count: int, *, seconds: float, text: str = "@LumenShop order {}?", quoting: str | None = None
    ) -> None:
        """Let so many posts be written, spread over so many seconds."""
        for _ in range(count):
            post = self.sandbox.x.post("mia_travels", text.format(len(self.wrote)), quote_of=quoting)
            self.wrote.append(post.id)
            self.sandbox.clock.advance(seconds / count)

    def falls_behind(self, count: int) -> None:
        """Let so many posts be written in an hour, and search settle, before anybody looks."""
        self.write(count, seconds=3_600)
        self.sandbox.clock.advance(180)

    async def sweep(self, *, rounds: int = 20) -> None:
        self.sweeps += 1
        for _ in range(rounds):
            batch = await self.platform.fetch(self.cursor)
            assert len(batch.posts) <= 500
            self.came += [post.id for post in batch.posts]
            self.missed += [batch.missed] if batch.missed else []
            self.cursor = batch.cursor
            if not batch.more:
                return

    async def sweep_until_all_came(self, *, but: int = 0) -> None:
        for _ in range(SWEEPS):
            await self.sweep()
            if len(set(self.wrote) - set(self.came)) <= but:
                return
            self.sandbox.clock.advance(60)
        raise AssertionError(f"{len(set(self.wrote) - set(self.came))} of {len(self.wrote)} never came")

    def calls(self, end: str) -> int:
        return sum(call.method.endswith(end) for call in self.sandbox.traffic.calls())


@pytest.fixture
async def reading() -> AsyncIterator[Reading]:
    async with Sandbox.running(limits=False) as sandbox:
        made = Reading(sandbox)
        made.write(1, seconds=600)
        await made.sweep()
        yield made
        await made.platform.close()


async def test_what_mentions_do_not_show_any_more_is_found_by_search_and_comes_once(reading: Reading):
    reading.falls_behind(2_000)
    await reading.sweep()
    assert sorted(reading.came) == sorted(reading.wrote)
    assert 12 < reading.calls("/search/recent") < 50
    assert 8 < reading.calls("/mentions") < 20


async def test_the_newest_come_first_and_the_gap_from_its_oldest_end(reading: Reading):
    reading.falls_behind(2_000)
    await reading.sweep()
    first, *posts = reading.wrote
    assert reading.came == [first, *posts[-800:], *posts[:-800]]


async def test_a_desk_that_starts_again_goes_on_where_it_was(reading: Reading):
    reading.falls_behind(3_000)
    await reading.sweep(rounds=4)
    assert 800 < len(reading.came) < 3_000
    await reading.restart()
    await reading.sweep_until_all_came()
    assert sorted(reading.came) == sorted(reading.wrote)


async def test_with_few_calls_allowed_each_quarter_of_an_hour_catching_up_goes_on_and_ends(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(LIMITS, "search", 40)
    reading.falls_behind(3_000)
    reading.sandbox.x_limits.counting = True
    await reading.sweep_until_all_came()
    assert 16 <= reading.sweeps <= 50
    assert sorted(reading.came) == sorted(reading.wrote)


async def test_while_the_rest_waits_for_calls_what_is_new_still_comes_every_minute(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(LIMITS, "search", 20)
    reading.falls_behind(3_000)
    reading.sandbox.x_limits.counting = True
    await reading.sweep()
    assert len(reading.came) < 3_000
    for _ in range(5):
        reading.write(1, seconds=60, text="@LumenShop my lamp burns!")
        await reading.sweep()
        assert reading.wrote[-1] in reading.came


async def test_a_flood_within_seconds_waits_until_search_shows_it(reading: Reading):
    reading.sandbox.x.switches.set(search_lag_seconds=30)
    reading.write(3_000, seconds=20)
    await reading.sweep()
    assert 800 < len(reading.came) < 1_000
    await reading.sweep_until_all_came()
    assert reading.sweeps <= 5
    assert sorted(reading.came) == sorted(reading.wrote)


async def test_a_flood_that_goes_on_for_minutes_is_read_to_its_end(reading: Reading):
    reading.sandbox.x.switches.set(search_lag_seconds=30)
    for _ in range(4):
        reading.write(1_000, seconds=60)
        await reading.sweep()
    await reading.sweep_until_all_came()
    assert set(reading.came) == set(reading.wrote)


async def test_quiet_hours_and_a_burst_in_the_same_gap(reading: Reading):
    reading.write(40, seconds=80_000)
    reading.write(1_500, seconds=4)
    reading.write(900, seconds=80_000)
    await reading.sweep_until_all_came()
    assert reading.sweeps <= 4
    assert sorted(reading.came) == sorted(reading.wrote)
    assert reading.calls("/search/recent") < 120


async def test_search_that_is_away_keeps_nobody_waiting_but_the_rest(reading: Reading):
    reading.falls_behind(2_000)
    reading.sandbox.x.switches.set(search_closed=True)
    await reading.sweep()
    assert len(reading.came) == 801
    reading.sandbox.x.switches.set(search_closed=False)
    reading.sandbox.clock.advance(60)
    await reading.sweep()
    assert sorted(reading.came) == sorted(reading.wrote)


async def test_more_quotes_than_are_read_in_one_go_come_too(reading: Reading):
    own = reading.sandbox.x.post("LumenShop", "We have new lamps")
    reading.write(1, seconds=60, text="they sell these", quoting=own.id)
    await reading.sweep()
    reading.write(1_400, seconds=3_600, text="look {}", quoting=own.id)
    reading.sandbox.clock.advance(180)
    await reading.sweep()
    assert sorted(reading.came) == sorted(reading.wrote)


async def test_an_account_that_nobody_named_before_catches_up_too():
    async with Sandbox.running(limits=False) as sandbox:
        reading = Reading(sandbox)
        await reading.sweep()
        reading.write(1_500, seconds=3_600)
        sandbox.clock.advance(180)
        await reading.sweep()
        assert sorted(reading.came) == sorted(reading.wrote)
        await reading.platform.close()


async def test_the_first_look_ever_catches_nothing_up():
    async with Sandbox.running(limits=False) as sandbox:
        reading = Reading(sandbox)
        reading.write(1_500, seconds=3_600)
        sandbox.clock.advance(180)
        await reading.sweep()
        assert reading.came == reading.wrote[-100:]
        await reading.platform.close()


def made(reading: Reading, number: int) -> int:
    """Return when a post was made, in epoch milliseconds; negative numbers count from the newest."""
    return round(reading.sandbox.x.posts[reading.wrote[number]].created_at * 1000)


async def test_where_search_is_refused_again_and_again_the_time_that_is_missing_is_named(reading: Reading):
    reading.sandbox.x.switches.set(search_closed=True)
    reading.falls_behind(2_000)
    for _ in range(2):
        await reading.sweep()
        assert reading.missed == []
        reading.sandbox.clock.advance(60)
    for _ in range(3):
        await reading.sweep()
        reading.sandbox.clock.advance(60)
    (missed,) = reading.missed
    assert missed.since <= made(reading, 1)
    assert made(reading, -801) <= missed.until <= made(reading, -800)
    assert sorted(reading.came[1:]) == reading.wrote[-800:]
    asked = parse_qs(urlsplit(missed.url).query)["q"][0].split()
    assert asked == ["@LumenShop", f"since_time:{missed.since // 1000}", f"until_time:{missed.until // 1000 + 1}"]


async def test_what_is_older_than_search_goes_back_is_named_and_the_rest_comes(reading: Reading):
    day = 86_400
    reading.write(3_000, seconds=10 * day)
    await reading.sweep_until_all_came(but=920)
    (missed,) = reading.missed
    assert missed.since <= made(reading, 1)
    assert abs(missed.until - (reading.sandbox.clock.now() - 7 * day) * 1000) < 2 * 3_600_000
    assert set(reading.wrote[-2_000:]) <= set(reading.came)


async def test_after_more_than_seven_days_without_a_look_the_quotes_of_then_are_named(reading: Reading):
    reading.sandbox.clock.advance(9 * 86_400)
    await reading.sweep()
    await reading.sweep()
    (missed,) = reading.missed
    assert missed.until - missed.since == pytest.approx(2 * 86_400_000, abs=2 * 3_600_000)


async def test_quiet_days_with_a_look_now_and_then_miss_nothing(reading: Reading):
    for _ in range(10):
        reading.sandbox.clock.advance(86_400)
        await reading.sweep()
    reading.write(1_200, seconds=60)
    await reading.sweep_until_all_came()
    assert reading.missed == []
