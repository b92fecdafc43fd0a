"""Payment card numbers that customers write in public, taken out before anything is stored or shown.

A number counts as a card when an issuer's prefix, its length and the check digit (Luhn) all agree: order numbers,
post ids, phone numbers and bank accounts stay as they are.
"""

import re
from collections.abc import Iterator

_ISSUERS = (
    (re.compile(r"4"), frozenset({13, 16, 19})),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), frozenset({16})),  # Mastercard
    (re.compile(r"3[47]"), frozenset({15})),  # American Express
    (re.compile(r"6011|64[4-9]|65"), frozenset({16})),  # Discover
    (re.compile(r"352[89]|35[3-8]"), frozenset({16})),  # JCB
    (re.compile(r"30[0-5]|3[689]"), frozenset({14})),  # Diners Club
    (re.compile(r"220[0-4]"), frozenset({16})),  # Mir
    (re.compile(r"62|81"), frozenset({16, 17, 18, 19})),  # UnionPay
    (re.compile(r"50[0-9]|5[6-8]|6[0-9]"), frozenset({16, 18, 19})),  # Maestro, RuPay, Elo
)
"""Prefix and lengths by issuer (ISO/IEC 7812 registry as the issuers publish it)."""

_MINIMUM, _MAXIMUM = 13, 19
_BEGINNING = re.compile("|".join(prefix.pattern for prefix, _ in _ISSUERS))
_RUN = re.compile(r"(?<![\d+#])\d+(?:[\s.\-\u2010-\u2015_/\u00b7\u2022]{1,3}\d+)*(?!\d)")
_GROUP = re.compile(r"\d+")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]){11,30}")
_IBAN_LENGTHS = {
    country: size
    for size, countries in (
        (15, ("NO",)),
        (16, ("BE",)),
        (18, ("DK", "FI", "NL")),
        (20, ("AT", "LU")),
        (21, ("CH",)),
        (22, ("DE", "GB", "IE")),
        (24, ("CZ", "ES", "SE")),
        (25, ("PT",)),
        (27, ("FR", "IT")),
        (28, ("PL",)),
    )
    for country in countries
}
"""Letters and digits of a bank account number by country (the IBAN registry, for the markets we know)."""


def mask_card_numbers(text: str) -> str:
    """Replace each card number by a note with its last four digits; give it text that `clean` has been over."""
    for start, end, last in reversed(list(_cards(_without_other_numbers(text)))):
        text = f"{text[:start]}[card number removed, ends {last}]{text[end:]}"
    return text


def _without_other_numbers(text: str) -> str:
    """Return the text with links and bank accounts blotted out, each character in its place."""
    return _IBAN.sub(_blot_account, _LINK.sub(lambda link: "x" * len(link.group()), text))


def _blot_account(found: re.Match[str]) -> str:
    written = found.group()
    wanted = _IBAN_LENGTHS.get(written[:2], 0)
    ends = [place for place, character in enumerate(written, start=1) if character != " "]
    if not wanted or len(ends) < wanted:
        return written
    end = ends[wanted - 1]
    return "x" * end + written[end:] if _is_account(written[:end].replace(" ", "")) else written


def _is_account(number: str) -> bool:
    """Return whether the check digits hold (ISO 13616: letters as 10 to 35, remainder 1 modulo 97)."""
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1


def _cards(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and last four digits of each card number, from left to right, none across another."""
    for run in _RUN.finditer(text):
        groups = [(*match.span(), _digits(match.group())) for match in _GROUP.finditer(run.group())]
        first = 0
        while first < len(groups):
            count = _card_length(groups[first : first + _MAXIMUM])
            if count:
                start, end = run.start() + groups[first][0], run.start() + groups[first + count - 1][1]
                yield start, end, _digits(text[start:end])[-4:]
            first += max(count, 1)


def _card_length(groups: list[tuple[int, int, str]]) -> int:
    """Return how many of these groups of digits, from the first on, make a card number; the most where several do."""
    sizes: list[int] = []
    best, digits = 0, ""
    for count, (_, _, group) in enumerate(groups, start=1):
        sizes.append(len(group))
        digits += group
        if len(digits) > _MAXIMUM or (len(digits) >= 4 and not _BEGINNING.match(digits)):
            break
        if len(digits) >= _MINIMUM and _is_card(digits) and _written_like_a_card(sizes):
            best = count
    return best


def _written_like_a_card(sizes: list[int]) -> bool:
    """Return whether people write cards in such groups: 4-4-4-4, 4-6-5, 8-8, or digit by digit; not dates or prices."""
    return min(sizes) >= 3 or len(set(sizes)) == 1 or (min(sizes[:-1]) >= 4 and len(sizes) > 1)


def _is_card(digits: str) -> bool:
    known = any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _ISSUERS)
    return known and len(set(digits)) > 1 and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _digits(text: str) -> str:
    """Return the digits of any script as 0 to 9."""
    return text if text.isascii() and text.isdecimal() else "".join(str(int(c)) for c in text if c.isdecimal())
