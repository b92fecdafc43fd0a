"""One page in the ledger of an escalation: to whom, why, when, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import CaseId, ChannelId, Instant, MessageTs


class PageState(StrEnum):
    """Where a page stands."""

    WAITING = "waiting"
    GOING = "going"
    SENT = "sent"
    HELD = "held"
    FAILED = "failed"
    DROPPED = "dropped"


UNDELIVERED = frozenset({PageState.HELD, PageState.FAILED})
OPEN = frozenset({PageState.WAITING, PageState.GOING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Somebody (or a channel) whom a step found, and why; with `refusal`, why they are not paged."""

    to: str
    why: str
    refusal: str = ""
    delays: tuple[int, ...] = (0,)

    @property
    def is_person(self) -> bool:
        return not self.to.startswith(("C", "G"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """By which way a page left, and the message it is, where it can be corrected."""

    way: str
    channel: ChannelId | None = None
    ts: MessageTs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """At most one message for one round, step, target and rule of that person (`rule` counts from 0).

    `mark` is carried by the message it left in, `mates` are all cases that the message speaks of. `second` are the ways
    past Slack that took it under the same mark, `second_at` when, `settled` is what they were last told became of it.
    `handing` are ways that were being given it, without a word yet what came of that, `twice` those that may have two.
    """

    to: str
    why: str
    round: int
    step: int
    rule: int
    asked_at: Instant
    due_at: Instant
    state: PageState = PageState.WAITING
    note: str = ""
    way: str = ""
    channel: ChannelId | None = None
    ts: MessageTs | None = None
    sent_at: Instant | None = None
    going_at: Instant | None = None
    mark: str = ""
    mates: tuple[CaseId, ...] = ()
    second: tuple[str, ...] = ()
    second_at: tuple[Instant, ...] = ()
    settled: str = ""
    handing: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return its name, unique in its escalation."""
        return f"{self.round}.{self.step}:{self.to}:{self.rule}"

    @property
    def is_person(self) -> bool:
        return not self.to.startswith(("C", "G"))
