"""The ways past Slack that the settings name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

from bot.adapters.pager_email import MailPager, MailServer
from bot.adapters.pager_webhook import WebhookPager
from bot.domain.ids import UserId
from bot.ports.alarm import Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """What the ways need; an empty address means that there is no such way."""

    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    addresses: Mapping[UserId, str] = field(default_factory=dict, repr=False)
    webhook_url: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    routing_key: str = field(default="", repr=False)


def open_pagers(routes: Routes, session: aiohttp.ClientSession) -> tuple[Pager, ...]:
    """Return the ways, in the order in which they are tried. Raises `Broken` for an address that cannot be read."""
    found: list[Pager] = []
    if routes.smtp_url:
        found.append(MailPager(MailServer.read(routes.smtp_url), routes.mail_from, routes.addresses))
    if routes.webhook_url:
        hook = WebhookPager(session, routes.webhook_url, secret=routes.webhook_secret, routing_key=routes.routing_key)
        found.append(hook)
    return tuple(found)
