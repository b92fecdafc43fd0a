"""Rules for the ways past Slack: what e-mail, webhook and heartbeat need, and that nothing leaves in the open."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from config.layers import Found
from config.remarks import Remark

LEAST_SECRET = 16
"""Characters below which a webhook's secret can be guessed."""


def second_routes(found: Found) -> Iterator[Remark]:
    """Yield what is missing or unsafe about e-mail, webhook and heartbeat."""
    yield from _mail(found)
    yield from _webhook(found)
    for name in ("REPLYDESK_WEBHOOK_URL", "REPLYDESK_HEARTBEAT_URL"):
        if found.get(name):
            yield from _address(name, found.get(name))


def _mail(found: Found) -> Iterator[Remark]:
    url, sender = found.get("REPLYDESK_SMTP_URL"), found.get("REPLYDESK_MAIL_FROM")
    parts = _split(url) if url else None
    if url and (parts is None or parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        yield Remark(
            sentence="REPLYDESK_SMTP_URL cannot be read: write smtp://USER:PASSWORD@HOST:587 (STARTTLS) or "
            "smtps://USER:PASSWORD@HOST:465, and in the password @ as %40, / as %2F, # as %23, ? as %3F, : as %3A."
        )
    if url and "@" not in sender.strip("@"):
        yield Remark(
            sentence="REPLYDESK_MAIL_FROM must be an address like desk@example.com where REPLYDESK_SMTP_URL is set."
        )
    if sender and not url:
        yield Remark(wrong=False, sentence="REPLYDESK_MAIL_FROM does nothing without REPLYDESK_SMTP_URL.")


def _webhook(found: Found) -> Iterator[Remark]:
    url, secret = found.get("REPLYDESK_WEBHOOK_URL"), found.get("REPLYDESK_WEBHOOK_SECRET")
    if url and len(secret) < LEAST_SECRET:
        yield Remark(
            sentence=f"REPLYDESK_WEBHOOK_SECRET must have at least {LEAST_SECRET} characters: with it the other side "
            "tells the desk's alarms from anybody's."
        )
    if not url and (secret or found.get("REPLYDESK_WEBHOOK_ROUTING_KEY")):
        yield Remark(
            wrong=False,
            sentence="The secret and the routing key of the webhook do nothing without REPLYDESK_WEBHOOK_URL.",
        )


def _address(name: str, url: str) -> Iterator[Remark]:
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        yield Remark(sentence=f"{name} cannot be read: write https://HOST/PATH.")
    elif parts.scheme == "http" and not _is_loopback(parts.hostname):
        yield Remark(sentence=f"{name} must begin with https://, because alarms travel there.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
