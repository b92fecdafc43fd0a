"""The case itself: what it says about its posts, its revisions and its own story."""

from dataclasses import FrozenInstanceError, replace

import pytest

from bot.domain.cases.case import HISTORY_KEPT, Decision, Level
from bot.domain.cases.events import Event, Fact
from bot.domain.errors import Broken, DeskError, NoSuchCase, Paced, Refused, RefusedField, Unavailable
from bot.domain.ids import PostId
from bot.domain.people import Side
from bot.domain.replies import drafting
from bot.domain.replies.draft import DraftState
from tests import builders as a


def test_a_case_does_not_change_under_your_hands():
    with pytest.raises(FrozenInstanceError):
        a.a_case().owner = a.SAM.id  # type: ignore[misc]  # that is the point


def test_a_decision_numbers_the_change_and_tells_the_story():
    case = a.a_case()
    decision = Decision.of(case, Event(fact=Fact.CLAIMED, at=a.NOON, by=a.SAM.id, detail="x"))
    assert decision.case.changes == case.changes + 1
    assert decision.case.history[-1] == Event(fact=Fact.CLAIMED, at=a.NOON, by=a.SAM.id, detail="x").line()


def test_a_decision_of_nothing_writes_nothing():
    case = a.a_case()
    assert Decision.unchanged(case).case is case
    assert Decision.unchanged(case).events == ()


def test_the_story_is_bounded_and_keeps_the_newest():
    case = a.a_case()
    for number in range(HISTORY_KEPT * 2):
        case = Decision.of(case, Event(fact=Fact.SNOOZED, at=a.after(number), by=a.SAM.id)).case
    assert len(case.history) == HISTORY_KEPT
    assert case.history[-1].at == a.after(HISTORY_KEPT * 2 - 1)


def test_urgency_is_the_order_of_work():
    assert [level.urgency for level in (Level.LOW, Level.NORMAL, Level.HIGH, Level.EMERGENCY)] == [0, 1, 2, 3]


def test_the_newest_revision_and_the_newest_that_is_live_are_two_things():
    assert (a.a_case().draft, a.a_case().sent) == (None, None)
    assert a.answered().sent == a.answered().draft
    again = replace(
        a.answered(), drafts=(*a.answered().drafts, replace(a.answered().drafts[0], rev=2, state=DraftState.REFUSED))
    )
    assert again.sent is not None
    assert again.draft is not None
    assert (again.sent.rev, again.draft.rev) == (1, 2)


def test_contributors_are_all_who_wrote_since_the_last_reply_went_out():
    case = a.in_review(a.claimed(a.a_case(), a.BEA), a.BEA)
    second = drafting.submit(replace(case, owner=a.SAM.id), a.SAM, a.written(), a.RULE, a.NOON).case
    assert second.contributors == {a.BEA.id, a.SAM.id}
    assert a.answered().contributors == frozenset()


def test_a_post_is_found_by_each_of_its_ids():
    case = a.a_case(a.a_post(id=PostId("2"), earlier_ids=(PostId("1"),)))
    assert case.post(PostId("1")) == case.post(PostId("2")) == case.first_post
    assert case.post(PostId("3")) is None


def test_people_work_for_the_preferred_side_when_they_stand_on_it():
    assert a.BEA.side_for(Side.SERVICE) is Side.SERVICE
    assert a.BEA.side_for(Side.PR) is Side.PR
    assert a.SAM.side_for(Side.PR) is Side.SERVICE


def test_each_side_has_another_and_a_name_that_people_read():
    assert [side.other for side in Side] == [Side.PR, Side.SERVICE]
    assert [side.label for side in Side] == ["customer service", "PR"]


def test_a_refusal_is_a_sentence_and_a_field_has_its_own():
    assert Refused("No, because.").sentence == "No, because."
    assert (RefusedField("reply", "Too long.").field, RefusedField("reply", "Too long.").sentence) == (
        "reply",
        "Too long.",
    )


def test_errors_are_one_family():
    assert all(issubclass(kind, DeskError) for kind in (Refused, Unavailable, Broken))
    assert issubclass(NoSuchCase, Refused)
    assert issubclass(Paced, Unavailable)
    assert Paced("busy", 3.5).retry_after == 3.5
