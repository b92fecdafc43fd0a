"""Words of the policy found in customers' words: whole words, whatever the capitals and accents, never as patterns."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f\ufe0e\ufe0f]")
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Khmer, Japanese, Chinese: written without spaces, so a word is found anywhere."""


def plain(text: str) -> str:
    """Return the text as it is compared: small letters, without accents on Latin, Greek and Cyrillic letters."""
    folded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text)).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", folded))


def found_word(text: str, words: Sequence[str]) -> str | None:
    """Return the first of the words that stands in the text, as the policy writes it; a final `*` takes any ending."""
    usable = tuple(words)
    where = _pattern(usable).search(plain(text)) if usable else None
    return usable[int(str(where.lastgroup)[1:])] if where else None


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern for all the words; each is a group, so that the one found can be named."""
    groups = [f"(?P<w{number}>{_one(plain(word))})" for number, word in enumerate(words) if plain(word).strip(" *")]
    return re.compile("|".join(groups) or r"(?!)")


def _one(word: str) -> str:
    stem = word.removesuffix("*").strip()
    exact = r"\s+".join(re.escape(part) for part in stem.split())
    if _UNSPACED.search(stem):
        return exact
    return rf"(?<!\w){exact}" if word.endswith("*") else rf"(?<!\w){exact}(?!\w)"
