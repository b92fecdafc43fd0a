"""The words of a reply: brought into the form that leaves, and checked before anybody is asked to approve them."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.errors import RefusedField
from bot.domain.text.words import clean, shorten

REPLY_FIELD = "reply"
REASON_LIMIT = 1_000
"""Of a reason, as Slack counts: forms take 500 characters, a card's section 3,000; a platform's words have no limit."""
_GAP = re.compile(r"\{[^{}\n]{0,60}\}")
_LINE_END_SPACES = re.compile(r"[ \t]+(?=\n)")
_MANY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """How a platform counts a reply. `count` works on the exact text; `maximum` is in the same unit."""

    maximum: int
    count: Callable[[str], int]
    unit: str = "characters"


def canonical(text: str) -> str:
    """Return the text as it will leave: whole characters, NFC, plain line ends, no stray spaces.

    What is previewed is what is sent.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = unicodedata.normalize("NFC", whole.replace("\r\n", "\n").replace("\r", "\n"))
    return _MANY_LINES.sub("\n\n", _LINE_END_SPACES.sub("", text)).strip()


def brief(reason: str) -> str:
    """Return a reason, typed by staff or told by a platform, as it may be stored and shown beside other things."""
    return shorten(clean(reason).text, REASON_LIMIT)


def gaps(text: str) -> tuple[str, ...]:
    """Return the `{gaps}` of a saved reply that nobody has filled yet."""
    return tuple(dict.fromkeys(_GAP.findall(text)))


def signed(body: str, signature: str) -> str:
    """Return the reply with its signature, exactly as it will leave."""
    body = canonical(body)
    return f"{body} {signature}" if signature else body


def check(text: str, rule: TextRule) -> None:
    """Raise `RefusedField` with the reason why this text cannot go out as it is."""
    if not text:
        raise RefusedField(REPLY_FIELD, "Write the reply first: it is empty.")
    if missing := gaps(text):
        raise RefusedField(REPLY_FIELD, f"Fill in {', '.join(missing)} before this can be approved.")
    if (length := rule.count(text)) > rule.maximum:
        raise RefusedField(
            REPLY_FIELD,
            f"{length} of {rule.maximum} {rule.unit}, signature included: please cut {length - rule.maximum}.",
        )
