"""A very small desk on the real slack-bolt: one form, one home, one command; it writes down what it was told."""

import asyncio
import re
from contextlib import asynccontextmanager

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import cast
from tests.sandbox.page.samples import form, pushed


class Desk:
    """`told` holds (kind, payload) of everything; while `silent` is set nothing is acknowledged."""

    def __init__(self, client):
        self.client = client
        self.app = AsyncApp(client=client, signing_secret="unused", process_before_response=True)
        self.told = []
        self.silent = False
        self.heard = asyncio.Event()
        self._listen()

    @classmethod
    @asynccontextmanager
    async def connected(cls, sandbox):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            client = AsyncWebClient(
                token=cast.SLACK_BOT_TOKEN, base_url=sandbox.slack_api_url, session=session, retry_handlers=[]
            )
            desk = cls(client)
            handler = AsyncSocketModeHandler(desk.app, cast.SLACK_APP_TOKEN, web_client=client)
            await handler.connect_async()
            await sandbox.slack.until(lambda: sandbox.slack.socket.connections, "the desk's socket")
            try:
                yield desk
            finally:
                await handler.close_async()

    async def post(self, blocks, text="A card", channel="C0CARE", **more):
        answer = await self.client.chat_postMessage(channel=channel, text=text, blocks=blocks, **more)
        return answer["ts"]

    def actions(self):
        return [payload["actions"][0] for kind, payload in self.told if kind == "block_actions"]

    def _listen(self):
        app = self.app
        app.use(self._write_down)
        app.action(re.compile("^open_"))(self._open)
        app.action("push")(self._push)
        app.action(re.compile(".*"))(self._plain)
        app.view("form")(self._submitted)
        app.view(re.compile(".*"))(self._closed)
        app.view_closed(re.compile(".*"))(self._plain)
        app.command("/desk")(self._command)
        app.event("app_home_opened")(self._home)

    async def _write_down(self, body, next_):
        self.told.append((body.get("type") or body.get("command"), body))
        self.heard.set()
        if self.silent:
            await asyncio.Event().wait()
        await next_()

    async def _plain(self, ack):
        await ack()

    async def _open(self, ack, body):
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=form())

    async def _push(self, ack, body):
        await ack()
        await self.client.views_push(trigger_id=body["trigger_id"], view=pushed())

    async def _submitted(self, ack, view, body):
        words = view["state"]["values"]["reply"]["text"]["value"]
        if "refund" in words:
            await ack(response_action="errors", errors={"reply": "Do not promise a refund."})
            return
        await ack()
        await self.client.chat_postMessage(channel="C0CARE", text=f"Draft by <@{body['user']['id']}>: {words}")

    async def _closed(self, ack):
        await ack()

    async def _command(self, ack, command):
        await ack(f"You asked for *{command['text']}*.")

    async def _home(self, event):
        blocks = [
            {"type": "header", "text": {"type": "plain_text", "text": "Your day"}},
            {
                "type": "actions",
                "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Next"}, "action_id": "next"}],
            },
        ]
        await self.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})
