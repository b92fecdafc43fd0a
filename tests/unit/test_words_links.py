"""Where a link really leads stands beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text.links import show_hosts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://pаypal.com/login now", "see https://pаypal.com/login [xn--pypal-4ve.com] now"),
        ("bücher.de", "bücher.de [xn--bcher-kva.de]"),
        ("(www.exämple.org).", "(www.exämple.org). [www.xn--exmple-cua.org]"),
        ("https://yourbank.com@evil.example/x", "https://yourbank.com@evil.example/x [evil.example]"),
        ("https://pаypal.com [paypal.com]", "https://pаypal.com [xn--pypal-4ve.com] [paypal.com]"),
    ],
)
def test_a_host_that_deceives_is_written_out(text, shown):
    assert show_hosts(text) == shown
    assert show_hosts(shown) == shown


@pytest.mark.parametrize(
    "text",
    ["https://example.com/ü", "café.et puis", "mia@bücher.de", "ภาษาไทย.", "plain words", "a.b", "https://", "ok…"],
)
def test_other_words_are_left_alone(text):
    assert show_hosts(text) == text


@given(st.text(st.sampled_from("https://w.@äа:[]() \ncom?#\\"), max_size=60))
def test_any_text_can_be_asked_twice(text):
    once = show_hosts(text)
    assert show_hosts(once) == once
