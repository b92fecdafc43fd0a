"""A hold reaches each open case in its scope, in pages, and what waits to leave is looked at when it is lifted."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

from dataclasses import replace

import pytest

from bot.adapters.redis_connect import open_ports
from bot.adapters.redis_document import Kept
from bot.domain.approving import hold as h
from bot.domain.approving import hold_work
from bot.domain.approving.hold import HOLDS, Hold, Holds, Reach, Scope
from bot.domain.cases.case import Decision
from bot.domain.cases.effects import Job
from bot.domain.document import Change
from bot.domain.ids import CaseId, Instant, OpId
from bot.services.hold_news import HoldNews
from tests import builders as a
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

MINUTE = 60_000
CASES = 2 * hold_work.PAGE + 30


class Mute:
    """A Slack that nobody may speak to here."""


async def news_of(desk: DeskMemory, reach: Reach, *, lifted: bool = False) -> tuple[HoldNews, Hold]:
    ports = open_ports(desk.client, desk.workspace, follow=desk.follow, offset=desk.clock)
    document = ports.document(Kept(name=HOLDS, kind=Holds, empty=Holds()))

    def decide(holds: Holds, now: Instant) -> Change[Holds]:
        holds, hold = h.place(holds, reach, "a recall", a.SAM, now)
        if lifted:
            holds, _ = h.ask_lift(holds, hold.id, a.SAM, now)
            holds, hold = h.ask_lift(holds, hold.id, a.PAT, now)
        return Change(value=holds, effects=hold_work.follow(hold, ()))

    after = await document.change(OpId("place"), decide)
    news = HoldNews(document, desk.store, desk.outbox, desk.memory, Mute())  # type: ignore[arg-type]  # not used here
    return news, (*after.standing, *after.lifted)[0]


async def opened(desk: DeskMemory, number: int, market: str) -> CaseId:
    def begin(case_id: CaseId, now: Instant) -> Decision:
        case = replace(a.a_case(a.a_post(number, conversation_id=f"c{number}")), id=case_id)
        case = replace(case, route=replace(case.route, market=market))
        return Decision.of(a.approved(a.in_review(a.claimed(case))) if number % 10 == 0 else case)

    return (await desk.store.begin(OpId(f"open-{number}"), begin)).id


async def spread(desk: DeskMemory, news: HoldNews) -> tuple[dict[str, set[str]], int]:
    """Do the spreading until nothing of it is left; return the cases asked for by job, and how many pages there were."""
    asked: dict[str, set[str]] = {}
    pages = 0
    while taken := (await desk.outbox.take(50, MINUTE, {})).work:
        for work in taken:
            if work.job == Job.SPREAD_HOLD:
                pages += "cases" in work.args
                await news.spread(work)
            else:
                asked.setdefault(work.job, set()).add(work.case_id)
            await desk.outbox.done(work)
    return asked, pages


async def test_every_open_case_in_scope_is_drawn_again_in_pages_and_no_other(desk: DeskMemory) -> None:
    ids = {number: await opened(desk, number, "uk" if number % 2 else "fr") for number in range(1, CASES + 1)}
    news, _ = await news_of(desk, Reach(scope=Scope.MARKET, value="uk"))
    asked, pages = await spread(desk, news)
    assert asked == {Job.REFRESH_CARD: {case_id for number, case_id in ids.items() if number % 2}}
    assert pages == 3


async def test_a_lift_looks_at_once_at_what_waits_to_leave(desk: DeskMemory) -> None:
    ids = {number: await opened(desk, number, "uk") for number in range(1, 21)}
    news, _ = await news_of(desk, Reach(scope=Scope.ALL), lifted=True)
    asked, _ = await spread(desk, news)
    assert asked == {Job.REFRESH_CARD: set(ids.values()), Job.SEND_REPLY: {ids[10], ids[20]}}


@pytest.mark.parametrize("stored", [b"junk", b"1-a -\n\x01\x80"])
async def test_a_case_that_cannot_be_read_keeps_no_other_from_its_banner(desk: DeskMemory, stored: bytes) -> None:
    ids = [await opened(desk, number, "uk") for number in range(1, 5)]
    await desk.client.set(desk.shard.key("case", ids[1]), stored)
    news, _ = await news_of(desk, Reach(scope=Scope.ALL))
    asked, _ = await spread(desk, news)
    assert asked[Job.REFRESH_CARD] == set(ids) - {ids[1]}
