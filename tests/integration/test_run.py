"""`run` as people run it: one process or two, stopped, killed and started again."""

import signal
from pathlib import Path

import psutil
import pytest

from bot.adapters.slack_socket import LINES
from tests.integration.place import Place
from tests.integration.processes import servers_on
from tests.world import OUT


async def test_one_process_takes_a_post_all_the_way_to_a_published_reply(place: Place) -> None:
    async with place.bot("run") as desk:
        await place.listening()
        card = await place.approved()
        await place.answered(card)
        assert await desk.stops() == 0
        assert desk.out == []
    assert place.published() == [OUT]
    assert servers_on(place.store) == []


async def test_a_bot_and_a_worker_share_one_folder_and_publish_once(place: Place) -> None:
    async with place.bot("run", "--role", "bot") as bot, place.bot("run", "--role", "worker") as worker:
        await place.listening()
        card = await place.approved()
        await place.answered(card)
        await place.listening(LINES)
        assert place.sandbox.slack.socket.connections == LINES
        assert len(servers_on(place.store)) == 1
        assert await bot.stops() == 0
        assert len(servers_on(place.store)) == 1
        assert await worker.stops() == 0
    assert servers_on(place.store) == []
    assert place.published() == [OUT]


async def test_the_next_start_goes_on_with_what_is_stored(place: Place) -> None:
    async with place.bot("run") as desk:
        await place.listening()
        card = await place.in_review()
        assert await desk.stops(signal.SIGINT) == 0
    async with place.bot("run") as desk:
        await place.listening()
        await place.clicks("UPAT", "Approve and send", card)
        await place.answered(card)
        assert await desk.stops() == 0
    assert place.published() == [OUT]
    assert len(place.cards()) == 1


async def test_a_killed_worker_is_followed_by_the_next_and_nothing_doubles(place: Place) -> None:
    async with place.bot("run", "--role", "bot") as bot:
        async with place.bot("run", "--role", "worker") as worker:
            await place.listening()
            card = await place.in_review()
            await worker.kill()
        async with place.bot("run", "--role", "worker") as worker:
            await place.clicks("UPAT", "Approve and send", card)
            await place.answered(card)
            place.writes("@LumenShop and my other lamp hums", author="theo_bakes")
            await place.card("my other lamp hums")
            assert await worker.stops() == 0
        assert await bot.stops() == 0
    assert servers_on(place.store) == []
    assert place.published() == [OUT]
    assert len(place.cards()) == 2


async def test_a_desk_that_is_killed_leaves_its_memory_to_the_next(place: Place) -> None:
    async with place.bot("run") as desk:
        await place.listening()
        card = await place.in_review()
        await desk.kill()
    assert len(servers_on(place.store)) == 1
    async with place.bot("run") as desk:
        await place.until(lambda: "The desk is running" in desk.said, "the start")
        await place.listening()
        await place.clicks("UPAT", "Approve and send", card)
        await place.answered(card)
        assert await desk.stops() == 0
    assert servers_on(place.store) == []
    assert place.published() == [OUT]


async def test_a_named_redis_is_used_and_left_running(place: Place, redis_url: str) -> None:
    async with place.bot("run", REDIS_URL=redis_url, REPLYDESK_WORKSPACE="named-redis") as desk:
        await place.listening()
        card = await place.approved()
        await place.answered(card)
        assert await desk.stops() == 0
    assert place.published() == [OUT]
    assert [file.name.partition("-")[0] for file in place.data.iterdir()] == ["epoch"], (
        "only the note about that server"
    )


async def test_a_stopped_desk_leaves_no_process_behind(place: Place) -> None:
    async with place.bot("run") as desk:
        await place.listening()
        children = [child.pid for child in psutil.Process(desk.pid).children(recursive=True)]
        assert await desk.stops() == 0
    assert [pid for pid in children if psutil.pid_exists(pid)] == []


@pytest.mark.parametrize("role", ["all", "bot", "worker"])
async def test_an_idle_desk_says_only_that_it_starts_and_stops(place: Place, role: str) -> None:
    async with place.bot("run", "--role", role, REPLYDESK_LOG_JSON="false") as desk:
        await desk.says("started")
        if role != "worker":
            await place.listening()
        await place.until(lambda: idle_calls(place) >= (2 if role != "bot" else 0), "two looks at X", lambda: desk.said)
        assert await desk.stops() == 0
    assert desk.err[0] == "The desk is running. Ctrl-C ends it."
    assert [line.split()[2] for line in desk.err[1:]] == ["started", "stopped"]
    assert desk.out == []


def idle_calls(place: Place) -> int:
    return sum("mentions" in call.method for call in place.sandbox.traffic.calls(side="x"))


async def test_settings_come_from_the_folder_it_is_started_in(place: Place, folder: Path) -> None:
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in place.environment.items()))
    nothing: dict[str, str | None] = dict.fromkeys(place.environment)
    async with place.bot("run", **nothing) as desk:
        await place.listening()
        assert await desk.stops() == 0
