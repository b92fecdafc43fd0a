"""How X counts a reply: out of 280, a link 23, an emoji 2, most of the world's writing 1 or 2 a character.

The rule is X's own (its counting configuration 3); checked against the library twitter-text-parser in the tests.
"""

import unicodedata
from functools import cache

import regex

from bot.adapters.platforms.x_endings import ENDINGS

MAXIMUM = 280
LINK = 23
EMOJI = 2
HOPELESS = 10_000
"""Characters beyond which nothing can be short enough: X takes links up to 4,096."""
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that weigh 1; all others weigh 2."""

_LATIN = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    r"\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_PATH = rf"[a-z0-9!*';:=+,.$/%\#\[\]\-\u2013_~@|&\u0400-\u04ff{_LATIN}]"
_BRACKETS = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_PATH_END = rf"(?:[a-z0-9+\-=_\#/\u0400-\u04ff{_LATIN}]|{_BRACKETS})"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%\#\[\]\-_.,~|]*[a-z0-9\-_&=\#/]"
_NO_DOMAIN = (
    r"!'\#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$\s"
    r"\u180e\ufffe\ufeff\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
_ANY_LABEL = rf"[^{_NO_DOMAIN}](?:[^{_NO_DOMAIN}]|[_-](?=[^.]))*"
_PLAIN_LABEL = rf"[a-z0-9{_LATIN}][-a-z0-9{_LATIN}]*"
_TAIL = rf"(?::[0-9]+)?(?:/(?:(?:{_PATH}|{_BRACKETS})*{_PATH_END})?)?(?:{_QUERY})?"


def weighted_length(text: str) -> int:
    """Return the length as X counts it; a reply may have 280."""
    if len(text) > HOPELESS:
        return len(text)
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    total = 0
    for piece in _pieces(text):
        plain, emojis = _emoji().subn("", piece)
        total += emojis * EMOJI + sum(map(_weight, plain))
    return total + LINK * len(_links(text))


def _pieces(text: str) -> list[str]:
    """Return what stands between the links."""
    pieces, at = [], 0
    for start, end in _links(text):
        pieces.append(text[at:start])
        at = end
    return [*pieces, text[at:]]


def _links(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _link().finditer(text)] if "." in text else []


def _weight(character: str) -> int:
    code = ord(character)
    return 1 if any(first <= code <= last for first, last in _LIGHT) else 2


@cache
def _link() -> "regex.Pattern[str]":
    """Match a link; made on first use, because the table of endings is long."""
    ending = r"(?:\L<endings>(?=[^0-9a-zA-Z@+-]|$)|xn--[\-0-9a-z]+)"
    with_protocol = rf"https?://(?:{_ANY_LABEL}\.)+{ending}"
    without = rf"(?<![-_./])(?:{_PLAIN_LABEL}\.)+{ending}"
    return regex.compile(
        rf"(?<![a-z0-9@\uff20$\#\uff03\ufffe\ufeff\uffff])(?:{with_protocol}|{without}){_TAIL}",
        regex.IGNORECASE,
        endings=ENDINGS,
    )


@cache
def _emoji() -> "regex.Pattern[str]":
    """Match one emoji with all that belongs to it: flags, keycaps, skin tones, families."""
    textual = r"[\p{Emoji}--\p{Emoji_Presentation}--[0-9\#*]]\uFE0F?"
    one = rf"(?:\p{{Emoji_Modifier_Base}}\p{{Emoji_Modifier}}|{textual}|[\p{{Emoji_Presentation}}--\p{{RI}}])"
    flag = r"\p{RI}{2}|\U0001F3F4[\U000E0061-\U000E007A]+\U000E007F"
    return regex.compile(rf"{flag}|[0-9\#*]\uFE0F?\u20E3|{one}(?:\u200D{one}){{0,3}}", regex.V1)
