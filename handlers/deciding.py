"""Approve, send now, ask for changes, reject; and a person's word on a reply in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import Broken, RefusedField
from bot.services.replies import Replies
from bot.views import modals
from bot.views.ids import Action, Field, Form
from handlers.kit import Answer, Click, Kit, OnClick, OnSubmit, Submitted, read_rev
from handlers.tables import Flow


@dataclass(frozen=True, slots=True)
class Deciding(Flow):
    """The approver's part."""

    kit: Kit
    replies: Replies

    def clicks(self) -> Mapping[str, OnClick]:
        return {
            Action.APPROVE: self.approve,
            Action.SEND_NOW: self.send_now,
            Action.ASK_CHANGES: self.ask_words,
            Action.REJECT: self.ask_words,
            Action.IT_IS_THERE: self.it_is_there,
            Action.SEND_AGAIN: self.send_again,
            Action.POSTED_BY_HAND: self.posted_by_hand,
        }

    def forms(self) -> Mapping[str, OnSubmit]:
        return {Form.WORDS: self.say_no, Form.APPROVE: self.approve_checked}

    async def approve(self, click: Click) -> None:
        """Take the yes, or first show what has to be looked at twice."""
        rev, shown = read_rev(click.rest), click.rest[1] if len(click.rest) > 1 else ""
        seen = await self.replies.acting.see(click.act, "approve")
        draft = seen.case.draft
        if draft and draft.rev == rev and draft.concerns:
            await self.kit.screens.open(click.trigger_id, modals.look_twice(seen.case, draft, shown))
            return
        await self.replies.approve(click.act, rev, shown, seen=seen)

    async def approve_checked(self, form: Submitted) -> Answer:
        rev = read_rev((str(form.carried.get("rev", "")),))
        ticked = "checked" in form.typed.get(Field.CONCERNS, "")
        seen = await self.replies.acting.see(form.act, "approve")
        shown = str(form.carried.get("shown", ""))
        await self.replies.approve(form.act, rev, shown, seen=seen, looked_twice=ticked)
        return None

    async def send_now(self, click: Click) -> None:
        await self.replies.send_now(click.act, read_rev(click.rest))

    async def ask_words(self, click: Click) -> None:
        case, _ = await self.replies.acting.look(click.act.case_id, click.act.user)
        rev = read_rev(click.rest) if click.rest else case.draft.rev if case.draft else 0
        await self.kit.screens.open(click.trigger_id, modals.words(case.id, rev, Action(click.name)))

    async def say_no(self, form: Submitted) -> Answer:
        words = form.typed.get(Field.WORDS, "").strip()
        if not words:
            raise RefusedField(Field.WORDS, "Say it in a few words: the writer has nothing else to go by.")
        verbs = {Action.ASK_CHANGES: self.replies.ask_changes, Action.REJECT: self.replies.reject}
        verb = verbs.get(form.carried.get("action", ""))
        if verb is None:
            raise Broken("a decision of an unknown kind")
        await verb(form.act, int(form.carried.get("rev", 0)), words)
        return None

    async def it_is_there(self, click: Click) -> None:
        await self.replies.settle(click.act, read_rev(click.rest), there=True)

    async def send_again(self, click: Click) -> None:
        await self.replies.settle(click.act, read_rev(click.rest), there=False)

    async def posted_by_hand(self, click: Click) -> None:
        await self.replies.answered_by_hand(click.act)
