"""The home tab, `/desk find|mine|why`, and the story of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.cases.case import Case
from bot.domain.errors import Refused
from bot.domain.ids import UserId
from bot.services.duties import Duties
from bot.services.finding import Finding
from bot.views import home, notes, oncall
from bot.views.ids import Action
from handlers.kit import Body, Click, Kit, OnClick, read_case_id, read_user
from handlers.tables import Asked, Command, Flow, OnBody


@dataclass(frozen=True, slots=True)
class Looking(Flow):
    """Reading only: nothing here changes a case."""

    kit: Kit
    finding: Finding
    duties: Duties

    def clicks(self) -> Mapping[str, OnClick]:
        return {Action.WHY: self.tell_why}

    def controls(self) -> Mapping[str, OnBody]:
        return {Action.OPEN_LINK: self.follow_link}

    def events(self) -> Mapping[str, OnBody]:
        return {"app_home_opened": self.show_home}

    def commands(self) -> Mapping[str, Command]:
        return {
            "mine": Command(self.mine, "mine (your cases)"),
            "find": Command(self.find, "find WORDS (open cases by words, by @handle, or any case by C-1042)"),
            "why": Command(self.why, "why C-1042 (the story of a case)"),
        }

    async def mine(self, asked: Asked) -> str:
        return await self._list(await self.finding.mine(asked.user), "You have no open case.")

    async def find(self, asked: Asked) -> str:
        if len(asked.words) < 2:
            raise Refused("Find what? Give a number, a handle or a word: `/desk find @mia`.")
        found = await self.finding.find(asked.user, asked.words)
        return await self._list(found, "Nothing found. Only open cases are searched by word.")

    async def why(self, asked: Asked) -> str:
        return await self._story(asked.user, asked.words)

    async def follow_link(self, body: Body) -> None:
        """Do nothing: Slack opens the link, and tells us too."""

    async def tell_why(self, click: Click) -> None:
        await self.kit.tell(click.body, await self._story(click.act.user, click.act.case_id))

    async def show_home(self, body: Body) -> None:
        """Draw the home tab for whoever opened it."""
        user = UserId(str(body.get("event", {}).get("user", ""))) if "event" in body else read_user(body)
        try:
            person = await self.finding.acting.directory.person(user)
            mine = await self._linked(await self.finding.mine(user))
            waiting = await self._linked(await self.finding.waiting_for(person))
            unclaimed, held = await self.finding.unclaimed(), await self.finding.held()
            on_call = oncall.home_part((await self.duties.see()).outlooks, user)
            view = home.render(person.name, mine, waiting, unclaimed, held=held, on_call=on_call)
        except Refused as no:
            view = home.nothing_here(no.sentence)
        await self.kit.screens.home(user, view)

    async def _story(self, user: UserId, number: str) -> str:
        case, _ = await self.finding.acting.look(read_case_id(number), user)
        return notes.story(case, await self.finding.refused(case))

    async def _linked(self, cases: Sequence[Case]) -> list[home.Linked]:
        links = [await self.finding.link(case) for case in cases[: home.SHOWN]]
        links += [""] * (len(cases) - len(links))
        return [home.Linked(case, link, self.finding.due(case)) for case, link in zip(cases, links, strict=True)]

    async def _list(self, cases: Sequence[Case], empty: str) -> str:
        if not cases:
            return empty
        return "\n".join(
            [home.line(case, await self.finding.link(case), self.finding.due(case)) for case in cases[: home.SHOWN]]
        )
