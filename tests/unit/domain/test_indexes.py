"""By what a case is found: worked out from the case alone."""

from dataclasses import replace

import pytest

from bot.domain.cases import conversation, indexes, ownership
from bot.domain.cases.case import CardRef, Case
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Author
from bot.domain.ids import ChannelId, MessageTs, PostId
from bot.domain.people import Side
from tests import builders as a


def named(case: Case, prefix: str) -> set[str]:
    return {name for name in indexes.lists(case) if name.partition(":")[0] == prefix}


def test_a_case_holds_its_posts_and_its_conversation():
    case = a.a_case(a.a_post(1), a.a_post(2, conversation_id="c2"))
    assert indexes.unique_keys(case) == {
        "post:x:1001",
        "post:x:1002",
        "conversation:x:900:c1",
        "conversation:x:900:c2",
    }


def test_an_edited_post_is_held_under_every_id_it_had():
    new = replace(a.a_post(), id=PostId("2000"), earlier_ids=(a.a_post().id,), text="Four weeks!")
    case = conversation.post_edited(a.a_case(), new, a.NOON).case
    assert {"post:x:1001", "post:x:2000"} <= indexes.unique_keys(case)


def test_a_deleted_post_is_still_held_so_that_it_does_not_come_in_again():
    case = conversation.post_deleted(a.a_case(), a.a_post(), "deleted", a.NOON).case
    gone = conversation.post_deleted(case, case.posts[0], "deleted", a.NOON).case
    assert "post:x:1001" in indexes.unique_keys(gone)


def test_a_closed_case_gives_its_conversation_up_and_keeps_its_posts():
    assert indexes.unique_keys(a.closed()) == {"post:x:1001"}
    assert "conversation:x:900:c1" in indexes.unique_keys(a.resolved())


def test_the_same_post_on_two_platforms_is_two_keys():
    assert indexes.post_key("x", "1") != indexes.post_key("mastodon", "1")
    assert indexes.conversation_key("x", "900", "1") != indexes.conversation_key("x", "901", "1")


@pytest.mark.parametrize("status", Status)
def test_a_case_stands_in_the_list_of_its_status_only(status: Status):
    assert named(a.IN_STATUS[status](), "status") == {f"status:{status}"}


@pytest.mark.parametrize("status", Status)
def test_open_means_not_done(status: Status):
    case = a.IN_STATUS[status]()
    is_open = status not in (Status.RESOLVED, Status.CLOSED)
    assert ("open" in indexes.lists(case)) is is_open
    assert named(case, "channel") == ({f"channel:C0SERVICE:{status}"} if is_open else set())


@pytest.mark.parametrize("status", Status)
def test_my_cases_are_those_i_own_and_that_are_not_done(status: Status):
    mine = status not in (Status.NEW, Status.RESOLVED, Status.CLOSED)
    assert named(a.IN_STATUS[status](), "owner") == ({f"owner:{a.SAM.id}"} if mine else set())


@pytest.mark.parametrize("status", Status)
def test_a_reply_waits_with_its_approvers_while_it_is_in_review(status: Status):
    waits = {"review:pr"} if status is Status.IN_REVIEW else set()
    assert named(a.IN_STATUS[status](), "review") == waits


def test_an_offer_waits_with_the_side_it_is_made_to():
    offered = ownership.hand_over(a.claimed(), a.SAM, Side.PR, "press", a.NOON).case
    assert named(offered, "handover") == {"handover:pr"}
    assert named(ownership.accept(offered, a.PAT, a.NOON).case, "handover") == set()


def test_a_customer_is_found_whatever_the_capitals():
    case = a.a_case(a.a_post(author=Author(id="7", handle="MaRia")))
    assert named(case, "author") == {"author:maria"}


def test_the_channel_is_where_the_card_stands():
    moved = a.a_case(card=CardRef(channel=ChannelId("C0OTHER"), ts=MessageTs("1.1")))
    assert named(moved, "channel") == {"channel:C0OTHER:new"}
    assert named(a.a_case(card=None), "channel") == {"channel:C0SERVICE:new"}
