"""`/desk oncall`, the forms behind it, the home tab's buttons, and the two buttons under a question."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.errors import Refused, RefusedField
from bot.domain.ids import ChannelId, Instant, MessageTs, OpId, UserId
from bot.domain.on_call.oncall import Kind, Override, Part
from bot.domain.on_call.roster import Stretch
from bot.domain.timing.wall_clock import Wall, at_time, moment, read_day, read_time
from bot.services.duties import Duties
from bot.views import oncall, oncall_forms
from bot.views.ids import Action, Field, Form
from handlers.kit import Answer, Body, Kit, OnSubmit, Submitted, first_action, read_user
from handlers.tables import Asked, Command, Flow, OnBody

NO_SHIFT = "You have no shift in the next 14 days."
NO_SCHEDULE = "There is no on-call schedule yet. Whoever runs this desk can add one to the policy."
PARTS_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class OnDuty(Flow):
    """Who is on call."""

    kit: Kit
    duties: Duties

    def commands(self) -> Mapping[str, Command]:
        usage = "oncall [change | swap | plan | cancel O-1 | history] (who is on call, and changing it)"
        return {"oncall": Command(self.oncall, usage)}

    def forms(self) -> Mapping[str, OnSubmit]:
        return {Form.DUTY_CHANGE: self.change, Form.DUTY_SWAP: self.swap, Form.DUTY_PLAN: self.plan}

    def controls(self) -> Mapping[str, OnBody]:
        return {
            Action.DUTY_CHANGE: self.open_change,
            Action.DUTY_SWAP: self.open_swap,
            Action.SWAP_ACCEPT: self.accept,
            Action.SWAP_DECLINE: self.decline,
        }

    async def oncall(self, asked: Asked) -> str:
        word, _, rest = asked.words.partition(" ")
        if word.casefold() in ("cancel", "decline"):
            return await self._take_back(asked, rest.strip().upper())
        words: dict[str, Callable[[Asked], Awaitable[str]]] = {
            "": self._overview,
            "history": self._history,
            "change": lambda asked: self._ask_change(asked.user, asked.trigger_id),
            "swap": lambda asked: self._ask_swap(asked.user, asked.trigger_id),
            "plan": lambda asked: self._ask_plan(asked.user, asked.trigger_id),
        }
        answer = words.get(word.casefold())
        if answer is None:
            raise Refused(f"Say `/desk oncall`, or one of these: {oncall.WORDS}.")
        return await answer(asked)

    async def change(self, form: Submitted) -> Answer:
        kind = form.typed.get(Field.KIND, "")
        if kind not in set(oncall_forms.KINDS):
            raise RefusedField(Field.KIND, "Choose one.")
        instead_of = form.typed.get(Field.INSTEAD_OF, "")
        if kind == Kind.REPLACE and not instead_of:
            raise RefusedField(Field.INSTEAD_OF, "Pick the person who is to be replaced.")
        start, end = self._times(form)
        wish = Override(
            id="",
            schedule=form.typed.get(Field.SCHEDULE, ""),
            kind=Kind(kind),
            start=self._instant(form, start),
            end=self._instant(form, end),
            who=UserId(form.typed.get(Field.PERSON, "")),
            instead_of=UserId(instead_of if kind == Kind.REPLACE else ""),
        )
        await self.duties.change(form.user, form.op, wish)
        return None

    async def plan(self, form: Submitted) -> Answer:
        people = [UserId(user) for user in form.typed.get(Field.PEOPLE, "").split(",") if user]
        length = form.typed.get(Field.HOW_LONG, "")
        if not people:
            raise RefusedField(Field.PEOPLE, "Pick at least one person.")
        if length not in {str(minutes) for minutes in oncall_forms.PARTS.values()}:
            raise RefusedField(Field.HOW_LONG, "Choose one of the lengths.")
        start, end = self._times(form)
        if (end - start) // int(length) > PARTS_AT_MOST:
            raise RefusedField(Field.HOW_LONG, "That would be too many turns. Choose a longer one, or a shorter time.")
        begins = [Wall(at) for at in range(start, end, int(length))]
        parts = tuple(
            Part(who=people[turn % len(people)], start=self._instant(form, begin), end=self._instant(form, until))
            for turn, (begin, until) in enumerate(zip(begins, [*begins[1:], end], strict=True) if begins else ())
        )
        wish = Override(
            id="",
            schedule=form.typed.get(Field.SCHEDULE, ""),
            kind=Kind.TEMPORARY,
            start=self._instant(form, start),
            end=self._instant(form, end),
            parts=tuple(part for part in parts if part.start < part.end),
        )
        await self.duties.change(form.user, form.op, wish)
        return None

    async def swap(self, form: Submitted) -> Answer:
        other = form.typed.get(Field.PERSON, "")
        if not other:
            raise RefusedField(Field.PERSON, "Pick a person.")
        in_return = form.typed.get(Field.IN_RETURN) == oncall_forms.SWAP
        given = _stretch(form.typed.get(Field.SHIFT, ""))
        await self.duties.ask_swap(form.user, form.op, UserId(other), given, in_return=in_return)
        return None

    async def open_change(self, body: Body) -> None:
        await self._tell(body, await self._ask_change(read_user(body), str(body.get("trigger_id", ""))))

    async def open_swap(self, body: Body) -> None:
        await self._tell(body, await self._ask_swap(read_user(body), str(body.get("trigger_id", ""))))

    async def accept(self, body: Body) -> None:
        await self._answer(body, accepted=True)

    async def decline(self, body: Body) -> None:
        await self._answer(body, accepted=False)

    async def _answer(self, body: Body, *, accepted: bool) -> None:
        user, swap_id = read_user(body), str(first_action(body).get("value", ""))[:20]
        swap = await self.duties.swap(swap_id)
        act = self.duties.accept_swap if accepted else self.duties.decline_swap
        await act(user, _op(body, swap_id), swap_id)
        channel, ts = ((body.get("container") or {}).get(name) for name in ("channel_id", "message_ts"))
        if isinstance(channel, str) and isinstance(ts, str):
            message = oncall.answered(swap, self.duties.zone(swap.given.schedule), accepted=accepted)
            await self.kit.chat.update(ChannelId(channel), MessageTs(ts), message)

    async def _take_back(self, asked: Asked, number: str) -> str:
        if number.startswith("S-"):
            await self.duties.decline_swap(asked.user, asked.op, number)
        else:
            await self.duties.cancel(asked.user, asked.op, number)
        return f"{number} is taken back."

    async def _overview(self, asked: Asked) -> str:
        view = await self.duties.look(asked.user)
        return oncall.overview(view.outlooks, view.roster.swaps, asked.user)

    async def _history(self, asked: Asked) -> str:
        return oncall.history((await self.duties.look(asked.user)).roster.history)

    async def _ask_change(self, user: UserId, trigger_id: str) -> str:
        view = await self.duties.look(user)
        if not view.outlooks:
            return NO_SCHEDULE
        await self.kit.screens.open(trigger_id, oncall_forms.change(self.duties.schedules, user, view.now))
        return ""

    async def _ask_plan(self, user: UserId, trigger_id: str) -> str:
        view = await self.duties.look(user)
        if not view.outlooks:
            return NO_SCHEDULE
        await self.kit.screens.open(trigger_id, oncall_forms.plan(self.duties.schedules, view.now))
        return ""

    async def _ask_swap(self, user: UserId, trigger_id: str) -> str:
        form = oncall_forms.swap((await self.duties.look(user)).outlooks, user)
        if form is None:
            return NO_SHIFT
        await self.kit.screens.open(trigger_id, form)
        return ""

    async def _tell(self, body: Body, sentence: str) -> None:
        if sentence:
            await self.kit.tell(body, sentence)

    def _instant(self, form: Submitted, wall: Wall) -> Instant:
        return moment(self.duties.zone(form.typed.get(Field.SCHEDULE, "")), wall)

    def _times(self, form: Submitted) -> tuple[Wall, Wall]:
        start, end = _wall(form, Field.FROM, Field.FROM_TIME), _wall(form, Field.UNTIL, Field.UNTIL_TIME)
        if end <= start:
            raise RefusedField(Field.UNTIL, "It has to end after it begins.")
        return start, end


def _wall(form: Submitted, date: Field, time: Field) -> Wall:
    try:
        day = read_day(form.typed.get(date, ""))
    except ValueError:
        raise RefusedField(date, "Pick a day.") from None
    try:
        return at_time(day, read_time(form.typed.get(time, "")))
    except ValueError:
        raise RefusedField(time, "Pick a time.") from None


def _stretch(value: str) -> Stretch:
    schedule, *times = value.split("|")
    if len(times) != 2 or not all(time.isascii() and time.isdigit() and len(time) < 16 for time in times):
        raise RefusedField(Field.SHIFT, "Choose one of your shifts.")
    return Stretch(schedule=schedule, start=Instant(int(times[0])), end=Instant(int(times[1])))


def _op(body: Body, swap_id: str) -> OpId:
    """Return a name for this click, the same however often it is delivered."""
    parts = (body.get("trigger_id"), first_action(body).get("action_ts"), read_user(body), swap_id)
    return OpId("click:" + sha256("|".join(map(str, parts)).encode(errors="replace")).hexdigest()[:32])
