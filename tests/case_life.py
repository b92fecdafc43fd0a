"""Lives of a case as Hypothesis makes them up: anybody tries anything at any time, and X answers, or does not.

`CaseLife` plays the desk's own part as the services do (marks, one call, records, looks) against a small truth: what is
really published. Tests put their own invariants on top.
"""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.domain.approving import approval
from bot.domain.approving.limits import Terms
from bot.domain.cases import conversation, effects, ending, ownership
from bot.domain.cases.case import Case, Decision, Level, Resolution, Severity
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.escalating import escalation
from bot.domain.escalating.page import Target
from bot.domain.escalating.plan import Plan, Step, Trigger
from bot.domain.ids import HOUR, MINUTE, SECOND, Instant, Nonce, PostId, later
from bot.domain.people import Person, Side
from bot.domain.replies import drafting, sending
from bot.domain.replies.draft import Attempt, DraftState, Visibility
from bot.domain.replies.reply import NotSent, OwnPost, RefusedByPlatform, Sent, Unconfirmed
from bot.domain.timing.clocks import Targets
from tests import builders as a

PEOPLE = st.sampled_from([a.SAM, a.SUE, a.PAT, a.PIA, a.BEA])
SIDES = st.sampled_from(list(Side))
WORDS = st.sampled_from(["We are looking.", "Sorry!", "<!channel> & *bold*", "", "{gap}", "x" * 300])
SPANS = st.sampled_from([0, 1, 31 * SECOND, MINUTE, 3 * MINUTE, 11 * MINUTE, 31 * MINUTE, 5 * HOUR])
NEEDS = [{"pr": 1}, {"pr": 2}, {"pr": 1, "service": 1}, {"pr": 1, "S0LEGAL": 1}]
SEVERITIES = st.builds(Severity, level=st.sampled_from(list(Level)), negative=st.booleans())


PLAN = Plan(name="nights", steps=(Step(schedule="nights"), Step(people=(a.PAT.id,), after=MINUTE, both=True)), repeat=1)
Try = Callable[[Case, Person, Person, Side, int, Instant], Decision]
ANYTHING: dict[str, Try] = {
    "claim": lambda case, by, to, side, span, now: ownership.claim(case, by, now),
    "release": lambda case, by, to, side, span, now: ownership.release(case, by.id, now),
    "lapse": lambda case, by, to, side, span, now: ownership.lapse(case, now),
    "take over": lambda case, by, to, side, span, now: ownership.take_over(case, by, now),
    "reassign": lambda case, by, to, side, span, now: ownership.reassign(case, by, to, now),
    "hand over": lambda case, by, to, side, span, now: ownership.hand_over(case, by, side, "press & <others>", now),
    "accept": lambda case, by, to, side, span, now: ownership.accept(case, by, now),
    "snooze": lambda case, by, to, side, span, now: ownership.snooze(case, by, later(now, span), now),
    "wake": lambda case, by, to, side, span, now: ownership.wake(case, now),
    "submit": lambda case, by, to, side, span, now: drafting.submit(case, by, a.written(), a.RULE, now),
    "ask for changes": lambda case, by, to, side, span, now: approval.ask_changes(
        case, by, len(case.drafts), "name the airport", now
    ),
    "reject": lambda case, by, to, side, span, now: approval.reject(case, by, len(case.drafts), "<no>", now),
    "recall": lambda case, by, to, side, span, now: approval.recall(case, by.id, now),
    "expire": lambda case, by, to, side, span, now: approval.expire(case, len(case.drafts), now),
    "send now": lambda case, by, to, side, span, now: approval.hurry(case, by, len(case.drafts), now),
    "void": lambda case, by, to, side, span, now: approval.void(case, "answered by someone else", now),
    "dismiss": lambda case, by, to, side, span, now: ending.dismiss(case, by, Resolution.SPAM, "an <advert>", now),
    "agree": lambda case, by, to, side, span, now: ending.agree(case, by, now),
    "keep": lambda case, by, to, side, span, now: ending.keep(case, by, now),
    "resolve": lambda case, by, to, side, span, now: ending.resolve(case, by, now),
    "reopen": lambda case, by, to, side, span, now: ending.reopen(case, by, now),
    "post by hand": lambda case, by, to, side, span, now: ending.answered_by_hand(case, by, now),
    "escalate": lambda case, by, to, side, span, now: escalation.start(
        case, PLAN, Trigger.ASKED, "help <now>", by=by.id, policy="p", now=now
    ),
    "take a step": lambda case, by, to, side, span, now: escalation.take_step(
        case,
        case.escalation.round if case.escalation else 1,
        case.escalation.step if case.escalation else 0,
        (Target(to=to.id, why="named"),) if span else (),
        now,
    ),
    "acknowledge": lambda case, by, to, side, span, now: escalation.acknowledge(
        case, by, case.escalation.number if case.escalation else 1, now
    ),
    "end the acknowledgement": lambda case, by, to, side, span, now: escalation.lapse(case, now),
    "settle": lambda case, by, to, side, span, now: sending.settle(case, by, 99, there=True, now=now),
}


def as_new(case: Case) -> Case:
    return case


def as_by_hand(case: Case) -> Case:
    return a.claimed(replace(case, posts=(a.by_hand(),)))


def as_in_review(case: Case) -> Case:
    return a.in_review(a.claimed(case))


def as_approved(case: Case) -> Case:
    once = a.approved(as_in_review(case))
    return once if once.status is Status.APPROVED else a.approved(once, a.PIA)


def as_answered(case: Case) -> Case:
    return a.answered(a.sending_now(as_approved(case), nonce="n1"))


def as_in_doubt(case: Case) -> Case:
    return a.unconfirmed(a.sending_now(as_approved(case)))


BEGINNINGS = [as_new, a.claimed, as_by_hand, as_in_review, as_approved, as_answered, as_in_doubt]
"""Where a life begins: Hypothesis would seldom get as far as the interesting parts from the start."""


class CaseLife(RuleBasedStateMachine):
    """One case, its people, its customer and the platform."""

    targets: Targets | None = None
    """What is promised to the case from its start."""

    def __init__(self) -> None:
        super().__init__()
        self.case: Case = a.a_case()
        self.now: Instant = a.NOON
        self.posts = 1
        self.tries = 0
        self.terms: Terms = a.terms(pr=1)
        self.published: list[tuple[int, PostId]] = []
        """What is really out there: revision and id."""
        self.late: list[tuple[int, Nonce, Sent]] = []
        """Proof that has not reached the desk."""

    @initialize(
        begin=st.sampled_from(BEGINNINGS), needs=st.sampled_from(NEEDS), severity=SEVERITIES, really=st.booleans()
    )
    def open(self, begin: Callable[[Case], Case], needs: dict[str, int], severity: Severity, really: bool) -> None:
        self.case = begin(a.a_case(severity=severity, targets=self.targets))
        self.terms = a.terms(**needs)
        self.now = a.LEAVES
        if begin is as_in_doubt and really:
            self.published.append((1, a.PROOF.id))
            self.late.append((1, Nonce("n1"), a.PROOF))

    def act(self, verb: Callable[[Case], Decision]) -> bool:
        """Try something; say whether it happened. A no must be a sentence, and nothing else may be raised."""
        before = self.case
        try:
            decision = verb(before)
        except Refused as no:
            self.refused(no.sentence)
            return False
        self.decided(before, decision)
        self.case = decision.case
        return bool(decision.events)

    def refused(self, sentence: str) -> None:
        assert len(sentence.split()) >= 3, sentence

    def decided(self, before: Case, decision: Decision) -> None:
        """Check one decision: nothing without a fact, and work that can be stored."""
        if decision.events:
            assert decision.case.changes > before.changes
            assert decision.case.history[-1] == decision.events[-1].line()
        else:
            assert decision.case is before
        keys = [effect.key for effect in effects.follow(decision.case, decision.events)]
        assert len(keys) == len(set(keys))

    @rule(span=SPANS)
    def time_passes(self, span: int) -> None:
        self.now = later(self.now, span)

    @rule(name=st.sampled_from(sorted(ANYTHING)), by=PEOPLE, to=PEOPLE, side=SIDES, span=SPANS)
    def somebody_tries_anything(self, name: str, by: Person, to: Person, side: Side, span: int) -> None:
        self.act(lambda case: ANYTHING[name](case, by, to, side, span, self.now))

    @precondition(lambda self: self.case.status is Status.NEW)
    @rule(by=PEOPLE)
    def claim(self, by: Person) -> None:
        self.act(lambda case: ownership.claim(case, by, self.now))

    @precondition(lambda self: self.case.status in (Status.CLAIMED, Status.IN_REVIEW))
    @rule(words=WORDS, visibility=st.sampled_from(list(Visibility)))
    def the_owner_submits(self, words: str, visibility: Visibility) -> None:
        owner = replace(a.BEA, id=self.case.owner or a.SAM.id)
        form = a.written(words, visibility=visibility, invitation="Please send us a DM.", note="third time & <urgent>")
        self.act(lambda case: drafting.submit(case, owner, form, a.RULE, self.now, terms=self.terms))

    @precondition(lambda self: self.in_state(DraftState.SUBMITTED))
    @rule(by=st.sampled_from([a.PAT, a.PIA, a.BEA, a.SUE, a.LEO]))
    def approve(self, by: Person) -> None:
        self.act(lambda case: a.yes(case, by, self.now, under=self.terms))

    @precondition(lambda self: self.case.status is not Status.CLOSED)
    @rule(what=st.sampled_from(["write", "edit", "delete"]), which=st.integers(0, 40), severity=SEVERITIES)
    def the_customer_acts(self, what: str, which: int, severity: Severity) -> None:
        self.posts += 1
        fresh, old = a.a_post(self.posts), self.case.posts[which % len(self.case.posts)]
        acts: dict[str, Callable[[Case], Decision]] = {
            "write": lambda case: conversation.customer_wrote(case, fresh, severity, self.now),
            "edit": lambda case: conversation.post_edited(case, replace(old, text=f"No. {which}"), self.now),
            "delete": lambda case: conversation.post_deleted(case, old, "deleted by its author", self.now),
        }
        self.act(acts[what])

    @precondition(lambda self: self.case.status is Status.RESOLVED)
    @rule(weeks=st.integers(1, 3))
    def archive(self, weeks: int) -> None:
        self.act(lambda case: ending.archive(case, later(self.now, weeks * 7 * 24 * HOUR)))

    @precondition(lambda self: self.in_state(DraftState.APPROVED, DraftState.SENDING, DraftState.SUBMITTED))
    @rule(after=SPANS, really=st.booleans(), says=st.sampled_from(["yes", "no", "not sent", "nothing"]))
    def send(self, after: int, really: bool, says: str) -> None:
        """Mark, call once, record: as the sender does."""
        self.now = later(self.now, after)
        self.tries += 1
        nonce = Nonce(f"t{self.tries}")
        attempt = Attempt(nonce=nonce, started_at=self.now, watermark=PostId("5000"))
        rev = len(self.case.drafts)
        self.act(lambda case: sending.start(case, rev, attempt, a.holds, self.now, terms=self.terms))
        draft = self.case.draft
        if draft is None or not draft.attempts or draft.attempts[-1].nonce != nonce:
            return
        self.leaves(self.case)
        proof = Sent(id=PostId(str(6000 + self.tries)), url="https://x.example/1")
        if says == "yes" or (says == "nothing" and really):
            self.published.append((rev, proof.id))
        answers = {
            "yes": proof,
            "no": RefusedByPlatform(reason="not allowed"),
            "not sent": NotSent(reason="busy"),
            "nothing": Unconfirmed(reason="no answer"),
        }
        if says == "nothing" and really:
            self.late.append((rev, nonce, proof))
        self.act(lambda case: sending.record(case, rev, nonce, answers[says], self.now))

    def leaves(self, case: Case) -> None:
        """Look at what is about to leave."""

    @precondition(lambda self: self.late)
    @rule()
    def late_proof_arrives(self) -> None:
        for rev, nonce, proof in self.late:
            self.act(lambda case, rev=rev, nonce=nonce, proof=proof: sending.record(case, rev, nonce, proof, self.now))
        self.late.clear()

    @precondition(lambda self: self.in_state(DraftState.UNCONFIRMED))
    @rule(after=SPANS, times=st.integers(1, 3))
    def look(self, after: int, times: int) -> None:
        """Look at the own timeline, which shows at once what is out."""
        self.now = later(self.now, after)
        for _ in range(times):
            self.look_once()
            self.now = later(self.now, MINUTE)

    def look_once(self) -> None:
        rev = len(self.case.drafts)
        there = next((post_id for out, post_id in self.published if out == rev), None)
        own = OwnPost(id=there, text="", created_at=self.now) if there else None
        self.act(lambda case: sending.looked(case, rev, own, self.now))

    @precondition(lambda self: self.in_state(DraftState.UNCONFIRMED))
    @rule(by=PEOPLE)
    def a_person_looks(self, by: Person) -> None:
        """Settle a doubt; the person tells the truth."""
        rev = len(self.case.drafts)
        there = any(out == rev for out, _ in self.published)
        self.act(lambda case: sending.settle(case, by, rev, there=there, now=self.now))

    def in_state(self, *states: DraftState) -> bool:
        return self.case.draft is not None and self.case.draft.state in states
