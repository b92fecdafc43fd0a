"""One piece of work: what the relay can be asked to do, and the asking."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.ids import CaseId


class Job(StrEnum):
    """Everything the relay can be asked to do."""

    REFRESH_CARD = "refresh_card"
    NOTE = "note"
    ANNOUNCE = "announce"
    SEND_REPLY = "send_reply"
    WATCH_SENDING = "watch_sending"
    LOOK_FOR_REPLY = "look_for_reply"
    CHECK_REPLY = "check_reply"
    EXPIRE_DRAFT = "expire_draft"
    CHECK_CLAIM = "check_claim"
    WAKE = "wake"
    ARCHIVE = "archive"
    CHECK_POST = "check_post"
    TELL_OPS = "tell_ops"
    SPREAD_HOLD = "spread_hold"
    SHOW_HOLD = "show_hold"
    ESCALATE = "escalate"
    PAGE_STEP = "page_step"
    PAGE = "page"
    REFRESH_PAGES = "refresh_pages"
    SETTLE_PAGES = "settle_pages"
    REMIND_ACK = "remind_ack"
    END_ACK = "end_ack"
    TELL_PERSON = "tell_person"
    TAKE_BACK_DRAFTS = "take_back_drafts"
    TELL_DUTY = "tell_duty"
    LOOK_AHEAD = "look_ahead"
    CHECK_TARGET = "check_target"
    TIDY_CARD = "tidy_card"
    TELL_LIMITS = "tell_limits"
    END_DRILL = "end_drill"
    TELL_DRILL = "tell_drill"
    CHECK_CHANNEL = "check_channel"
    SPREAD_SHARING = "spread_sharing"
    RETURN_CARD = "return_card"
    WATCH_ACCOUNT = "watch_account"
    WARN_PAST_SLACK = "warn_past_slack"
    DRAW_AGAIN = "draw_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One piece of work. `after` is its delay in milliseconds from the commit; `lane` paces it with its neighbours.

    `urgency` 0 to 3 puts work that is due at the same time in order. `args` are short plain strings.
    """

    job: Job
    case_id: CaseId
    key: str
    lane: str
    after: int = 0
    urgency: int = 1
    args: dict[str, str] = field(default_factory=dict)


NO_CASE = CaseId("-")
"""Stands where work belongs to no case."""
