"""Facts in the past tense: what happened to a case, who did it, and the words that go with it.

An event carries what its line in the story needs and nothing else; what the desk does because of it is
decided in `effects.follow`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import Instant, UserId


class Fact(StrEnum):
    """Everything that can have happened."""

    CASE_OPENED = "CaseOpened"
    CUSTOMER_WROTE = "CustomerWrote"
    REPEATED = "Repeated"
    POST_EDITED = "PostEdited"
    POST_DELETED = "PostDeleted"
    CARD_POSTED = "CardPosted"
    CARD_LOST = "CardLost"
    CLAIMED = "Claimed"
    RELEASED = "Released"
    TAKEN_OVER = "TakenOver"
    REASSIGNED = "Reassigned"
    HANDED_OVER = "HandedOver"
    HANDOVER_ACCEPTED = "HandoverAccepted"
    SNOOZED = "Snoozed"
    WOKEN = "Woken"
    SUBMITTED = "Submitted"
    LIMIT_USED = "LimitUsed"
    LIMIT_SWITCHED_OFF = "LimitSwitchedOff"
    LIMIT_SWITCHED_ON = "LimitSwitchedOn"
    APPROVED = "Approved"
    REPLY_CLEARED = "ReplyCleared"
    CHANGES_ASKED = "ChangesAsked"
    REJECTED = "Rejected"
    RECALLED = "Recalled"
    DRAFT_EXPIRED = "DraftExpired"
    APPROVAL_VOIDED = "ApprovalVoided"
    SEND_HURRIED = "SendHurried"
    SEND_STARTED = "SendStarted"
    SEND_STOPPED = "SendStopped"
    SEND_PUT_OFF = "SendPutOff"
    REPLY_SENT = "ReplySent"
    REPLY_REFUSED = "ReplyRefused"
    REPLY_UNCONFIRMED = "ReplyUnconfirmed"
    REPLY_LOOKED_FOR = "ReplyLookedFor"
    REPLY_DIFFERS = "ReplyDiffers"
    ANSWERED_BY_HAND = "AnsweredByHand"
    DISMISSAL_ASKED = "DismissalAsked"
    DISMISSAL_DECLINED = "DismissalDeclined"
    DISMISSED = "Dismissed"
    RESOLVED = "Resolved"
    REOPENED = "Reopened"
    CLOSED = "Closed"
    HOLD_PLACED = "HoldPlaced"
    HOLD_LIFT_ASKED = "HoldLiftAsked"
    HOLD_LIFTED = "HoldLifted"
    ESCALATED = "Escalated"
    STEP_REACHED = "StepReached"
    STEP_SKIPPED = "StepSkipped"
    PAGED = "Paged"
    PAGE_REFUSED = "PageRefused"
    PAGE_HELD = "PageHeld"
    ACKNOWLEDGED = "Acknowledged"
    ACKNOWLEDGEMENT_ENDING = "AcknowledgementEnding"
    ACKNOWLEDGEMENT_ENDED = "AcknowledgementEnded"
    ESCALATION_ENDED = "EscalationEnded"
    POINT_WITHDRAWN = "PointWithdrawn"
    POINT_RESTORED = "PointRestored"
    OVERRIDE_ADDED = "OverrideAdded"
    OVERRIDE_REMOVED = "OverrideRemoved"
    SWAP_ASKED = "SwapAsked"
    SWAP_ACCEPTED = "SwapAccepted"
    SWAP_DECLINED = "SwapDeclined"
    TARGET_NEAR = "TargetNear"
    TARGET_MISSED = "TargetMissed"
    CHANNEL_SHARED = "ChannelShared"
    CHANNEL_UNSHARED = "ChannelUnshared"


OF_NO_CASE = frozenset(
    {
        Fact.HOLD_PLACED,
        Fact.HOLD_LIFT_ASKED,
        Fact.HOLD_LIFTED,
        Fact.POINT_WITHDRAWN,
        Fact.POINT_RESTORED,
        Fact.OVERRIDE_ADDED,
        Fact.OVERRIDE_REMOVED,
        Fact.SWAP_ASKED,
        Fact.SWAP_ACCEPTED,
        Fact.SWAP_DECLINED,
        Fact.LIMIT_SWITCHED_OFF,
        Fact.LIMIT_SWITCHED_ON,
        Fact.CHANNEL_SHARED,
        Fact.CHANNEL_UNSHARED,
    }
)
"""Facts about what the whole desk shares: they stand in the journal and change no case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an act on a reply was about: the beginning of the digest of its words, and the rule they come under."""

    words: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a case's story: fact, time, person, and a short detail (ids, reasons typed by staff)."""

    fact: Fact
    at: Instant
    by: UserId
    detail: str = ""
    ground: Ground | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A no that somebody was told: to which act, in which sentence, and about which words of a reply, if any."""

    at: Instant
    by: UserId
    act: str
    sentence: str
    ground: Ground | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact about a case. `detail` is for the team's eyes and never leaves Slack.

    `rev` is the number of a draft or of an escalation's step, from 1.
    """

    fact: Fact
    at: Instant
    by: UserId
    detail: str = ""
    rev: int = 0
    ground: Ground | None = None

    def as_line(self) -> dict[str, object]:
        """Return it as the journal stores it."""
        line = {"fact": self.fact, "at": self.at, "by": self.by, "detail": self.detail, "rev": self.rev}
        return {**line, "words": self.ground.words, "rule": self.ground.rule} if self.ground else line

    def line(self) -> Line:
        return Line(fact=self.fact, at=self.at, by=self.by, detail=self.detail, ground=self.ground)
