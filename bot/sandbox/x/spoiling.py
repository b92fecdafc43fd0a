"""Mentions pages broken on purpose, each in a way that real services have been broken."""

from typing import Any

from aiohttp import web

from bot.sandbox.x.problems import Json
from bot.sandbox.x.switches import Spoil

HUGE_CHARACTERS = 10_000_000

HTML_PAGE = (
    "<!DOCTYPE html><html><head><title>X / Error</title></head>"
    "<body><h1>Something went wrong</h1><p>Try again later.</p></body></html>"
)


def spoiled(kind: Spoil, answer: Json, new_id: str, author_id: str) -> web.Response:
    """The page with one bad post in front of the good ones, or no page at all."""
    if kind is Spoil.HTML:
        return web.Response(text=HTML_PAGE, content_type="text/html")
    if kind is Spoil.NOT_JSON:
        return web.Response(text='{"data": [{"id": "17', content_type="application/json")
    row = {"id": new_id, "edit_history_tweet_ids": [new_id], **_bad_row(kind, author_id)}
    meta = {
        **answer.get("meta", {}),
        "newest_id": new_id,
        "result_count": answer.get("meta", {}).get("result_count", 0) + 1,
    }
    meta.setdefault("oldest_id", new_id)
    # json.dumps writes a lone surrogate as an escape, which is how it really comes over the wire
    return web.json_response({**answer, "data": [row, *answer.get("data", [])], "meta": meta})


def _bad_row(kind: Spoil, author_id: str) -> Json:
    whole: dict[str, Any] = {
        "author_id": author_id,
        "created_at": "2026-11-22T10:00:00.000Z",
        "conversation_id": "1",
        "lang": "en",
        "text": "@LumenShop my parcel is late",
    }
    rows: dict[Spoil, Json] = {
        Spoil.MISSING_FIELDS: {},
        Spoil.HUGE_TEXT: {**whole, "text": "@LumenShop " + "late " * (HUGE_CHARACTERS // 5)},
        Spoil.EMPTY_TEXT: {**whole, "text": ""},
        Spoil.LONE_SURROGATE: {**whole, "text": "@LumenShop broken half of an emoji: \ud83d"},
        Spoil.UNKNOWN_SPELLING: {
            **whole,
            "text": None,
            "note_post": {"body": "@LumenShop"},
            "referenced_items": {"type": "answered", "ref": 1},
        },
    }
    return rows[kind]
