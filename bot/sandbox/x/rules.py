"""What X allows to be published: the summoned rule, the weighted length, duplicate text, who may reply."""

import re
import unicodedata
from dataclasses import dataclass

from bot.sandbox.x.links import link_pattern
from bot.sandbox.x.posts import LEADING_MENTIONS

MAX_WEIGHT = 280
URL_WEIGHT = 23
EMOJI_WEIGHT = 2

NOT_SUMMONED = "You can only reply to or quote posts where you are mentioned or are the author."
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
TOO_LONG = (
    "Your Tweet text is too long. For more information about limits see https://help.twitter.com/en/using-twitter."
)
TARGET_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
QUOTE_GONE = "You attempted to quote a Tweet that is deleted or not visible to you."
REPLIES_CLOSED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
EMPTY = "Your Tweet text is empty."

_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points of weight 1; all others weigh 2 (twitter-text, configuration 3)."""

_BASE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0"
    "\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa"
    "\U0001f400-\U0001faff]"
)
_ONE = f"{_BASE}(?:[\U0001f3fb-\U0001f3ff]|\ufe0f)?"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    f"|{_ONE}(?:\u200d{_ONE})*"
    "|[\U0001f3fb-\U0001f3ff]"
)
_URL = link_pattern()


@dataclass(frozen=True)
class RuleBroken(Exception):  # noqa: N818 -- a refusal by X's rules, not a fault of the program
    """X refuses to publish; `sentence` is X's own `detail`."""

    sentence: str
    status: int = 403


def weighted_length(text: str, *, reply: bool = False) -> int:
    """Length as X counts it, out of 280: NFC, a URL 23, an emoji 2, wide 2; leading mentions of a reply free."""
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text))
    if reply:
        text = LEADING_MENTIONS.sub("", text)
    without_urls, urls = _URL.subn("", text)
    plain, emojis = _EMOJI.subn("", without_urls)
    return urls * URL_WEIGHT + emojis * EMOJI_WEIGHT + sum(_weight(character) for character in plain)


def _weight(character: str) -> int:
    code = ord(character)
    return 1 if any(first <= code <= last for first, last in _LIGHT) else 2


def check_length(text: str, *, reply: bool) -> None:
    """Raises RuleBroken for text that is empty or weighs more than 280."""
    if not text.strip():
        raise RuleBroken(EMPTY, 400)
    if weighted_length(text, reply=reply) > MAX_WEIGHT:
        raise RuleBroken(TOO_LONG)


def same_words(one: str, other: str) -> bool:
    """X calls two posts duplicates when they differ only in case and white space."""
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
