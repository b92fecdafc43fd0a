"""Page people: the PR line, `/desk escalate`, `/desk drill`, acknowledge, and why somebody was paged."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.escalating.plan import Trigger
from bot.services.acting import Act
from bot.services.drills import Drills
from bot.services.escalations import Escalations
from bot.views import drills, pages
from bot.views.ids import Action
from handlers.kit import Click, Kit, OnClick, read_case_id, read_rev
from handlers.tables import Asked, Command, Flow


@dataclass(frozen=True, slots=True)
class Escalating(Flow):
    """Somebody is needed now, and somebody says that they have it."""

    kit: Kit
    escalations: Escalations
    drills: Drills

    def clicks(self) -> Mapping[str, OnClick]:
        return {
            Action.PR_LINE: self.pr_line,
            Action.ACKNOWLEDGE: self.acknowledge,
            Action.WHY_ME: self.why_me,
        }

    def commands(self) -> Mapping[str, Command]:
        return {
            "escalate": Command(self.escalate, "escalate C-1042 REASON (pages who is on call, at any hour)"),
            "drill": Command(self.drill, "drill PLAN (tries a plan out: pages people, at any hour, and measures)"),
        }

    async def pr_line(self, click: Click) -> None:
        await self.escalations.escalate(click.act, Trigger.PR_LINE, "PR is needed")

    async def acknowledge(self, click: Click) -> None:
        await self.escalations.acknowledge(click.act, read_rev(click.rest))

    async def why_me(self, click: Click) -> None:
        case, person = await self.escalations.acting.look(click.act.case_id, click.act.user)
        await self.kit.tell(click.body, pages.why_me(case, person.id, read_rev(click.rest)))

    async def drill(self, asked: Asked) -> str:
        return drills.begun(await self.drills.start(asked.user, asked.op, asked.words))

    async def escalate(self, asked: Asked) -> str:
        number, _, reason = asked.words.partition(" ")
        act = Act(case_id=read_case_id(number), user=asked.user, op=asked.op)
        case = await self.escalations.escalate(act, Trigger.ASKED, reason.strip() or "somebody asked for help")
        if case.escalation is None:
            return f"{case.id} is not escalated any more. Its card says where it stands."
        return f"{case.id} is escalated. {pages.standing(case.escalation)}"
