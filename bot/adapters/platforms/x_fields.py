"""The single fields of X's JSON: each read on its own, none trusted, both spellings known."""

import html
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.adapters.platforms.x_ids import instant_of, is_id
from bot.domain.ids import Instant, PostId
from bot.domain.text.words import LONGEST

LONGEST_RAW = LONGEST * 8
"""Characters looked at before unescaping; the longest escape that X writes has six for one."""
_GONE = {"resource-not-found": "deleted", "not-authorized-for-resource": "protected"}
"""The last part of the `type` in an errors[] row, and what it means."""

Json = Mapping[str, object]
NONE: Json = {}


class Unreadable(ValueError):  # noqa: N818 -- reads as the fact it is
    """An item that we cannot make a post of; its words are a reason code, never something a customer wrote."""


def text_of(item: Json, *, typed: bool = False) -> str:
    """Return the words, unescaped exactly once, with links as their author wrote them. Raises `Unreadable`."""
    note = an_object(item.get("note_tweet"))
    holder = note if isinstance(note.get("text"), str) else item
    text = holder.get("text")
    if not isinstance(text, str):
        if typed:
            return ""
        raise Unreadable("no_text")
    text = html.unescape(text[:LONGEST_RAW])
    if "https://t.co/" not in text:
        return text
    for row in map(an_object, rows(an_object(holder.get("entities")).get("urls"))[:50]):
        short, long = row.get("url"), row.get("expanded_url")
        if isinstance(short, str) and short.startswith("https://t.co/") and isinstance(long, str) and len(long) < 2_000:
            text = text.replace(short, _as_typed(long, row.get("display_url")) if typed else long, 1)
    return text


def _as_typed(long: str, display: object) -> str:
    """Return a link of ours as we wrote it: X puts `http://` before one that was written without."""
    return display if isinstance(display, str) and long == f"http://{display}" else long


def references(item: Json) -> dict[str, PostId]:
    found = [*rows(item.get("referenced_tweets")), *rows(item.get("referenced_posts"))]
    return {str(row.get("type")): PostId(str(row["id"])) for row in map(an_object, found) if is_id(row.get("id"))}


def versions(item: Json) -> list[PostId]:
    """Return all versions of a post, oldest first."""
    found: Iterable[object] = [*rows(item.get("edit_history_tweet_ids")), *rows(item.get("edit_history_post_ids"))]
    return sorted({PostId(str(one)) for one in found if is_id(one)}, key=int)


def instant(item: Json, post_id: str) -> Instant:
    """Return when it was written; the id tells where the time is missing or unreadable."""
    try:
        written = datetime.fromisoformat(str(item.get("created_at")))
    except ValueError:
        written = None
    if written is None or written.tzinfo is None:
        return Instant(instant_of(post_id))
    return Instant(round(written.timestamp() * 1000))


def gone_reason(row: Json) -> str:
    if "suspended" in str(row.get("detail")).casefold():
        return "suspended"
    return _GONE.get(str(row.get("type")).rpartition("/")[2], "not readable")


def id_of(item: object) -> object:
    return an_object(item).get("id")


def digits(value: object) -> str:
    return value if isinstance(value, str) and is_id(value) else ""


def language(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 8 and value.isascii() and value.isalnum() else ""


def an_object(value: object) -> Json:
    return value if isinstance(value, dict) else NONE


def rows(value: object) -> list[object]:
    return value if isinstance(value, list) else []
