"""Posts a second: from a page of X's JSON to committed cases, by the desk's own reader, sweep, intake and store."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from bot.adapters.platforms import x_fetch
from bot.adapters.platforms.x_cursor import Cursor
from bot.adapters.platforms.x_text import MAXIMUM, weighted_length
from bot.adapters.platforms.x_wire import X
from bot.adapters.redis_commits import Conditions
from bot.adapters.redis_scripts import Shard
from bot.adapters.redis_store import RedisCaseStore
from bot.domain.cases import conversation
from bot.domain.cases.post import Post
from bot.domain.ids import CaseId, Instant, OpId, PlatformName, PostId
from bot.domain.intake.routing import route
from bot.domain.intake.severity import assess
from bot.domain.policy import Policy
from bot.domain.replies.reply import Outcome, OwnPost, Reply
from bot.domain.text.wording import TextRule
from bot.jobs.ingest import AT_ONCE, Ingest
from bot.logs import get_log
from bot.ports import Account, Batch, Gone
from bot.services.intake import Intake
from tests.bench.figures import Figure, Goal, Rule, Size, median
from tests.bench.place import BareScript, Place
from tests.bench.samples import ACCOUNT, network, pages, read, written


async def ingesting(place: Place, size: Size) -> list[Figure]:
    ours: list[Pace] = []
    bare: list[Pace] = []
    for _ in range(size.rounds):
        x = network(size.posts)
        answered = pages(x, written(x, size.posts))
        await _desk(place, answered, size.posts, ours)
        await _bare(place, answered, bare)
    value, baseline = median([pace.rate for pace in ours]), median([pace.rate for pace in bare])
    against = "the commit script alone, documents of the same size, as many at once"
    return [
        Figure(
            name="ingest_rate",
            value=value,
            unit="posts/s",
            baseline=baseline,
            against=against,
            goal=Goal(Rule.AT_LEAST, 500),
        ),
        Figure(
            name="ingest_share",
            value=value,
            unit="posts/s",
            baseline=baseline,
            against=against,
            goal=Goal(Rule.RATIO_AT_LEAST, 0.5),
        ),
        Figure(
            name="ingest_cpu",
            value=median([pace.cpu for pace in ours]),
            unit="ms/post",
            baseline=median([pace.cpu for pace in bare]),
            against="the same, on our side of the connection",
        ),
    ]


@dataclass(frozen=True, slots=True)
class Pace:
    """Posts a second by the clock on the wall, and milliseconds of this process's processor for one."""

    rate: float
    cpu: float


@contextmanager
def _paced(count: int, into: list[Pace]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    into.append(Pace(count / seconds, used / count * 1_000))


async def _desk(place: Place, answered: Sequence[bytes], count: int, paces: list[Pace]) -> None:
    ports, _ = place.ports()
    ingest = Ingest(
        platform=AnsweredX(deque(answered)),
        intake=Intake(ports.store, ports.arrivals, place.policy),
        memory=ports.memory,
        journal=ports.journal,
        log=get_log(),
    )
    await ports.memory.now()
    with _paced(count, paces):
        swept = await ingest.sweep_once()
    assert swept.received == count, swept
    assert await ports.store.count("open") == count


async def _bare(place: Place, answered: Sequence[bytes], paces: list[Pace]) -> None:
    """Commit what the desk would have committed, already worked out, with as many at once."""
    ports, shard = place.ports()
    posts = [post for page in answered for post in read(page).posts]
    now = await ports.memory.now()
    waiting = deque(_prepared(ports.store, place.policy, post, 1001 + number, now) for number, post in enumerate(posts))
    commit = BareScript.of(shard, place.client, "commit")

    async def work() -> None:
        while waiting:
            verdict, *_ = await commit.call(*waiting.popleft())
            assert verdict == b"ok", verdict

    await _warm(shard)
    with _paced(len(posts), paces):
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _warm(shard: Shard) -> None:
    """Make sure that the server knows the script."""
    await shard._client.script_load(shard._scripts["commit"].text)  # type: ignore[union-attr]  # a plain client here


def _prepared(store: RedisCaseStore, policy: Policy, post: Post, number: int, now: Instant) -> tuple[bytes, bytes]:
    severity = assess(post, policy)
    decision = conversation.open_case(
        CaseId(f"C-{number}"),
        post,
        route=route(post, severity, policy),
        severity=severity,
        timing=policy.timing,
        now=now,
    )
    request = store.commits.request(OpId(f"open:{post.id}:0"), None, decision, Conditions())
    return msgspec.msgpack.encode(request), store.commits.codec.encode(decision.case)


@dataclass
class AnsweredX:
    """A platform whose answers are here already: pages of JSON as X sends them, oldest page first."""

    answered: deque[bytes]

    @property
    def name(self) -> PlatformName:
        return X

    @property
    def account(self) -> Account:
        return ACCOUNT

    @property
    def text_rule(self) -> TextRule:
        return TextRule(maximum=MAXIMUM, count=weighted_length)

    async def whoami(self) -> Account:
        return ACCOUNT

    async def fetch(self, cursor: str | None) -> Batch:
        page = read(self.answered.popleft())
        found = x_fetch.Found(posts=page.posts, unreadable=page.unreadable, newest=page.newest)
        batch = x_fetch.batch(Cursor.read(cursor), found, None)
        return Batch(posts=batch.posts, cursor=batch.cursor, unreadable=batch.unreadable, more=bool(self.answered))

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post | Gone]:
        return dict.fromkeys(ids, Gone(reason="nothing is kept here"))

    async def reply(self, reply: Reply, within: float) -> Outcome:
        raise AssertionError(f"nothing is published here: {reply}, {within}")

    async def own_posts(self, since: PostId | None) -> Sequence[OwnPost]:
        raise AssertionError(f"nothing is published here: {since}")

    def by_hand_url(self, target: PostId, text: str) -> str:
        raise AssertionError(f"nothing is published here: {target}, {text}")
