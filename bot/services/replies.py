"""Write a reply, decide on it, take it back: up to the moment it is cleared for sending."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.approving import approval
from bot.domain.cases import ending
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import check_post
from bot.domain.errors import Refused, RefusedField
from bot.domain.ids import Instant, PlatformName
from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.domain.replies import drafting, sending
from bot.domain.replies.draft import Visibility
from bot.domain.replies.drafting import Written
from bot.domain.text.wording import TextRule
from bot.ports import Outbox, Platform, Seen, Signer
from bot.services.acting import Act, Acting, SecondCard, journaled, refuse_copy
from bot.services.limits import TermsNow
from bot.services.points import Points

POINT_FIELD = "saved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a person typed into the draft form."""

    body: str
    visibility: Visibility = Visibility.PUBLIC
    sign: bool = True
    note: str = ""
    used: str = ""
    alone: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Replies:
    """Draft, approve, send now, ask for changes, reject, recall."""

    acting: Acting
    outbox: Outbox
    signer: Signer
    platforms: Mapping[PlatformName, Platform]
    policy: Policy
    points: Points
    terms: TermsNow

    async def begin_draft(self, act: Act) -> tuple[Case, Person]:
        """Return what the draft form shows; raises `Refused` where this person cannot write one now."""
        case, person = await self.acting.look(act.case_id, act.user)
        try:
            refuse_copy(case, act)
        except SecondCard as second:
            raise await self.acting.way_from(act, second) from None
        drafting.may_draft(case, person)
        return case, person

    async def limits_for(self, case: Case, person: Person) -> tuple[str, ...]:
        """Return the names of the limits that could cover what this person writes here."""
        if not self.policy.limits:
            return ()
        return tuple(limit.name for limit in (await self.terms(alone=True)).might_allow(case, person.factors))

    async def look_again(self, case: Case) -> None:
        """Have the customer's posts read again, because somebody is about to answer them."""
        await self.outbox.add([check_post(case)])

    async def submit(self, act: Act, form: Form) -> Case:
        """Put the reply before the approvers; raises `RefusedField` for what is wrong with its words."""
        async with journaled(self.acting.journal, act.user, "submit", act.case_id) as looked_at:
            case, person = await self.acting.look(act.case_id, act.user)
            looked_at.append(case)
            rule = self.text_rule(case)
            if why := await self.points.fault(form.used):
                raise RefusedField(POINT_FIELD, f"{why}. Start from another one, or write it freely.")
        written = Written(
            body=form.body,
            signature=self.signature(person) if form.sign else "",
            visibility=form.visibility,
            invitation=self.policy.dm_invitation,
            note=form.note,
            used=form.used,
            alone=form.alone,
            sensitive=form.sensitive,
        )
        brand = self.platforms[case.platform].account.handle
        terms = await self.terms(alone=form.alone)

        def submit(case: Case, by: Person, now: Instant) -> Decision:
            return drafting.submit(
                case,
                by,
                written,
                rule,
                now,
                house=self.policy.drafts,
                brand=brand,
                terms=terms,
                seal=self.signer.seal,
            )

        return await self.acting.do(act, "submit", submit, live=form.alone)

    async def approve(self, act: Act, rev: int, shown: str, *, seen: Seen, looked_twice: bool = False) -> Case:
        """Count a yes. `seen` is the case as this act has just looked it up."""
        used = seen.case.draft.used if seen.case.draft else ""
        why = await self.points.fault(used)
        terms, seal = await self.terms(alone=False), self.signer.seal

        def approve(case: Case, by: Person, now: Instant) -> Decision:
            if why and case.draft and case.draft.used == used:
                raise Refused(f"It was written from a talking point that must not be used: {why}. Ask for changes.")
            return approval.approve(case, by, rev, shown, now=now, seal=seal, looked_twice=looked_twice, terms=terms)

        return await self.acting.do(act, "approve", approve, live=True, seen=seen)

    async def send_now(self, act: Act, rev: int) -> Case:
        return await self.acting.do(
            act, "send_now", lambda case, by, now: approval.hurry(case, by, rev, now), live=True
        )

    async def ask_changes(self, act: Act, rev: int, words: str) -> Case:
        return await self.acting.do(
            act, "ask_changes", lambda case, by, now: approval.ask_changes(case, by, rev, words, now), live=True
        )

    async def reject(self, act: Act, rev: int, words: str) -> Case:
        return await self.acting.do(
            act, "reject", lambda case, by, now: approval.reject(case, by, rev, words, now), live=True
        )

    async def recall(self, act: Act) -> Case:
        return await self.acting.do(act, "recall", lambda case, by, now: approval.recall(case, by.id, now))

    async def settle(self, act: Act, rev: int, *, there: bool) -> Case:
        return await self.acting.do(
            act, "settle", lambda case, by, now: sending.settle(case, by, rev, there=there, now=now)
        )

    async def answered_by_hand(self, act: Act) -> Case:
        return await self.acting.do(act, "answered_by_hand", ending.answered_by_hand)

    def text_rule(self, case: Case) -> TextRule:
        """Return how the case's platform counts; raises `Refused` where the desk is not connected to it."""
        try:
            return self.platforms[case.platform].text_rule
        except KeyError:
            raise Refused(f"The desk is not connected to {case.platform} at the moment.") from None

    def signature(self, person: Person) -> str:
        """Return how this person signs, by the house's style; nothing without a name."""
        words = person.name.split()
        if not words or self.policy.signature == "none":
            return ""
        if self.policy.signature == "initials":
            return "^" + "".join(word[0] for word in words[:3]).upper()
        return f"– {words[0]}"
