"""X at its worst, played by a server that does exactly what a test says, byte by byte."""

import asyncio
import contextlib
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.adapters.platforms.x import XPlatform
from bot.adapters.platforms.x_client import Keys
from bot.domain.errors import Broken, Paced, Unavailable
from bot.domain.ids import PostId
from bot.domain.replies.reply import NotSent, Outcome, RefusedByPlatform, Reply, Sent, Unconfirmed
from bot.ports import Account

SECRETS = {
    "api_key": "key-of-ours",
    "api_secret": "secret-of-ours",
    "access_token": "1-token-of-ours",
    "access_secret": "hidden-of-ours",
    "bearer_token": "bearer-of-ours",
}
PATIENCE = 5.0

Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Reads each request whole, keeps it, and plays the act."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.requests: list[bytes] = []
        self.asked = asyncio.Event()
        self.port = 0
        self._doing: set[asyncio.Task[None]] = set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._doing.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            self.requests.append(head + await reader.readexactly(length))
            self.asked.set()
            await self.act(reader, writer)
        writer.close()
        self._doing.discard(task)

    async def stop(self) -> None:
        for task in list(self._doing):
            task.cancel()
        await asyncio.gather(*self._doing, return_exceptions=True)


@contextlib.asynccontextmanager
async def x_that(act: Act) -> AsyncIterator[tuple[Server, XPlatform]]:
    server = Server(act)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        async with a_platform(f"http://127.0.0.1:{server.port}/x") as platform:
            yield server, platform
    finally:
        listener.close()
        await server.stop()
        await listener.wait_closed()


def a_platform(api_url: str) -> XPlatform:
    return XPlatform(account=Account(id="1", handle="LumenShop"), keys=Keys(**SECRETS), api_url=api_url)


def answers(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Act:
    async def act(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(
            f"HTTP/1.1 {status} Whatever\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode()
            + body
        )
        await writer.drain()

    return act


async def cuts(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def cuts_within_the_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"data": {"id": "17"'
    )
    await writer.drain()
    writer.transport.abort()


async def never_answers(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def never_finishes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
    await writer.drain()
    await reader.read()


async def babbles(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 not http at all\r\n\r\n")
    await writer.drain()


async def lies_about_gzip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!")
    await writer.drain()


def says(**body: object) -> bytes:
    return json.dumps(body).encode()


HTML = b"<html><body>503 Over capacity</body></html>"
DUPLICATE = says(detail="You are not allowed to create a Tweet with duplicate content.", title="Forbidden", status=403)
REPLY = Reply(platform="x", account="1", target=PostId("17"), text="Sorry & <3 \U0001f64f")


async def reply_to(act: Act, within: float = PATIENCE) -> tuple[Outcome, Server]:
    async with x_that(act) as (server, platform):
        return await platform.reply(REPLY, within), server


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        pytest.param(answers(201, says(data={"id": "18", "text": "x"})), Sent, id="taken"),
        pytest.param(answers(201, says(data={"text": "x"})), Unconfirmed, id="taken without an id"),
        pytest.param(answers(200, says(meta={})), Unconfirmed, id="JSON without data"),
        pytest.param(answers(503, HTML, "text/html"), Unconfirmed, id="HTML 503"),
        pytest.param(answers(500, says(title="Internal")), Unconfirmed, id="JSON 500"),
        pytest.param(answers(403, DUPLICATE), Unconfirmed, id="duplicate 403"),
        pytest.param(answers(403, says(detail="No.")), RefusedByPlatform, id="another 403"),
        pytest.param(answers(403, HTML, "text/html"), Unconfirmed, id="HTML 403"),
        pytest.param(answers(400, says(title="Invalid Request")), RefusedByPlatform, id="400"),
        pytest.param(answers(401, says(title="Unauthorized")), NotSent, id="401"),
        pytest.param(answers(404, says(title="Not Found")), RefusedByPlatform, id="404"),
        pytest.param(answers(429, says(title="Too Many Requests")), NotSent, id="429"),
        pytest.param(answers(201, b"x" * 10_000_000), Unconfirmed, id="10 MB that is not JSON"),
        pytest.param(answers(201, b"{" * 200_000), Unconfirmed, id="JSON too deep"),
        pytest.param(answers(201, b'{"data": {"id": "17\xff"}}'), Unconfirmed, id="JSON in no encoding"),
        pytest.param(cuts, Unconfirmed, id="cut connection"),
        pytest.param(cuts_within_the_body, Unconfirmed, id="cut within the answer"),
        pytest.param(babbles, Unconfirmed, id="not HTTP"),
        pytest.param(lies_about_gzip, Unconfirmed, id="broken compression"),
    ],
)
async def test_one_call_is_made_and_its_answer_means(act: Act, kind: type):
    outcome, server = await reply_to(act)
    assert type(outcome) is kind, outcome
    assert len(server.requests) == 1


@pytest.mark.parametrize("act", [never_answers, never_finishes])
async def test_an_answer_that_does_not_come_in_time_leaves_the_reply_in_doubt(act: Act):
    outcome, server = await reply_to(act, within=0.2)
    assert isinstance(outcome, Unconfirmed)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_because_it_would_post_again(status: int):
    outcome, server = await reply_to(answers(status, says(), Location="/x/2/tweets"))
    assert isinstance(outcome, Unconfirmed)
    assert len(server.requests) == 1


async def test_the_text_leaves_exactly_as_given_and_under_its_post():
    _, server = await reply_to(answers(201, says(data={"id": "18"})))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /x/2/tweets HTTP/1.1\r\n")
    assert json.loads(body) == {"text": REPLY.text, "reply": {"in_reply_to_tweet_id": "17"}}


async def test_a_connection_that_x_drops_when_it_is_used_again_puts_no_reply_in_doubt():
    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answers(201, says(data={"id": "18"}))(reader, writer)
        await reader.read(1)
        writer.transport.abort()

    async with x_that(act) as (_, platform):
        for _ in range(2):
            assert isinstance(await platform.reply(REPLY, PATIENCE), Sent)


async def test_a_refused_connection_proves_that_nothing_left():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody else gets the port
        async with a_platform(f"http://127.0.0.1:{taken.getsockname()[1]}/x") as platform:
            assert isinstance(await platform.reply(REPLY, PATIENCE), NotSent)


async def test_an_unknown_host_proves_that_nothing_left():
    async with a_platform("https://x.invalid") as platform:
        assert isinstance(await platform.reply(REPLY, PATIENCE), NotSent)


async def test_a_failed_handshake_proves_that_nothing_left():
    async with x_that(babbles) as (server, _), a_platform(f"https://127.0.0.1:{server.port}/x") as platform:
        outcome = await platform.reply(REPLY, 1.0)
    assert isinstance(outcome, NotSent)
    assert server.requests == []


async def test_a_process_that_was_held_up_sends_nothing_even_with_a_connection_open():
    async with x_that(answers(201, says(data={"id": "18"}))) as (server, platform):
        outcome = await platform.reply(REPLY, PATIENCE, start_by=time.monotonic() - 0.001)
    assert isinstance(outcome, NotSent)
    assert server.requests == []


@pytest.mark.parametrize("size", [100, 12_000_000], ids=["in the kernel's hands", "in ours"])
@pytest.mark.filterwarnings("ignore:Sending a large body")
async def test_bytes_that_did_not_reach_x_in_time_never_do(size: int):
    """A network that stalls: X's end takes nothing until long after the limit, then everything that is still coming."""
    with socket.socket() as x:
        x.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        x.bind(("127.0.0.1", 0))
        x.listen(1)
        x.setblocking(False)
        reply = Reply(platform=REPLY.platform, account=REPLY.account, target=REPLY.target, text="x" * size)
        async with a_platform(f"http://127.0.0.1:{x.getsockname()[1]}/x") as platform:
            outcome = await platform.reply(reply, 0.3)
            assert isinstance(outcome, Unconfirmed)
            loop = asyncio.get_running_loop()
            late, _ = await loop.sock_accept(x)
            with late:
                arrived, ending = await all_of(late)
    # The other end's kernel takes about 1 MB in time; without the abort, the rest follows.
    assert (arrived < 6_000_000, ending) == (True, ConnectionResetError)


async def all_of(late: socket.socket) -> tuple[int, type[Exception] | None]:
    """Return how many bytes still came, and what ended them."""
    arrived = 0
    try:
        while part := await asyncio.get_running_loop().sock_recv(late, 1 << 16):
            arrived += len(part)
    except ConnectionResetError as error:
        return arrived, type(error)
    return arrived, None


@pytest.mark.parametrize("within", [0.0, -3.0])
async def test_without_time_left_no_call_is_made(within: float):
    outcome, server = await reply_to(cuts, within=within)
    assert isinstance(outcome, NotSent)
    assert server.requests == []


async def test_a_cancelled_reply_stays_cancelled_so_that_the_desk_knows_it_is_in_doubt():
    async with x_that(never_answers) as (server, platform):
        replying = asyncio.ensure_future(platform.reply(REPLY, PATIENCE))
        await server.asked.wait()
        replying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await replying
        assert len(server.requests) == 1


async def test_an_endpoint_known_to_be_empty_is_not_called():
    act = answers(429, says(title="Too Many Requests"), x_rate_limit_remaining="0", x_rate_limit_reset="99999999999")
    async with x_that(act) as (server, platform):
        for _ in range(3):
            outcome = await platform.reply(REPLY, PATIENCE)
            assert isinstance(outcome, NotSent)
            assert outcome.retry_after is not None
            assert 890 < outcome.retry_after <= 900
        assert len(server.requests) == 1
        with pytest.raises(Paced):  # another endpoint is asked for itself
            await platform.own_posts(None)
        assert len(server.requests) == 2


async def test_the_last_call_of_a_window_is_the_last_one_made():
    act = answers(200, says(meta={"result_count": 0}), x_rate_limit_remaining="0", x_rate_limit_reset="99999999999")
    async with x_that(act) as (server, platform):
        assert list(await platform.own_posts(None)) == []
        with pytest.raises(Paced):
            await platform.own_posts(None)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("act", "error"),
    [
        pytest.param(answers(503, HTML, "text/html"), Unavailable, id="HTML 503"),
        pytest.param(answers(200, HTML, "text/html"), Unavailable, id="HTML 200"),
        pytest.param(answers(200, says(hello="there")), Broken, id="JSON without data"),
        pytest.param(answers(200, b"[]"), Unavailable, id="a list"),
        pytest.param(answers(401, says(title="Unauthorized")), Broken, id="401"),
        pytest.param(answers(403, says(title="Forbidden")), Broken, id="403"),
        pytest.param(answers(429, says(title="Too Many Requests")), Paced, id="429"),
        pytest.param(answers(302, b"", Location="http://127.0.0.1:9/"), Unavailable, id="redirect"),
        pytest.param(cuts, Unavailable, id="cut connection"),
        pytest.param(cuts_within_the_body, Unavailable, id="cut within the answer"),
        pytest.param(babbles, Unavailable, id="not HTTP"),
        pytest.param(lies_about_gzip, Unavailable, id="broken compression"),
        pytest.param(answers(200, b'{"data": "' + b"x" * 40_000_000 + b'"}'), Unavailable, id="40 MB"),
    ],
)
async def test_a_sweep_that_fails_says_how(act: Act, error: type[Exception]):
    async with x_that(act) as (_, platform):
        with pytest.raises(error) as raised:
            await platform.fetch(None)
    assert type(raised.value).__mro__[0] is error or isinstance(raised.value, error)


async def test_a_sweep_that_hangs_ends_by_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.adapters.platforms.x.READ_SECONDS", 0.2)
    async with x_that(never_answers) as (_, platform):
        with pytest.raises(Unavailable):
            await platform.fetch(None)


def a_row(number: int, **more: object) -> dict[str, object]:
    return {
        "id": str(number),
        "author_id": "7",
        "text": f"@LumenShop {number}",
        "created_at": "2026-11-22T10:00:00.000Z",
        **more,
    }


async def test_ten_megabytes_in_one_post_are_one_shortened_post():
    page = says(
        data=[a_row(19, text="@LumenShop " + "late &amp; " * 1_000_000), a_row(18)],
        meta={"newest_id": "19", "result_count": 2},
    )

    async with x_that(answers(200, page)) as (_, platform):
        batch = await platform.fetch(None)
    assert [post.id for post in batch.posts] == ["18", "19"]
    assert len(batch.posts[1].text) <= 10_000
    assert batch.posts[1].text.startswith("@LumenShop late & late & ")
    assert batch.posts[1].marks == ("shortened",)


async def test_a_bad_item_costs_nothing_but_itself_and_the_cursor_passes_it():
    rows = [a_row(22, text=None), {"id": "21"}, a_row(20, author_id=None), "nonsense", None, {"text": "x"}, a_row(19)]
    async with x_that(answers(200, says(data=rows, meta={"newest_id": "22", "result_count": 7}))) as (_, platform):
        batch = await platform.fetch('{"mentions": "5", "quotes": "5"}')
    assert [post.id for post in batch.posts] == ["19"]
    assert json.loads(batch.cursor)["mentions"] == "22"
    assert sorted(set(batch.unreadable)) == ["no_author:20", "no_author:21", "no_id", "no_text:22"]


async def test_access_without_search_is_remembered_and_mentions_go_on():
    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        search = b"/search/" in server.requests[-1].split(b"\r\n")[0]
        page = answers(403, says(title="Client Forbidden")) if search else answers(200, says(data=[a_row(19)], meta={}))
        await page(reader, writer)

    async with x_that(act) as (server, platform):
        for _ in range(3):
            assert [post.id for post in (await platform.fetch(None)).posts] == ["19"]
        assert not platform.quotes_readable
        assert sum(b"/search/" in asked.split(b"\r\n")[0] for asked in server.requests) == 1


async def test_a_search_that_is_down_leaves_its_cursor_and_is_asked_again():
    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        search = b"/search/" in server.requests[-1].split(b"\r\n")[0]
        page = answers(503, HTML, "text/html") if search else answers(200, says(data=[a_row(19)], meta={}))
        await page(reader, writer)

    async with x_that(act) as (server, platform):
        for _ in range(2):
            batch = await platform.fetch('{"mentions": "5", "quotes": "7"}')
            assert json.loads(batch.cursor)["quotes"] == "7"
        assert sum(b"/search/" in asked.split(b"\r\n")[0] for asked in server.requests) == 2


async def test_a_post_that_x_says_nothing_about_is_not_taken_for_gone():
    row = {
        "resource_type": "tweet",
        "parameter": "referenced_tweets.id",
        "value": "18",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
    async with x_that(answers(200, says(data=[a_row(17)], errors=[row]))) as (_, platform):
        found = await platform.look_up([PostId("17"), PostId("18"), PostId("19")])
    assert list(found) == ["17"]


async def test_at_debug_no_secret_and_no_word_of_ours_is_logged(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    async with x_that(answers(201, says(data={"id": "18"}))) as (_, platform):
        await platform.reply(REPLY, PATIENCE)
        await platform.whoami()
    for secret in (*SECRETS.values(), REPLY.text, "oauth_signature", "Bearer"):
        assert secret not in caplog.text


async def test_an_error_never_carries_a_secret_or_an_address():
    async with x_that(cuts) as (_, platform):
        with pytest.raises(Unavailable) as raised:
            await platform.fetch(None)
    words = repr(raised.value) + repr(raised.value.__cause__) + repr(platform.wire.keys)
    assert not any(secret in words for secret in (*SECRETS.values(), "127.0.0.1"))
