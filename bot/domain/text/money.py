"""Amounts of money in a reply, read so that in doubt the larger amount counts."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_MARKS = (
    r"[$\u00a2-\u00a5\u20a0-\u20cf\u0e3f\u17db\ufdfc]|(?:EUR|USD|GBP|CHF|JPY|PLN|SEK|NOK|DKK|CZK|AUD|CAD|CNY|INR|BRL|MXN)\b"
    r"|(?:euros?|dollars?|pounds?|francs?|franken|pesos?|dollar[e]?s?|livres sterling)\b"
)
"""Signs, codes and words of currencies."""
_NUMBER = r"\d+(?:[.,'\u2019\u0020]\d+)*"
_SCALE = r"(?:\s?(?:k|thousand|tausend|mille?|m|mio\.?|millions?|millionen)\b)?"
_BEFORE = re.compile(rf"(?P<mark>{_MARKS})\s?(?P<number>{_NUMBER})(?P<scale>{_SCALE})", re.IGNORECASE)
_BEHIND = re.compile(
    rf"(?P<number>{_NUMBER})(?:[.,]-+)?(?P<scale>{_SCALE})\s?(?P<mark>(?:US|C|A)?(?:{_MARKS}))", re.IGNORECASE
)
_ANY_MARK = re.compile(rf"(?:\b|(?<=\d)|(?=\W))(?:{_MARKS})", re.IGNORECASE)
_THOUSANDS = re.compile(r"^(k|tho|tau|mil(le)?$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The largest amount that a text names, whatever its currency; `unreadable` where one cannot be made out."""

    largest: Decimal = Decimal(0)
    unreadable: bool = False


def money_in(text: str) -> Money:
    """Return what the text says about money. A currency without a number that can be read is unreadable."""
    folded = _folded(text)
    found = [*_BEFORE.finditer(folded), *_BEHIND.finditer(folded)]
    covered = [found_at.span() for found_at in found]
    alone = any(not any(start <= mark.start() < end for start, end in covered) for mark in _ANY_MARK.finditer(folded))
    amounts = [_amount(one["number"]) * _scale(one["scale"]) for one in found]
    return Money(largest=max(amounts, default=Decimal(0)), unreadable=alone)


def _folded(text: str) -> str:
    """Return the text with one form for each sign, plain spaces and nothing invisible."""
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return " ".join(visible.split())


def _amount(number: str) -> Decimal:
    """Return the number. Three digits behind the last mark are thousands: 1.500 counts as the larger reading."""
    parts = re.split(r"[.,'\u2019 ]", number)
    whole, last = "".join(parts[:-1]), parts[-1]
    if whole and len(last) < 3:
        return Decimal(f"{whole}.{last}")
    return Decimal(whole + last)


def _scale(words: str) -> int:
    word = words.strip()
    if not word:
        return 1
    return 1_000 if _THOUSANDS.search(word) else 1_000_000
