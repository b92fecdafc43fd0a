"""What `REDIS_URL` may look like, taken apart, so that nothing of it is shown but servers, service and database."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote

from bot.domain.errors import Broken


class Kind(StrEnum):
    """Which servers an address leads to."""

    ONE = "one server"
    SOCKET = "one server on this machine"
    SENTINEL = "a primary that Sentinels know"
    CLUSTER = "a cluster"


SCHEMES: Mapping[str, tuple[Kind, bool]] = {
    "redis": (Kind.ONE, False),
    "rediss": (Kind.ONE, True),
    "unix": (Kind.SOCKET, False),
    "redis+sentinel": (Kind.SENTINEL, False),
    "rediss+sentinel": (Kind.SENTINEL, True),
    "redis+cluster": (Kind.CLUSTER, False),
    "rediss+cluster": (Kind.CLUSTER, True),
}
"""The kind, and whether the way there is encrypted."""
FORMS: Mapping[Kind, str] = {
    Kind.ONE: "redis://:PASSWORD@HOST:6379/0 (rediss:// when encrypted)",
    Kind.SOCKET: "unix:///path/to/socket",
    Kind.SENTINEL: "redis+sentinel://:PASSWORD@HOST1:26379,HOST2:26379/SERVICE",
    Kind.CLUSTER: "redis+cluster://:PASSWORD@HOST1:6379,HOST2:6379",
}
ESCAPES = "In the password write @ as %40, / as %2F, # as %23, ? as %3F, : as %3A and % as %25."
UNREADABLE = "(not shown: it cannot be read, so a password could stand anywhere in it)"
SENTINEL_PORT, PORT = 26379, 6379

_URL = re.compile(r"([A-Za-z+]+)://(?:([^/?#]*)@)?([^/?#@]*)(/[^?#]*)?(?:\?([^#@]*))?")
_HOST = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_PATHS: Mapping[Kind, re.Pattern[str]] = {
    Kind.ONE: re.compile(r"(?:/(?P<db>[0-9]{0,4}))?"),
    Kind.SOCKET: re.compile(r"(?P<path>/.+)"),
    Kind.SENTINEL: re.compile(r"/(?P<service>[A-Za-z0-9._-]+)(?:/(?P<db>[0-9]{0,4}))?"),
    Kind.CLUSTER: re.compile(r"(?:/0?)?"),
}
"""What may follow the hosts: anything else would be a piece of a torn password, and is never shown."""
_WRONG_PATH: Mapping[Kind, str] = {
    Kind.ONE: "after the host comes nothing but the number of a database",
    Kind.SOCKET: "it names no file",
    Kind.SENTINEL: "after the hosts comes the name under which the Sentinels know the server, and perhaps a database",
    Kind.CLUSTER: "a cluster has no database but 0",
}


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text):
        raise ValueError
    return int(text)


def _yes_or_no(text: str) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]


def _checking(text: str) -> str:
    return {"none": "none", "optional": "optional", "required": "required"}[text.lower()]


OPTIONS: Mapping[str, Callable[[str], object]] = {
    "db": _number,
    "username": str,
    "password": str,
    "sentinel_username": str,
    "sentinel_password": str,
    "ssl_ca_certs": str,
    "ssl_certfile": str,
    "ssl_keyfile": str,
    "ssl_cert_reqs": _checking,
    "ssl_check_hostname": _yes_or_no,
}
"""What may stand after the question mark; time limits and repeating are the desk's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One `REDIS_URL`, taken apart; `place` may be shown, the fields without repr never."""

    kind: Kind
    place: str
    encrypted: bool = False
    hosts: tuple[tuple[str, int], ...] = ()
    path: str = ""
    service: str = ""
    db: int = 0
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, object] = field(default_factory=dict, repr=False)


def parse(url: str) -> Address:
    """Return the address. Raises `Broken` with one sentence that holds nothing of what was written."""
    parts = _URL.fullmatch(url)
    scheme = parts[1].lower() if parts else ""
    if parts is None or scheme not in SCHEMES:
        every = ", ".join(FORMS.values())
        raise Broken(f"REDIS_URL cannot be read. Write one of: {every}. {ESCAPES}")
    try:
        return _address(scheme, parts)
    except ValueError as error:
        raise Broken(f"REDIS_URL cannot be read: {error}. Write {FORMS[SCHEMES[scheme][0]]}. {ESCAPES}") from None


def shown(url: str) -> str:
    """Return the address without user name, password and options: the only form that may be shown."""
    try:
        return parse(url).place
    except Broken:
        return UNREADABLE


def _address(scheme: str, parts: re.Match[str]) -> Address:
    kind, encrypted = SCHEMES[scheme]
    hosts = _hosts(kind, parts[3])
    after = _PATHS[kind].fullmatch(parts[4] or "")
    if after is None or (parts[2] and "@" in (parts[4] or "")):
        raise ValueError(_WRONG_PATH[kind])
    found = after.groupdict()
    options = _options(kind, parts[5] or "", encrypted=encrypted)
    db = options.pop("db", found.get("db")) or 0
    user, _, secret = (parts[2] or "").partition(":")
    return Address(
        kind=kind,
        place=f"{scheme}://{parts[3]}{parts[4] or ''}",
        encrypted=encrypted,
        hosts=hosts,
        path=unquote(found.get("path") or ""),
        service=found.get("service") or "",
        db=int(str(db)),
        username=unquote(user) or _text(options.pop("username", None)),
        password=unquote(secret) or _text(options.pop("password", None)),
        options=options,
    )


def _text(option: object) -> str | None:
    return str(option) if option else None


def _hosts(kind: Kind, written: str) -> tuple[tuple[str, int], ...]:
    if kind is Kind.SOCKET:
        if written:
            raise ValueError("three slashes come before the path")
        return ()
    hosts = tuple(_host(kind, one) for one in written.split(","))
    if kind is Kind.ONE and len(hosts) > 1:
        raise ValueError("several servers are written with redis+sentinel:// or redis+cluster://")
    return hosts


def _host(kind: Kind, written: str) -> tuple[str, int]:
    found = _HOST.fullmatch(written)
    if found is None:
        raise ValueError("a host is a name or a number, a colon and a port")
    port = int(found[2]) if found[2] else SENTINEL_PORT if kind is Kind.SENTINEL else PORT
    if not 0 < port < 65536:
        raise ValueError("a port is a number from 1 to 65535")
    return found[1].strip("[]"), port


def _options(kind: Kind, written: str, *, encrypted: bool) -> dict[str, object]:
    """Return the options; their names are not repeated in a sentence, as a torn password may look like one."""
    try:
        pairs = parse_qsl(written, keep_blank_values=True, strict_parsing=True, errors="strict") if written else []
        options = {name: OPTIONS[name](value) for name, value in pairs}
    except (ValueError, KeyError):
        raise ValueError(f"after the question mark may stand {', '.join(OPTIONS)}, each with its value") from None
    if not encrypted and any(name.startswith("ssl_") for name in options):
        raise ValueError("options that begin with ssl_ belong to an encrypted address (rediss)")
    if kind is not Kind.SENTINEL and any(name.startswith("sentinel_") for name in options):
        raise ValueError("options that begin with sentinel_ belong to an address of Sentinels")
    if kind is Kind.CLUSTER and options.get("db"):
        raise ValueError(_WRONG_PATH[kind])
    return options
