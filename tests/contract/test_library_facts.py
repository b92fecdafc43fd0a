"""Facts of libraries that decided how the desk is built: when an upgrade changes one, it is said here by name."""

import asyncio
import inspect

import aiohttp
import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from redis.asyncio import Redis
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.models.blocks import MarkdownTextObject
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.embedded_process import find_binary
from bot.adapters.redis_connect import connect
from bot.adapters.slack_chat import open_client


def test_slack_sdk_repeats_calls_by_itself_and_ours_does_not():
    assert AsyncWebClient(token="t").retry_handlers != []


async def test_our_slack_client_never_repeats_a_call():
    async with aiohttp.ClientSession() as session:
        assert open_client("t", "http://127.0.0.1/api/", session).retry_handlers == []


def test_slack_sdk_escapes_nothing():
    assert MarkdownTextObject(text="<!channel> & <b>").to_dict()["text"] == "<!channel> & <b>"


def test_redis_py_repeats_every_command_by_itself():
    assert Redis.from_url("redis://127.0.0.1:1").connection_pool.connection_kwargs.get("retry", True)
    assert Redis().get_retry()._retries > 1


def test_our_redis_client_leaves_repeating_to_the_scripts_that_know_what_they_did():
    assert connect("redis://127.0.0.1:1").get_retry()._retries == 0


def test_apscheduler_would_skip_a_job_that_is_two_seconds_late():
    assert AsyncIOScheduler(timezone="UTC")._job_defaults["misfire_grace_time"] == 1


@pytest.mark.parametrize(("at_once", "while_waiting"), [(True, False), (False, True)])
async def test_bolt_answers_before_or_after_the_listener_as_it_is_told(at_once, while_waiting):
    """With `process_before_response` the answer goes out when the listener is through, so that it can mean durable."""
    through: list[bool] = []
    go_on = asyncio.Event()
    app = AsyncApp(
        client=AsyncWebClient(token=None),
        authorize=authorized,
        process_before_response=at_once,
        request_verification_enabled=False,
    )

    async def listener(ack):
        await ack()
        await go_on.wait()
        through.append(True)

    app.action("press")(listener)
    asking = asyncio.ensure_future(app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=click())))
    done, _ = await asyncio.wait({asking}, timeout=0.3)
    assert bool(done) is while_waiting
    assert through == []
    go_on.set()
    assert (await asking).status == 200


async def authorized():
    return AuthorizeResult(enterprise_id=None, team_id="T0", bot_token="t", bot_id="B0", bot_user_id="U0")


def click():
    return {
        "type": "block_actions",
        "team": {"id": "T0"},
        "user": {"id": "U1"},
        "api_app_id": "A0",
        "actions": [{"action_id": "press", "block_id": "b", "type": "button"}],
    }


def test_bolt_s_socket_mode_handler_still_takes_a_client_and_a_ping_interval():
    assert {"web_client", "ping_interval"} <= set(inspect.signature(AsyncSocketModeHandler.__init__).parameters)


def test_the_embedded_server_s_program_comes_with_its_package():
    assert find_binary().endswith("valkey-server")
