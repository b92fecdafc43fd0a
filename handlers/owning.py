"""Claim, release, take over, pass on, hand to the other side, accept, snooze."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import RefusedField
from bot.domain.ids import UserId
from bot.domain.people import Side
from bot.services.cases import Cases
from bot.views import buttons, modals
from bot.views.ids import Action, Field, Form
from handlers.kit import Answer, Click, Kit, OnClick, OnSubmit, Submitted
from handlers.tables import Flow


@dataclass(frozen=True, slots=True)
class Owning(Flow):
    """Who has the case."""

    kit: Kit
    cases: Cases

    def clicks(self) -> Mapping[str, OnClick]:
        return {
            Action.CLAIM: self.claim,
            Action.RELEASE: self.release,
            Action.TAKE_OVER: self.take_over,
            Action.ACCEPT: self.accept,
            Action.HAND_OVER: self.ask_hand_over,
            Action.REASSIGN: self.ask_reassign,
            Action.SNOOZE: self.ask_snooze,
        }

    def forms(self) -> Mapping[str, OnSubmit]:
        return {Form.HAND_OVER: self.hand_over, Form.REASSIGN: self.reassign, Form.SNOOZE: self.snooze}

    async def claim(self, click: Click) -> None:
        await self.cases.claim(click.act)

    async def release(self, click: Click) -> None:
        await self.cases.release(click.act)

    async def take_over(self, click: Click) -> None:
        await self.cases.take_over(click.act)

    async def accept(self, click: Click) -> None:
        await self.cases.accept(click.act)

    async def ask_hand_over(self, click: Click) -> None:
        case, _ = await self.cases.acting.look(click.act.case_id, click.act.user)
        await self.kit.screens.open(click.trigger_id, modals.hand_over(case.id, buttons.hand_over_to(case)))

    async def ask_reassign(self, click: Click) -> None:
        await self.kit.screens.open(click.trigger_id, modals.reassign(click.act.case_id))

    async def ask_snooze(self, click: Click) -> None:
        await self.kit.screens.open(click.trigger_id, modals.snooze(click.act.case_id))

    async def hand_over(self, form: Submitted) -> Answer:
        await self.cases.hand_over(form.act, Side(str(form.carried["to"])), form.typed.get(Field.REASON, ""))
        return None

    async def reassign(self, form: Submitted) -> Answer:
        person = form.typed.get(Field.PERSON)
        if not person:
            raise RefusedField(Field.PERSON, "Pick a person.")
        await self.cases.reassign(form.act, UserId(person))
        return None

    async def snooze(self, form: Submitted) -> Answer:
        chosen = form.typed.get(Field.HOW_LONG, "")
        if chosen not in {str(length) for length in modals.SNOOZES.values()}:
            raise RefusedField(Field.HOW_LONG, "Choose one of the times.")
        await self.cases.snooze(form.act, int(chosen))
        return None
