"""The life of a case as one table: what may be done in which status, and where it leads.

The rules, the buttons on the card and the tests all read `NEXT`.
"""

from enum import StrEnum

from bot.domain.errors import Refused


class Status(StrEnum):
    """Where a case stands; everything else (owner, snooze, escalation) stands beside it."""

    NEW = "new"
    CLAIMED = "claimed"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Verb(StrEnum):
    """What people (and the desk itself) do to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    TAKE_OVER = "take_over"
    REASSIGN = "reassign"
    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    SNOOZE = "snooze"
    DRAFT = "draft"
    SEND_ALONE = "send_alone"
    APPROVE = "approve"
    ASK_CHANGES = "ask_changes"
    REJECT = "reject"
    RECALL = "recall"
    EXPIRE = "expire"
    VOID = "void"
    SEND_NOW = "send_now"
    SEND = "send"
    SENT = "sent"
    REFUSE = "refuse"
    SETTLE = "settle"
    DISMISS = "dismiss"
    KEEP = "keep"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CUSTOMER_WRITES = "customer_writes"
    ARCHIVE = "archive"


_S, _V = Status, Verb

NEXT: dict[tuple[Status, Verb], Status] = {
    (_S.NEW, _V.CLAIM): _S.CLAIMED,
    (_S.NEW, _V.REASSIGN): _S.CLAIMED,
    (_S.NEW, _V.HAND_OVER): _S.NEW,
    (_S.NEW, _V.ACCEPT): _S.CLAIMED,
    (_S.NEW, _V.SNOOZE): _S.NEW,
    (_S.NEW, _V.DISMISS): _S.RESOLVED,
    (_S.NEW, _V.KEEP): _S.NEW,
    (_S.NEW, _V.CUSTOMER_WRITES): _S.NEW,
    (_S.CLAIMED, _V.RELEASE): _S.NEW,
    (_S.CLAIMED, _V.TAKE_OVER): _S.CLAIMED,
    (_S.CLAIMED, _V.REASSIGN): _S.CLAIMED,
    (_S.CLAIMED, _V.HAND_OVER): _S.CLAIMED,
    (_S.CLAIMED, _V.ACCEPT): _S.CLAIMED,
    (_S.CLAIMED, _V.SNOOZE): _S.CLAIMED,
    (_S.CLAIMED, _V.DRAFT): _S.IN_REVIEW,
    (_S.CLAIMED, _V.SEND_ALONE): _S.APPROVED,
    (_S.CLAIMED, _V.DISMISS): _S.RESOLVED,
    (_S.CLAIMED, _V.KEEP): _S.CLAIMED,
    (_S.CLAIMED, _V.RESOLVE): _S.RESOLVED,
    (_S.CLAIMED, _V.CUSTOMER_WRITES): _S.CLAIMED,
    (_S.IN_REVIEW, _V.TAKE_OVER): _S.IN_REVIEW,
    (_S.IN_REVIEW, _V.DRAFT): _S.IN_REVIEW,
    (_S.IN_REVIEW, _V.SEND_ALONE): _S.APPROVED,
    (_S.IN_REVIEW, _V.APPROVE): _S.APPROVED,
    (_S.IN_REVIEW, _V.ASK_CHANGES): _S.CLAIMED,
    (_S.IN_REVIEW, _V.REJECT): _S.CLAIMED,
    (_S.IN_REVIEW, _V.RECALL): _S.CLAIMED,
    (_S.IN_REVIEW, _V.EXPIRE): _S.CLAIMED,
    (_S.IN_REVIEW, _V.VOID): _S.IN_REVIEW,
    (_S.IN_REVIEW, _V.CUSTOMER_WRITES): _S.IN_REVIEW,
    (_S.APPROVED, _V.RECALL): _S.CLAIMED,
    (_S.APPROVED, _V.EXPIRE): _S.CLAIMED,
    (_S.APPROVED, _V.VOID): _S.IN_REVIEW,
    (_S.APPROVED, _V.SEND_NOW): _S.APPROVED,
    (_S.APPROVED, _V.SEND): _S.APPROVED,
    (_S.APPROVED, _V.SENT): _S.ANSWERED,
    (_S.APPROVED, _V.REFUSE): _S.CLAIMED,
    (_S.APPROVED, _V.SETTLE): _S.APPROVED,
    (_S.APPROVED, _V.CUSTOMER_WRITES): _S.APPROVED,
    (_S.ANSWERED, _V.RESOLVE): _S.RESOLVED,
    (_S.ANSWERED, _V.REOPEN): _S.CLAIMED,
    (_S.ANSWERED, _V.CUSTOMER_WRITES): _S.CLAIMED,
    (_S.RESOLVED, _V.REOPEN): _S.CLAIMED,
    (_S.RESOLVED, _V.CUSTOMER_WRITES): _S.NEW,
    (_S.RESOLVED, _V.ARCHIVE): _S.CLOSED,
}

DONE = frozenset({Status.RESOLVED, Status.CLOSED})

STATUS_WORDS = {
    Status.NEW: "nobody has claimed it yet",
    Status.CLAIMED: "it is being worked on",
    Status.IN_REVIEW: "its reply waits for approval",
    Status.APPROVED: "its reply is approved and on its way out",
    Status.ANSWERED: "the reply is out and the customer has the word",
    Status.RESOLVED: "it is resolved",
    Status.CLOSED: "it is closed and archived",
}

_TO_DO = {
    Status.NEW: "Claim it first.",
    Status.CLAIMED: "Look at the card again: it has just changed.",
    Status.IN_REVIEW: "Recall the draft first, or wait for the decision.",
    Status.APPROVED: "Press Undo first if the reply must not go out.",
    Status.ANSWERED: "Reopen it if there is more to do.",
    Status.RESOLVED: "Reopen it if there is more to do.",
    Status.CLOSED: "A new post from the customer will open a new case.",
}


def allowed(status: Status, verb: Verb) -> bool:
    return (status, verb) in NEXT


def step(status: Status, verb: Verb) -> Status:
    """Return the status that follows; raises `Refused` with what the case is doing instead."""
    try:
        return NEXT[status, verb]
    except KeyError:
        raise Refused(f"That is not possible now: {STATUS_WORDS[status]}. {_TO_DO[status]}") from None
