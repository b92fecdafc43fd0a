"""The part of X's search language that a reply desk uses, for recent search and for stream rules.

Words, "phrases", @handle, from: to: lang: conversation_id: in_reply_to_tweet_id: quotes_of_tweet_id: url:
is:reply|quote|retweet, each negated by a minus sign, joined by spaces (and) or by OR between whole groups.
Brackets are refused.
"""

import re
from collections.abc import Callable

from bot.sandbox.x.network import Network
from bot.sandbox.x.posts import Post
from bot.sandbox.x.problems import invalid

LONGEST = 1_024
_TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')

Matches = Callable[[Post], bool]


def parse(network: Network, query: str) -> Matches:
    """A predicate; raises the 400 Problem that X answers to a query it does not understand."""
    if not query.strip() or len(query) > LONGEST:
        raise invalid(f"The `query` query parameter must have 1 to {LONGEST} characters.", query=query[:100])
    if re.search(r"[()]", re.sub(r'"[^"]*"', "", query)):
        raise invalid("The sandbox's search does not know brackets: join whole groups by OR instead.", query=query)
    groups = [_group(network, part) for part in re.split(r"\s+OR\s+", query.strip())]
    return lambda post: any(group(post) for group in groups)


def _group(network: Network, part: str) -> Matches:
    terms = [_term(network, minus == "-", phrase, word) for minus, phrase, word in _TERM.findall(part)]
    if not terms:
        raise invalid("There is an empty group in the query.", query=part)
    return lambda post: all(term(post) for term in terms)


def _term(network: Network, negated: bool, phrase: str, word: str) -> Matches:  # noqa: FBT001 -- private, called once, by position with the regex's groups
    matches = _word(network, word) if word else _text(phrase)
    return (lambda post: not matches(post)) if negated else matches


def _word(network: Network, word: str) -> Matches:
    name, colon, value = word.partition(":")
    operators: dict[str, Callable[[str], Matches]] = {
        "from": lambda who: lambda post: _is(network, post.author_id, who),
        "to": lambda who: lambda post: _is(network, _answered(network, post), who),
        "lang": lambda lang: lambda post: post.lang == lang,
        "conversation_id": lambda wanted: lambda post: post.conversation_id == wanted,
        "in_reply_to_tweet_id": lambda wanted: lambda post: post.in_reply_to == wanted,
        "quotes_of_tweet_id": lambda wanted: lambda post: post.quote_of == wanted,
        "url": lambda url: lambda post: _links(network, post, url.strip('"')),
        "is": _kind,
    }
    if colon and name in operators:
        return operators[name](value)
    if colon and re.fullmatch(r"[a-z_]+", name) and name not in ("http", "https"):
        raise invalid(f"The sandbox's search does not know the operator `{name}:`.", query=word)
    if word.startswith("@"):
        return lambda post: word[1:].casefold() in post.mentions()
    return _text(word)


def _text(words: str) -> Matches:
    wanted = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
    return lambda post: bool(wanted.search(post.text))


def _kind(kind: str) -> Matches:
    kinds: dict[str, Matches] = {
        "reply": lambda post: post.in_reply_to is not None,
        "quote": lambda post: post.quote_of is not None,
        "retweet": lambda post: post.repost_of is not None,
    }
    if kind not in kinds:
        raise invalid(f"is: knows {', '.join(kinds)}, not {kind}.", query=f"is:{kind}")
    return kinds[kind]


def _is(network: Network, account_id: str | None, who: str) -> bool:
    account = network.people.find(who) or network.people.by_id(who)
    return account is not None and account.id == account_id


def _answered(network: Network, post: Post) -> str | None:
    target = network.posts.get(post.in_reply_to or "")
    return target.author_id if target else None


def _links(network: Network, post: Post, url: str) -> bool:
    if url in post.text:
        return True
    quoted = network.posts.get(post.quote_of or "")
    return quoted is not None and url in f"https://x.com/{network.author_of(quoted).handle}/status/{quoted.id}"
