"""Write a reply and ask for approval of it; take it back."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import Refused, RefusedField
from bot.domain.replies.draft import Visibility
from bot.services.acting import Act
from bot.services.replies import Form as Words
from bot.services.replies import Replies
from bot.views import modals
from bot.views.ids import Action, Field, Form
from handlers.kit import Answer, Body, Click, Kit, OnClick, OnSubmit, Submitted, read_form, read_user
from handlers.tables import Flow, OnBody


@dataclass(frozen=True, slots=True)
class Drafting(Flow):
    """The reply on its way to the approver."""

    kit: Kit
    replies: Replies

    def clicks(self) -> Mapping[str, OnClick]:
        return {Action.DRAFT: self.begin, Action.RECALL: self.recall}

    def forms(self) -> Mapping[str, OnSubmit]:
        return {Form.DRAFT: self.submit}

    def controls(self) -> Mapping[str, OnBody]:
        return {Action.PICK_SAVED: self.pick_saved}

    async def begin(self, click: Click) -> None:
        case, person = await self.replies.begin_draft(click.act)
        saved = await self.replies.points.usable()
        form = modals.draft(
            case,
            self.replies.text_rule(case),
            saved,
            self.replies.signature(person),
            limits=await self.replies.limits_for(case, person),
        )
        await self.kit.screens.open(click.trigger_id, form)
        await self.replies.look_again(case)

    async def submit(self, form: Submitted) -> Answer:
        chosen = form.typed.get(Field.VISIBILITY, Visibility.PUBLIC)
        if chosen not in set(Visibility):
            raise RefusedField(Field.VISIBILITY, "Choose one of the ways.")
        words = Words(
            body=form.typed.get(Field.REPLY, ""),
            visibility=Visibility(chosen),
            sign="sign" in form.typed.get(Field.SIGN, ""),
            note=form.typed.get(Field.NOTE, ""),
            used=form.typed.get(Field.SAVED, ""),
            alone="alone" in form.typed.get(Field.ALONE, ""),
            sensitive="sensitive" in form.typed.get(Field.SENSITIVE, ""),
        )
        await self.replies.submit(form.act, words)
        return None

    async def recall(self, click: Click) -> None:
        await self.replies.recall(click.act)

    async def pick_saved(self, body: Body) -> None:
        """Put a saved reply into the open form."""
        form = read_form(body)
        view = body["view"]
        saved = await self.replies.points.usable()
        chosen = next((one for one in saved if one.id == form.typed.get(Field.SAVED)), None)
        if chosen is None:
            raise Refused("That saved reply is not there any more.")
        act = Act(case_id=form.act.case_id, user=read_user(body), op=form.act.op)
        case, person = await self.replies.begin_draft(act)
        fresh = modals.draft(
            case,
            self.replies.text_rule(case),
            saved,
            self.replies.signature(person),
            text=chosen.text,
            turn=int(form.carried.get("turn", 0)) + 1,
            limits=await self.replies.limits_for(case, person),
        )
        await self.kit.screens.update(str(view["id"]), str(view["hash"]), fresh)
