"""Minor matters leave without PR only inside every line of a limit, sealed, and while the limit stands."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.approving import approval
from bot.domain.approving.limits import Limit, Terms, limit_text
from bot.domain.approving.rules import Rulebook
from bot.domain.approving.switches import Switches, switch_off, switch_on
from bot.domain.cases.case import Case, Level
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import Refused
from bot.domain.ids import Nonce
from bot.domain.replies import drafting, sending
from bot.domain.replies.draft import Draft, DraftState
from tests import builders as a

COVERS = ["RED-02"]
SMALL = a.LENIENT.limits[0]


def alone(terms: Terms = a.LENIENT, body: str = "We are looking.", case: Case | None = None, by=a.SAM):
    form = a.written(body, alone=True)
    return drafting.submit(case or a.claimed(), by, form, a.RULE, a.NOON, terms=terms, seal=a.seal)


def newest(case: Case) -> Draft:
    assert case.draft is not None
    return case.draft


def started(case: Case, terms: Terms = a.LENIENT) -> Case:
    return sending.start(case, 1, a.an_attempt("n1", a.LEAVES), a.holds, a.LEAVES, terms=terms).case


def under(limit: Limit, **other: object) -> Terms:
    return replace(a.LENIENT, limits=(limit,), **other)  # type: ignore[arg-type]  # per row


def test_inside_a_limit_the_reply_is_cleared_at_once_with_a_sealed_record():
    decision = alone()
    draft = newest(decision.case)
    assert (decision.case.status, draft.state, draft.approvals) == (Status.APPROVED, DraftState.APPROVED, ())
    assert next((event.fact, event.detail) for event in decision.events) == (Fact.LIMIT_USED, "small things")
    assert draft.limit is not None
    assert draft.limit.seal == a.seal(limit_text(decision.case, draft.limit))
    assert newest(started(decision.case)).state is DraftState.SENDING


def test_who_does_not_tick_the_box_asks_for_approval():
    assert (
        drafting.submit(a.claimed(), a.SAM, a.written(), a.RULE, a.NOON, terms=a.LENIENT, seal=a.seal).case.status
        is Status.IN_REVIEW
    )


OUTSIDE = {
    "another topic": (under(replace(SMALL, topics=frozenset({"billing"}))), "Hello.", "it is for billing"),
    "another market": (under(replace(SMALL, markets=frozenset({"de"}))), "Hello.", "it is for the market de"),
    "too urgent": (under(replace(SMALL, levels=frozenset({Level.LOW}))), "Hello.", "the case is of normal priority"),
    "too far a reach": (under(replace(SMALL, followers_max=119)), "Hello.", "more than 119 followers"),
    "a complaint": (under(replace(SMALL, complaints=False)), "Hello.", "it may be a complaint"),
    "an amount": (a.LENIENT, "You get 5 EUR.", "names 5, and 0 is the most"),
    "an amount nobody can read": (a.LENIENT, "You get five €.", "cannot be read"),
    "a promise": (replace(a.LENIENT, book=Rulebook(promises=("refund*",))), "We refund it.", "makes a promise"),
    "words to look at twice": (a.LENIENT, "See https://elsewhere.example/a", "somebody else has to look at its words"),
    "switched off": (replace(a.LENIENT, off=frozenset({"small things"})), "Hello.", "PR has switched it off"),
    "another side": (under(replace(SMALL, allowed="pr")), "Hello.", "no limit is open to you"),
    "a rule that wants two": (replace(a.LENIENT, book=a.terms(pr=1, service=1).book), "Hello.", "takes 2 people"),
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_outside_it_goes_to_its_approvers_with_the_reason(what: str):
    terms, body, why = OUTSIDE[what]
    case = alone(terms, body).case
    assert case.status is Status.IN_REVIEW
    assert why in newest(case).outside
    assert newest(case).limit is None


def test_the_next_limit_is_tried_where_the_first_does_not_fit():
    first = replace(SMALL, name="first", followers_max=1)
    assert newest(alone(replace(a.LENIENT, limits=(first, SMALL))).case).limit.limit == "small things"


def test_amounts_up_to_the_limit_are_inside():
    assert alone(under(replace(SMALL, amount_max=Decimal(5))), "You get 5 EUR.").case.status is Status.APPROVED


NOT_ANY_MORE = {
    "the limit was switched off": replace(a.LENIENT, off=frozenset({"small things"})),
    "the limit left the rules": replace(a.LENIENT, limits=()),
    "the limit is for others now": under(replace(SMALL, allowed="S0LEGAL")),
    "the limit became narrower": under(replace(SMALL, followers_max=1)),
    "a rule wants two people now": replace(a.LENIENT, book=a.terms(pr=1, service=1).book),
}


@pytest.mark.parametrize("what", NOT_ANY_MORE)
def test_what_no_longer_fits_when_it_is_sent_goes_to_its_approvers(what: str):
    case = started(alone().case, NOT_ANY_MORE[what])
    assert (case.status, newest(case).state, newest(case).limit) == (Status.IN_REVIEW, DraftState.SUBMITTED, None)
    assert a.yes(a.needing(case, pr=1)).case.status is Status.APPROVED


def forged(case: Case, **other: object) -> Case:
    draft = newest(case)
    return case.with_draft(replace(draft, limit=replace(draft.limit, **other)))  # type: ignore[type-var]  # per row


FORGED = {
    "written by hand, without a seal": lambda: forged(alone().case, seal=""),
    "another limit": lambda: forged(alone().case, limit="anything"),
    "another person": lambda: forged(alone().case, by=a.SUE.id),
    "other words": lambda: alone().case.with_draft(replace(newest(alone().case), text="Buy our stock!")),
    "the seal of an approval": lambda: forged(alone().case, seal=newest(a.approved()).approvals[0].seal),
    "a bare approved": lambda: replace(
        a.in_review().with_draft(replace(newest(a.in_review()), state=DraftState.APPROVED, decided_at=a.NOON)),
        status=Status.APPROVED,
    ),
}


@pytest.mark.parametrize("what", [f"RED-02-{name}" for name in FORGED])
def test_write_access_to_the_store_clears_nothing(what: str):
    case = started(FORGED[what.removeprefix("RED-02-")]())
    assert (case.status, newest(case).attempts) == (Status.IN_REVIEW, ())


def test_a_weaker_rule_written_into_the_store_does_not_weaken_the_rules_of_now():
    case = a.approved()
    bare = case.with_draft(replace(newest(a.needing(case)), approvals=()))
    assert started(bare, a.terms(pr=1)).status is Status.IN_REVIEW


def test_what_was_cleared_inside_a_limit_has_no_approver_to_send_it_now():
    with pytest.raises(Refused, match="Only somebody who approved it"):
        approval.hurry(alone().case, a.SAM, 1, a.NOON)


def test_a_limit_is_off_until_it_is_switched_on():
    off = switch_off(Switches(), "small things", a.PAT.id, a.NOON)
    assert (off.value.names, [event.fact for event in off.events]) == ({"small things"}, [Fact.LIMIT_SWITCHED_OFF])
    with pytest.raises(Refused, match="off already"):
        switch_off(off.value, "small things", a.PIA.id, a.NOON)
    assert switch_on(off.value, "small things", a.PIA.id, a.NOON).value == Switches()
    with pytest.raises(Refused, match="on already"):
        switch_on(Switches(), "small things", a.PIA.id, a.NOON)


def test_the_approver_can_skip_the_undo_delay_once():
    ready = a.approved()
    hurried = approval.hurry(ready, a.PAT, 1, a.NOON)
    assert (sending.wait_left(ready, 1, a.NOON), sending.wait_left(hurried.case, 1, a.NOON)) == (a.TIMING.undo, 0)
    assert [event.fact for event in hurried.events] == [Fact.SEND_HURRIED]
    with pytest.raises(Refused, match="on its way already"):
        approval.hurry(hurried.case, a.PAT, 1, a.NOON)
    with pytest.raises(Refused, match="Only somebody who approved it"):
        approval.hurry(ready, a.PIA, 1, a.NOON)


def test_a_rule_has_its_own_clocks():
    case = a.needing(pr=1)
    slow = case.with_draft(
        replace(newest(case), ruling=replace(newest(case).ruling, undo=60_000, approval_life=300_000))
    )
    ready = a.yes(slow).case
    assert sending.wait_left(ready, 1, a.NOON) == 60_000
    late = sending.start(ready, 1, a.an_attempt(), a.holds, a.after(300_000))
    assert late.events[0].detail == "the approval was not used in time"
    assert Nonce("n1") not in {attempt.nonce for attempt in newest(late.case).attempts}


def test_the_rules_became_stricter_between_yes_and_send():
    ready = a.approved()
    back = sending.start(ready, 1, a.an_attempt("n1", a.LEAVES), a.holds, a.LEAVES, terms=a.terms(pr=1, service=1))
    assert back.events[0].detail.startswith("the rules became stricter: a test says so (rule “always”)")
    assert approval.open_for(back.case) == ("pr", "service")
    laxer = sending.start(a.yes(a.needing(pr=1, service=1)).case, 1, a.an_attempt(), a.holds, a.LEAVES)
    assert laxer.events == ()
