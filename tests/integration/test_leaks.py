"""No secret and no word of a customer gets out: not into logs at DEBUG, not into Slack, not into the store."""

import re
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from bot.adapters.embedded_server import EmbeddedServer
from bot.adapters.redis_connect import connect, open_ports
from bot.sandbox import cast
from bot.sandbox.server import Sandbox
from bot.sandbox.x.oauth import Door
from bot.sandbox.x.problems import unauthorized
from tests.integration.place import Place
from tests.integration.processes import Process
from tests.servers import no_work
from tests.world import OUT, REPLY

CANARY = "canary7391"
WORDS = "my purple giraffe lamp"


async def test_a_whole_way_with_every_kind_of_trouble_leaks_nothing(folder: Path, monkeypatch) -> None:
    secrets = canaries(monkeypatch)
    async with Sandbox.running(limits=False) as sandbox:
        place = Place(sandbox, folder)
        place.environment |= {"REPLYDESK_APPROVAL_KEY": f"{CANARY}-a-key-for-approvals-of-enough-letters"}
        assert CANARY in str(place.environment["X_ACCESS_SECRET"])
        async with place.bot("run", REPLYDESK_LOG_LEVEL="DEBUG") as desk:
            await place.listening()
            await through_trouble(place, desk)
            assert await desk.stops() == 0
        said = desk.said
        shown = str([sandbox.slack.messages(c) for c in ("C0CARE", "C0PRDESK", "C0OPS")])
        shown += str([sandbox.slack.seat(user).ephemerals for user in ("UANA", "UPAT")])
    stored = await everything_in(place.store)
    assert OUT in place.published()
    assert WORDS in shown
    assert WORDS.encode() in stored
    for secret in [CANARY, *secrets, place.environment["REPLYDESK_APPROVAL_KEY"]]:
        assert secret not in said
        assert secret not in shown
        assert secret.encode() not in stored
    for word in (WORDS, REPLY, "mia_travels", "Mia", "giraffe"):
        assert word not in said
    assert re.search(r"unreachable|work_later|library_said_something", said)


def canaries(monkeypatch) -> list[str]:
    """Give the sandbox keys that nobody else has, each with the canary in it."""
    names = ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_SECRET", "X_BEARER_TOKEN", "SLACK_SIGNING_SECRET")
    for name in names:
        monkeypatch.setattr(cast, name, f"{getattr(cast, name)}-{CANARY}")
    return [getattr(cast, name) for name in (*names, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")]


async def through_trouble(place: Place, desk: Process) -> None:
    """A published reply, and on the way: a 401 and a 503 of X, a Slack error, a lost connection, a lost answer."""
    sandbox = place.sandbox
    card = await place.in_review(f"@LumenShop {WORDS} is broken. Hello?")
    sandbox.weather.slack_lose_answers = 1
    sandbox.weather.drop_socket()
    await place.until(lambda: sandbox.slack.socket.opened >= 2, "a new connection", lambda: desk.said)
    await place.listening()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Door, "admit", refusing)
        await place.until(lambda: calls(sandbox, 401), "a 401 of X", lambda: str(calls(sandbox, 200)))
    sandbox.weather.x_down = True
    await place.until(lambda: calls(sandbox, 503), "a 503 of X", lambda: str(calls(sandbox, 200)))
    sandbox.weather.x_down = False
    sandbox.slack.app = replace(sandbox.slack.app, scopes=sandbox.slack.app.scopes - {"chat:write"})
    place.writes(f"@LumenShop {WORDS} again", author="theo_bakes")
    await place.until(lambda: refused(sandbox, "missing_scope"), "an error of Slack", lambda: desk.said)
    sandbox.weather.slow_ms = 8_500
    await place.until(lambda: "Unavailable" in desk.said, "a time-out", lambda: desk.said)
    sandbox.weather.slow_ms = 0
    sandbox.slack.app = replace(sandbox.slack.app, scopes=sandbox.slack.app.scopes | {"chat:write"})
    await place.clicks("UPAT", "Approve and send", card)
    await place.answered(card)


def calls(sandbox: Sandbox, status: int) -> list[str]:
    return [call.method for call in sandbox.traffic.calls(side="x") if call.status == status]


def refused(sandbox: Sandbox, error: str) -> list[str]:
    return [call.method for call in sandbox.traffic.calls(side="slack") if call.error == error]


def refusing(self: Door, *_: object) -> NoReturn:
    raise unauthorized()


async def everything_in(folder: Path) -> bytes:
    """Return all that a desk has stored: its files, what the server dumps, and its cases unpacked."""
    server = EmbeddedServer(folder)
    client = connect(await server.start())
    try:
        dumps = [await client.dump(key) or b"" for key in await client.keys()]
        store = open_ports(client, "desk", follow=no_work).store
        cases = [repr(await store.load(case_id)).encode() for case_id in await store.listed("open", 100)]
    finally:
        await client.aclose()
        await server.stop()
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    return b"\n".join(dumps + cases + files)
