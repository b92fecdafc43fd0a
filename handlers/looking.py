"""The home tab, `/desk find|mine|why`, and the story of a case."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.case import Case
from bot.domain.errors import Refused
from bot.domain.ids import UserId
from bot.services.finding import Finding
from bot.views import home, notes
from bot.views.ids import Action
from handlers.kit import Body, Click, Kit, OnClick, read_case_id, read_user

USAGE = (
    "Try `/desk mine` (your cases), `/desk find @handle`, `/desk find words` or `/desk find C-1042`, "
    "and `/desk why C-1042` (the story of a case)."
)


@dataclass(frozen=True, slots=True)
class Looking:
    """Reading only: nothing here changes a case."""

    kit: Kit
    finding: Finding

    def clicks(self) -> Mapping[str, OnClick]:
        return {Action.WHY: self.tell_why}

    def commands(self) -> Mapping[str, Callable[[UserId, str], Awaitable[str]]]:
        return {"mine": self.mine, "find": self.find, "why": self.why}

    async def command(self, user: UserId, text: str) -> str:
        """Return the answer to `/desk …`; raises `Refused`."""
        word, _, rest = text.strip().partition(" ")
        answer = self.commands().get(word.casefold())
        if answer is None:
            return USAGE
        return await answer(user, rest)

    async def mine(self, user: UserId, rest: str) -> str:  # noqa: ARG002 -- one shape for every command
        return await self._list(await self.finding.mine(user), "You have no open case.")

    async def find(self, user: UserId, rest: str) -> str:
        if len(rest.strip()) < 2:
            raise Refused("Find what? Give a number, a handle or a word: `/desk find @mia`.")
        return await self._list(
            await self.finding.find(user, rest), "Nothing found. Only open cases are searched by word."
        )

    async def why(self, user: UserId, rest: str) -> str:
        case, _ = await self.finding.acting.look(read_case_id(rest), user)
        return notes.story(case)

    async def tell_why(self, click: Click) -> None:
        await self.kit.tell(click.body, await self.why(click.act.user, click.act.case_id))

    async def show_home(self, body: Body) -> None:
        """Draw the home tab for whoever opened it."""
        user = UserId(str(body.get("event", {}).get("user", ""))) if "event" in body else read_user(body)
        try:
            person = await self.finding.acting.directory.person(user)
            mine = await self._linked(await self.finding.mine(user))
            waiting = await self._linked(await self.finding.waiting_for(person))
            view = home.render(person.name, mine, waiting, await self.finding.unclaimed())
        except Refused as no:
            view = home.nothing_here(no.sentence)
        await self.kit.screens.home(user, view)

    async def _linked(self, cases: Sequence[Case]) -> list[home.Linked]:
        return [(case, await self.finding.link(case) if n < home.SHOWN else "") for n, case in enumerate(cases)]

    async def _list(self, cases: Sequence[Case], empty: str) -> str:
        if not cases:
            return empty
        return "\n".join([home.line(case, await self.finding.link(case)) for case in cases[: home.SHOWN]])
