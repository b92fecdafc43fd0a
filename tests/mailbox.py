"""A mail server and a webhook's other side, both real, on ports of their own: what the desk's second routes lead to."""

import asyncio
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.loopback import served

SECRET = "a webhook secret of tests"


@dataclass
class Mailbox:
    """Takes mail; `says` answers for an address instead of taking it, `silent` never answers the mail's end."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    silent: asyncio.Event | None = None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list):  # noqa: N802 -- aiosmtpd calls it so
        if address in self.says:
            return self.says[address]
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):  # noqa: N802 -- aiosmtpd calls it so
        if self.silent:
            await self.silent.wait()
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        self.over_tls.append(session.ssl is not None)
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right", handled=False)

    @property
    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]


@asynccontextmanager
async def a_mailbox(
    *, tls: ssl.SSLContext | None = None, at_once: bool = False, careless: bool = False
) -> AsyncIterator[Mailbox]:
    """Run a mail server; with `tls` it offers STARTTLS and takes logins, or speaks TLS from the first byte on.

    A `careless` one asks for passwords without any encryption, as one whose STARTTLS somebody filters out seems to.
    """
    box = Mailbox()
    loop = asyncio.get_running_loop()
    login = {"authenticator": box.authenticate, "auth_require_tls": not careless} if tls or careless else {}
    start = {} if at_once else {"tls_context": tls}
    protocol = partial(SMTP, box, hostname="mail.test", loop=loop, **start, **login)
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if at_once else None)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Hook:
    """Takes events of the Events API v2; `answers` are given first, each once, then 202."""

    url: str = ""
    events: list[dict] = field(default_factory=list)
    requests: int = 0
    answers: list[web.Response] = field(default_factory=list)
    beats: int = 0
    silent: asyncio.Event | None = None

    async def take(self, request: web.Request) -> web.Response:
        self.requests += 1
        body = await request.read()
        at = request.headers["X-Replydesk-Timestamp"]
        wanted = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        if request.headers["X-Replydesk-Signature"] != f"v1={wanted}":
            return web.Response(status=403)
        if self.silent:
            await self.silent.wait()
        if self.answers:
            return self.answers.pop(0)
        self.events.append(json.loads(body))
        return web.Response(status=202)

    async def beat(self, request: web.Request) -> web.Response:
        if self.answers:
            return self.answers.pop(0)
        self.beats += 1
        return web.Response()

    def of(self, action: str) -> list[str]:
        """Return the keys of the events of one kind, in order."""
        return [event["dedup_key"] for event in self.events if event["event_action"] == action]


@asynccontextmanager
async def a_hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/v2/enqueue", hook.take)
    app.router.add_get("/beat", hook.beat)
    async with served(app) as at:
        hook.url = f"http://{at}"
        yield hook
