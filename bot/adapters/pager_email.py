"""Pages by e-mail: plain text, over TLS, each under the id of its page, so that mail systems drop a second one."""

import asyncio
import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import UserId
from bot.ports.alarm import Alarm, Stage, Urgency

TIMEOUT = 10.0
"""Seconds for one mail, from the connection to the server's last word."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over. `tls` from the first byte on (smtps), else STARTTLS, which only loopback may lack."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str) -> "MailServer":
        """Read `smtp://USER:PASSWORD@HOST:587` or `smtps://…:465`. Raises `Broken`."""
        try:
            parts = urlsplit(url)
            port, host = parts.port, parts.hostname
        except ValueError:
            port, host, parts = None, None, urlsplit("")
        if parts.scheme not in ("smtp", "smtps") or not host:
            raise Broken("REPLYDESK_SMTP_URL cannot be read: write smtp://USER:PASSWORD@HOST:587 or smtps://…:465.")
        tls = parts.scheme == "smtps"
        return cls(
            host=host,
            port=port or (465 if tls else 587),
            tls=tls,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


class MailPager:
    """Keeps the port `Pager` for people whose address is known."""

    name = "e-mail"

    def __init__(
        self,
        server: MailServer,
        sender: str,
        addresses: Mapping[UserId, str],
        *,
        trusted: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """Connect to nothing yet; `trusted` replaces the authorities that this machine trusts."""
        self._server = server
        self._sender = sender
        self._addresses = addresses
        self._trusted = trusted or ssl.create_default_context()
        self._timeout = timeout

    async def page(self, alarm: Alarm) -> bool:
        address = self._addresses.get(alarm.to)
        if address is None:
            return False
        try:
            async with asyncio.timeout(self._timeout):
                await self._hand_over(self._written(alarm, address))
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(max((one.code for one in error.recipients), default=550)) from None
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPTimeoutError, aiosmtplib.SMTPServerDisconnected):
            raise Unavailable("the mail server does not answer") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refused(error.code) from None
        except aiosmtplib.SMTPException:
            raise Broken("the mail server offers no encryption") from None
        except (OSError, TimeoutError):
            raise Unavailable("the mail server cannot be reached safely") from None
        return True

    async def settle(self, key: str, stage: Stage) -> None:
        """Nobody is written to that an alarm is over: whoever opens Slack sees it."""

    async def _hand_over(self, mail: EmailMessage) -> None:
        server = self._server
        must_encrypt = server.host not in LOOPBACK or bool(server.user)
        await aiosmtplib.send(
            mail,
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=None if server.tls or not must_encrypt else True,
            username=server.user or None,
            password=server.password or None,
            tls_context=self._trusted,
            timeout=self._timeout,
        )

    def _written(self, alarm: Alarm, address: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = address
        mail["Subject"] = " ".join(alarm.subject.split())
        mail["Date"] = formatdate(usegmt=True)
        mail["Message-ID"] = f"<{_name(alarm)}@{self._sender.rpartition('@')[2].rstrip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
        if alarm.urgency is Urgency.CRITICAL:
            mail["Importance"] = "high"
        mail.set_content(alarm.body)
        return mail


def _name(alarm: Alarm) -> str:
    """Return the key as a message id may hold it; a digest, because a key may hold other characters."""
    return f"replydesk-{hashlib.sha256(alarm.key.encode()).hexdigest()[:40]}"


def _refused(code: int) -> Unavailable | Broken:
    """Return what a server's no means: 4xx is for now (greylisting, a full box), 5xx for good."""
    said = f"the mail server refused it ({code})"
    return Unavailable(said) if 400 <= code < 500 else Broken(said)
