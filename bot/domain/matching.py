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
    folded = plain(text)
    where = _any_of(usable).search(folded)
    if where is None:
        return None
    return next((word for word in usable if _any_of((word,)).match(folded, where.start())), None)


def has_word(folded: str, words: tuple[str, ...]) -> bool:
    """Say whether one of the words stands in a text that `plain` has folded: once, for many rules."""
    return _any_of(words).search(folded) is not None


@lru_cache(maxsize=2_048)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern for all the words.

    That a word begins here is asked once for all of them, and no word is a group of its own: with both, a post
    took 1.6 ms to weigh and route by the shipped policy, without 0.07.
    """
    stems = [word for word in map(plain, words) if word.strip(" *")]
    spaced = [_one(word) for word in stems if not _UNSPACED.search(word)]
    found = [_one(word) for word in stems if _UNSPACED.search(word)]
    if spaced:
        found.append(rf"(?<!\w)(?:{'|'.join(spaced)})")
    return re.compile("|".join(found) or r"(?!)")


def _one(word: str) -> str:
    stem = word.removesuffix("*").strip()
    exact = r"\s+".join(re.escape(part) for part in stem.split())
    return exact if word.endswith("*") or _UNSPACED.search(stem) else rf"{exact}(?!\w)"
