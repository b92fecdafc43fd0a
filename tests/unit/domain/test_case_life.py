"""What must hold in every life of a case, whoever tries what, whatever X answers or does not."""

from hypothesis import settings
from hypothesis.stateful import invariant

from bot.domain.approving.approval import ruling_of
from bot.domain.approving.demand import is_met
from bot.domain.cases.case import HISTORY_KEPT, POSTS_KEPT, Case
from bot.domain.cases.lifecycle import Status
from bot.domain.replies import sending
from bot.domain.replies.draft import REVISIONS_KEPT, DraftState
from tests import builders as a
from tests.case_life import CaseLife

ON_ITS_WAY = (DraftState.APPROVED, DraftState.SENDING, DraftState.UNCONFIRMED)
OWNED = (Status.CLAIMED, Status.IN_REVIEW, Status.APPROVED, Status.ANSWERED)


class AnyLife(CaseLife):
    """Checked after every step."""

    def leaves(self, case: Case) -> None:
        """Nothing leaves that the right people did not approve, exactly so, in time, after the time for undo."""
        assert case.draft is not None
        assert sending.fault_in_approval(case, case.draft, self.now, a.holds, self.terms) == ""
        assert case.draft.decided_at is not None
        assert self.now >= case.draft.decided_at + case.undo

    @invariant()
    def approved_means_approved_by_enough_people_who_did_not_write_it(self) -> None:
        case, draft = self.case, self.case.draft
        if case.status is Status.APPROVED:
            assert draft is not None
            assert draft.state in ON_ITS_WAY
            people = {given.by: frozenset(given.factors) for given in draft.approvals}
            assert people.keys() & case.contributors == set()
            assert is_met(ruling_of(draft).demand, people)
            assert len({given.digest for given in draft.approvals}) == 1

    @invariant()
    def a_reply_is_on_its_way_in_an_approved_case_only(self) -> None:
        assert self.in_state(*ON_ITS_WAY) == (self.case.status is Status.APPROVED)

    @invariant()
    def in_review_means_that_a_reply_waits(self) -> None:
        assert self.in_state(DraftState.SUBMITTED) == (self.case.status is Status.IN_REVIEW)

    @invariant()
    def only_the_newest_revision_is_alive(self) -> None:
        over = {*DraftState} - {DraftState.SUBMITTED, *ON_ITS_WAY}
        assert all(draft.state in over for draft in self.case.drafts[:-1])
        revisions = [draft.rev for draft in self.case.drafts]
        newest = revisions[-REVISIONS_KEPT:]
        assert newest == [*range(max(1, (revisions or [0])[-1] - REVISIONS_KEPT + 1), (revisions or [0])[-1] + 1)]
        assert revisions == sorted(set(revisions))

    @invariant()
    def one_revision_is_published_at_most_once(self) -> None:
        revisions = [rev for rev, _ in self.published]
        assert len(revisions) == len(set(revisions))

    @invariant()
    def whoever_works_on_it_is_its_owner_and_nobody_owns_what_is_new(self) -> None:
        case = self.case
        if case.status in OWNED:
            assert case.owner is not None
            assert case.owner_side is not None
            assert case.lease_until is not None
        if case.status is Status.NEW:
            assert (case.owner, case.owner_side, case.co_owner, case.lease_until) == (None, None, None, None)
        assert case.owner != case.co_owner or case.owner is None

    @invariant()
    def open_questions_stand_where_they_can_be_answered(self) -> None:
        if self.case.handover:
            assert self.case.status in (Status.NEW, Status.CLAIMED)
        if self.case.dismissal and not self.case.resolution:
            assert self.case.status in (Status.NEW, Status.CLAIMED)

    @invariant()
    def what_is_done_says_how_it_ended(self) -> None:
        done = self.case.status in (Status.RESOLVED, Status.CLOSED)
        assert (self.case.resolution is not None) == (self.case.resolved_at is not None) == done

    @invariant()
    def a_complaint_is_not_dismissed_by_one_person(self) -> None:
        case = self.case
        if case.dismissal and case.resolution and case.open_complaint:
            ended = next(line for line in reversed(case.history) if line.fact == "Dismissed")
            assert ended.by != case.dismissal.by

    @invariant()
    def nothing_grows_without_bound(self) -> None:
        assert len(self.case.history) <= HISTORY_KEPT
        assert len(self.case.posts) <= POSTS_KEPT
        assert all(len(attempt.looks) <= 10 for draft in self.case.drafts for attempt in draft.attempts)


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)
