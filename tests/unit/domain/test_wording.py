"""The form in which a reply leaves, and what is said about one that cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import RefusedField
from bot.domain.text import wording
from bot.domain.text.wording import TextRule
from tests import builders as a

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("typed", "leaves"),
    [
        ("cafe\u0301", "café"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a  \t\nb", "a\nb"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("  a  ", "a"),
        ("half a character: \ud83d", "half a character: \ufffd"),
        ("\ud83d\ude00 from two halves", "😀 from two halves"),
    ],
)
def test_a_reply_has_one_form(typed: str, leaves: str):
    assert wording.canonical(typed) == leaves


@given(ANY_TEXT)
def test_the_form_can_always_be_stored_and_does_not_change_again(text: str):
    once = wording.canonical(text)
    once.encode()
    assert wording.canonical(once) == once


@given(ANY_TEXT, st.sampled_from(["", "– Sam", "^SB"]))
def test_what_is_signed_is_already_in_its_form(body: str, signature: str):
    signed = wording.signed(body, signature)
    assert signed == wording.canonical(signed) or not wording.canonical(body)


@pytest.mark.parametrize("reason", ["x" * 5_000, "&" * 5_000, "half \ud83d", "a\x00b"])
def test_a_reason_can_be_stored_and_shown_whatever_it_holds(reason: str):
    kept = wording.brief(reason)
    kept.encode()
    assert 0 < len(kept) <= wording.REASON_LIMIT
    assert wording.brief(kept) == kept


def test_an_ordinary_reason_stays_as_it_is():
    assert wording.brief("A journalist asks.\nShe calls at 4.") == "A journalist asks.\nShe calls at 4."


def test_gaps_are_named_once_each_in_their_order():
    assert wording.gaps("{b} {a} {b} { not\na gap } {}") == ("{b}", "{a}", "{}")


def test_a_reply_without_faults_passes():
    wording.check("We are looking.", a.RULE)


def test_the_unit_is_the_platforms_own():
    with pytest.raises(RefusedField, match="12 of 10 bytes"):
        wording.check("äöüäöü", TextRule(maximum=10, count=lambda text: len(text.encode()), unit="bytes"))
