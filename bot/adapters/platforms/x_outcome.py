"""What an answer of X means: for reading, and for a reply, where only proof counts."""

from collections.abc import Callable, Mapping

from bot.adapters.platforms.x_client import Answer, CallFailed
from bot.adapters.platforms.x_ids import is_id, post_url
from bot.domain.errors import Broken, NotAdmitted, Paced, Unavailable
from bot.domain.ids import PostId
from bot.domain.replies.reply import NotSent, Outcome, RefusedByPlatform, Sent, Unconfirmed

DUPLICATE = "duplicate content"
_SENTENCES = (
    (
        "you are mentioned or are the author",
        "X allows replies only to people who mentioned or quoted us, and this person did not. Answer by hand on X.",
    ),
    ("deleted or not visible", "The post is no longer there, or we may not see it any more."),
    ("too long", "X says the reply is too long."),
    ("not allowed because you have not been mentioned", "The author limits who may reply, and we are not among them."),
    ("text is empty", "X says the reply is empty."),
)
"""What X says (a part of its own words) and what we tell people."""
_LONGEST = 200


def readable(answer: Answer) -> Mapping[str, object]:
    """Return the body of a read that worked; raises `Paced`, `Unavailable`, or `Broken` for a no that will stay."""
    body = answer.json()
    if answer.status == 429:
        raise Paced("X asks us to wait", answer.wait)
    if answer.status >= 500 or answer.status in (408, 425) or not isinstance(body, dict):
        raise Unavailable(f"X answered {answer.status} in a form that is no answer")
    if not 200 <= answer.status < 300:
        refusal = NotAdmitted if answer.status == 401 else Broken
        raise refusal(f"X refused: {answer.status} {_title(body)}")
    return body


def of_answer(answer: Answer, handle: str) -> Outcome:
    """Classify X's answer to a reply. What is not a known yes or a known no is in doubt."""
    body = answer.json()
    if not isinstance(body, dict):
        return Unconfirmed(reason=f"X answered {answer.status} without words that count")
    if 200 <= answer.status < 300:
        return _accepted(body, handle)
    known = _KNOWN_NO.get(answer.status)
    return known(answer, _said(body)) if known else Unconfirmed(reason=f"X answered {answer.status}")


def of_failure(failure: CallFailed) -> Outcome:
    """Without an answer, only a call that never got a connection is proved not to be out."""
    return Unconfirmed(reason=str(failure)) if failure.left else NotSent(reason=str(failure))


def _accepted(body: Mapping[str, object], handle: str) -> Outcome:
    data = body.get("data")
    post_id = data.get("id") if isinstance(data, dict) else None
    if not is_id(post_id):
        return Unconfirmed(reason="X accepted the reply but did not name it")
    return Sent(id=PostId(post_id), url=post_url(handle, post_id))


def _said(body: Mapping[str, object]) -> str:
    """Return everything X says about its no, in the several places where it says it."""
    rows = body.get("errors")
    errors = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    words = [body.get("detail"), *(row.get("detail") or row.get("message") for row in errors), body.get("title")]
    return " ".join(word for word in words if isinstance(word, str))


def _title(body: Mapping[str, object]) -> str:
    title = body.get("title")
    return title[:60] if isinstance(title, str) else ""


def _refused(answer: Answer, said: str) -> Outcome:
    folded = said.casefold()
    for part, sentence in _SENTENCES:
        if part in folded:
            return RefusedByPlatform(reason=sentence)
    if answer.status == 404:
        return RefusedByPlatform(reason="X does not find the post any more.")
    words = f": {said[:_LONGEST]}" if said else "."
    return RefusedByPlatform(reason=f"X refused the reply ({answer.status}){words}")


def _forbidden(answer: Answer, said: str) -> Outcome:
    if DUPLICATE in said.casefold():
        return Unconfirmed(reason="X says the same words are out already")
    return _refused(answer, said)


def _not_admitted(_answer: Answer, _said: str) -> Outcome:
    return NotSent(reason="X did not accept our credentials")


def _paced(answer: Answer, _said: str) -> Outcome:
    return NotSent(reason="X asks us to wait", retry_after=answer.wait)


_KNOWN_NO: Mapping[int, Callable[[Answer, str], Outcome]] = {
    400: _refused,
    401: _not_admitted,
    403: _forbidden,
    404: _refused,
    429: _paced,
}
"""Every status that proves nothing was published, but for the one 403 that proves the opposite."""
