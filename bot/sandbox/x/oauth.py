"""Who asks: an OAuth 1.0a signature (HMAC-SHA1) of the brand's account, or the app's bearer token."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from bot.sandbox.clock import SandboxClock
from bot.sandbox.x.problems import unauthorized

HOSTS = ("https://api.twitter.com", "https://api.x.com")
"""A client whose host was rewritten still signs for the real one."""

OLDEST_SECONDS = 300
_PARAMETER = re.compile(r'\s*([A-Za-z0-9_.%~-]+)="([^"]*)"\s*')


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The only keys that the pretend X takes."""

    api_key: str
    api_secret: str
    access_token: str
    access_secret: str
    bearer_token: str
    account_id: str


@dataclass(frozen=True, kw_only=True)
class Caller:
    """`user` acts as the brand's account; `app` reads in public only."""

    kind: Literal["user", "app"]
    account_id: str


class Door:
    """Checks the Authorization header; raises X's 401 for anything that is not exactly right."""

    def __init__(self, keys: Keys, clock: SandboxClock) -> None:
        self.keys = keys
        self._clock = clock
        self._nonces: dict[tuple[str, str], None] = {}

    def admit(self, header: str, method: str, urls: Sequence[str], query: Iterable[tuple[str, str]]) -> Caller:
        """`urls`: what the client may have signed, without the query; `query`: the decoded pairs."""
        kind, _, rest = header.partition(" ")
        if kind == "Bearer" and hmac.compare_digest(rest.strip().encode(), self.keys.bearer_token.encode()):
            return Caller(kind="app", account_id="")
        if kind != "OAuth":
            raise unauthorized()
        return self._signed(rest, method, urls, list(query))

    def _signed(self, rest: str, method: str, urls: Sequence[str], query: list[tuple[str, str]]) -> Caller:
        given = {unquote(name): unquote(value) for name, value in _PARAMETER.findall(rest)}
        signature = given.pop("oauth_signature", "")
        given.pop("realm", None)
        known = (
            given.get("oauth_consumer_key") == self.keys.api_key and given.get("oauth_token") == self.keys.access_token
        )
        if not known or given.get("oauth_signature_method") != "HMAC-SHA1" or not self._fresh(given):
            raise unauthorized()
        pairs = [*query, *given.items()]
        if not any(
            hmac.compare_digest(signature.encode(), self.signature(method, url, pairs).encode()) for url in urls
        ):
            raise unauthorized()
        self._remember(given)
        return Caller(kind="user", account_id=self.keys.account_id)

    def signature(self, method: str, url: str, pairs: Iterable[tuple[str, str]]) -> str:
        """RFC 5849, 3.4: base string of the sorted, encoded pairs, signed with both secrets."""
        sorted_pairs = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
        parameters = "&".join(f"{name}={value}" for name, value in sorted_pairs)
        base = "&".join((method.upper(), _encoded(url), _encoded(parameters)))
        key = f"{_encoded(self.keys.api_secret)}&{_encoded(self.keys.access_secret)}"
        return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()

    def _fresh(self, given: dict[str, str]) -> bool:
        """The time stamp may be off by five minutes of real or sandbox time, and a nonce is good once."""
        stamp = given.get("oauth_timestamp", "")
        if not (stamp.isascii() and stamp.isdigit()) or not given.get("oauth_nonce"):
            return False
        now = self._clock.now()
        real = now - self._clock.offset
        near = any(abs(int(stamp) - clock) <= OLDEST_SECONDS for clock in (now, real))
        return near and (stamp, given["oauth_nonce"]) not in self._nonces

    def _remember(self, given: dict[str, str]) -> None:
        self._nonces[given["oauth_timestamp"], given["oauth_nonce"]] = None
        if len(self._nonces) > 10_000:
            del self._nonces[next(iter(self._nonces))]


def _encoded(text: str) -> str:
    return quote(text, safe="~-._")
