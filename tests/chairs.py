"""Who acts in a story: people in their seats in Slack, and customers on X."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.domain.ids import CaseId
from bot.sandbox.slack.clicks import action_of
from bot.sandbox.slack.interactions import Interaction
from bot.sandbox.slack.seats import Seat
from tests.reading import Json, all_text, find_control

if TYPE_CHECKING:
    from tests.world import World

SEATS = {
    "ana": "UANA",
    "ben": "UBEN",
    "pat": "UPAT",
    "kim": "UKIM",
    "otto": "UOTTO",
    "gus": "UGUS",
    "fay": "UFAY",
    "del": "UDEL",
    "desk": "U0DESK",
}
COMPLAINT = "@LumenShop my lamp arrived broken. Is anyone reading this?"


@dataclass
class Shown:
    """A case as the story knows it: its number, the message that shows it, and the customer's (first) post."""

    id: CaseId
    channel: str
    ts: str
    post: str


class Chair:
    """One person's seat, in words of the story."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.user = SEATS[name]
        self.seat: Seat = world.sandbox.slack.seat(self.user)

    @property
    def told(self) -> str:
        """The newest sentence that only this person was shown."""
        return str(self.seat.ephemerals[-1]["text"]) if self.seat.ephemerals else ""

    @property
    def form(self) -> str:
        """Every text of the form that is open, or nothing."""
        return all_text(self.seat.modals[-1]) if self.seat.modals else ""

    async def clicks(self, label: str, case: Shown, *, on: Json | None = None) -> str:
        """Click the button or menu entry with this label, on the card or on an old copy of it (`on`).

        Returns what only this person is told, "" when it was simply done.
        """
        if on is None:
            await self.world.offers(case, label)
        block, element, option = find_control(on or self.world.card(case), label)
        action = action_of(block, element, option, self.world.sandbox.clock.now())
        return await self.sends(case, action)

    async def sends(self, case: Shown, action: Json, *, channel: str = "", **changed: Any) -> str:
        """Send any action as if it were clicked on the card; `changed` are parts of the payload."""
        before = len(self.seat.ephemerals)
        answer = await self.seat.click_raw(channel or case.channel, case.ts, action, **changed)
        assert answer.acknowledged, f"{action.get('action_id')}: not acknowledged: {answer}"
        return "\n".join(shown["text"] for shown in self.seat.ephemerals[before:])

    async def opens(self, label: str, case: Shown) -> Json:
        """Click what opens a form, and return the form."""
        said = await self.clicks(label, case)
        assert not said, said
        return await self.seat.until_modal()

    async def submits(self, values: Json | None = None, *, twice: bool = False) -> dict[str, str]:
        """Send the open form; return the errors shown at its fields."""
        modal = await self.seat.until_modal()
        answer = await self.seat.submit(modal["id"], values or {}, twice=twice)
        assert answer.acknowledged or answer.error == "not_sent", f"form not acknowledged: {answer}"
        return answer.errors

    async def fills(self, label: str, case: Shown, **values: Any) -> str:
        """Open a form, send it, and return what it says afterwards: nothing when it was accepted and closed."""
        await self.opens(label, case)
        errors = await self.submits(values)
        assert not errors, errors
        return self.form

    async def drafts(self, text: str, case: Shown, *, label: str = "Draft a reply", **values: Any) -> dict[str, str]:
        await self.opens(label, case)
        return await self.submits({"reply": text, **values})

    async def approves(self, case: Shown, label: str = "Approve and send", *, on: Json | None = None) -> str:
        return await self.clicks(label, case, on=on)

    async def asks(self, command: str) -> str:
        """Type `/desk …` and return the answer."""
        answer: Interaction = await self.seat.command("/desk", command)
        assert answer.acknowledged, answer
        return str((answer.body or {}).get("text", ""))

    async def home(self, words: str = "") -> str:
        """Open the home tab and return its text, once it says so."""
        await self.seat.open_home()
        return all_text(await self.seat.until_home(lambda view: words in all_text(view)))


class Customer:
    """Somebody who writes to the brand."""

    def __init__(self, world: "World", handle: str) -> None:
        self.world = world
        self.handle = handle

    async def posts(self, text: str = COMPLAINT, **more: Any) -> Shown:
        """Write a post and wait until the desk shows it on a card."""
        return await self.world.carded(self.writes(text, **more))

    async def writes_again(self, case: Shown, text: str = "@LumenShop still waiting. Hello?") -> Shown:
        """Write under the first post, and wait until the desk has it."""
        return await self.world.carded(self.writes(text, in_reply_to=case.post))

    def writes(self, text: str, **more: Any) -> str:
        return str(self.world.sandbox.x.post(author=self.handle, text=text, **more).id)
