"""Starts that must not happen, and parts that are away: one clear sentence, and no crash where waiting helps."""

import re
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.place import Place
from tests.integration.processes import finished, servers_on
from tests.servers import Server
from tests.world import COMPLAINT, OUT

NOTHING_STARTED = re.compile(r"Nothing was started: (\d+) to correct\.")


async def refused(place: Place, *words: str, code: int = 1, **settings: str | None) -> str:
    """Run a desk that must not start, and return what it says."""
    async with place.bot("run", *words, **settings) as desk:
        assert await desk.ends() == code, desk.said
    assert desk.out == []
    assert servers_on(place.store) == []
    assert "Traceback" not in desk.said
    assert "nobody_caught_this" not in desk.said
    return desk.said


async def test_every_missing_setting_is_named_at_once(folder: Path) -> None:
    code, desk = await finished("run", folder=folder)
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "X_API_KEY", "X_ACCESS_SECRET", "REPLYDESK_APPROVAL_KEY"):
        assert f"error: {name} is not set" in desk.said
    told = NOTHING_STARTED.search(desk.err[-1])
    assert told
    assert int(told[1]) == sum(line.startswith("error: ") for line in desk.err)
    assert list(folder.iterdir()) == []


async def test_missing_malformed_and_unknown_settings_come_together(place: Place) -> None:
    (place.folder / ".env").write_text("SLACK_BOT_TOKN=x\n")
    settings = {"X_API_KEY": None, "REPLYDESK_POLL_SECONDS": "often", "REPLYDESK_LOG_LEVEL": "LOUD"}
    said = await refused(place, code=2, **settings)
    for words in (
        "X_API_KEY is not set",
        "REPLYDESK_POLL_SECONDS in the environment must be a whole number",
        "REPLYDESK_LOG_LEVEL in the environment cannot be used",
        "SLACK_BOT_TOKN in .env is not a setting. Did you mean SLACK_BOT_TOKEN?",
        "Nothing was started: 4 to correct.",
    ):
        assert words in said
    assert not place.data.exists()
    assert place.sandbox.traffic.calls() == []


async def test_a_policy_that_cannot_be_used_starts_nothing(place: Place) -> None:
    (place.folder / "policy.toml").write_text("[desk]\nops = 3\n")
    said = await refused(place, code=2)
    assert "Nothing was started" in said
    assert not place.data.exists()


async def test_another_brands_credentials_are_refused(place: Place) -> None:
    policy = place.folder / "policy.toml"
    policy.write_text(policy.read_text().replace('id = "900000001"', 'id = "900000002"'))
    said = await refused(place)
    assert "The credentials for x belong to @LumenShop (900000001), but the policy names @LumenShop (900000002)" in said
    assert place.cards() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--appendonly", "no"), "appendonly is no and must be yes"),
        (("--appendfsync", "everysec"), "appendfsync is everysec and must be always"),
        (("--maxmemory-policy", "allkeys-lru"), "maxmemory-policy is allkeys-lru and must be noeviction"),
    ],
)
async def test_a_redis_that_forgets_is_refused(place: Place, options: tuple[str, str], words: str) -> None:
    with Server(place.folder, *options).running() as server:
        assert words in await refused(place, REDIS_URL=server.url)


async def test_allow_volatile_accepts_a_redis_without_a_file(place: Place) -> None:
    with Server(place.folder, "--appendonly", "no").running() as server:
        async with place.bot("run", "--allow-volatile", REDIS_URL=server.url) as desk:
            await place.listening()
            assert await desk.stops() == 0


async def test_allow_volatile_does_not_accept_one_that_evicts(place: Place) -> None:
    with Server(place.folder, "--maxmemory-policy", "allkeys-lru").running() as server:
        assert "must be noeviction" in await refused(place, "--allow-volatile", REDIS_URL=server.url)


async def test_a_redis_that_is_away_is_waited_for(place: Place) -> None:
    server = Server(place.folder)
    async with place.bot("run", REDIS_URL=server.url) as desk:
        await desk.says("Redis at unix://")
        with server.running():
            await place.listening()
            assert await desk.stops() == 0
    assert "tries again in 1 s" in desk.said


async def test_a_desk_comes_up_by_itself_when_slack_comes_back(place: Place) -> None:
    place.sandbox.weather.slack_down = True
    async with place.bot("run") as desk:
        await desk.says("Slack is away")
        place.sandbox.weather.slack_down = False
        await place.listening()
        place.writes()
        await place.card(COMPLAINT.removeprefix("@LumenShop "))
        assert await desk.stops() == 0
    assert desk.err[0].endswith("The desk waits for it and tries again in 1 s.")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_waiting_for_slack_can_be_ended(place: Place, number: signal.Signals) -> None:
    place.sandbox.weather.slack_down = True
    async with place.bot("run") as desk:
        await desk.says("Slack is away")
        assert await desk.stops(number) == 0
    assert desk.err[-1] == "Stopped while waiting for Slack."
    assert servers_on(place.store) == []


async def test_slack_refusing_the_token_ends_it_with_the_next_step(place: Place) -> None:
    wrong = place.environment["SLACK_BOT_TOKEN"] + "-wrong"
    said = await refused(place, SLACK_BOT_TOKEN=wrong)
    assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth)" in said
    assert wrong not in said


async def test_slack_refusing_the_app_token_ends_it_with_the_next_step(place: Place) -> None:
    wrong = place.environment["SLACK_APP_TOKEN"] + "-wrong"
    said = await refused(place, SLACK_APP_TOKEN=wrong)
    assert "Slack refuses SLACK_APP_TOKEN (invalid_auth)" in said
    assert wrong not in said


async def test_a_desk_starts_while_x_is_away_and_replies_when_it_is_back(place: Place) -> None:
    async with place.bot("run") as desk:
        await place.listening()
        card = await place.in_review()
        assert await desk.stops() == 0
    place.sandbox.weather.x_down = True
    async with place.bot("run") as desk:
        await desk.says("X is away")
        await place.listening()
        place.sandbox.weather.x_down = False
        await place.clicks("UPAT", "Approve and send", card)
        await place.answered(card)
        assert await desk.stops() == 0
    assert place.published() == [OUT]


async def test_a_lost_connection_to_slack_is_opened_anew(place: Place) -> None:
    async with place.bot("run") as desk:
        await place.listening()
        opened = place.sandbox.slack.socket.opened
        place.sandbox.weather.drop_socket()
        await place.until(lambda: place.sandbox.slack.socket.opened > opened, "a new connection", lambda: desk.said)
        await place.listening()
        card = await place.in_review()
        assert await desk.stops() == 0
    assert card


async def test_a_long_outage_of_slack_is_survived_and_stopping_in_it_is_clean(place: Place) -> None:
    async with place.bot("run", REPLYDESK_LOG_JSON="false") as desk:
        await place.listening()
        place.sandbox.weather.slack_down = True
        place.sandbox.weather.drop_socket()
        await desk.says("slack_unreachable")
        place.sandbox.weather.slack_down = False
        await place.listening()
        place.sandbox.weather.slack_down = True
        place.sandbox.weather.drop_socket()
        await place.until(lambda: desk.said.count("slack_unreachable") >= 2, "the second outage", lambda: desk.said)
        assert await desk.stops() == 0
    assert servers_on(place.store) == []


async def test_an_address_where_nobody_answers_is_named_and_waited_for(place: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/api/"
        async with place.bot("run", SLACK_API_URL=nobody) as desk:
            await desk.says("Slack is away")
            assert await desk.stops() == 0


async def test_a_folder_that_cannot_be_written_is_said(place: Place) -> None:
    place.data.write_text("in the way")
    said = await refused(place)
    assert "error: " in said
    assert str(place.data) in said
    with suppress(FileNotFoundError):
        place.data.unlink()
