"""The people of a random schedule: each goes from case to case and does what comes to mind, well or badly timed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.domain.approving.hold import Reach, Scope
from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import DeskError, Refused, Unavailable
from bot.domain.ids import MINUTE, SECOND, CaseId, OpId, UserId
from bot.domain.people import Person, Side
from bot.domain.replies.draft import DraftState
from bot.services.acting import Act
from bot.services.holding import Holding
from bot.services.intake import Intake
from bot.services.limits import Limits
from bot.services.points import Points
from bot.services.replies import Form, Replies
from tests.builders import BEA, LEO, PAT, PIA, SAM, SUE, a_person, a_post, shown
from tests.fault.schedules_record import Deed, HoldPlaced, Hurry, No, Record, Seen, Submission, Turned, Yes
from tests.fault.schedules_rules import LIMITS, TOPICS
from tests.fault.simulator_platform import World, edited
from tests.fault.simulator_time import Loop, Process, rest
from tests.fault.simulator_weather import Weather

LIZ = a_person("liz", Side.SERVICE, groups=("S0LEGAL",))
EVERYBODY: tuple[Person, ...] = (SAM, SUE, PAT, PIA, BEA, LEO, LIZ)
STALE = MINUTE
"""How old what the desk remembers about a person may be where it does not ask anew."""
OURS = (
    "we are sorry",
    "80 € are on their way",
    "20 € are on their way",
    "have a voucher",
    "thank you for your diagnosis",
)
THEIRS = ("My lamp is broken.", "My lawyer will write to you.", "Still broken.", "Hello? Anyone?")
POINTS = ("lamps", "parcels")

T = TypeVar("T")
D = TypeVar("D", bound=Deed)


@dataclass
class Members:
    """The port `Directory`: who stands where now; what it says about a whole person may be a minute old."""

    loop: Loop
    record: Record
    weather: Callable[[], Weather]

    async def person(self, user: UserId, *, live: bool = False) -> Person:
        person = next(p for p in EVERYBODY if p.id == user)
        at = max(0, self.loop.now - self.loop.luck.randrange(STALE))
        if live:
            await self._asked()
            at = self.loop.now
        factors = self.record.stood(user, at, at)
        sides = frozenset(side for side in person.sides if side in factors)
        return replace(person, sides=sides, groups=person.groups & factors)

    async def side_of(self, user: UserId, side: Side) -> bool:
        return await self._stands(user, side.value)

    async def in_group(self, user: UserId, group: str) -> bool:
        return await self._stands(user, group)

    async def _stands(self, user: UserId, factor: str) -> bool:
        await self._asked()
        stands = factor in self.record.stood(user, self.loop.now, self.loop.now)
        await rest(2)
        return stands

    async def _asked(self) -> None:
        await rest(2)
        if self.loop.luck.random() < self.weather().bad_read / 4:
            raise Unavailable("Slack does not answer")


@dataclass(frozen=True, slots=True)
class Buttons:
    """Everything a person can press."""

    replies: Replies
    holding: Holding
    points: Points
    limits: Callable[[], Limits]
    intake: Intake


@dataclass
class People:
    """Act, and write down what they did. They press again where nothing was answered."""

    loop: Loop
    record: Record
    world: World
    buttons: Buttons
    cases: Sequence[CaseId]
    here: Process = field(init=False)
    _acts: int = 0

    def __post_init__(self) -> None:
        self.here = Process("people", self.loop.clock, mortal=False)

    def begin(self, lasts: int) -> None:
        for person in EVERYBODY:
            self.loop.spawn(self.here, self._wander(person, lasts), after=self.loop.luck.randrange(10 * SECOND))
        for case_id in self.cases:
            for do in (self.customer_writes, self.customer_edits, self.customer_deletes):
                if self.loop.luck.random() < _LIKELY[do.__name__]:
                    self.loop.spawn(self.here, do(case_id), after=self.loop.luck.randrange(lasts))

    async def _wander(self, person: Person, lasts: int) -> None:
        while self.loop.now < lasts:
            await rest(self.loop.luck.choice((SECOND, 5 * SECOND, 15 * SECOND, 40 * SECOND)))
            if self.loop.luck.random() < 0.85:
                await self._at_a_case(person, self.loop.luck.choice(self.cases))
            else:
                await self.loop.luck.choice((self.hold, self.lift, self.lift, self.switch, self.switch, self.point))(
                    person
                )

    async def _at_a_case(self, person: Person, case_id: CaseId) -> None:
        try:
            case, _ = await self.buttons.replies.acting.look(case_id, person.id)
        except DeskError:
            return
        draft = case.draft
        writes = person.id in (case.owner, case.co_owner)
        if case.status is Status.CLAIMED and writes:
            await self.submit(person, case)
        elif case.status is Status.IN_REVIEW and draft:
            rare = (self.submit if writes else self.approve, self.reject, self.recall)
            await self._seldom(0.12, rare, self.approve)(person, case)
        elif case.status is Status.APPROVED and draft and draft.state is DraftState.APPROVED:
            await self._seldom(0.3, (self.hurry, self.recall), self.look_on)(person, case)

    def _seldom(self, chance: float, rare: Sequence[Any], usual: Any) -> Any:
        return self.loop.luck.choice(rare) if self.loop.luck.random() < chance else usual

    async def look_on(self, person: Person, case: Case) -> None: ...

    async def submit(self, person: Person, case: Case) -> None:
        luck = self.loop.luck
        self._acts += 1
        text = f"Dear Maria, {luck.choice(OURS)} ({_letters(self._acts)})"
        alone, sensitive = luck.random() < 0.3, luck.random() < 0.05
        point = luck.choice(POINTS) if luck.random() < 0.25 else ""
        deed = Submission(
            person.id, self.loop.now, case_id=case.id, text=text, alone=alone, sensitive=sensitive, point=point
        )
        self.record.submissions.append(deed)
        form = Form(body=text, sign=False, used=point, alone=alone, sensitive=sensitive)
        await self._do(deed, lambda op: self.buttons.replies.submit(_act(case, person, op), form))

    async def approve(self, person: Person, case: Case) -> None:
        assert case.draft
        target = case.post(case.draft.target)
        if target is None or target.deleted_at:
            return
        seen = Seen(case.draft.text, target.id, target.text, case.last_post.id)
        rev, digest = case.draft.rev, shown(case)
        await rest(self.loop.luck.choice((0, 500, 4_000, 20_000)))
        deed = Yes(person.id, self.loop.now, case_id=case.id, seen=seen)
        self.record.yeses.append(deed)
        replies = self.buttons.replies

        async def approve(op: OpId) -> Case:
            act = _act(case, person, op)
            return await replies.approve(
                act, rev, digest, seen=await replies.acting.see(act, "approve"), looked_twice=True
            )

        await self._do(deed, approve)

    async def reject(self, person: Person, case: Case) -> None:
        assert case.draft
        rev, replies = case.draft.rev, self.buttons.replies
        act = self.loop.luck.choice((replies.reject, replies.ask_changes))
        deed = No(person.id, self.loop.now, case_id=case.id, text=case.draft.text)
        self.record.noes.append(deed)
        await self._do(deed, lambda op: act(_act(case, person, op), rev, "not like this"))

    async def recall(self, person: Person, case: Case) -> None:
        """Take back whatever is there by the time the desk hears of it."""
        deed = No(person.id, self.loop.now, case_id=case.id)
        self.record.noes.append(deed)
        after = await self._do(deed, lambda op: self.buttons.replies.recall(_act(case, person, op)))
        if after and after.draft and after.draft.state is DraftState.RECALLED:
            deed.text = after.draft.text

    async def hurry(self, person: Person, case: Case) -> None:
        assert case.draft
        rev = case.draft.rev
        deed = Hurry(person.id, self.loop.now, case_id=case.id, text=case.draft.text)
        self.record.hurries.append(deed)
        await self._do(deed, lambda op: self.buttons.replies.send_now(_act(case, person, op), rev))

    async def hold(self, person: Person) -> None:
        case_id, topic = self.loop.luck.choice(self.cases), self.loop.luck.choice(TOPICS)
        scope, value = self.loop.luck.choice(((Scope.ALL, ""), (Scope.TOPIC, topic), (Scope.CASE, case_id)))
        if self.loop.luck.random() < 0.5:
            return
        deed = HoldPlaced(person.id, self.loop.now, scope=scope.value, value=value)
        self.record.holds.append(deed)
        reach = Reach(scope=scope, value=value)
        placed = await self._do(deed, lambda op: self.buttons.holding.place(person.id, op, reach, "wait"))
        deed.number = placed.id if placed else ""

    async def lift(self, person: Person) -> None:
        standing = [hold for hold in self.record.holds if hold.number]
        if not standing:
            return
        hold = self.loop.luck.choice(standing[-3:])
        deed = Deed(person.id, self.loop.now)
        hold.wishes.append(deed)
        await self._do(deed, lambda op: self.buttons.holding.lift(person.id, op, hold.number))

    async def switch(self, person: Person) -> None:
        name, on = self.loop.luck.choice(LIMITS)["name"], self.loop.luck.random() < 0.5
        deed = Turned(person.id, self.loop.now, name=name, on=on)
        self.record.switches.append(deed)
        await self._do(deed, lambda op: self.buttons.limits().switch(person.id, name, op, on=on))

    async def point(self, person: Person) -> None:
        name, on, points = self.loop.luck.choice(POINTS), self.loop.luck.random() < 0.5, self.buttons.points
        deed = Turned(person.id, self.loop.now, name=name, on=on)
        self.record.points.append(deed)
        if on:
            await self._do(deed, lambda op: points.restore(person.id, op, name))
        else:
            await self._do(deed, lambda op: points.withdraw(person.id, op, name, "it is not true any more"))

    async def customer_writes(self, case_id: CaseId) -> None:
        post = a_post(text=self.loop.luck.choice(THEIRS), id=self.world.new_id(), conversation_id=case_id)
        self.world.posts[post.id] = post
        self.record.words[post.id].put(self.loop.now, post.text)
        deed = Deed(UserId("customer"), self.loop.now)
        await self._do(deed, lambda _: self.buttons.intake.receive(post))
        if deed.sure:
            self.record.heard.append((deed.ended, case_id, post.id))

    async def customer_edits(self, case_id: CaseId) -> None:
        post = self._newest(case_id)
        if post:
            self.world.posts[post.id] = edited(post, f"{post.text} {self.loop.luck.choice(THEIRS)}")
            self.record.words[post.id].put(self.loop.now, self.world.posts[post.id].text)

    async def customer_deletes(self, case_id: CaseId) -> None:
        post = self._newest(case_id)
        if post and self.world.posts.pop(post.id, None):
            self.record.words[post.id].put(self.loop.now, None)

    def _newest(self, case_id: CaseId) -> Any:
        mine = [post for post in self.world.posts.values() if post.conversation_id == case_id]
        return max(mine, key=lambda post: int(post.id), default=None)

    async def _do(self, deed: Deed, do: Callable[[OpId], Awaitable[T]]) -> T | None:
        """Press a button, up to three times where nobody answers."""
        self._acts += 1
        op = OpId(f"{type(deed).__name__}/{self._acts}")
        for tried in range(3):
            try:
                done = await do(op)
            except Refused:
                deed.refused = tried == 0
                return None
            except Unavailable:
                await rest(2 * SECOND)
            else:
                deed.sure, deed.ended = True, self.loop.now
                self.loop.say(type(deed).__name__, deed.by, _said(deed))
                return done
        return None


_LIKELY = {"customer_writes": 0.4, "customer_edits": 0.3, "customer_deletes": 0.08}


def _act(case: Case, person: Person, op: OpId) -> Act:
    return Act(case_id=case.id, user=person.id, op=op)


def _said(deed: Deed) -> str:
    return " ".join(
        str(getattr(deed, name)) for name in ("case_id", "text", "seen", "scope", "name") if hasattr(deed, name)
    )


def _letters(number: int) -> str:
    """Return a number in letters: figures might be taken for an order's."""
    more, last = divmod(number, 26)
    return (_letters(more) if more else "") + chr(ord("a") + last)
