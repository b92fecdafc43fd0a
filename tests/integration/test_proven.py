"""An account that could not be proven at the start is proven before the first reply: nothing leaves as somebody else."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.platforms.proven import Proven
from bot.adapters.platforms.x import connect
from bot.domain.ids import AccountId, PlatformName, PostId
from bot.domain.replies.reply import NotSent, Outcome, RefusedByPlatform, Reply, Sent
from bot.ports import Account
from bot.sandbox.server import Sandbox

COVERS = ("APR-21",)
OURS, ANOTHER = "900000001", "900000002"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox.running(limits=False) as sandbox:
        yield sandbox


async def replied(sandbox: Sandbox, account: str, *, times: int = 1) -> Outcome:
    environment = sandbox.environment()
    settings = {key[2:].lower(): value for key, value in environment.items() if key.startswith("X_")}
    connection = connect(Account(id=AccountId(account), handle="LumenShop"), settings)
    target = sandbox.x.post(author="mia_travels", text="@LumenShop it hums").id
    try:
        platform = Proven(connection.platform)
        for number in range(times):
            reply = Reply(
                platform=PlatformName("x"),
                account=AccountId(account),
                target=PostId(target),
                text=f"Sorry, Mia. {number}",
            )
            outcome = await platform.reply(reply, 10.0)
    finally:
        await connection.close()
    return outcome


def looks(sandbox: Sandbox) -> int:
    return len(sandbox.traffic.calls("GET /2/users/me"))


async def test_the_right_account_is_asked_once_and_replies(sandbox: Sandbox) -> None:
    assert isinstance(await replied(sandbox, OURS, times=2), Sent)
    assert looks(sandbox) == 1
    assert len(sandbox.x.published_by_app()) == 2


@pytest.mark.parametrize("row", ["APR-21"])
async def test_another_account_never_replies(sandbox: Sandbox, row: str) -> None:
    outcome = await replied(sandbox, ANOTHER)
    assert isinstance(outcome, RefusedByPlatform)
    assert "belong to @LumenShop (900000001)" in outcome.reason
    assert sandbox.x.published_by_app() == []


async def test_while_nobody_says_whose_it_is_nothing_is_sent(sandbox: Sandbox) -> None:
    sandbox.weather.x_down = True
    outcome = await replied(sandbox, OURS)
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == 30.0
    assert [call for call in sandbox.traffic.calls(side="x") if call.method == "POST /2/tweets"] == []
