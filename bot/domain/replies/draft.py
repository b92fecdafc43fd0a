"""A reply as it was written: its words never change, new wording is a new revision."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.approving.demand import Ruling
from bot.domain.ids import Digest, Instant, Nonce, PostId, UserId
from bot.domain.people import Side

REVISIONS_KEPT = 20
"""Newest revisions kept in a case, besides those that may have left; the journal names all of them."""

Seal = Callable[[str], str]
"""Seals a text with a key that is not in the store."""
Holds = Callable[[str, str], bool]
"""Says whether a seal was made over exactly this text."""


class DraftState(StrEnum):
    """Where one revision stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    CHANGES_ASKED = "changes_asked"
    REJECTED = "rejected"
    RECALLED = "recalled"
    EXPIRED = "expired"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"


class Visibility(StrEnum):
    """How a reply goes out."""

    PUBLIC = "public"
    PUBLIC_DM = "public_dm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's yes to exactly these bytes; `seal` is an HMAC over it with a key that is not in the store.

    `factors` are all sides and groups the person stood in at that moment: which of them counts is worked out later.
    """

    by: UserId
    factors: tuple[str, ...] = ()
    digest: Digest
    at: Instant
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUse:
    """A reply cleared by its writer inside a limit that PR set: which one, standing in which side or group, sealed."""

    limit: str
    by: UserId
    factor: str
    digest: Digest
    at: Instant
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became different since a reply was approved: the customer's words before and now."""

    before: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at publishing, recorded before a byte leaves.

    `watermark` is the newest post of our own account at that moment: a reply found later with a
    higher id is this attempt's. `ended_at` is when its own worker said that it does not know what came of it;
    `looks` are the clean looks at our timeline since then that did not find it.
    """

    nonce: Nonce
    started_at: Instant
    watermark: PostId
    ended_at: Instant | None = None
    looks: tuple[Instant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One revision. `text` is exactly what would be published, signature and all.

    `marks` says what was taken out of the words (see `words.clean`), `concerns` what an approver must have looked at
    (see `draft_checks`), `used` the saved reply or talking point it was written from. `ruling` is what the rules asked
    when it was handed in, `outside` why no limit covered it, `changed` what became different since it was approved.
    `hurried_by` is the approver who did not want to wait for the undo delay. `stops` counts the tries that provably did
    not leave; the next one does not begin before `not_before`, and `waits_for` tells people why.
    """

    rev: int
    text: str
    by: UserId
    side: Side
    at: Instant
    target: PostId
    visibility: Visibility = Visibility.PUBLIC
    signature: str = ""
    note: str = ""
    marks: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    used: str = ""
    sensitive: bool = False
    ai_touched: bool = False
    ruling: Ruling | None = None
    limit: LimitUse | None = None
    outside: str = ""
    changed: Change | None = None
    hurried_by: UserId | None = None
    state: DraftState = DraftState.SUBMITTED
    approvals: tuple[Approval, ...] = ()
    decided_by: UserId | None = None
    decided_at: Instant | None = None
    decision_words: str = ""
    resends: int = 0
    stops: int = 0
    not_before: Instant | None = None
    waits_for: str = ""
    attempts: tuple[Attempt, ...] = ()
    sent_id: PostId | None = None
    sent_url: str = ""
    sent_at: Instant | None = None

    @property
    def body(self) -> str:
        """Return the words without the signature, for editing."""
        return self.text.removesuffix(self.signature).rstrip() if self.signature else self.text

    @property
    def may_be_out(self) -> bool:
        """Say whether any of it may stand on the platform: such a revision is kept for as long as its case."""
        return self.state is DraftState.SENT or bool(self.attempts) or self.sent_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who wrote a revision that the case no longer keeps, and the newest such revision."""

    by: UserId
    rev: int


def newest_kept(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Return the newest revisions and all that may be out, oldest first."""
    return tuple(d for d in drafts[:-REVISIONS_KEPT] if d.may_be_out) + drafts[-REVISIONS_KEPT:]


def writers_of(before: tuple[Writer, ...], dropped: tuple[Draft, ...]) -> tuple[Writer, ...]:
    """Return who wrote what is no longer kept, each once: who wrote must never approve."""
    newest = {writer.by: writer.rev for writer in before} | {draft.by: draft.rev for draft in dropped}
    return tuple(Writer(by=by, rev=rev) for by, rev in sorted(newest.items()))
