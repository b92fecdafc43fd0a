"""Place a hold, ask for it to be lifted, list what stands. Once `place` has returned, no send in its scope begins."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.approving import hold as holds_of
from bot.domain.approving import hold_work
from bot.domain.approving.hold import Hold, Holds, Reach, Scope
from bot.domain.cases.case import Case
from bot.domain.cases.events import Event, Fact
from bot.domain.document import Change
from bot.domain.errors import Broken, Refused
from bot.domain.ids import MINUTE, CaseId, ChannelId, Instant, OpId, UserId
from bot.domain.people import Side
from bot.domain.policy import BrandAccount, Policy
from bot.ports import CaseStore, Directory, Document, Journal
from bot.services.acting import journaled

HOLD_LOOK = MINUTE
"""Milliseconds between looks at a reply or a page that a hold keeps; lifting it looks at a reply at once."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What people do with holds."""

    holds: Document[Holds]
    store: CaseStore
    directory: Directory
    journal: Journal
    policy: Policy

    async def place(self, user: UserId, op: OpId, reach: Reach, reason: str) -> Hold:
        """Place a hold and return it; raises `Refused`."""
        async with journaled(self.journal, user, "place_hold"):
            person = await self.directory.person(user)
            placed: list[Hold] = []

            def decide(holds: Holds, now: Instant) -> Change[Holds]:
                after, hold = holds_of.place(holds, reach, reason, person, now)
                placed[:] = [hold]
                return self._change(after, hold, Fact.HOLD_PLACED, user, now)

            after = await self.holds.change(op, decide)
            mine = [hold for hold in after.standing if hold.by == user and hold.reach == reach]
            return (mine or placed)[-1]

    async def lift(self, user: UserId, op: OpId, hold_id: str) -> Hold:
        """Count this person's wish to lift it; the hold returned is lifted or still waits. Raises `Refused`."""
        async with journaled(self.journal, user, "lift_hold"):
            person = await self.directory.person(user, live=True)
            gone = await self._gone((await self.holds.read()).value, hold_id)

            def decide(holds: Holds, now: Instant) -> Change[Holds]:
                after, hold = holds_of.ask_lift(holds, hold_id, person, now, gone=gone)
                fact = Fact.HOLD_LIFT_ASKED if hold.lifted_at is None else Fact.HOLD_LIFTED
                return self._change(after, hold, fact, user, now)

            found = (await self.holds.change(op, decide)).find(hold_id)
            if found is None:
                raise Refused(f"{hold_id} is no hold that stands. `/desk hold` lists them.")
            return found

    async def standing(self, user: UserId) -> tuple[Hold, ...]:
        """Return what stands, for somebody of the desk."""
        await self.directory.person(user)
        return (await self.holds.read()).value.standing

    async def of_case(self, user: UserId, case_id: CaseId) -> tuple[Case, tuple[Reach, ...]]:
        """Return a case and how far a hold placed from its card may go, the narrowest first."""
        await self.directory.person(user)
        case = await self.store.load(case_id)
        if case is None:
            raise Refused(f"There is no case {case_id}.")
        return case, tuple(_reaches(case, self.policy))

    async def reach(self, scope: str, value: str) -> Reach:
        """Return the reach that somebody typed; raises `Refused` for what no case could be in."""
        if scope == Scope.ALL:
            return Reach(scope=Scope.ALL)
        if scope == Scope.CASE:
            case = await self.store.load(CaseId(value))
            if case is None:
                raise Refused(f"There is no case {value}.")
            return Reach(scope=Scope.CASE, value=case.id)
        known = {one.label.casefold(): one for one in known_reaches(self.policy) if one.scope == scope}
        found = known.get(value.removeprefix("@").casefold())
        if found is None:
            raise Refused(f"There is no {scope} of that name. There are: {', '.join(sorted(known)) or 'none'}.")
        return found

    def _change(self, after: Holds, hold: Hold, fact: Fact, user: UserId, now: Instant) -> Change[Holds]:
        event = Event(fact=fact, at=now, by=user, detail=f"{hold.id} on {hold.reach.words}: {hold.reason}")
        effects = hold_work.follow(hold, self._channels(), on_cards=fact is not Fact.HOLD_LIFT_ASKED)
        return Change(value=after, events=(event,), effects=effects)

    def _channels(self) -> Iterable[ChannelId]:
        teams = [team.channel for team in self.policy.teams.values()]
        return [*teams, *(side.channel for side in self.policy.sides.values()), self.policy.ops_channel]

    async def _gone(self, holds: Holds, hold_id: str) -> frozenset[UserId]:
        """Return those who wanted it lifted and do not stand on their side any more."""
        hold = holds.find(hold_id)
        wishes = hold.wishes if hold else ()
        return frozenset([wish.by for wish in wishes if not await self._stands(wish.by, wish.sides)])

    async def _stands(self, user: UserId, sides: frozenset[Side]) -> bool:
        return all([await self.directory.side_of(user, side) for side in sorted(sides)])


async def held_by(holds: Document[Holds], case: Case) -> tuple[Hold, ...] | None:
    """Return what holds a case now, None where nobody can tell: then nothing leaves either."""
    try:
        return (await holds.read()).value.covering(case)
    except Broken:
        return None


def known_reaches(policy: Policy) -> tuple[Reach, ...]:
    """Return every account, market and topic that the policy knows."""
    accounts = [_account(account) for account in policy.accounts]
    markets = [Reach(scope=Scope.MARKET, value=one.market, label=one.market) for one in policy.accounts]
    topics = [Reach(scope=Scope.TOPIC, value=rule.topic, label=rule.topic) for rule in policy.routing if rule.topic]
    return tuple(dict.fromkeys([*accounts, *markets, *topics]))


def _account(account: BrandAccount) -> Reach:
    value = holds_of.account_value(account.platform, account.id)
    return Reach(scope=Scope.ACCOUNT, value=value, label=account.handle)


def _reaches(case: Case, policy: Policy) -> Iterable[Reach]:
    yield Reach(scope=Scope.CASE, value=case.id)
    if case.route.topic:
        yield Reach(scope=Scope.TOPIC, value=case.route.topic, label=case.route.topic)
    if case.route.market:
        yield Reach(scope=Scope.MARKET, value=case.route.market, label=case.route.market)
    yield from (_account(one) for one in policy.accounts if (one.platform, one.id) == (case.platform, case.account))
    yield Reach(scope=Scope.ALL)
