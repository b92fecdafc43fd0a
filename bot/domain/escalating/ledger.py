"""The ledger of an escalation: what becomes of each page, from its leaving to what the ways past Slack were told.

Every verb looks at the case as it is; what is noted already changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Event, Fact
from bot.domain.escalating.page import OPEN, Delivered, Page, PageState
from bot.domain.ids import DESK, CaseId, Instant
from bot.domain.text.wording import brief

PERHAPS_TWICE = " (perhaps twice: the desk stopped while it was handed over)"


def going(case: Case, keys: tuple[str, ...], mark: str, mates: tuple[CaseId, ...], now: Instant) -> Decision:
    """Note that a message with this mark is about to leave, so that a second attempt can look for it."""

    def begun(page: Page) -> _Rewritten | None:
        if page.state is not PageState.WAITING:
            return None
        return replace(page, state=PageState.GOING, mark=mark, mates=mates, going_at=now), ()

    waits = case.escalation is not None and case.escalation.is_waiting
    return _rewrite(case, keys, begun) if waits else Decision.unchanged(case)


def paged(case: Case, keys: tuple[str, ...], mark: str, delivered: Delivered, now: Instant) -> Decision:
    """Note that the message left, also where somebody answered in the same moment: it has to be corrected then."""

    def left(page: Page) -> _Rewritten | None:
        if page.mark != mark or page.state is PageState.SENT:
            return None
        sent = replace(page, state=PageState.SENT, note="", sent_at=now, way=delivered.way)
        told = _event(Fact.PAGED, f"{_who(page)} by {delivered.way} ({page.why})", now)
        return replace(sent, channel=delivered.channel, ts=delivered.ts), (told,)

    return _rewrite(case, keys, left)


def handing_over(case: Case, keys: tuple[str, ...], mark: str, way: str) -> Decision:
    """Note that a way past Slack is about to be given a page: a desk that dies now cannot say whether it took it."""

    def begun(page: Page) -> _Rewritten | None:
        if page.mark != mark or way in page.handing:
            return None
        return replace(page, handing=(*page.handing, way)), ()

    return _rewrite(case, keys, begun)


def not_taken(case: Case, keys: tuple[str, ...], mark: str, way: str) -> Decision:
    """Note that a way past Slack did not take a page, so that the next attempt is no second one."""

    def refused(page: Page) -> _Rewritten | None:
        if page.mark != mark or way not in page.handing:
            return None
        return replace(page, handing=_without(page.handing, way)), ()

    return _rewrite(case, keys, refused)


def past_slack(
    case: Case, keys: tuple[str, ...], mark: str, way: str, now: Instant, *, perhaps_twice: bool = False
) -> Decision:
    """Note that a way past Slack took a page; the message in Slack is still to come."""

    def taken(page: Page) -> _Rewritten | None:
        if page.mark != mark or way in page.second:
            return None
        why = " as well" if page.ts else ", because Slack did not take it"
        told = _event(Fact.PAGED, f"{_who(page)} by {way}{why}{PERHAPS_TWICE if perhaps_twice else ''}", now)
        after = replace(page, second=(*page.second, way), second_at=(*page.second_at, now))
        twice = (*page.twice, way) if perhaps_twice else page.twice
        return replace(after, handing=_without(page.handing, way), twice=twice), (told,)

    return _rewrite(case, keys, taken)


def refused_by_slack(case: Case, keys: tuple[str, ...], why: str, now: Instant) -> Decision:
    """Note once for each person that Slack will never deliver a page to them, so that somebody mends the schedule."""

    def refused(page: Page) -> _Rewritten | None:
        if page.state not in OPEN or page.note:
            return None
        told = _event(Fact.PAGE_REFUSED, f"{_who(page)}: {brief(why)}", now, page.step + 1)
        return replace(page, note=brief(why)), (told,)

    return _rewrite(case, keys, refused)


def settled(case: Case, mark: str, stage: str) -> Decision:
    """Note what the ways past Slack were told became of a page."""

    def heard(page: Page) -> _Rewritten | None:
        return (replace(page, settled=stage), ()) if page.second and page.settled != stage else None

    pages = case.escalation.pages if case.escalation else ()
    return _rewrite(case, tuple(page.key for page in pages if page.mark == mark), heard)


_Rewritten = tuple[Page, tuple[Event, ...]]
"""A page as it is now, and the facts about it."""


def _rewrite(case: Case, keys: tuple[str, ...], rewrite: Callable[[Page], _Rewritten | None]) -> Decision:
    """Write those of these pages anew for which `rewrite` returns something, and collect the facts in their order."""
    after = running = case.escalation
    if running is None or after is None:
        return Decision.unchanged(case)
    events: list[Event] = []
    for key in keys:
        page = running.page(key)
        if page and (rewritten := rewrite(page)):
            after = after.with_page(rewritten[0])
            events.extend(rewritten[1])
    if after == running and not events:
        return Decision.unchanged(case)
    return Decision.of(replace(case, escalation=after), *events)


def _without(ways: tuple[str, ...], way: str) -> tuple[str, ...]:
    return tuple(one for one in ways if one != way)


def _who(page: Page) -> str:
    return f"<@{page.to}>" if page.is_person else f"<#{page.to}>"


def _event(fact: Fact, detail: str, now: Instant, step: int = 0) -> Event:
    return Event(fact=fact, at=now, by=DESK, detail=detail, rev=step)
