"""The sandbox's web page: its static files under a strict policy, and the WebSocket that keeps an open page true."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.changes import Subscription
from bot.sandbox.page_table import PageSandbox, PageTable

FOLDER = Path(__file__).with_name("page")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
GATHER_SECONDS = 0.05
"""Changes that come together go out together."""
HEARTBEAT_SECONDS = 20.0
LARGEST_WORD = 1_024
"""Bytes of a message from the page; it has nothing to say here, people act through the control API."""


def routes(sandbox: PageSandbox) -> list[web.AbstractRouteDef]:
    """`/` and `/page/<file>` for the page, `/page/ws?seat=UANA` for what it shows."""
    table = PageTable(sandbox)

    async def socket(request: web.Request) -> web.WebSocketResponse:
        return await _serve(request, sandbox, table)

    return [web.get("/", _index), web.get("/page/ws", socket), web.get("/page/{name}", _file)]


async def _index(_request: web.Request) -> web.Response:
    return _answer(FOLDER / "index.html")


async def _file(request: web.Request) -> web.Response:
    """A file of the page's folder; names come from the folder, never from the address."""
    known = {path.name: path for path in FOLDER.iterdir() if path.suffix in TYPES}
    path = known.get(request.match_info["name"])
    return _answer(path) if path else web.Response(status=404, text="There is no such file.", headers=HEADERS)


def _answer(path: Path) -> web.Response:
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=HEADERS)


async def _serve(request: web.Request, sandbox: PageSandbox, table: PageTable) -> web.WebSocketResponse:
    """Tell one page everything and then what changed, until it leaves; one that fell behind hears all that differs."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST_WORD)
    await socket.prepare(request)
    with sandbox.changes.subscribe() as subscription:
        news = News(table, table.seat(request.query.get("seat", "")))
        tasks = [asyncio.ensure_future(_gather(subscription, news)), asyncio.ensure_future(_tell(socket, news))]
        try:
            async for _ in socket:
                pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return socket


async def _gather(subscription: Subscription, news: "News") -> None:
    async for change in subscription:
        news.note(change)


async def _tell(socket: web.WebSocketResponse, news: "News") -> None:
    await socket.send_str(news.everything())
    while True:
        await news.noted()
        await asyncio.sleep(GATHER_SECONDS)
        if words := news.changes():
            await socket.send_str(words)


class News:
    """What one page was told already, and what it must be told now, as JSON text."""

    def __init__(self, table: PageTable, seat: str) -> None:
        self._table = table
        self._seat = seat
        self._told: dict[str, dict[str, str]] = {}
        self._touched: set[str] = set()
        self._noted = asyncio.Event()

    def note(self, change: dict[str, Any]) -> None:
        self._touched |= self._table.touched(change, self._seat)
        if self._touched:
            self._noted.set()

    async def noted(self) -> None:
        """Wait until there may be something to tell."""
        await self._noted.wait()
        self._noted.clear()

    def everything(self) -> str:
        self._told = {}
        rows, _ = self._differences(self._table.sections(self._seat))
        return _words("snapshot", rows, [])

    def changes(self) -> str:
        """Empty when nothing that this page shows has changed."""
        touched, self._touched = self._touched, set()
        current = self._table.sections(self._seat)
        left = [section for section in self._told if section not in current]
        due = [section for section in current if section in touched or section not in self._told]
        rows, gone = self._differences(due)
        for section in left:
            gone += list(self._told.pop(section))
        return _words("changes", rows, gone) if rows or gone else ""

    def _differences(self, sections: list[str]) -> tuple[dict[str, str], list[str]]:
        changed: dict[str, str] = {}
        gone: list[str] = []
        for section in sections:
            told = self._told.get(section, {})
            now = {key: _text(key, value, told) for key, value in self._table.read(section, self._seat).items()}
            changed |= {key: text for key, text in now.items() if told.get(key) != text}
            gone += [key for key in told if key not in now]
            self._told[section] = now
        return changed, gone


def _text(key: str, value: Any, told: dict[str, str]) -> str:
    """A row as JSON; a recorded call never changes, so it is written once."""
    if key.startswith("call:") and key in told:
        return told[key]
    return json.dumps(value, default=str)


def _words(kind: str, rows: dict[str, str], gone: list[str]) -> str:
    """One message to the page, put together from rows that are JSON already."""
    table = ",".join(f"{json.dumps(key)}:{text}" for key, text in rows.items())
    return f'{{"type":"{kind}","set":{{{table}}},"gone":{json.dumps(gone)}}}'
