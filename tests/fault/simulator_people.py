"""The people around a simulated case: approvers, writers, somebody who changes their mind, and the customer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from bot.domain.cases import conversation
from bot.domain.cases.case import Case
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import DeskError, Refused, Unavailable
from bot.domain.ids import MINUTE, SECOND, CaseId, OpId, PostId, UserId
from bot.domain.people import Person, Side
from bot.domain.replies.draft import DraftState
from bot.domain.replies.sending import needs_person
from bot.ports import CaseStore
from bot.services.acting import Act
from bot.services.replies import Form, Replies
from tests.builders import PAT, PIA, SAM, a_post, shown
from tests.fault.simulator_oracle import Oracle
from tests.fault.simulator_platform import World, edited
from tests.fault.simulator_time import Loop, Process, Steps, rest
from tests.fault.simulator_weather import Weather

ROUNDS = 4
"""How often the people write or approve again in one case."""


@dataclass
class Who:
    """The port `Directory`: everybody the desk knows, and who has left PR."""

    loop: Loop
    oracle: Oracle
    weather: Callable[[], Weather]
    everybody: tuple[Person, ...] = (SAM, PAT, PIA)

    async def person(self, user: UserId, *, live: bool = False) -> Person:
        person = next(p for p in self.everybody if p.id == user)
        return replace(person, sides=person.sides - {Side.PR}) if user in self.oracle.left_pr else person

    async def side_of(self, user: UserId, side: Side) -> bool:
        await rest(2)
        if self.loop.luck.random() < self.weather().bad_read / 4:
            raise Unavailable("Slack does not answer")
        stands = side in (await self.person(user)).sides
        await rest(2)
        return stands

    async def in_group(self, user: UserId, group: str) -> bool:
        return group in (await self.person(user)).groups


@dataclass
class People:
    """Act when something happens to the case, and sometimes out of the blue. They repeat what was not answered."""

    loop: Loop
    world: World
    oracle: Oracle
    store: CaseStore
    replies: Replies
    weather: Weather
    here: Process = field(init=False)
    _acts: int = 0
    _rounds: dict[CaseId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.here = Process("people", self.loop.clock, mortal=False)

    def heard(self, after: Case, event: Event) -> None:
        """React to a fact."""
        react = self._REACTIONS.get(event.fact)
        rounds = self._rounds.get(after.id, 0)
        if react is None or rounds > ROUNDS:
            return
        self._rounds[after.id] = rounds + (event.fact in (Fact.APPROVAL_VOIDED, Fact.SUBMITTED))
        chance, soonest, latest, do = react
        if chance < 0:
            chance = self.weather.people
        if self.loop.luck.random() < chance:
            self.loop.spawn(self.here, do(self, after.id), after=self.loop.luck.randrange(soonest, latest))

    def begin(self, case: Case) -> None:
        """What happens whatever the desk does."""
        luck, weather = self.loop.luck, self.weather
        self.loop.spawn(self.here, self.approve(case.id), after=luck.randrange(5 * SECOND))
        for do in (self.customer_edits, self.customer_deletes, self.customer_writes, self.somebody_answers):
            if luck.random() < weather.customers / 3:
                self.loop.spawn(self.here, do(case.id), after=luck.randrange(weather.lasts))
        if luck.random() < weather.people / 2:
            self.loop.spawn(self.here, self.leave_pr(), after=luck.randrange(weather.lasts))

    async def approve(self, case_id: CaseId) -> None:
        case = await self._see(case_id)
        approver = self.loop.luck.choice((PAT, PIA))
        if case and case.draft and case.status is Status.IN_REVIEW:
            rev, digest = case.draft.rev, shown(case)
            await rest(self.loop.luck.choice((0, 500, 20_000)))

            async def approve(act: Act) -> Case:
                return await self.replies.approve(act, rev, digest, seen=await self.replies.acting.see(act, "approve"))

            await self._act(approver, Fact.APPROVED, case_id, approve)

    async def recall(self, case_id: CaseId) -> None:
        await self._act(SAM, Fact.RECALLED, case_id, self.replies.recall)

    async def write(self, case_id: CaseId) -> None:
        case = await self._see(case_id)
        if case and case.status is Status.CLAIMED:
            form = Form(body=f"{case_id}, take {len(case.drafts) + 1}", sign=False)
            await self._act(SAM, Fact.SUBMITTED, case_id, lambda act: self.replies.submit(act, form))

    async def settle(self, case_id: CaseId) -> None:
        """Somebody looks on the platform, once the card asks for it, and says what they see."""
        case = await self._see(case_id)
        if case is None or case.draft is None or case.draft.state is not DraftState.UNCONFIRMED:
            return
        text, rev, now = case.draft.text, case.draft.rev, self.oracle.server.now()
        there = any(post.text == text for post in self.world.published)
        if needs_person(case, now) and (there or self.loop.luck.random() < 0.5):
            fact = Fact.REPLY_SENT if there else Fact.APPROVAL_VOIDED
            await self._act(SAM, fact, case_id, lambda act: self.replies.settle(act, rev, there=there))

    async def leave_pr(self) -> None:
        user = self.loop.luck.choice((PAT, PIA)).id
        self.oracle.left_pr[user] = self.loop.now
        self.loop.say("LEFT PR", user)

    async def customer_edits(self, case_id: CaseId) -> None:
        case = await self._see(case_id)
        if case and (post := self.world.posts.get(case.first_post.id)):
            self.world.posts[post.id] = edited(post, f"{post.text} And now it is wet!")
            self.loop.say("CUSTOMER EDITS", case_id)

    async def customer_deletes(self, case_id: CaseId) -> None:
        case = await self._see(case_id)
        if case and self.world.posts.pop(case.first_post.id, None):
            self.loop.say("CUSTOMER DELETES", case_id)

    async def customer_writes(self, case_id: CaseId) -> None:
        """A further post arrives and is taken in, as often as it takes."""
        case = await self._see(case_id)
        if case is None:
            return
        post = a_post(text="Hello? Anyone?", id=self.world.new_id(), conversation_id=case.first_post.conversation_id)
        self.world.posts[post.id] = post
        op = OpId(f"wrote:{post.id}")
        for _ in range(20):
            try:
                await self.store.change(
                    case_id, op, lambda case, now: conversation.customer_wrote(case, post, case.severity, now)
                )
            except Unavailable:
                await rest(5 * SECOND)
            else:
                return

    async def somebody_answers(self, case_id: CaseId) -> None:
        case = await self._see(case_id)
        if case and self.loop.luck.random() < 0.3:
            self.world.answer_natively(PostId(case.first_post.id))

    async def _see(self, case_id: CaseId) -> Case | None:
        try:
            return await self.store.load(case_id)
        except DeskError:
            return None

    async def _act(self, by: Person, fact: Fact, case_id: CaseId, do: Callable[[Act], Awaitable[Case]]) -> None:
        """Press a button; Slack delivers the same click up to three times until it is acknowledged."""
        self._acts += 1
        act = Act(case_id=case_id, user=by.id, op=OpId(f"{fact}/{self._acts}"))
        for _ in range(3):
            try:
                await do(act)
            except Refused:
                self.oracle.told_no.append(act.op)
                return
            except Unavailable:
                await rest(2 * SECOND)
            else:
                self.oracle.acknowledged.append((act.op, fact))
                return

    _REACTIONS: ClassVar[dict[Fact, tuple[float, int, int, Callable[["People", CaseId], Steps]]]] = {
        Fact.APPROVAL_VOIDED: (0.7, SECOND, 2 * MINUTE, approve),
        Fact.SUBMITTED: (0.9, SECOND, MINUTE, approve),
        Fact.REPLY_CLEARED: (-1, SECOND, MINUTE, recall),
        Fact.RECALLED: (0.6, SECOND, MINUTE, write),
        Fact.DRAFT_EXPIRED: (0.6, SECOND, MINUTE, write),
        Fact.REPLY_REFUSED: (0.6, SECOND, MINUTE, write),
        Fact.CUSTOMER_WROTE: (0.6, SECOND, MINUTE, write),
        Fact.REPLY_UNCONFIRMED: (0.8, 10 * MINUTE, 12 * MINUTE, settle),
    }
    """Fact -> how likely, soonest, latest, what they do; a chance below 0 is the weather's."""
