"""Independent judgement of one run: what was approved, what was published, and whether the two agree.

It reads the platform's own log and hears of every commit; it asks nothing of the code under test.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bot.domain.cases.case import Case
from bot.domain.cases.events import Event, Fact
from bot.domain.ids import DESK, CaseId, PostId, UserId
from bot.domain.replies.draft import DraftState
from bot.domain.work import Work
from tests.fault.simulator_platform import Published
from tests.fault.simulator_store import Server
from tests.fault.simulator_time import Loop

LEASE = 45_000
"""Milliseconds: who leaves PR after the desk has asked about them in this lease is not seen any more."""
MOST_TRIES = 12
"""Marks that one approval may take; more is a tight loop."""
SAID_NOT_THERE = "looked: it is not on the platform"


@dataclass(eq=False)
class Clearance:
    """One approval that cleared a reply for sending: exactly these words, there, at that time."""

    case_id: CaseId
    number: int
    rev: int
    text: str
    target: PostId
    shown: tuple[object, ...]
    approvers: frozenset[UserId]
    at: int
    closed: bool = False
    sent_again: bool = False
    recorded: PostId | None = None
    marks: int = 0
    published: list[Published] = field(default_factory=list)


def shown(case: Case) -> tuple[object, ...]:
    """Return everything that an approver saw."""
    draft = case.draft
    assert draft
    target = case.post(draft.target)
    return (
        case.platform,
        case.account,
        draft.rev,
        draft.text,
        draft.target,
        draft.visibility,
        target and (target.id, target.text, target.author.id, target.deleted_at),
        (case.last_post.id, case.last_post.text),
    )


_CLOSES = frozenset({Fact.APPROVAL_VOIDED, Fact.RECALLED, Fact.DRAFT_EXPIRED, Fact.REPLY_REFUSED})


@dataclass
class Oracle:
    """Collects sentences about what went wrong in `faults`."""

    loop: Loop
    server: Server
    left_pr: dict[UserId, int] = field(default_factory=dict)
    clearances: list[Clearance] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    acknowledged: list[tuple[str, Fact]] = field(default_factory=list)
    told_no: list[str] = field(default_factory=list)
    by_work: dict[str, Clearance] = field(default_factory=dict)
    leases: dict[str, int] = field(default_factory=dict)
    proofs: dict[str, PostId] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()
    recorded_by: list[str] = field(default_factory=list)
    out: dict[PostId, Published] = field(default_factory=dict)

    def fault(self, *words: object) -> None:
        sentence = " ".join(str(word) for word in words)
        self.faults.append(sentence)
        self.loop.say("FAULT", sentence)

    def current(self, case_id: CaseId) -> Clearance | None:
        return next((c for c in reversed(self.clearances) if c.case_id == case_id), None)

    def committed(self, before: Case, after: Case, events: Sequence[Event], under: Work | None) -> None:
        for event in events:
            self.loop.say(event.fact, after.id, "rev", event.rev, event.by, event.detail)
            if hear := self._HEARS.get(event.fact):
                hear(self, before, after, event, under)
            clearance = self.current(after.id)
            if clearance and event.fact in _CLOSES:
                clearance.closed = True
                clearance.sent_again |= SAID_NOT_THERE in event.detail

    def _cleared(self, _before: Case, after: Case, _event: Event, _under: Work | None) -> None:
        draft = after.draft
        assert draft
        self.clearances.append(
            Clearance(
                case_id=after.id,
                number=len(self.clearances),
                rev=draft.rev,
                text=draft.text,
                target=draft.target,
                shown=shown(after),
                approvers=frozenset(a.by for a in draft.approvals),
                at=self.server.now(),
            )
        )

    def _marked(self, before: Case, _after: Case, _event: Event, under: Work | None) -> None:
        clearance = self.current(before.id)
        if clearance is None or clearance.closed:
            return self.fault("UNAPPROVED: sending began of", before.id, "without a standing approval")
        clearance.marks += 1
        if under:
            self.by_work[under.nonce] = clearance
            self.leases[under.nonce] = self.loop.now + under.lease_until - self.server.now()
        if clearance.shown != shown(before):
            self.fault("UNAPPROVED: what was to leave in", before.id, "is not what was shown")
        if self.server.now() - clearance.at >= before.timing.approval_life:
            self.fault("UNAPPROVED: the approval of", before.id, "was too old")
        if before.draft and clearance.approvers & {d.by for d in before.drafts}:
            self.fault("UNAPPROVED: somebody approved their own words in", before.id)
        for user in clearance.approvers:
            if self.loop.now - self.left_pr.get(user, self.loop.now) > LEASE:
                self.fault("UNAPPROVED:", user, "had left PR long before the sending of", before.id)
        return None

    def _recorded(self, _before: Case, after: Case, event: Event, _under: Work | None) -> None:
        clearance = next((c for c in reversed(self.clearances) if (c.case_id, c.rev) == (after.id, event.rev)), None)
        if event.by != DESK or clearance is None:
            return
        post = self.out.get(PostId(event.detail))
        if post is None or (post.text, post.target) != (clearance.text, clearance.target):
            self.fault("FALSE: recorded as sent", event.detail, "which is not out there like that")
        clearance.recorded = PostId(event.detail)

    _HEARS: ClassVar[dict[Fact, Callable[["Oracle", Case, Case, Event, Work | None], None]]] = {
        Fact.REPLY_CLEARED: _cleared,
        Fact.SEND_STARTED: _marked,
        Fact.REPLY_SENT: _recorded,
    }

    def arrived(self, nonce: str) -> None:
        """Bytes have reached the platform: whoever sent them must still have had the lease of that work."""
        if self.loop.now > self.leases.get(nonce, self.loop.now):
            self.fault("LATE: bytes left when the work was no longer theirs:", nonce)

    def published(self, post: Published) -> None:
        self.out[post.id] = post
        if not post.nonce:
            return None
        clearance = self.by_work.get(post.nonce)
        if clearance is None:
            return self.fault("UNAPPROVED: published without a mark:", post.text)
        if (post.text, post.target) != (clearance.text, clearance.target):
            self.fault("UNAPPROVED: other words were published:", post.text)
        clearance.published.append(post)
        if len(clearance.published) > 1:
            self.fault("DOUBLED:", clearance.text, "by one approval")
        return None

    def judge(self) -> list[str]:
        """Look at everything once the storm is over."""
        for case in self.server.kept.cases.values():
            self._ends_well(case)
        for clearance in self.clearances:
            self._once(clearance)
            self._known(clearance)
            if clearance.marks > MOST_TRIES:
                self.fault("TIGHT LOOP:", clearance.marks, "tries for one approval of", clearance.case_id)
        self._acts()
        self._proofs()
        if self.server.kept.aside and self._is_forgotten():
            self.fault("MISSING: set aside", *self.server.kept.aside)
        return self.faults

    def _is_forgotten(self) -> bool:
        """Say whether a reply waits for work that was set aside; other work may be lost without harm."""
        return any(case.draft and case.draft.state in _PENDING for case in self.server.kept.cases.values())

    def _ends_well(self, case: Case) -> None:
        draft = case.draft
        if draft is None:
            return
        if draft.state in _PENDING:
            self.fault("MISSING:", case.id, "rev", draft.rev, "is still", draft.state)
        doubt_for = self.server.now() - (draft.attempts[-1].started_at if draft.attempts else 0)
        if draft.state is DraftState.UNCONFIRMED and doubt_for < case.timing.ask_after:
            self.fault("MISSING:", case.id, "is in doubt and nobody is asked")

    def _once(self, clearance: Clearance) -> None:
        """A later approval may publish again only when the first was known to be out, or somebody said it was not."""
        later = [c for c in self.clearances if c.case_id == clearance.case_id and c.number > clearance.number]
        between = clearance.sent_again
        for other in later:
            if clearance.published and other.published and not (clearance.recorded or between or self._said(clearance)):
                self.fault("DOUBLED:", clearance.text, "and", other.text, "by two approvals of", clearance.case_id)
            between |= other.sent_again

    def _said(self, clearance: Clearance) -> bool:
        """Say whether a person saw it there."""
        return any(
            e.event.fact is Fact.REPLY_SENT and e.event.by != DESK and e.case_id == clearance.case_id
            for e in self.server.kept.journal
        )

    def _known(self, clearance: Clearance) -> None:
        """What is out there is on record, or in doubt before a person, or denied by one."""
        case = self.server.kept.cases[clearance.case_id]
        draft = next((d for d in case.drafts if d.rev == clearance.rev), None)
        known = draft is not None and draft.state in (DraftState.SENT, DraftState.UNCONFIRMED)
        if clearance.published and not known and not clearance.sent_again:
            self.fault("UNRECORDED:", clearance.text, "is out and the case says", draft and draft.state)

    def _proofs(self) -> None:
        """An id that the platform gave and a worker wrote down stands somewhere on record."""
        told = {e.event.detail for e in self.server.kept.journal}
        kept = {draft.sent_id for case in self.server.kept.cases.values() for draft in case.drafts}
        for nonce in self.recorded_by:
            post_id = self.proofs.get(nonce)
            if post_id and post_id not in kept and not any(post_id in words for words in told):
                self.fault("UNRECORDED: the platform named", post_id, "and it was written down nowhere")

    def _acts(self) -> None:
        commits = Counter((e.op.partition("#")[0], e.event.fact) for e in self.server.kept.journal)
        done = {op for op, _ in commits}
        for op, fact in self.acknowledged:
            if not commits[op, fact] and op not in self.forgotten:
                self.fault("LOST: an act that was acknowledged:", op)
        for op, times in commits.items():
            if times > 1:
                self.fault("DONE TWICE:", *op)
        for op in self.told_no:
            if op in done:
                self.fault("FALSE NO: refused and yet recorded:", op)


_PENDING = frozenset({DraftState.APPROVED, DraftState.SENDING})
