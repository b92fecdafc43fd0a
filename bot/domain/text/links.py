"""Where a link in a customer's words really leads, written beside it in letters that cannot look like others."""

import re
import unicodedata

_TOKEN = re.compile(r"(?P<link>\S+)(?P<told> \[[a-z0-9.-]{1,253}\])?")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_AROUND = "()[]{}<>\"'`,;:!?.…“”„‚‘’«»*_~|"
"""What people and sentences put around a link."""
_USUAL_ENDINGS = frozenset(
    (
        *("com", "net", "org", "info", "biz", "shop", "store", "online", "app", "io", "me"),
        *("de", "fr", "es", "uk", "eu", "ch", "at", "it", "nl", "pl"),
    )
)
"""Endings that make a bare word with a dot a link; others ("café.et") are more likely a missing space."""
_LONGEST_HOST = 253
"""Characters of a host name (RFC 1035)."""


def show_hosts(text: str) -> str:
    """Write the real host in brackets behind each link whose host is not plain ASCII or hides behind `name@`."""
    return text if text.isascii() and "@" not in text else _TOKEN.sub(_told, text)


def hosts(text: str) -> tuple[str, ...]:
    """Return the hosts that the links of a text lead to, as they are sent over the wire, each once."""
    found = (_host(token["link"]) for token in _TOKEN.finditer(text))
    return tuple(dict.fromkeys(ascii_host(host).casefold() for host in found if host))


def ascii_host(host: str) -> str:
    """Return a host as it is sent over the wire: labels that are not ASCII in punycode (RFC 3492)."""
    return ".".join(_label(label) for label in host[:_LONGEST_HOST].split("."))


def _label(label: str) -> str:
    plain = unicodedata.normalize("NFKC", label).casefold()
    return plain if plain.isascii() else "xn--" + plain.encode("punycode").decode("ascii")


def _told(found: re.Match[str]) -> str:
    link, told = found["link"], found["told"] or ""
    host = _doubtful_host(link)
    real = f" [{ascii_host(host)}]" if host else ""
    return link + told if told == real else link + real + told


def _doubtful_host(link: str) -> str:
    """Return the host if what people read is not where the link leads; "" where it is, or where it is no link."""
    host = _host(link)
    hides = bool(_SCHEME.search(link)) and bool(_parts(link)[0])
    return host if hides or not host.isascii() else ""


def _host(link: str) -> str:
    """Return the host that a word of a text leads to, "" where it is no link."""
    user, host = _parts(link)
    if _SCHEME.search(link):
        return host
    ending = host.rpartition(".")[2].casefold()
    is_link = "." in host and not user and (host.casefold().startswith("www.") or ending in _USUAL_ENDINGS)
    return host if is_link else ""


def _parts(link: str) -> tuple[str, str]:
    """Return what stands before an `@` in front of the host, and the host."""
    scheme = _SCHEME.search(link)
    address = re.split(r"[/?#\\\\]", link[scheme.end() :] if scheme else link, maxsplit=1)[0]
    user, _, place = address.rpartition("@")
    return user, place.partition(":")[0].strip(_AROUND)
