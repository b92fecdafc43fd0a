"""A post's text as X stores it, with its links shortened to t.co, and the entities that say what was where."""

import hashlib
import html
from typing import Any

from bot.sandbox.x.links import link_pattern
from bot.sandbox.x.network import Network
from bot.sandbox.x.posts import MENTION, Post

Json = dict[str, Any]

_LINK = link_pattern()
_SHOWN_CHARACTERS = 26


def text_and_entities(network: Network, post: Post) -> tuple[str, Json | None]:
    """The text as it goes over the wire (shortened, then escaped once) and its entities, counted before escaping."""
    text, urls = _shortened(post.text) if network.switches.shorten_links else (post.text, [])
    mentions = [
        {"start": match.start(), "end": match.end(), "username": account.handle, "id": account.id}
        for match in MENTION.finditer(text)
        if (account := network.people.find(match.group(1)))
    ]
    entities = {"mentions": mentions, "urls": urls}
    return html.escape(text, quote=False), {name: rows for name, rows in entities.items() if rows} or None


def _shortened(text: str) -> tuple[str, list[Json]]:
    parts: list[str] = []
    rows: list[Json] = []
    length = done = 0
    for match in _LINK.finditer(text):
        link = match.group()
        short = "https://t.co/" + hashlib.sha256(link.encode("utf-8", "replace")).hexdigest()[:10]
        parts += [text[done : match.start()], short]
        start = length + match.start() - done
        length, done = start + len(short), match.end()
        rows.append({"start": start, "end": length, "url": short, **_written_out(link)})
    return "".join(parts) + text[done:], rows


def _written_out(link: str) -> Json:
    bare = link.split("://", 1)[-1]
    shown = bare if len(bare) <= _SHOWN_CHARACTERS else bare[:_SHOWN_CHARACTERS] + "…"
    return {"expanded_url": link if "://" in link else f"http://{link}", "display_url": shown}
