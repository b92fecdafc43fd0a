"""Two processes of a desk: where one dies or hangs, the other says so past Slack, and the watch elsewhere hears nothing."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.adapters.redis_connect import connect, open_ports
from bot.ports import Memory
from bot.services.audit import RESULT
from tests.integration.place import PATIENCE, Place
from tests.integration.processes import Process, started
from tests.mailbox import SECRET, Hook, a_hook
from tests.servers import a_workspace, no_work


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A desk of two processes on one Redis, with a webhook and a watch; `memory` is what they remember."""

    place: Place
    hook: Hook
    memory: Memory
    settings: dict[str, str | None]

    def process(self, role: str) -> AbstractAsyncContextManager[Process]:
        words = ("-m", "tests.integration.hurried", "run", "--role", role)
        return started(*words, environment=self.place.with_settings(self.settings), folder=self.place.folder)

    async def result(self) -> dict:
        return json.loads(await self.memory.recall(RESULT) or '{"at": 0, "since": {}}')

    async def looks_again(self, count: int) -> dict:
        """Wait until somebody has looked so often, and return what the last look found."""
        found = await self.result()
        async with asyncio.timeout(PATIENCE):
            for _ in range(count):
                last = found["at"]
                while found["at"] == last:
                    await asyncio.sleep(0.05)
                    found = await self.result()
        return found

    async def beats(self, more: int) -> None:
        wanted = self.hook.beats + more
        await self.place.until(lambda: self.hook.beats >= wanted, "signs of life", lambda: str(self.hook.beats))

    def ops(self, words: str) -> int:
        return sum(words in message["text"] for message in self.place.sandbox.slack.messages("C0OPS"))


@pytest.fixture
async def watched(place: Place, redis_url: str) -> AsyncIterator[Watched]:
    workspace = a_workspace().lower()
    client = connect(redis_url)
    try:
        async with a_hook() as hook:
            settings: dict[str, str | None] = {
                "REDIS_URL": redis_url,
                "REPLYDESK_WORKSPACE": workspace,
                "REPLYDESK_WEBHOOK_URL": f"{hook.url}/v2/enqueue",
                "REPLYDESK_WEBHOOK_SECRET": SECRET,
                "REPLYDESK_HEARTBEAT_URL": f"{hook.url}/beat",
            }
            memory = open_ports(client, workspace, follow=no_work).memory
            yield Watched(place=place, hook=hook, memory=memory, settings=settings)
    finally:
        await client.aclose()


@asynccontextmanager
async def working_again(watched: Watched, worker: Process, number: signal.Signals) -> AsyncIterator[None]:
    """Bring a worker back: another one for one that died, the same where it only hung."""
    if number is signal.SIGSTOP:
        worker.send(signal.SIGCONT)
        yield
    else:
        async with watched.process("worker"):
            yield


HANGS = pytest.param(signal.SIGSTOP, id="hangs", marks=pytest.mark.long)


@pytest.mark.parametrize("number", [pytest.param(signal.SIGKILL, id="dies"), HANGS])
async def test_when_the_worker_is_gone_the_bot_calls_for_help_past_slack_and_gives_no_sign_of_life(
    watched: Watched, number: signal.Signals
) -> None:
    hook = watched.hook
    async with watched.process("bot"), watched.process("worker") as worker:
        await watched.place.listening()
        await watched.beats(2)
        assert hook.events == []
        worker.send(number)
        await watched.place.until(lambda: hook.events, "an alarm")
        assert hook.events[0]["dedup_key"].startswith("audit:stale_cursor:")
        assert hook.events[0]["payload"]["custom_details"]["to"] == "UPAT"
        assert list((await watched.looks_again(2))["since"]) == ["stale_cursor"]
        beats = hook.beats
        await watched.looks_again(3)
        assert (hook.beats, len(hook.of("trigger")), watched.ops("not being read")) == (beats, 1, 1)
        async with working_again(watched, worker, number):
            await watched.beats(1)
            assert watched.ops("Over:") == 1


async def test_when_the_process_that_slack_reaches_hangs_nobody_else_gives_its_sign_of_life(watched: Watched) -> None:
    async with watched.process("bot") as bot, watched.process("worker"):
        await watched.place.listening()
        await watched.beats(2)
        bot.send(signal.SIGSTOP)
        beats = watched.hook.beats
        assert (await watched.looks_again(4))["since"] == {}, "the worker does everything else"
        assert watched.hook.beats <= beats + 1, "one may have been on its way"
        bot.send(signal.SIGCONT)
        await watched.beats(2)
