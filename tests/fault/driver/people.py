"""The people of a round: customers complain, service answers, PR decides. What they clicked, and what they were told, is kept."""

import asyncio
import json
import random
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.sandbox.cast import CUSTOMERS
from bot.sandbox.client import ControlClient
from bot.sandbox.errors import SandboxError
from bot.sandbox.slack.clicks import action_of

Json = dict[str, Any]

SERVICE = {"UANA": "^AD", "UBEN": "^BO", "UOTTO": "^OB"}
"""Who writes replies, and how they sign."""
PR = ("UPAT", "UKIM")
CHANNEL = "C0CARE"
LOOK_EVERY = 0.25
FORM_WITHIN = 1.2
DRAFT = re.compile(r"reply (\d+) of seed")
AUTHORS = tuple(handle for handle, _, followers in CUSTOMERS if followers < 3_000)
TWO_SIDED_EACH = 4
"""Each so-many-th reply names an amount, for which the policy wants one person of each side."""
FACTS = {
    "claim": "Claimed",
    "draft": "Submitted",
    "approve": "Approved",
    "ask_changes": "ChangesAsked",
    "recall": "Recalled",
    "resolve": "Resolved",
}
"""What each act must have left in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One click or form. `counted` says that Slack was given the acknowledgement and the person no refusal."""

    user: str
    verb: str
    case: str
    draft: int = 0
    counted: bool
    at: float


@dataclass
class People:
    """Everybody at their seats until `stop` is set."""

    control: ControlClient
    seed: int
    most_open: int = 24
    acts: list[Act] = field(default_factory=list)
    posts: dict[str, str] = field(default_factory=dict)
    """What customers wrote: post id to author."""
    drafts: dict[int, str] = field(default_factory=dict)
    """The exact words that would be published, by the number of the draft, without the handle in front."""
    writers: dict[int, str] = field(default_factory=dict)
    cards: dict[str, Json] = field(default_factory=dict)
    acknowledged: Callable[[], None] = lambda: None
    """Told right after an act that counts."""
    _owners: dict[str, str] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    async def work(self, stop: asyncio.Event) -> None:
        """Be busy until `stop` is set; what was begun is finished."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._every(stop, LOOK_EVERY, self.look))
            group.create_task(self._every(stop, 0.3, self._complain))
            for user in SERVICE:
                group.create_task(self._every(stop, 0.05, self._serve, user))
                group.create_task(self._every(stop, 0.2, self._agree, user))
            for user in PR:
                group.create_task(self._every(stop, 0.05, self._decide, user))

    async def look(self) -> None:
        """See the cards as they stand."""
        for message in await self.control.messages(CHANNEL):
            mark = marked(message)
            if mark.startswith("card:"):
                self.cards[mark.removeprefix("card:")] = message

    async def _every(self, stop: asyncio.Event, seconds: float, do, *args) -> None:
        while not stop.is_set():
            with suppress(SandboxError, aiohttp.ClientError, TimeoutError):
                await do(*args)
            await asyncio.sleep(seconds * self.chance.uniform(0.5, 1.5))

    async def _complain(self) -> None:
        waiting = sum(1 for card in self.cards.values() if actions(card) & {"claim", "draft", "approve"})
        if waiting < self.most_open:
            await self.complains()

    async def complains(self) -> None:
        """Have a customer write."""
        author = self.chance.choice(AUTHORS)
        number = len(self.posts) + 1
        post = await self.control.post(author, f"@LumenShop my lamp {number} arrived broken. Is anyone reading this?")
        self.posts[str(post["id"])] = author

    async def _serve(self, user: str) -> None:
        case = self._pick(lambda case, card: self._for_service(user, case, card))
        if case is None:
            return
        self._busy.add(case)
        try:
            shown = actions(self.cards[case])
            if "claim" in shown:
                if await self.click(user, "claim", case):
                    self._owners[case] = user
            elif "recall" in shown:
                await self.click(user, "recall", case, draft=self.draft_on(case))
            elif "resolve" in shown:
                await self.click(user, "resolve", case)
            else:
                await self.writes(user, case)
        finally:
            self._busy.discard(case)

    def _for_service(self, user: str, case: str, card: Json) -> bool:
        shown = actions(card)
        if "claim" in shown:
            return True
        if f"<@{user}>" not in json.dumps(card["blocks"]) or "approve" in shown:
            return False
        if "recall" in shown:
            return self.chance.random() < 0.01
        return "draft" in shown or ("resolve" in shown and self.chance.random() < 0.05)

    async def _decide(self, user: str) -> None:
        case = self._pick(lambda case, card: "approve" in actions(card) and not self._said_yes(PR, case))
        if case is None:
            return
        self._busy.add(case)
        try:
            if self.chance.random() < 0.85:
                await self.click(user, "approve", case, draft=self.draft_on(case))
            else:
                await self._fills(user, "ask_changes", case, {"words": "Warmer, please."}, self.draft_on(case))
        finally:
            self._busy.discard(case)

    async def _agree(self, user: str) -> None:
        """Say yes for customer service, where a reply needs that side too and somebody else wrote it."""
        case = self._pick(lambda case, card: "approve" in actions(card) and self._may_agree(user, case))
        if case is None:
            return
        self._busy.add(case)
        try:
            await self.click(user, "approve", case, draft=self.draft_on(case))
        finally:
            self._busy.discard(case)

    def _may_agree(self, user: str, case: str) -> bool:
        number = self.draft_on(case)
        return two_sided(number) and user != self.writers.get(number) and not self._said_yes(SERVICE, case)

    def _said_yes(self, side: Collection[str], case: str) -> bool:
        number = self.draft_on(case)
        return any(
            act.counted and (act.verb, act.case, act.draft) == ("approve", case, number) and act.user in side
            for act in self.acts
        )

    async def writes(self, user: str, case: str, *, twice: bool = False) -> bool:
        """Write a reply that nobody has ever written before, and ask for approval."""
        number = len(self.drafts) + 1
        words = f"Hi, I'm sorry. This is reply {number} of seed {self.seed}: a new lamp is on its way to you."
        if two_sided(number):
            words += " We also pay 80 euros back."
        self.writers[number] = user
        self.drafts[number] = f"{words} {SERVICE[user]}"
        return await self._fills(user, "draft", case, {"reply": words}, number, twice=twice)

    def _pick(self, wanted) -> str | None:
        found = [case for case, card in self.cards.items() if case not in self._busy and wanted(case, card)]
        return self.chance.choice(found) if found else None

    def draft_on(self, case: str) -> int:
        """Return the number of the draft that the card shows."""
        found = DRAFT.search(json.dumps(self.cards[case]["blocks"]))
        return int(found[1]) if found else 0

    async def click(self, user: str, verb: str, case: str, *, draft: int = 0) -> bool:
        """Click the button as shown; returns whether it counts: acknowledged, and no refusal shown."""
        card = self.cards[case]
        told = await self._told(user)
        answer = await self._press(user, verb, card)
        counted = bool(answer["acknowledged"]) and await self._told(user) == told
        self._keep(user, verb, case, draft, counted=counted)
        await asyncio.sleep(0.1)
        await self.look()
        return counted

    async def _fills(self, user: str, verb: str, case: str, values: Json, draft: int, *, twice: bool = False) -> bool:
        card = self.cards[case]
        await self._close_forms(user)
        await self._press(user, verb, card)
        form = await self._form(user, case)
        if form is None:
            return False
        answer = await self.control.act(user, "submit", view_id=form["id"], values=values, twice=twice)
        counted = bool(answer["acknowledged"]) and not answer["errors"] and not answer["body"]
        self._keep(user, verb, case, draft, counted=counted)
        await self._close_forms(user)
        await asyncio.sleep(0.1)
        await self.look()
        return counted

    async def _press(self, user: str, verb: str, card: Json) -> Json:
        """Click what this person saw, even where the card was changed since: that is what Slack then sends."""
        action = action_of(*_button(card, verb), None, asyncio.get_running_loop().time())
        return dict(await self.control.act(user, "click_raw", channel=CHANNEL, ts=card["ts"], action=action))

    async def _form(self, user: str, case: str) -> Json | None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + FORM_WITHIN
        while loop.time() < ends:
            modals = (await self.control.seat(user))["modals"]
            if (
                modals
                and modals[-1]["submit"]
                and json.loads(modals[-1]["private_metadata"] or "{}").get("case") == case
            ):
                return dict(modals[-1])
            await asyncio.sleep(0.03)
        return None

    async def _close_forms(self, user: str) -> None:
        for modal in (await self.control.seat(user))["modals"][:1]:
            await self.control.act(user, "close", view_id=modal["id"], all_of_them=True)

    async def _told(self, user: str) -> int:
        return len((await self.control.seat(user))["ephemerals"])

    def _keep(self, user: str, verb: str, case: str, draft: int, *, counted: bool) -> None:
        at = asyncio.get_running_loop().time()
        self.acts.append(Act(user=user, verb=verb, case=case, draft=draft, counted=counted, at=at))
        if counted:
            self.acknowledged()


def two_sided(number: int) -> bool:
    """Say whether the words of this draft need a yes of each side."""
    return number > 0 and number % TWO_SIDED_EACH == 0


def marked(message: Json) -> str:
    """Return the desk's own mark on a message."""
    return str(((message.get("metadata") or {}).get("event_payload") or {}).get("mark", ""))


def _button(card: Json, action_id: str) -> tuple[Json, Json]:
    """Return the block and the button in it; raises `SandboxError` where the card, seen anew, has none."""
    for block in card["blocks"]:
        for element in block.get("elements", ()):
            if element.get("action_id") == action_id:
                return block, element
    raise SandboxError(f"there is no button {action_id}")


def actions(card: Json) -> set[str]:
    """Return what can be clicked on a card, without its menu."""
    return {
        element["action_id"] for block in card["blocks"] if block["type"] == "actions" for element in block["elements"]
    }
