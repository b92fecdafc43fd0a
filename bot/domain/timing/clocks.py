"""The clocks of a case: what they measure, when they began, and what was said about them.

They follow from the status alone: no hand-over, release, recall or restart can set one back. Whether one is late is
decided in `targets`, with the hours of the market.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.ids import Instant


class Clock(StrEnum):
    """What is measured."""

    FIRST_RESPONSE = "first response"
    NEXT_RESPONSE = "next response"
    APPROVAL = "approval"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """How soon what has to happen, in milliseconds of business time; None where nothing is promised.

    Kept by the case from its start, with the rule and the version of the policy that said so.
    """

    rule: str
    policy: str
    first_response: int | None = None
    next_response: int | None = None
    approval: int | None = None
    silence: int | None = None
    warn_before: int = 0
    around_the_clock: bool = False

    def limit(self, clock: Clock) -> int | None:
        return {
            Clock.FIRST_RESPONSE: self.first_response,
            Clock.NEXT_RESPONSE: self.next_response,
            Clock.APPROVAL: self.approval,
            Clock.SILENCE: self.silence,
        }[clock]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that runs since `since`; `warned` and `missed` say what people were told about it, once each."""

    clock: Clock
    since: Instant
    warned: bool = False
    missed: bool = False


WAITING = frozenset({Status.NEW, Status.CLAIMED, Status.IN_REVIEW, Status.APPROVED})
"""The customer waits for us; in every other status the customer has the word."""
_REPLY = frozenset({Clock.FIRST_RESPONSE, Clock.NEXT_RESPONSE})
_SIGNS_OF_LIFE = frozenset(
    {
        Fact.SUBMITTED,
        Fact.APPROVED,
        Fact.CHANGES_ASKED,
        Fact.REJECTED,
        Fact.DISMISSAL_ASKED,
        Fact.DISMISSAL_DECLINED,
    }
)
"""Work on the answer. Passing the case around is none."""
SET_CLOCKS = _SIGNS_OF_LIFE | {
    Fact.CASE_OPENED,
    Fact.CUSTOMER_WROTE,
    Fact.POST_EDITED,
    Fact.REOPENED,
    Fact.APPROVAL_VOIDED,
}
"""Facts with which a clock may begin, or what is promised may become less time."""


def ticked(running: tuple[Running, ...], status: Status, event: Event) -> tuple[Running, ...]:
    """Return the clocks of a case after a fact that left it in this status.

    A customer who writes again while waiting does not set the clock back: it measures from the first words without
    an answer.
    """
    if status not in WAITING:
        return ()
    kept = [one for one in running if one.clock is not Clock.APPROVAL or status is Status.IN_REVIEW]
    if not any(one.clock in _REPLY for one in kept):
        first = event.fact is Fact.CASE_OPENED
        kept.append(Running(clock=Clock.FIRST_RESPONSE if first else Clock.NEXT_RESPONSE, since=event.at))
    if status is Status.IN_REVIEW and not any(one.clock is Clock.APPROVAL for one in kept):
        kept.append(Running(clock=Clock.APPROVAL, since=event.at))
    if event.fact in _SIGNS_OF_LIFE:
        kept = [one for one in kept if one.clock is not Clock.SILENCE]
    if not any(one.clock is Clock.SILENCE for one in kept):
        kept.append(Running(clock=Clock.SILENCE, since=event.at))
    return tuple(kept)


def told(running: tuple[Running, ...], about: Running, *, missed: bool) -> tuple[Running, ...]:
    """Return the clocks with one of them marked: people know."""
    known = replace(about, warned=True, missed=missed)
    return tuple(known if one == about else one for one in running)
