"""Rules that look at several settings together: no mixed worlds, no open Redis, the tokens that the way in needs."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from urllib.parse import SplitResult, parse_qs, urlsplit

from config.alarm_rules import second_routes
from config.layers import Found
from config.remarks import Remark

SANDBOX_MARK = "sandbox"
"""Every key and token of the pretend servers carries this word; no real one does."""
SECRET_LENGTH = 32
"""Characters of a Slack signing secret."""

_SLACK_KEYS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
_X_KEYS = ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_SECRET", "X_BEARER_TOKEN")
_BEGINNINGS = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}
_REDIS = re.compile(r"(rediss?)(?:\+(sentinel|cluster))?://([^/?#]*@)?([^/?#@]*)([^?#]*)(\?[^#@]*)?")
_REDIS_PATHS = {
    "": re.compile(r"(/\d*)?"),
    "sentinel": re.compile(r"/[\w.-]+(/\d*)?", re.ASCII),
    "cluster": re.compile(r"(/0?)?"),
}
"""A database; the name that the Sentinels know and a database; nothing."""
_TRUE = frozenset(("1", "true", "yes", "on", "t", "y"))


def across(found: Found) -> Iterator[Remark]:
    """Yield what is wrong or doubtful between settings. The raw text is looked at, so nothing must be valid yet."""
    for rule in RULES:
        yield from rule(found)


def redis_place(url: str) -> str:
    """Return where a Redis is, without user or password: for logs and for `check`."""
    parts, servers = _split(url), _redis_servers(url)
    if parts and parts.scheme == "unix":
        return parts.path
    usual = 26379 if "+sentinel://" in url else 6379
    return ",".join(f"{one.hostname}:{_port(one) or usual}" for one in servers) or "an address that cannot be read"


def is_loopback(address: str) -> bool:
    """Return whether an address stays on this machine."""
    parts = _split(address)
    host = (parts.hostname if parts else None) or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _one_world(found: Found) -> Iterator[Remark]:
    """Pretend servers take pretend keys, real ones real keys, and both sides live in the same world."""
    for title, address, keys in (("Slack", "SLACK_API_URL", _SLACK_KEYS), ("X", "X_API_URL", _X_KEYS)):
        pretend = is_loopback(found.get(address))
        for key in keys:
            value = found.get(key)
            if value and pretend and SANDBOX_MARK not in value:
                yield Remark(
                    sentence=f"{key} is a real key, but {address} leads to a pretend {title} on this machine. "
                    f"Remove {address}, or take the sandbox's own keys."
                )
            if value and not pretend and SANDBOX_MARK in value:
                yield Remark(
                    sentence=f"{key} belongs to the sandbox, but {address} leads to the real {title}. "
                    f"Set {key} to a real key, or start the demo: python -m bot demo."
                )
    if is_loopback(found.get("SLACK_API_URL")) != is_loopback(found.get("X_API_URL")):
        yield Remark(
            sentence="SLACK_API_URL and X_API_URL mix a pretend and a real server: replies approved in one world would "
            "go out in the other. Set both to the sandbox, or remove both."
        )


def _encrypted(found: Found) -> Iterator[Remark]:
    for key in ("SLACK_API_URL", "X_API_URL"):
        address = found.get(key)
        if address.lower().startswith("http://") and not is_loopback(address):
            yield Remark(sentence=f"{key} must begin with https://, because tokens and replies travel there.")


def _token_shapes(found: Found) -> Iterator[Remark]:
    for key, beginning in _BEGINNINGS.items():
        value = found.get(key)
        if value and not value.startswith(beginning):
            yield Remark(
                sentence=f"{key} {found.place(key)} is not that kind of token: it must begin with {beginning}. "
                "Copy it again from the app's page at api.slack.com/apps."
            )


def _way_in(found: Found) -> Iterator[Remark]:
    if found.get("REPLYDESK_INBOUND").lower() == "http":
        secret = found.get("SLACK_SIGNING_SECRET")
        if len(secret) < SECRET_LENGTH:
            yield Remark(
                sentence=f"SLACK_SIGNING_SECRET is {'too short' if secret else 'not set'}: with REPLYDESK_INBOUND=http "
                "anybody could speak as Slack. Copy it from Basic Information on the app's page at api.slack.com/apps."
            )
    elif not found.get("SLACK_APP_TOKEN"):
        yield Remark(
            sentence="SLACK_APP_TOKEN is not set: make an app-level token with connections:write under "
            "Basic Information on the app's page at api.slack.com/apps."
        )


def _approval_key(found: Found) -> Iterator[Remark]:
    key = found.get("REPLYDESK_APPROVAL_KEY")
    if len(key) >= SECRET_LENGTH and len(set(key)) < 10:
        yield Remark(
            sentence="REPLYDESK_APPROVAL_KEY is easy to guess: it repeats a few characters. Make a random one: "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )


def _stream(found: Found) -> Iterator[Remark]:
    if found.get("REPLYDESK_STREAM").lower() in _TRUE and not found.get("X_BEARER_TOKEN"):
        yield Remark(
            sentence="X_BEARER_TOKEN is not set, but REPLYDESK_STREAM needs it: set it or switch the stream off."
        )


def _redis(found: Found) -> Iterator[Remark]:
    url = found.get("REDIS_URL")
    if not url:
        return
    parts, servers = _split(url), _redis_servers(url)
    if not servers and not (parts and parts.scheme == "unix"):
        yield Remark(
            sentence="REDIS_URL cannot be read: write redis://:PASSWORD@HOST:6379/0 (rediss:// when encrypted), "
            "unix:///PATH, redis+sentinel://:PASSWORD@HOST1:26379,HOST2:26379/SERVICE or "
            "redis+cluster://:PASSWORD@HOST1:6379,HOST2:6379, and in "
            "the password @ as %40, / as %2F, # as %23, ? as %3F, : as %3A."
        )
        return
    away = [server for server in servers if not is_loopback(server.geturl())]
    if away and found.get("REPLYDESK_ALLOW_PLAIN_REDIS").lower() not in _TRUE:
        yield from _open_redis(away[0])
    if "none" in (value.lower() for one in servers for value in parse_qs(one.query).get("ssl_cert_reqs", ())):
        yield Remark(
            wrong=False,
            sentence="REDIS_URL has ssl_cert_reqs=none: anybody between here and Redis can pretend to be it. "
            "Remove it, and name the authority with ssl_ca_certs=FILE where needed.",
        )


def _open_redis(parts: SplitResult) -> Iterator[Remark]:
    if not parts.password:
        yield Remark(
            sentence="REDIS_URL leads to another machine without a password, open to anybody who finds it. "
            "Put a password into it, or set REPLYDESK_ALLOW_PLAIN_REDIS=true on a private network."
        )
    if parts.scheme == "redis":
        yield Remark(
            sentence="REDIS_URL leads to another machine without encryption: write rediss:// instead of redis://, "
            "or set REPLYDESK_ALLOW_PLAIN_REDIS=true on a private network."
        )


def _redis_servers(url: str) -> tuple[SplitResult, ...]:
    """Return the address once for each server that it names; nothing where the password tore it apart."""
    parts = _REDIS.fullmatch(url)
    if parts is None:
        return ()
    scheme, kind, login, hosts, path, options = parts.groups(default="")
    servers = [_split(f"{scheme}://{login}{host}{options}") for host in hosts.split(",")]
    sound = [one for one in servers if one and one.hostname and _port(one) != -1]
    whole = len(sound) == len(servers) and (kind or len(servers) == 1) and _REDIS_PATHS[kind].fullmatch(path)
    return tuple(sound) if whole else ()


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return -1


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


RULES: tuple[Callable[[Found], Iterator[Remark]], ...] = (
    _one_world,
    _encrypted,
    _token_shapes,
    _way_in,
    _approval_key,
    _stream,
    _redis,
    second_routes,
)
