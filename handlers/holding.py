"""Place a hold, list the holds, have one lifted: `/desk hold`, `/desk lift`, and the form behind a card's menu."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.approving.hold import Reach, Scope
from bot.domain.errors import Refused, RefusedField
from bot.services.holding import Holding, known_reaches
from bot.views import holds as views
from bot.views.ids import Action, Field, Form
from handlers.kit import Answer, Click, Kit, OnClick, OnSubmit, Submitted, read_case_id
from handlers.tables import Asked, Command, Flow

HOW = (
    "Say what is held and why: `/desk hold all REASON`, or `account @NAME`, `market NAME`, `topic NAME`, `case C-1042`."
)


@dataclass(frozen=True, slots=True)
class Stopping(Flow):
    """Nothing of this may leave for now: who may say so, and who may take it back."""

    kit: Kit
    holding: Holding

    def clicks(self) -> Mapping[str, OnClick]:
        return {Action.HOLD: self.ask_hold}

    def forms(self) -> Mapping[str, OnSubmit]:
        return {Form.HOLD: self.place}

    def commands(self) -> Mapping[str, Command]:
        return {
            "hold": Command(
                self.hold,
                "hold all|account @A|market M|topic T|case C-1042 REASON (or nothing: lists what is held)",
            ),
            "lift": Command(self.lift, "lift H-3 (a hold; one of PR and one of customer service must want it)"),
        }

    async def ask_hold(self, click: Click) -> None:
        case, reaches = await self.holding.of_case(click.act.user, click.act.case_id)
        await self.kit.screens.open(click.trigger_id, views.form(case.id, reaches))

    async def place(self, form: Submitted) -> Answer:
        _, reaches = await self.holding.of_case(form.act.user, form.act.case_id)
        reach = _chosen(reaches, form.typed.get(Field.SCOPE, ""))
        await self.holding.place(form.act.user, form.act.op, reach, form.typed.get(Field.REASON, ""))
        return None

    async def hold(self, asked: Asked) -> str:
        """List what is held, or place a hold. Raises `Refused`."""
        if not asked.words:
            return views.listed(await self.holding.standing(asked.user))
        scope, _, rest = asked.words.partition(" ")
        value, reason = self._split(scope.casefold(), rest.strip())
        reach = await self.holding.reach(scope.casefold(), value)
        return views.placed(await self.holding.place(asked.user, asked.op, reach, reason))

    async def lift(self, asked: Asked) -> str:
        """Ask for a hold to be lifted. Raises `Refused`."""
        if not asked.words:
            raise Refused("Which one? `/desk hold` lists what is held; then `/desk lift H-3`.")
        return views.asked(await self.holding.lift(asked.user, asked.op, asked.words.split()[0].upper()[:20]))

    def _split(self, scope: str, words: str) -> tuple[str, str]:
        """Return what is held and why. A name of several words is known from the house rules, or stands in quotes."""
        if scope not in set(Scope):
            raise Refused(HOW)
        if scope == Scope.ALL:
            return "", words
        if words[:1] in ('"', "“", "„"):
            value, _, reason = words[1:].replace("”", '"').replace("“", '"').partition('"')
            return value.strip(), reason.strip()
        labels = [one.label for one in known_reaches(self.holding.policy) if one.scope == scope]
        typed = words.removeprefix("@")
        for label in sorted(labels, key=len, reverse=True):
            if typed.casefold() == label.casefold() or typed.casefold().startswith(f"{label.casefold()} "):
                return label, typed[len(label) :].strip()
        value, _, reason = words.partition(" ")
        if scope == Scope.CASE:
            value = read_case_id(value)
        return value, reason.strip()


def _chosen(reaches: tuple[Reach, ...], number: str) -> Reach:
    if not (number.isascii() and number.isdigit() and int(number[:3]) < len(reaches)):
        raise RefusedField(Field.SCOPE, "Choose what is held.")
    return reaches[int(number)]
