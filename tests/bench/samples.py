"""What the desk is fed: complaints as X would answer them, and clicks as Slack would send them."""

import json
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.adapters.platforms.x_wire import EXPANSIONS, POST_FIELDS, USER_FIELDS, Page, Reader
from bot.domain.cases.case import CardRef, Case
from bot.domain.cases.post import Post
from bot.domain.ids import AccountId, MessageTs
from bot.ports import Account
from bot.sandbox import cast
from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.complaints import COMPLAINTS
from bot.sandbox.server import Sandbox
from bot.sandbox.x import posts as pretend
from bot.sandbox.x.network import Network
from bot.sandbox.x.wire import Wanted, includes, post_json

PAGE = 100
CUSTOMERS = 0.8
"""Different people who write, as a share of the posts: every fifth is by somebody who wrote before."""
CARE = "C0CARE"
ACCOUNT = Account(id=AccountId(cast.BRAND_ID), handle=cast.BRAND_HANDLE)
WANTED = Wanted(
    post_fields=set(POST_FIELDS),
    user_fields=set(USER_FIELDS),
    expansions=set(EXPANSIONS),
    avatars="https://pbs.twimg.com",
)


def network(posts: int) -> Network:
    """Return a pretend X with the customers who write so many posts."""
    found = Network(SandboxClock(), Changes(), brand=cast.brand())
    for number in range(math.ceil(CUSTOMERS * posts)):
        handle, name, followers = cast.CUSTOMERS[number % len(cast.CUSTOMERS)]
        person = pretend.Account(
            id=str(920_000_000 + number), handle=f"{handle[:11]}{number}", name=name, followers=followers + number
        )
        found.people.add(person)
    return found


def written(x: Network, count: int) -> list[pretend.Post]:
    """Let customers write so many posts, each beginning a conversation of its own."""
    people = [account for account in x.people.all() if account.id != cast.BRAND_ID]
    return [
        x.post(people[number % len(people)].handle, f"{COMPLAINTS[number % len(COMPLAINTS)].text} ({number})")
        for number in range(count)
    ]


def pages(x: Network, posts: Sequence[pretend.Post]) -> list[bytes]:
    """Return the posts as X answers them, in pages of JSON."""
    return [_page(x, list(posts[start : start + PAGE])) for start in range(0, len(posts), PAGE)]


def _page(x: Network, posts: list[pretend.Post]) -> bytes:
    newest_first = posts[::-1]
    body = {
        "data": [post_json(x, post, WANTED.post_fields) for post in newest_first],
        "includes": includes(x, newest_first, WANTED)[0],
        "meta": {"result_count": len(posts), "newest_id": newest_first[0].id, "oldest_id": newest_first[-1].id},
    }
    return json.dumps(body, ensure_ascii=False).encode()


def read(page: bytes) -> Page:
    """Read a page as the desk does."""
    return Reader(ACCOUNT).page(json.loads(page))


def customer_posts(count: int) -> list[Post]:
    """Return so many posts as the desk knows them, oldest first."""
    x = network(count)
    return [post for page in pages(x, written(x, count)) for post in reversed(read(page).posts)]


def card_refs() -> Iterator[CardRef]:
    """Yield places in Slack where cards could stand."""
    second = int(datetime.now(UTC).timestamp())
    number = 0
    while True:
        number += 1
        yield CardRef(channel=CARE, ts=MessageTs(f"{second}.{number:06d}"))  # type: ignore[arg-type]  # an invented channel


def claim_click(sandbox: Sandbox, case: Case, user: str = "UANA") -> dict[str, Any]:
    """Return what Slack sends when somebody clicks Claim on the card of a case."""
    return card_click(sandbox, case, action="claim", value=case.id, user=user)


def card_click(sandbox: Sandbox, case: Case, *, action: str, value: str, user: str) -> dict[str, Any]:
    """Return what Slack sends when somebody clicks a button on the card of a case."""
    slack, now = sandbox.slack, f"{sandbox.clock.now():.6f}"
    channel = case.card.channel if case.card else case.route.channel
    ts = case.card.ts if case.card else now
    payload = slack.payloads.interaction("block_actions", user, slack.tickets.new_trigger(user))
    return {
        **payload,
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
        "channel": {"id": channel, "name": "care"},
        "message": {"ts": ts, "text": case.id, "type": "message", "user": cast.BOT_USER_ID},
        "state": {"values": {}},
        "response_url": f"{sandbox.base_url}/response/none",
        "actions": [
            {"action_id": action, "block_id": "acts", "type": "button", "value": value, "action_ts": now},
        ],
    }
