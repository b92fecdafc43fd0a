"""X's own pace, kept: what is known to be empty is not called."""

import pytest

from bot.adapters.platforms.x_limits import Limits

NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def left(remaining: int, reset: float, kind: str = "x-rate-limit") -> dict[str, str]:
    return {f"{kind}-remaining": str(remaining), f"{kind}-reset": str(int(reset))}


def test_an_endpoint_that_is_empty_waits_until_its_reset_and_no_other_does():
    clock = Clock()
    limits = Limits(clock)
    limits.learn("GET /a", 200, left(0, NOW + 300), writes=False)
    assert (limits.wait("GET /a"), limits.wait("GET /b")) == (300.0, 0.0)
    clock.now += 301
    assert limits.wait("GET /a") == 0.0


@pytest.mark.parametrize(
    ("status", "headers", "writes", "wait"),
    [
        pytest.param(200, {}, False, 0.0, id="no headers, no wait"),
        pytest.param(200, left(3, NOW + 300), False, 0.0, id="something is left"),
        pytest.param(429, {}, False, 60.0, id="a 429 without a word waits a minute"),
        pytest.param(429, {"retry-after": "17"}, False, 17.0, id="a 429 with Retry-After waits so long"),
        pytest.param(429, left(5, NOW + 120), False, 120.0, id="a 429 with a reset waits for it"),
        pytest.param(429, left(0, NOW - 50), False, 1.0, id="a reset in the past waits a moment"),
        pytest.param(200, left(0, NOW + 10**7), False, 900.0, id="a reset beyond its window is a wrong clock"),
        pytest.param(201, left(0, NOW + 5_000, "x-user-limit-24hour"), True, 5_000.0, id="the day's posts are used up"),
        pytest.param(
            200, left(0, NOW + 5_000, "x-user-limit-24hour"), False, 0.0, id="used-up posts do not stop reading"
        ),
        pytest.param(429, left(0, NOW + 10**7, "x-user-limit-24hour"), False, 86_400.0, id="a day is the longest wait"),
        pytest.param(
            429, {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"}, False, 60.0, id="nonsense in a header"
        ),
    ],
)
def test_what_an_answer_says_about_the_pace(status: int, headers: dict[str, str], writes: bool, wait: float):
    limits = Limits(Clock())
    limits.learn("E", status, headers, writes=writes)
    assert limits.wait("E") == wait
