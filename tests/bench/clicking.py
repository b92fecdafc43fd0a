"""A click on Claim until its durable acknowledgement, through the whole of Bolt, door, services and store."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest

from bot.adapters.redis_commits import Conditions
from bot.adapters.redis_scripts import Shard
from bot.adapters.slack_chat import open_client
from bot.domain.cases import ownership
from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import Status
from bot.domain.ids import CaseId, OpId, UserId
from bot.domain.people import Person
from bot.process import Role, run
from tests.bench.figures import Figure, Goal, Rule, Size, median, percentile, timed
from tests.bench.place import BareScript, DeskInPlace, Place, a_desk
from tests.bench.samples import claim_click, customer_posts

ANA = UserId("UANA")
WARM_UP = 20
Samples = tuple[list[float], list[float], list[float]]
"""Milliseconds of clicks, of bare acknowledgements, of bare commits."""
CLICK, BOLT, COMMIT = 0, 1, 2
AGAINST = {BOLT: "a bare Bolt listener that only acknowledges", COMMIT: "the commit script alone"}
Bound = tuple[str, int, float, Goal | None]
"""The name of a figure, what a click is held against, at which percentile of both, and the goal."""
QUIET: tuple[Bound, ...] = (
    ("click_to_ack_p50", BOLT, 0.5, Goal(Rule.RATIO_AT_MOST, 0.5)),
    ("click_to_ack_p99", BOLT, 0.99, Goal(Rule.BELOW, 25)),
    ("click_over_commit_p50", COMMIT, 0.5, Goal(Rule.ABOVE_BASELINE_AT_MOST, 1.5)),
    ("click_over_commit_p99", COMMIT, 0.99, None),
)
WORKING: tuple[Bound, ...] = (
    ("click_while_working_p50", BOLT, 0.5, None),
    ("click_while_working_p99", BOLT, 0.99, None),
)


async def clicking(place: Place, size: Size) -> list[Figure]:
    async with a_desk(place) as desk:
        posts = iter(customer_posts((WARM_UP + 2 * size.rounds * size.clicks) * 2))
        bench = _Clicks(place, desk, await desk.desk.directory.person(ANA))

        async def a_round(clicks: int) -> Samples:
            cases = [await desk.desk.intake.receive(next(posts)) for _ in range(clicks * 2)]
            return await bench.round(cases)

        await a_round(WARM_UP)
        quiet = [await a_round(size.clicks) for _ in range(size.rounds)]
        async with _working(desk):
            busy = [await a_round(size.clicks) for _ in range(size.rounds)]
    return [*_figures(quiet, QUIET), *_figures(busy, WORKING, ", in the same process")]


@asynccontextmanager
async def _working(desk: DeskInPlace) -> AsyncIterator[None]:
    """Let the desk do its work meanwhile: it has thousands of cards to post and posts them as fast as Slack allows."""
    stop = asyncio.Event()
    running = asyncio.create_task(run(desk.desk, stop, Role.WORK))
    try:
        yield
    finally:
        stop.set()
        await running


def _typical(rounds: Sequence[Samples], which: int, share: float) -> float:
    return median([percentile(samples[which], share) for samples in rounds])


def _figures(rounds: Sequence[Samples], bounds: Sequence[Bound], where: str = "") -> list[Figure]:
    return [
        Figure(
            name=name,
            value=_typical(rounds, CLICK, share),
            unit="ms",
            baseline=_typical(rounds, bare, share),
            against=AGAINST[bare] + where,
            goal=goal,
        )
        for name, bare, share, goal in bounds
    ]


class _Clicks:
    """One click, one bare acknowledgement and one bare commit in turn, so that all three meet the same weather."""

    def __init__(self, place: Place, desk: DeskInPlace, ana: Person) -> None:
        self.desk = desk
        self.ana = ana
        self.bare = _bare_app(desk)
        self.store = desk.desk.outside.redis.store
        shard: Shard = self.store._shard
        self.commit = BareScript.of(shard, place.client, "commit")

    async def round(self, cases: Sequence[Case]) -> Samples:
        ours: list[float] = []
        bolt: list[float] = []
        commits: list[float] = []
        for clicked, committed in zip(cases[::2], cases[1::2], strict=True):
            for app, samples in ((self.desk.desk.app, ours), (self.bare, bolt)):
                request = AsyncBoltRequest(mode="socket_mode", body=claim_click(self.desk.sandbox, clicked))
                samples.append(await timed(self._dispatch(app, request)))
            packed, document = await self._prepared(committed)
            commits.append(await timed(self.commit.call(packed, document)))
        for case in cases:
            await self._must_be_claimed(case.id)
        return ours, bolt, commits

    async def _dispatch(self, app: AsyncApp, request: AsyncBoltRequest) -> None:
        answer = await app.async_dispatch(request)
        assert answer.status == 200, answer.body

    async def _prepared(self, case: Case) -> tuple[bytes, bytes]:
        """Return the request and the document that claiming this case would commit."""
        op = OpId(f"click:bare:{case.id}")
        found = await self.store.see(case.id, op)
        assert found
        decision = ownership.claim(found.case, self.ana, found.now)
        request = self.store.commits.request(op, found, decision, Conditions())
        return msgspec.msgpack.encode(request), self.store.commits.codec.encode(decision.case)

    async def _must_be_claimed(self, case_id: CaseId) -> None:
        case = await self.store.load(case_id)
        assert case, case_id
        assert (case.status, case.owner) == (Status.CLAIMED, ANA), f"{case_id} was not claimed: nothing was measured"


def _bare_app(desk: DeskInPlace) -> AsyncApp:
    """Return an app as Bolt's first page shows it: its defaults, one listener, one acknowledgement."""
    settings = desk.desk.outside.settings
    token = settings.slack_bot_token.get_secret_value()
    app = AsyncApp(client=open_client(token, settings.slack_api_url, desk.desk.outside.session))

    @app.action("claim")
    async def only_acknowledge(ack: AsyncAck) -> None:
        await ack()

    return app
