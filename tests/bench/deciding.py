"""What approval rules cost: deciding by 200 of them, and an approval until its durable acknowledgement."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from string import ascii_lowercase
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest

from bot.adapters.slack_chat import SlackCalls
from bot.domain.approving import approval
from bot.domain.approving.demand import Demand
from bot.domain.approving.rules import ApprovalRule, Rulebook
from bot.domain.cases import ownership
from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import Status
from bot.domain.ids import OpId, UserId
from bot.domain.people import Person
from bot.domain.replies import drafting
from bot.domain.replies.drafting import Written
from bot.domain.text.matching import has_word, plain
from tests import builders
from tests.bench.clicking import WARM_UP
from tests.bench.figures import Figure, Goal, Rule, Size, each, median, percentile, timed
from tests.bench.place import DeskInPlace, Place, a_desk
from tests.bench.samples import card_click, customer_posts

RULES, WORDS = 200, 20
POST = "My lamp arrived broken, nobody answers and the parcel is late again. " * 4
"""280 characters, as X's posts have at most."""
REPLY = "I'm sorry about that. We are looking for it and come back to you today."
ANA, PAT = UserId("UANA"), UserId("UPAT")
ONE_OF_PR, TWO = Demand.of({"pr": 1}), Demand.of({"pr": 1, "service": 1})


async def deciding(place: Place, size: Size) -> list[Figure]:
    return [_rules(size), *await _approving(place, size)]


def _rules(size: Size) -> Figure:
    rules, book, case = _listed(), Rulebook(rules=_listed()), _case()
    draft = case.draft
    assert draft
    assert book.judge(case, draft, builders.NOON).rule == "ordinary"

    def plainly() -> bool:
        posts = plain(POST)
        return any(has_word(posts, rule.words) for rule in rules[:-1])

    assert not plainly(), "the words of a rule were found: nothing was measured"
    repeats = max(1, size.repeats // 20)
    ours = [each(lambda: book.judge(case, draft, builders.NOON), repeats) for _ in range(size.rounds)]
    return Figure(
        name="decide_by_200_rules",
        value=median(ours) / 1_000,
        unit="ms",
        baseline=median([each(plainly, repeats) for _ in range(size.rounds)]) / 1_000,
        against="their words alone, looked for rule by rule",
        goal=Goal(Rule.BELOW, 1),
    )


def _listed() -> tuple[ApprovalRule, ...]:
    """Return rules of which only the last fits, so that all are asked."""
    chance = random.Random(20261122)
    made = tuple(
        ApprovalRule(
            name=f"rule {number}", why="its words", demand=TWO, words=tuple(_word(chance) for _ in range(WORDS))
        )
        for number in range(RULES - 1)
    )
    return (*made, ApprovalRule(name="ordinary", why="always", demand=ONE_OF_PR))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(ascii_lowercase, k=chance.randint(5, 12))) + chance.choice(("", "", "*"))


def _case() -> Case:
    case = builders.in_review()
    return replace(case, posts=(replace(case.posts[0], text=POST),))


async def _approving(place: Place, size: Size) -> list[Figure]:
    policy = replace(place.policy, approval=Rulebook(rules=_listed()))
    async with a_desk(replace(place, policy=policy)) as desk:
        bench = _Approvals(desk, await desk.desk.directory.person(ANA))
        posts = iter(customer_posts(2 * (WARM_UP + 2 * size.rounds * size.approvals)))

        async def a_round(clicks: int) -> tuple[list[float], list[float]]:
            cases = [await desk.desk.intake.receive(next(posts)) for _ in range(clicks * 2)]
            return await bench.round(cases)

        await a_round(WARM_UP)
        asking = [await a_round(size.approvals) for _ in range(size.rounds)]
        desk.desk.directory._calls = Remembering(desk.desk.directory._calls)
        knowing = [await a_round(size.approvals) for _ in range(size.rounds)]
    return [
        _approve("approve_to_ack_p50", asking),
        _approve("approve_without_asking_p50", knowing, Goal(Rule.RATIO_AT_MOST, 1.2)),
    ]


def _approve(name: str, rounds: Sequence[tuple[list[float], list[float]]], goal: Goal | None = None) -> Figure:
    approved, claimed = (median([percentile(one[which], 0.5) for one in rounds]) for which in (0, 1))
    against = "a click on Claim until its durable acknowledgement"
    return Figure(name=name, value=approved, unit="ms", baseline=claimed, against=against, goal=goal)


class Remembering(SlackCalls):
    """Slack asked once for each thing, so that what is left is the desk's own time."""

    def __init__(self, calls: SlackCalls) -> None:
        """Ask through these calls."""
        super().__init__(calls.client)
        self._known: dict[str, Mapping[str, Any]] = {}

    async def call(self, method: str, make: Callable[[], Awaitable[Any]]) -> Mapping[str, Any]:
        asked = make.__closure__[0].cell_contents if make.__closure__ else None
        key = f"{method}:{asked}"
        if key not in self._known:
            self._known[key] = await super().call(method, make)
        return self._known[key]


class _Approvals:
    """A click on Approve and a click on Claim in turn, so that both meet the same weather."""

    def __init__(self, desk: DeskInPlace, ana: Person) -> None:
        self.desk = desk
        self.ana = ana
        self.store = desk.desk.outside.redis.store

    async def round(self, cases: Sequence[Case]) -> tuple[list[float], list[float]]:
        approvals: list[float] = []
        claims: list[float] = []
        for begun, fresh in zip(cases[::2], cases[1::2], strict=True):
            case = await self._in_review(begun)
            assert case.draft
            value = f"{case.id}|{case.draft.rev}|{approval.digest(case, case.draft)[: approval.SHOWN_DIGEST]}"
            approvals.append(await self._click(case, "approve", value, PAT))
            claims.append(await self._click(fresh, "claim", fresh.id, ANA))
            await self._must_be(Status.APPROVED, case)
            await self._must_be(Status.CLAIMED, fresh)
        return approvals, claims

    async def _click(self, case: Case, action: str, value: str, user: UserId) -> float:
        body = card_click(self.desk.sandbox, case, action=action, value=value, user=user)
        return await timed(self._dispatch(AsyncBoltRequest(mode="socket_mode", body=body)))

    async def _dispatch(self, request: AsyncBoltRequest) -> None:
        answer = await self.desk.desk.app.async_dispatch(request)
        assert answer.status == 200, answer.body

    async def _in_review(self, case: Case) -> Case:
        """Return the case with a reply of Ana's before PR."""
        policy = self.desk.desk.outside.policy
        rule = self.desk.desk.outside.connections[case.platform].platform.text_rule
        written = Written(body=REPLY)
        claimed = await self.store.change(
            case.id, OpId(f"b:c:{case.id}"), lambda case, now: ownership.claim(case, self.ana, now)
        )
        return await self.store.change(
            claimed.id,
            OpId(f"b:s:{case.id}"),
            lambda case, now: drafting.submit(case, self.ana, written, rule, now, house=policy.drafts, brand=""),
        )

    async def _must_be(self, status: Status, case: Case) -> None:
        stored = await self.store.load(case.id)
        assert stored, case.id
        assert stored.status is status, f"{case.id} is {stored.status}: nothing was measured"
