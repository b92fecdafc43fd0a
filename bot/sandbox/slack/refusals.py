"""How the pretend Slack says no to an app: by an error name, with details where Slack gives them."""

from typing import Any


class Refusal(Exception):  # noqa: N818 -- it is Slack's answer, not a fault of the sandbox
    """A Web API answer with `ok: false`; `error` is Slack's name for it, `more` what else the answer holds."""

    def __init__(self, error: str, *, messages: list[str] | None = None, status: int = 200, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.retry_after: int | None = None
        self.more = more
        if messages:
            self.more["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in messages]}

    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.more}


def rate_limited(retry_after: int) -> Refusal:
    refusal = Refusal("ratelimited", status=429)
    refusal.retry_after = retry_after
    return refusal
