"""What an answer to a reply proves, and what it does not."""

import json

import pytest

from bot.adapters.platforms.x_client import Answer, CallFailed
from bot.adapters.platforms.x_outcome import of_answer, of_failure, readable
from bot.domain.errors import Broken, NotAdmitted, Paced, Unavailable
from bot.domain.replies.reply import NotSent, RefusedByPlatform, Sent, Unconfirmed

NOT_SUMMONED = "You can only reply to or quote posts where you are mentioned or are the author."
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
HTML = b"<!DOCTYPE html><html><body>Over capacity</body></html>"


def says(**body: object) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (201, says(data={"id": "17", "text": "x"}), Sent),
        (200, says(data={"id": "17"}), Sent),
        (201, says(data={"id": 17}), Unconfirmed),
        (201, says(data={"id": ""}), Unconfirmed),
        (201, says(data={}), Unconfirmed),
        (201, says(data=None, errors=[{"detail": DUPLICATE}]), Unconfirmed),
        (201, b"", Unconfirmed),
        (200, HTML, Unconfirmed),
        (200, b"[1, 2]", Unconfirmed),
        (200, b"[" * 100_000, Unconfirmed),
        (307, says(title="Moved"), Unconfirmed),
        (400, says(title="Invalid Request", errors=[{"message": "Your Tweet text is empty."}]), RefusedByPlatform),
        (400, HTML, Unconfirmed),
        (401, says(title="Unauthorized"), NotSent),
        (401, b"", Unconfirmed),
        (403, says(detail=NOT_SUMMONED), RefusedByPlatform),
        (403, says(detail="Your account is suspended."), RefusedByPlatform),
        (403, says(detail=DUPLICATE), Unconfirmed),
        (403, says(title="Forbidden", errors=[{"code": 187, "message": "Duplicate Content found"}]), Unconfirmed),
        (403, HTML, Unconfirmed),
        (404, says(title="Not Found Error"), RefusedByPlatform),
        (408, says(title="Timeout"), Unconfirmed),
        (409, says(title="Conflict"), Unconfirmed),
        (422, says(title="Unprocessable"), Unconfirmed),
        (429, says(title="Too Many Requests"), NotSent),
        (429, HTML, Unconfirmed),
        (500, says(title="Internal Error"), Unconfirmed),
        (503, HTML, Unconfirmed),
        (503, says(title="Service Unavailable"), Unconfirmed),
        (599, b"", Unconfirmed),
    ],
)
def test_an_answer_to_a_reply_means(status: int, body: bytes, kind: type):
    outcome = of_answer(Answer(status=status, body=body, wait=30.0), "LumenShop")
    assert type(outcome) is kind


def test_a_reply_that_was_taken_is_named_with_its_address():
    outcome = of_answer(Answer(status=201, body=says(data={"id": "17"})), "LumenShop")
    assert outcome == Sent(id="17", url="https://x.com/LumenShop/status/17")


def test_too_many_replies_are_told_when_to_try_again():
    outcome = of_answer(Answer(status=429, body=says(title="Too Many Requests"), wait=412.0), "LumenShop")
    assert outcome == NotSent(reason="X asks us to wait", retry_after=412.0)


@pytest.mark.parametrize(
    ("status", "detail", "part"),
    [
        (403, NOT_SUMMONED, "by hand"),
        (403, "You attempted to reply to a Tweet that is deleted or not visible to you.", "no longer there"),
        (403, "Your Tweet text is too long. For more information …", "too long"),
        (403, "Something new. " * 100, "Something new."),
        (404, "", "does not find"),
    ],
)
def test_a_refusal_is_a_sentence_for_people(status: int, detail: str, part: str):
    outcome = of_answer(Answer(status=status, body=says(detail=detail)), "LumenShop")
    assert part in outcome.reason
    assert len(outcome.reason) < 300


def test_without_an_answer_only_a_call_that_never_connected_is_proved_not_to_be_out():
    assert of_failure(CallFailed("X did not answer in time", left=True)) == Unconfirmed(
        reason="X did not answer in time"
    )
    assert of_failure(CallFailed("no such host", left=False)) == NotSent(reason="no such host")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, says(title="Too Many Requests"), Paced),
        (429, HTML, Paced),
        (500, says(title="Internal Error"), Unavailable),
        (503, HTML, Unavailable),
        (200, HTML, Unavailable),
        (200, b"[]", Unavailable),
        (302, says(), Broken),
        (400, says(title="Invalid Request"), Broken),
        (401, says(title="Unauthorized"), NotAdmitted),
        (403, says(title="Forbidden"), Broken),
        (404, says(title="Not Found"), Broken),
        (401, HTML, Unavailable),
    ],
)
def test_a_read_that_did_not_work_raises(status: int, body: bytes, error: type[Exception]):
    with pytest.raises(error) as raised:
        readable(Answer(status=status, body=body, wait=9.0))
    assert type(raised.value) is error
    assert getattr(raised.value, "retry_after", 9.0) == 9.0
