"""Dismiss, agree, keep, resolve, reopen."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.cases.case import Resolution
from bot.domain.errors import RefusedField
from bot.services.cases import Cases
from bot.views import modals
from bot.views.ids import Action, Field, Form
from handlers.kit import Answer, Click, Kit, OnClick, OnSubmit, Submitted
from handlers.tables import Flow


@dataclass(frozen=True, slots=True)
class Ending(Flow):
    """How a case ends and comes back."""

    kit: Kit
    cases: Cases

    def clicks(self) -> Mapping[str, OnClick]:
        return {
            Action.DISMISS: self.ask_dismiss,
            Action.AGREE: self.agree,
            Action.KEEP: self.keep,
            Action.RESOLVE: self.resolve,
            Action.REOPEN: self.reopen,
        }

    def forms(self) -> Mapping[str, OnSubmit]:
        return {Form.DISMISS: self.dismiss}

    async def ask_dismiss(self, click: Click) -> None:
        case, _ = await self.cases.acting.look(click.act.case_id, click.act.user)
        await self.kit.screens.open(click.trigger_id, modals.dismiss(case))

    async def dismiss(self, form: Submitted) -> Answer:
        chosen = form.typed.get(Field.RESOLUTION, "")
        if chosen not in set(Resolution):
            raise RefusedField(Field.RESOLUTION, "Choose one of the reasons.")
        await self.cases.dismiss(form.act, Resolution(chosen), form.typed.get(Field.REASON, ""))
        return None

    async def agree(self, click: Click) -> None:
        await self.cases.agree(click.act)

    async def keep(self, click: Click) -> None:
        await self.cases.keep(click.act)

    async def resolve(self, click: Click) -> None:
        await self.cases.resolve(click.act)

    async def reopen(self, click: Click) -> None:
        await self.cases.reopen(click.act)
