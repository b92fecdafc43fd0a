"""Log lines: ids and counts go through, words, handles and secrets never, whoever writes the line."""

import asyncio
import io
import json
import logging
import sys
import threading
import warnings

import pytest
import redis.asyncio as redis
import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from tests.loopback import served

COVERS = ("LEK-01", "LEK-02", "LEK-03")
CANARY = "canary81c2f7"


@pytest.fixture
def lines():
    """Logging as in production into a text, and everything put back afterwards."""
    root = logging.getLogger()
    before = (
        root.handlers,
        root.level,
        logging.raiseExceptions,
        sys.excepthook,
        sys.unraisablehook,
        threading.excepthook,
    )
    quieted = {name: logging.getLogger(name).level for name in (*logs.QUIETED, *logs.QUIETED_ALSO)}
    shown = warnings.showwarning
    stream = io.StringIO()
    logs.configure("DEBUG", json=True, stream=stream)
    yield stream
    logging.captureWarnings(capture=False)
    warnings.showwarning = shown
    root.handlers, root.level, logging.raiseExceptions, sys.excepthook, sys.unraisablehook, threading.excepthook = (
        before
    )
    for name, level in quieted.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


def read(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def last(stream):
    line = read(stream)[-1]
    del line["timestamp"]
    return line


def test_ids_states_counts_and_durations_go_through(lines):
    structlog.get_logger().info(
        "card_updated", case="C-7", channel="C0CARE", ts="1795.000100", ms=12.5, tries=2, reason="http_503"
    )
    assert last(lines) == {
        "level": "info",
        "event": "card_updated",
        "case": "C-7",
        "channel": "C0CARE",
        "ts": "1795.000100",
        "ms": 12.5,
        "tries": 2,
        "reason": "http_503",
    }


def test_keys_that_are_not_on_the_list_are_dropped(lines):
    structlog.get_logger().info("draft_saved", case="C-7", text="words", handle="@mia", draft="words", token=CANARY)
    assert last(lines) == {"level": "info", "event": "draft_saved", "case": "C-7"}


@pytest.mark.parametrize(
    "value",
    [
        "two words",
        "line\nfeed",
        "\x1b[31mred",
        "café",
        "xo" + "xb-1-2-abc",
        "xa" + "pp-1-A-2-b",
        "A" * 44,
        "https://user:pw@host",
        "x" * 121,
        b"bytes",
        {"a": 1},
        object(),
    ],
)
def test_values_that_are_no_ids_are_withheld(lines, value):
    structlog.get_logger().info("odd", reason=value)
    assert last(lines)["reason"] == "withheld"


def test_an_event_that_carries_words_is_withheld(lines):
    structlog.get_logger().info(f"customer said {CANARY}")
    assert last(lines)["event"] == "withheld"


def test_names_of_rules_keep_their_words(lines):
    structlog.get_logger().info("routed", rule="product safety", topic="app")
    assert (last(lines)["rule"], last(lines)["topic"]) == ("product-safety", "app")


def test_what_is_bound_to_the_context_passes_the_same_list(lines):
    with structlog.contextvars.bound_contextvars(case="C-9", text=CANARY):
        structlog.get_logger().info("seen")
    assert (last(lines)["case"], CANARY in lines.getvalue()) == ("C-9", False)


def fails_with_values_around():
    access_token = CANARY
    draft = f"Dear {CANARY}"
    try:
        {}[draft]
    except KeyError as error:
        raise ValueError(access_token) from error


@pytest.mark.parametrize("case_id", ["LEK-02"])
def test_a_traceback_says_where_and_never_with_which_values(lines, case_id):
    try:
        fails_with_values_around()
    except ValueError:
        structlog.get_logger().exception("it_broke", case="C-1")
        logging.getLogger("some.library").exception("failed with %s", CANARY)
    ours, theirs = read(lines)
    assert ours["error"] == theirs["error"] == ["ValueError", "KeyError"]
    assert ours["at"][-1].startswith("unit/test_logs.py:")
    assert ours["at"][-1].endswith(":fails_with_values_around")
    assert CANARY not in lines.getvalue()


def test_groups_of_errors_name_their_members(lines):
    structlog.get_logger().error("broke", exc_info=ExceptionGroup(CANARY, [ValueError(CANARY), OSError(CANARY)]))
    assert last(lines)["error"] == ["ExceptionGroup", "ValueError", "OSError"]
    assert CANARY not in lines.getvalue()


def test_errors_that_nobody_caught_are_lines_like_all_others(lines):
    sys.excepthook(ValueError, ValueError(CANARY), None)
    thread = threading.Thread(target=fails_with_values_around)
    thread.start()
    thread.join()
    assert [line["event"] for line in read(lines)] == ["nobody_caught_this"] * 2
    assert CANARY not in lines.getvalue()


def test_of_other_libraries_only_name_level_and_kind_of_error_are_kept(lines):
    logging.getLogger("tweepy.client").warning("Authorization: Bearer %s", CANARY)
    assert last(lines) == {
        "level": "warning",
        "event": "library_said_something",
        "logger": "tweepy.client",
        "verdict": "warning",
    }


@pytest.mark.parametrize("name", [*logs.QUIETED, *logs.QUIETED_ALSO])
def test_chatter_of_libraries_is_not_even_made(lines, name):
    logging.getLogger(f"{name}.deep").info("chat")
    assert lines.getvalue() == ""


def test_warnings_become_lines_without_their_words(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert CANARY not in lines.getvalue()


def test_lines_on_a_terminal_are_plain_and_cannot_move_the_cursor(lines):
    stream = io.StringIO()
    logs.configure("INFO", json=False, stream=stream)
    structlog.get_logger().info("card_updated", case="C-7", reason="a\x1b[2J\nb", count=2)
    _time, rest = stream.getvalue().split(" ", 1)
    assert rest == 'info card_updated case="C-7" reason="withheld" count=2\n'


def test_the_level_holds(lines):
    stream = io.StringIO()
    logs.configure("warning", json=True, stream=stream)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in read(stream)] == ["loud"]


async def _slack_refuses(at):
    client = AsyncWebClient(token=CANARY, base_url=f"http://{at}/api/")
    for text in ("refused", "torn"):
        try:
            await client.chat_postMessage(channel="C0", text=f"{CANARY} {text}")
        except Exception:
            structlog.get_logger().exception("slack_failed", method="chat.postMessage")


@pytest.mark.parametrize("case_id", ["LEK-01"])
async def test_real_libraries_that_fail_at_debug_leak_nothing(lines, case_id):
    """Slack's own client against a server that refuses and then tears the line; the whole scenario is a story's work."""
    answers = iter(
        [
            web.json_response({"ok": False, "error": "invalid_auth", "needed": CANARY}),
            web.Response(status=500, text=CANARY),
        ]
    )
    app = web.Application()

    async def answer(_: web.Request) -> web.Response:
        return next(answers)

    app.router.add_post("/api/chat.postMessage", answer)
    async with served(app) as at:
        await _slack_refuses(at)
    asyncio.get_running_loop().call_exception_handler({"message": CANARY, "exception": ValueError(CANARY)})
    assert [line["event"] for line in read(lines)].count("slack_failed") == 2
    assert CANARY not in lines.getvalue()


@pytest.mark.parametrize("case_id", ["LEK-03"])
async def test_a_password_in_a_redis_address_never_reaches_a_line(lines, case_id):
    async with redis.Redis.from_url(f"redis://:p%40ss{CANARY}w%23rd@127.0.0.1:1/0", retry=None) as client:
        try:
            await client.ping()
        except redis.ConnectionError:
            structlog.get_logger().exception("redis_failed", part=repr(client.connection_pool.connection_kwargs))
    assert last(lines)["error"][0] == "ConnectionError"
    assert last(lines)["part"] == "withheld"
    assert CANARY not in lines.getvalue()
