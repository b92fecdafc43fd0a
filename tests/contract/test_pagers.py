"""The second routes against a real mail server and a real web server: what is taken, refused, late or unsafe."""

import asyncio
import json
import ssl
import subprocess

import aiohttp
import pytest
from aiohttp import web

from bot.adapters.heartbeat import HttpHeart
from bot.adapters.pager_email import MailPager, MailServer
from bot.adapters.pager_webhook import WebhookPager
from bot.domain.errors import Broken, Paced, Unavailable
from bot.ports.alarm import Alarm, Stage, Urgency
from tests.mailbox import SECRET, a_hook, a_mailbox

ALARM = Alarm(
    to="UKIM",
    key="page:C-7:1:1.0:UKIM:0",
    subject="EMERGENCY: C-7 is escalated\r\nBcc: everybody@example.com",
    body="C-7 waits for you.\nAcknowledge it in Slack.",
)
ADDRESSES = {"UKIM": "kim@example.com"}


@pytest.fixture
def certificate(tmp_path):
    """Return a server's TLS and a client's that trusts it."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names)
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))


def mail_pager(box, *, scheme="smtp", host="127.0.0.1", login="", trusted=None, timeout=5.0):
    server = MailServer.read(f"{scheme}://{login}{host}:{box.port}")
    return MailPager(server, "Replydesk <desk@example.com>", ADDRESSES, trusted=trusted, timeout=timeout)


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_mail_says_what_it_is_about_and_nothing_can_be_put_into_its_head():
    async with a_mailbox() as box:
        assert await mail_pager(box).page(ALARM)
    (mail,) = box.mails
    assert box.recipients == ["kim@example.com"]
    assert mail["Subject"] == "EMERGENCY: C-7 is escalated Bcc: everybody@example.com"
    assert mail["Bcc"] is None
    assert mail.get_content().splitlines() == ALARM.body.splitlines()
    assert mail.get_content_type() == "text/plain"


async def test_the_same_page_has_the_same_message_id_and_another_page_another():
    async with a_mailbox() as box:
        pager = mail_pager(box)
        await pager.page(ALARM)
        await pager.page(ALARM)
        await pager.page(Alarm(to="UKIM", key="another", subject="s", body="b"))
    first, again, other = box.ids
    assert first == again != other
    assert first.endswith("@example.com>")


async def test_somebody_without_an_address_is_not_known_to_mail():
    async with a_mailbox() as box:
        assert not await mail_pager(box).page(Alarm(to="UBEN", key="k", subject="s", body="b"))
        assert box.mails == []


async def test_a_refused_recipient_is_refused_for_good_and_a_full_box_for_now():
    async with a_mailbox() as box:
        box.says["kim@example.com"] = "550 nobody of that name"
        with pytest.raises(Broken, match="550"):
            await mail_pager(box).page(ALARM)
        box.says["kim@example.com"] = "451 try again later"
        with pytest.raises(Unavailable, match="451"):
            await mail_pager(box).page(ALARM)


async def test_a_login_and_a_mail_travel_encrypted(certificate):
    server, trusted = certificate
    async with a_mailbox(tls=server) as box:
        await mail_pager(box, host="localhost", login="desk:right@", trusted=trusted).page(ALARM)
    assert box.over_tls == [True]
    assert box.logins == [("desk", "right")]


async def test_smtps_is_encrypted_from_the_first_byte_on(certificate):
    server, trusted = certificate
    async with a_mailbox(tls=server, at_once=True) as box:
        await mail_pager(box, scheme="smtps", trusted=trusted).page(ALARM)
    assert len(box.mails) == 1


async def test_a_wrong_password_is_refused_for_good(certificate):
    server, trusted = certificate
    async with a_mailbox(tls=server) as box:
        with pytest.raises(Broken, match="535"):
            await mail_pager(box, login="desk:wrong@", trusted=trusted).page(ALARM)


async def test_a_password_is_never_shown_to_a_server_without_encryption():
    async with a_mailbox() as box:
        with pytest.raises(Broken, match="no encryption"):
            await mail_pager(box, login="desk:right@").page(ALARM)
    assert box.logins == []
    assert box.mails == []


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_a_server_that_asks_for_the_password_without_encryption_is_not_shown_it(host):
    async with a_mailbox(careless=True) as box:
        with pytest.raises(Broken, match="no encryption"):
            await mail_pager(box, host=host, login="desk:right@").page(ALARM)
    assert (box.logins, box.mails) == ([], [])


async def test_off_this_machine_no_mail_leaves_without_encryption_not_even_one_without_a_password():
    async with a_mailbox() as box:
        with pytest.raises(Broken, match="no encryption"):
            await mail_pager(box, host="0.0.0.0").page(ALARM)
    assert box.mails == []


async def test_a_server_that_nobody_vouches_for_gets_no_mail(certificate):
    server, _ = certificate
    async with a_mailbox(tls=server) as box:
        with pytest.raises(Unavailable):
            await mail_pager(box, login="desk:right@").page(ALARM)
    assert box.logins == []


async def test_a_mail_server_that_does_not_answer_is_given_up_in_time():
    async with a_mailbox() as box:
        box.silent = asyncio.Event()
        with pytest.raises(Unavailable):
            await mail_pager(box, timeout=0.2).page(ALARM)
        box.silent.set()


async def test_a_mail_server_that_is_not_there_is_unavailable():
    async with a_mailbox() as box:
        pass
    with pytest.raises(Unavailable):
        await mail_pager(box).page(ALARM)


@pytest.mark.parametrize("url", ["", "smtp://", "http://mail", "smtp://host:port", "smtp://[host"])
def test_an_address_that_is_none_is_told_without_being_shown(url):
    with pytest.raises(Broken) as told:
        MailServer.read(url)
    assert "REPLYDESK_SMTP_URL" in str(told.value)


def test_the_password_of_the_mail_server_is_in_no_repr():
    assert "hush" not in repr(MailServer.read("smtp://desk:hush@mail.example.com"))


def webhook(session, hook, *, secret=SECRET, timeout=5.0):
    return WebhookPager(session, f"{hook.url}/v2/enqueue", secret=secret, routing_key="R1", timeout=timeout)


async def test_a_webhook_is_signed_and_has_the_shape_of_the_events_api(session):
    async with a_hook() as hook:
        assert await webhook(session, hook).page(ALARM)
    assert hook.events == [
        {
            "event_action": "trigger",
            "routing_key": "R1",
            "dedup_key": ALARM.key,
            "payload": {
                "summary": ALARM.subject,
                "source": "replydesk",
                "severity": "critical",
                "custom_details": {"to": "UKIM", "text": ALARM.body},
            },
        }
    ]


async def test_who_has_it_and_that_it_is_over_is_told_under_the_same_key(session):
    async with a_hook() as hook:
        pager = webhook(session, hook)
        await pager.settle(ALARM.key, Stage.ACKNOWLEDGED)
        await pager.settle(ALARM.key, Stage.RESOLVED)
    assert [(one["event_action"], one["dedup_key"]) for one in hook.events] == [
        ("acknowledge", ALARM.key),
        ("resolve", ALARM.key),
    ]


async def test_a_wrong_secret_is_refused_by_the_other_side(session):
    async with a_hook() as hook:
        with pytest.raises(Broken, match="403"):
            await webhook(session, hook, secret="another").page(ALARM)


async def test_a_key_that_is_too_long_is_shortened_to_the_same_name_each_time(session):
    async with a_hook() as hook:
        long = Alarm(to="UKIM", key="k" * 300, subject="s" * 3_000, body="b", urgency=Urgency.WARNING)
        pager = webhook(session, hook)
        await pager.page(long)
        await pager.settle(long.key, Stage.RESOLVED)
    assert len(hook.of("trigger")[0]) == 64
    assert hook.of("trigger") == hook.of("resolve")
    assert len(hook.events[0]["payload"]["summary"]) == 1_024


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (429, {"Retry-After": "7"}, Paced),
        (429, {"Retry-After": "soon"}, Paced),
        (500, {}, Unavailable),
        (503, {}, Unavailable),
        (400, {}, Broken),
        (404, {}, Broken),
        (302, {"Location": "/beat"}, Broken),
    ],
)
async def test_what_a_webhook_answers_says_whether_to_try_again(session, status, headers, error):
    async with a_hook() as hook:
        hook.answers = [web.Response(status=status, headers=headers)]
        with pytest.raises(error) as told:
            await webhook(session, hook).page(ALARM)
        assert hook.requests == 1, "a redirect is not followed and nothing is repeated here"
    if headers.get("Retry-After") == "7":
        assert told.value.retry_after == 7.0


async def test_a_webhook_that_hangs_or_is_gone_is_unavailable(session):
    async with a_hook() as hook:
        hook.silent = asyncio.Event()
        with pytest.raises(Unavailable):
            await webhook(session, hook, timeout=0.2).page(ALARM)
        hook.silent.set()
    with pytest.raises(Unavailable):
        await webhook(session, hook).page(ALARM)


async def test_a_beat_is_a_get_and_says_what_went_wrong(session):
    async with a_hook() as hook:
        heart = HttpHeart(session, f"{hook.url}/beat")
        await heart.beat()
        assert hook.beats == 1
        hook.answers = [web.Response(status=500), web.Response(status=404)]
        with pytest.raises(Unavailable):
            await heart.beat()
        with pytest.raises(Broken):
            await heart.beat()
    with pytest.raises(Unavailable):
        await heart.beat()


async def test_no_error_of_a_second_route_tells_a_secret(session):
    told = []
    async with a_mailbox() as box, a_hook() as hook:
        hook.answers = [web.Response(status=status) for status in (302, 404, 429, 500)]
        box.says["kim@example.com"] = "550 desk:hush kim@example.com"
        for attempt in range(5):
            try:
                await (mail_pager(box).page(ALARM) if attempt == 4 else webhook(session, hook).page(ALARM))
            except (Broken, Unavailable) as error:
                told.append(json.dumps([str(error), repr(error.__cause__), repr(error.__suppress_context__)]))
    assert len(told) == 5
    assert not any(word in line for line in told for word in ("hush", SECRET, "R1", "kim@", "127.0.0.1"))
