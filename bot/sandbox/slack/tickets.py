"""Short-lived permissions: trigger ids (once, 3 s) and response addresses (5 posts in 30 minutes)."""

import secrets

from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json, State

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


class Tickets:
    """Issues and redeems trigger ids and response addresses by the sandbox clock."""

    def __init__(self, state: State, clock: SandboxClock) -> None:
        self._state = state
        self._clock = clock

    def new_trigger(self, user: str) -> str:
        self._forget_old()
        trigger = f"{int(self._clock.now() * 1000)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._state.triggers[trigger] = {"user": user, "at": self._clock.now(), "used": False}
        return trigger

    def redeem_trigger(self, trigger: str) -> str:
        """The user behind a trigger id, which is then used up."""
        known = self._state.triggers.get(trigger)
        if known is None:
            raise Refusal("invalid_trigger_id")
        if known["used"]:
            raise Refusal("exchanged_trigger_id")
        if self._clock.now() - known["at"] > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        known["used"] = True
        return str(known["user"])

    def new_response_url(self, base_url: str, *, user: str, channel: str, ts: str, ephemeral: bool) -> str:
        """An address for an interaction with a message; `ts` is empty for a slash command."""
        token = secrets.token_urlsafe(18)
        self._state.response_urls[token] = {
            "user": user,
            "channel": channel,
            "ts": ts,
            "ephemeral": ephemeral,
            "at": self._clock.now(),
            "uses": 0,
        }
        return f"{base_url}/response/{token}"

    def redeem_response(self, token: str) -> Json:
        """What a response address stands for; each call counts as one of its five uses."""
        known = self._state.response_urls.get(token)
        if known is None:
            raise Refusal("invalid_token", status=404)
        if self._clock.now() - known["at"] > RESPONSE_SECONDS:
            raise Refusal("expired_url", status=404)
        if known["uses"] >= RESPONSE_USES:
            raise Refusal("used_url", status=404)
        known["uses"] += 1
        return known

    def _forget_old(self) -> None:
        now = self._clock.now()
        for kept, seconds in ((self._state.triggers, 3_600.0), (self._state.response_urls, 2 * RESPONSE_SECONDS)):
            for old in [key for key, known in kept.items() if now - known["at"] > seconds]:
                del kept[old]
