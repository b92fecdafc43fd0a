"""Pages by a signed webhook, in the shape of PagerDuty's Events API v2, which many paging services take.

`X-Replydesk-Signature: v1=` is the HMAC-SHA256 of `<timestamp>.<body>`, with `X-Replydesk-Timestamp` in seconds.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable

import aiohttp

from bot.domain.errors import Broken, Paced, Unavailable
from bot.ports.alarm import Alarm, Stage

TIMEOUT = 10.0
"""Seconds for one call; a paging service answers at once or not at all."""
LONGEST_WAIT = 300.0
LONGEST_KEY = 255
"""Characters of a `dedup_key` (Events API v2)."""
LONGEST_SUMMARY = 1_024
_ACTIONS = {Stage.ACKNOWLEDGED: "acknowledge", Stage.RESOLVED: "resolve"}


class WebhookPager:
    """Keeps the port `Pager`; who is reached is decided by the service behind the address, so it knows everybody."""

    name = "webhook"

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        secret: str,
        routing_key: str = "",
        clock: Callable[[], float] = time.time,
        timeout: float = TIMEOUT,
    ) -> None:
        """`secret` signs what is sent, `routing_key` names the service at the other side."""
        self._session = session
        self._url = url
        self._secret = secret.encode()
        self._routing_key = routing_key
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def page(self, alarm: Alarm) -> bool:
        payload = {
            "summary": alarm.subject[:LONGEST_SUMMARY],
            "source": "replydesk",
            "severity": alarm.urgency.value,
            "custom_details": {"to": alarm.to, "text": alarm.body},
        }
        await self._send({"event_action": "trigger", **self._named(alarm.key), "payload": payload})
        return True

    async def settle(self, key: str, stage: Stage) -> None:
        await self._send({"event_action": _ACTIONS[stage], **self._named(key)})

    def _named(self, key: str) -> dict[str, str]:
        short = key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
        return {"routing_key": self._routing_key, "dedup_key": short}

    async def _send(self, event: dict[str, object]) -> None:
        body = json.dumps(event, ensure_ascii=True).encode()
        at = str(int(self._clock()))
        signature = hmac.new(self._secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Replydesk-Timestamp": at,
            "X-Replydesk-Signature": f"v1={signature}",
        }
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, allow_redirects=False, timeout=self._timeout
            ) as answer:
                status, wait = answer.status, answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise Unavailable("the webhook does not answer") from None
        _judge(status, wait)


def _judge(status: int, wait: str) -> None:
    """Raise for everything but 2xx. A redirect is a no: alarms go to the address that was agreed on."""
    if 200 <= status < 300:
        return
    if status == 429:
        raise Paced("the webhook asked to wait", min(float(wait), LONGEST_WAIT) if wait.isdecimal() else 30.0)
    if status >= 500 or status == 408:
        raise Unavailable(f"the webhook failed ({status})")
    raise Broken(f"the webhook refused it ({status})")
