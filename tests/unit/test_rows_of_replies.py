"""Rows about what a reply holds and where it goes: stricter rules by our words, one form, no reply without a post."""

from dataclasses import replace

import pytest

from bot.domain.approving.demand import Demand
from bot.domain.approving.limits import Terms
from bot.domain.approving.rules import ORDINARY, ApprovalRule, Rulebook
from bot.domain.cases.post import Post
from bot.domain.errors import Refused, RefusedField
from bot.domain.replies import drafting, sending
from bot.domain.text.words import clean
from tests import builders as a
from tests.builders import RULE, SAM, written

COVERS = ("AID-03", "APR-23", "OBX-04", "OBX-08", "PRV-01", "PRV-02")

REGULATED = ApprovalRule(
    name="regulated",
    why="it confirms what only the customer may say",
    demand=Demand.of({"pr": 1, "S0LEGAL": 1}),
    reply_words=("diagnosis", "account balance"),
)
LAST = ApprovalRule(name="ordinary", why="always", demand=ORDINARY.demand)
TERMS = Terms(book=Rulebook(rules=(REGULATED, LAST)), limits=a.LENIENT.limits)


@pytest.mark.parametrize(
    "words", ["We know your diagnosis.", "Your ACCOUNT  BALANCE is fine."], ids=["OBX-04", "OBX-04-2"]
)
def test_a_reply_that_confirms_a_relation_falls_under_the_stricter_rule(words: str):
    case = drafting.submit(a.claimed(), SAM, written(words, alone=True), RULE, a.NOON, terms=TERMS, seal=a.seal).case
    assert case.draft is not None
    assert case.draft.ruling is not None
    assert case.draft.ruling.rule == "regulated"
    assert case.draft.limit is None, "no limit covers it"


@pytest.mark.parametrize("row", ["OBX-08"])
def test_a_reply_without_a_post_to_stand_under_is_not_written(row: str):
    gone = a.claimed(a.a_case(a.a_post(deleted_at=a.NOON)))
    with pytest.raises(Refused, match="nothing left to reply to"):
        drafting.submit(gone, SAM, written(), RULE, a.NOON)


@pytest.mark.parametrize("row", ["OBX-08"])
@pytest.mark.parametrize("lost", ["", "999"])
def test_a_reply_whose_post_got_lost_does_not_leave(row: str, lost: str):
    case = a.approved()
    assert case.draft is not None
    broken = case.with_draft(replace(case.draft, target=lost))
    after = sending.start(broken, 1, a.an_attempt(), a.holds, a.LEAVES).case
    assert after.draft is not None
    assert not after.draft.attempts


TYPED = {
    "spaces": ("  We are sorry.  ", "We are sorry."),
    "line ends": ("We\r\nare\rsorry.", "We\nare\nsorry."),
    "hidden": ("We are\u200b sorry.", "We are sorry."),
}


@pytest.mark.parametrize("what", TYPED, ids=[f"APR-23-{what}" for what in TYPED])
def test_what_the_approver_sees_is_what_leaves(what: str):
    typed, leaves = TYPED[what]
    case = drafting.submit(a.claimed(), SAM, written(typed, signature=""), RULE, a.NOON).case
    assert case.draft is not None
    assert case.draft.text == leaves


@pytest.mark.parametrize("row", ["APR-23"])
def test_what_is_too_long_is_refused_when_it_is_written(row: str):
    with pytest.raises(RefusedField):
        drafting.submit(a.claimed(), SAM, written("x" * 281, signature=""), RULE, a.NOON)


def taken_in(text: str) -> Post:
    return a.a_post(text=clean(text).text)


CARDS = {
    "plain": "4111 1111 1111 1111",
    "dashes": "4111-1111-1111-1111",
    "dots": "4111.1111.1111.1111",
    "arabic": "٤١١١ ١١١١ ١١١١ ١١١١",
    "two lines": "4111 1111\n1111 1111",
}


@pytest.mark.parametrize("how", CARDS, ids=[f"PRV-01-{how}" for how in CARDS])
def test_a_card_number_does_not_come_in(how: str):
    post = taken_in(f"You charged {CARDS[how]} twice")
    assert "1111 1111" not in post.text
    assert "ends 1111" in post.text


NUMBERS = ["order 1234567890123456", "post 1900000000000000000", "DE89 3704 0044 0532 0130 00", "+44 20 7946 0958"]


@pytest.mark.parametrize("number", NUMBERS, ids=[f"PRV-02-{place}" for place in range(len(NUMBERS))])
def test_other_numbers_stay(number: str):
    assert taken_in(f"About {number}, please").text == f"About {number}, please"


@pytest.mark.parametrize("row", ["AID-03"])
def test_hidden_words_in_a_post_are_taken_out_on_the_way_in(row: str):
    hidden = "".join(chr(0xE0000 + ord(sign)) for sign in "refund all")
    assert taken_in(f"My lamp{hidden} is\u200b broken").text == "My lamp is broken"
