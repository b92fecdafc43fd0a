"""Customers' words made safe to keep and to show: cleaned once when they come in, escaped each time they go to Slack.

All functions here are total: they raise for no string, whatever somebody put into it.
"""

import unicodedata
from dataclasses import dataclass
from typing import NewType

import regex

from bot.domain.text.card_numbers import mask_card_numbers

Mrkdwn = NewType("Mrkdwn", str)
"""Text in which `&`, `<` and `>` are escaped: the only kind that may stand in a Slack mrkdwn field."""

LONGEST = 10_000
"""Characters of a post that are looked at; the longest a platform of ours allows is 25,000, the card shows 3,000."""
MARKS_PER_LETTER = 4
"""Accents that may stand on one letter. Vietnamese needs 2, Hebrew with vowels and points 4."""
NEWLINES = 2
"""Line ends in a row that are kept: one empty line."""
NAME_LENGTH = 50

SHORTENED = "shortened"
HIDDEN_REMOVED = "hidden characters removed"
DIRECTION_REMOVED = "direction characters removed"
ACCENTS_REMOVED = "stacked accents removed"
CARD_NUMBER_REMOVED = "card number removed"
UNREADABLE = "unreadable characters replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Words that can be stored and shown, and what had to be done to them (nothing, for ordinary writing)."""

    text: str
    marks: tuple[str, ...] = ()


# Scripts in which a joiner between letters is spelling, not decoration (Unicode Standard, chapter 23.2).
_JOINING = "".join(
    rf"\p{{Script={name}}}"
    for name in (
        *("Arabic", "Syriac", "Nko", "Mongolian", "Mandaic", "Adlam", "Devanagari", "Bengali", "Gurmukhi", "Gujarati"),
        *("Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Myanmar", "Khmer", "Tibetan", "Javanese"),
    )
)
_FLAG_TAGS = "|".join(
    "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f" for region in ("gbeng", "gbsct", "gbwls")
)
_EMOJI_END = r"\p{Extended_Pictographic}[\uFE0F\U0001F3FB-\U0001F3FF]?"
_KEPT = "|".join(
    (
        rf"\U0001F3F4(?:{_FLAG_TAGS})",
        rf"(?<={_EMOJI_END})\u200D(?=\p{{Extended_Pictographic}})",
        rf"(?<=[{_JOINING}]\p{{M}}{{0,{MARKS_PER_LETTER}}})[\u200C\u200D]",
        r"(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]",
        r"(?<=[0-9#*])\uFE0F(?=\u20E3)",
        r"(?<=\p{Script=Han})[\uFE00-\uFE02\U000E0100-\U000E01EF]",
        r"(?<=\p{Script=Mongolian})[\u180B-\u180F]",
    )
)
_DIRECTION = regex.compile(r"[\u202A-\u202E\u2066-\u2069]")
# Everything that a font draws as nothing, apart from the line end; what is spelling is captured and put back.
_UNSEEN = r"[[\p{Default_Ignorable_Code_Point}\p{Cc}\uFFF9-\uFFFB]--\n]"
_HIDDEN = regex.compile(rf"(?=\U0001F3F4|{_UNSEEN})(?:({_KEPT})|{_UNSEEN})", regex.V1)
_RIGHT_TO_LEFT = regex.compile(r"[[\p{Bidi_Class=R}\p{Bidi_Class=AL}]&&\p{L}]", regex.V1)
_LONELY_DIRECTION_MARK = regex.compile(r"(?<!\p{Cf})[\u061C\u200E\u200F]")
_STACKED = regex.compile(rf"(?:\p{{M}}[\u200C\u200D]?){{{MARKS_PER_LETTER}}}\K[\p{{M}}\u200C\u200D]+")
_NEWLINE = regex.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_MANY_NEWLINES = regex.compile(rf"\n(?:[^\S\n]*\n){{{NEWLINES},}}")
_NO_CHARACTER = regex.compile(r"[\p{Noncharacter_Code_Point}\p{Cs}]")
_SEEN = regex.compile(r"[^\s\p{Z}\p{Cc}\p{Cf}\p{Cn}\u2800]")
_GRAPHEME = regex.compile(r"\X")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def clean(text: str) -> Cleaned:
    """Return the words as they may be stored: bounded, in NFC, without card numbers and what cannot be seen.

    The text is "" where nothing in it can be seen.
    """
    marks: list[str] = []

    def changed(before: str, after: str, mark: str) -> str:
        if before != after and mark not in marks:
            marks.append(mark)
        return after

    text = changed(text, _cut(text, LONGEST), SHORTENED)
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")  # joins halves of pairs
    text = changed(text, _NO_CHARACTER.sub("\ufffd", text), UNREADABLE)
    text = _NEWLINE.sub("\n", text).replace("\t", " ")
    text = changed(text, _DIRECTION.sub("", text), DIRECTION_REMOVED)
    text = changed(text, _without_hidden(text), HIDDEN_REMOVED)
    text = changed(text, _STACKED.sub("", text), ACCENTS_REMOVED)  # first, as NFC sorts a stack in quadratic time
    text = unicodedata.normalize("NFC", text)
    text = changed(text, _STACKED.sub("", text), ACCENTS_REMOVED)
    text = changed(text, mask_card_numbers(text), CARD_NUMBER_REMOVED)
    text = changed(text, _cut(text, LONGEST), SHORTENED)
    text = _MANY_NEWLINES.sub("\n" * NEWLINES, text).strip()
    return Cleaned(text=text if _SEEN.search(text) else "", marks=tuple(marks))


def one_line(name: str, limit: int = NAME_LENGTH) -> str:
    """Return a name that somebody gave themselves on one line, at most `limit` long; "" where nothing can be seen."""
    return shorten(" ".join(clean(name[: limit * 20]).text.split()), limit)


def escape_mrkdwn(text: str) -> Mrkdwn:
    """Return the text with Slack's three special characters escaped: no mention, no link, no date can be in it.

    `*`, `_`, `~` and backticks have no escape in Slack: customers' words belong into rich_text or plain_text.
    """
    return Mrkdwn(text.translate(_ESCAPES))


def length(text: str) -> int:
    """Return how long Slack finds the text: UTF-16 units of its escaped form."""
    return len(text.translate(_ESCAPES).encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` units (as `length` counts) of the text, cut after a whole character, with an ellipsis."""
    if length(text) <= limit:
        return text
    end, used = 0, 1
    for grapheme in _GRAPHEME.finditer(text):
        used += length(grapheme.group())
        if used > limit:
            break
        end = grapheme.end()
    return text[:end].rstrip() + "…" if limit > 0 else ""


def _cut(text: str, limit: int) -> str:
    """Return at most `limit` characters; one that stands across the end is left out whole."""
    if len(text) <= limit:
        return text
    across = _GRAPHEME.findall(text[max(0, limit - 100) : limit + 1])[-1]
    return text[: limit + 1 - len(across)] if len(across) <= 100 else text[:limit]


def _without_hidden(text: str) -> str:
    """Return the text without what cannot be seen; in right-to-left writing, single direction marks stay."""
    if text.isascii() and text.isprintable():
        return text
    kept_marks = _LONELY_DIRECTION_MARK if _RIGHT_TO_LEFT.search(text) else None

    def keep(found: "regex.Match[str]") -> str:
        if kept_marks and kept_marks.match(text, found.start(), found.end()):
            return str(found.group())
        return str(found.group(1) or "")

    return str(_HIDDEN.sub(keep, text))
