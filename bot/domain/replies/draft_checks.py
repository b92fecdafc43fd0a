"""What a reply must not hold, and what its approver has to look at twice, judged by its exact words.

Some things are refused at the field (`refuse`); others may be right, so a person has to tick that they have been
looked at (`concerns`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import phonenumbers
import regex

from bot.domain.cases.post import Post
from bot.domain.errors import RefusedField
from bot.domain.text.card_numbers import mask_card_numbers
from bot.domain.text.links import hosts

FIELD = "reply"
CONCERNS_SHOWN = 8
"""Concerns listed one by one; a reply with more is better written again."""

_MAIL = regex.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_MENTION = regex.compile(r"(?<![\w@./+-])@(\w{1,50})")
_CODE = regex.compile(r"(?<![\w@/.-])(?=[A-Z0-9-]*[0-9][A-Z0-9-]*[0-9])[A-Z0-9](?:[A-Z0-9-]{3,22})[A-Z0-9](?![\w@-])")
"""Capitals and digits in one word, at least two digits, five characters or more: order numbers, booking codes."""
_NUMBER = regex.compile(r"[0-9]+")
_LONG_NUMBER = 7
"""Digits from which a bare number is a customer's number rather than an amount or a year."""
_TWO_ALPHABETS = regex.compile(
    r"(?<!\w)(?=\w*\p{Script=Latin})(?=\w*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}])\w+"
)
_FANCY = regex.compile(r"[\U0001D400-\U0001D7FF\uFF21-\uFF3A\uFF41-\uFF5A](?:\w|\s)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRules:
    """What the house knows to be harmless in a public reply.

    `link_hosts` may be linked to, subdomains included; `allowed` are addresses and numbers of our own; `phone_regions`
    are countries (ISO 3166) whose phone numbers are known without a leading `+`.
    """

    link_hosts: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    phone_regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where the reply goes: the customer's posts, and the handles that are part of the conversation."""

    posts: tuple[Post, ...]
    brand: str = ""

    @property
    def customer_words(self) -> str:
        return _folded(" ".join(post.text for post in self.posts))

    @property
    def handles(self) -> frozenset[str]:
        """Return who may be mentioned: whoever wrote or was mentioned there, and ourselves."""
        mentioned = (name for post in self.posts for name in _MENTION.findall(post.text))
        written = (post.author.handle for post in self.posts)
        return frozenset(name.casefold() for name in (*mentioned, *written, self.brand) if name)


def refuse(text: str) -> None:
    """Raise `RefusedField` for what can never be right in a public reply."""
    if mask_card_numbers(text) != text:
        raise RefusedField(FIELD, "There is a payment card number in it. Take it out: this would be public.")
    for pattern, why in (
        (_TWO_ALPHABETS, "mixes letters of two alphabets that look alike"),
        (_FANCY, "is written in look-alike letters that many people cannot read"),
    ):
        if found := pattern.search(text):
            raise RefusedField(FIELD, f"“{found.group().strip()[:40]}” {why}. Type it again by hand.")


def concerns(text: str, setting: Setting, rules: DraftRules) -> tuple[str, ...]:
    """Return, in plain sentences, what the approver has to look at twice; nothing for an ordinary reply."""
    found = [sentence for look in _LOOKS for sentence in look(text, setting, rules)]
    return tuple(dict.fromkeys(found))[:CONCERNS_SHOWN]


def _links(text: str, setting: Setting, rules: DraftRules) -> Iterator[str]:  # noqa: ARG001 -- one shape for the table
    for host in hosts(text):
        if not any(host == known or host.endswith(f".{known}") for known in rules.link_hosts):
            yield f"It links to {host}, which is not on the list of the house."


def _mails(text: str, setting: Setting, rules: DraftRules) -> Iterator[str]:
    for mail in _MAIL.findall(text):
        if _is_news(mail, setting, rules):
            yield f"It holds an e-mail address that the customer did not write: {mail}."


def _phones(text: str, setting: Setting, rules: DraftRules) -> Iterator[str]:
    for raw in _phone_numbers(text, rules):
        if _is_news(raw, setting, rules):
            yield f"It holds a phone number that the customer did not write: {raw}."


def _codes(text: str, setting: Setting, rules: DraftRules) -> Iterator[str]:
    phones = " ".join(_phone_numbers(text, rules))
    rest = _MAIL.sub(" ", text)
    for code in (found.group() for found in _CODE.finditer(rest)):
        longest = max((len(digits) for digits in _NUMBER.findall(code)), default=0)
        is_code = longest >= _LONG_NUMBER or not code.replace("-", "").isdigit()
        if is_code and code not in phones and _is_news(code, setting, rules):
            yield f"It holds an order number or code that the customer did not write: {code}."


def _mentions(text: str, setting: Setting, rules: DraftRules) -> Iterator[str]:  # noqa: ARG001 -- see _links
    for handle in _MENTION.findall(text):
        if handle.casefold() not in setting.handles:
            yield f"It mentions @{handle}, who is not part of this conversation."


_LOOKS: tuple[Callable[[str, Setting, DraftRules], Iterator[str]], ...] = (_links, _mails, _phones, _codes, _mentions)


def _phone_numbers(text: str, rules: DraftRules) -> Iterator[str]:
    """Yield each phone number once, as it is written; digits of any script are understood."""
    seen: set[int] = set()
    for region in (None, *rules.phone_regions):
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            if match.start not in seen:
                seen.add(match.start)
                yield match.raw_string


def _is_news(words: str, setting: Setting, rules: DraftRules) -> bool:
    """Say whether neither the customer nor the house has made this public already."""
    folded = _folded(words)
    return folded not in setting.customer_words and folded not in {_folded(known) for known in rules.allowed}


def _folded(text: str) -> str:
    """Return the text as numbers and addresses are compared: without spaces and signs between digits."""
    return regex.sub(r"[\s()./\-]+", "", text).casefold()
