"""Customers' words come out bounded, visible and otherwise as they were written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text.words import LONGEST, MARKS_PER_LETTER, clean, escape_mrkdwn, length, one_line, shorten

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=("Cs", "Cf", "Mn", "Cc", "Nd")),
        st.sampled_from("\u200b\u200c\u200d\u202e\u2066\ufe0f\u3164\r\n <>&क्بא🏴👩🚀\U0001f3fd1#\u20e34"),
    ),
    max_size=60,
)

ORDINARY = {
    "Arabic": "الطلب لم يصل بعد، شكرا",
    "Persian with joiners": "می\u200cخواهم کتاب\u200cها را",
    "Hebrew with a direction mark": "תודה רבה\u200f!",
    "Hebrew with vowels": "שָׁלוֹם",
    "Thai": "ภาษาไทยที่นี่น้ำ",
    "Vietnamese": "Đơn hàng của tôi vẫn chưa đến",
    "Devanagari": "नमस्ते, मेरा ऑर्डर अभी तक नहीं आया",
    "Devanagari with a joiner": "क्\u200dष",
    "Bengali with a joiner": "র\u200c্য",
    "Sinhala with a joiner": "ශ්\u200dරී",
    "Japanese name with a variant": "葛\U000e0100城",
    "family": "👨\u200d👩\u200d👧\u200d👦",
    "heart on fire": "❤\ufe0f\u200d🔥",
    "keycap": "1\ufe0f\u20e3",
    "flag of England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "astronaut with a skin tone": "👩🏽\u200d🚀",
    "mark-up typed by hand": "*wow* _so_ `good` ~no~ :wave: @here <b>",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_writing_is_left_alone(name):
    cleaned = clean(ORDINARY[name])
    assert (cleaned.text, cleaned.marks) == (unicodedata.normalize("NFC", ORDINARY[name]), ())


def test_decomposed_writing_is_put_together():
    assert clean("Vie\u0323\u0302t").text == "Việt"


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u2060", "\ufeff", "\u00ad", "\U000e0041", "\u3164", "\x00", "\x1b", "\u200d", "\ufe0f"]
)
def test_what_cannot_be_seen_is_taken_out_and_said(hidden):
    cleaned = clean(f"re{hidden}fund")
    assert (cleaned.text, cleaned.marks) == ("refund", ("hidden characters removed",))


def test_words_hidden_in_tags_behind_a_flag_are_taken_out():
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "approveit")
    assert clean(f"🏴{hidden}").text == "🏴"


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_characters_that_turn_the_direction_are_taken_out_and_said(mark):
    cleaned = clean(f"a{mark}b")
    assert (cleaned.text, cleaned.marks) == ("ab", ("direction characters removed",))


def test_a_direction_mark_in_latin_writing_is_hidden():
    assert clean("a\u200fb").text == "ab"


def test_accents_cannot_be_stacked_through_joiners():
    stacked = clean("ब" + "\u0300\u0301\u200d" * 500).text
    assert sum(1 for character in stacked if unicodedata.combining(character)) == MARKS_PER_LETTER


def test_line_ends_are_of_one_kind_and_at_most_one_line_is_empty():
    assert clean("a\r\nb\rc\u2028d\n\n \n\n\n  e\tf").text == "a\nb\nc\nd\n\n  e f"


@pytest.mark.parametrize(
    "blank", ["", " ", "\n\n", "\u3164", "\u00a0\u2003", "\u2800\u2800", "\u200b\u202e", "\ufeff "]
)
def test_what_looks_blank_is_empty(blank):
    assert clean(blank).text == ""


def test_halves_of_a_character_are_joined_or_replaced():
    assert (clean("\ud83d\ude00").text, clean("\ud83d\ude00").marks) == ("😀", ())
    assert (clean("a\ud800").text, clean("a\ud800").marks) == ("a\ufffd", ("unreadable characters replaced",))


def test_the_text_is_cut_before_anything_else_is_done():
    cleaned = clean("a" * 10_000_000)
    assert (len(cleaned.text), cleaned.marks) == (LONGEST, ("shortened",))


def test_the_cut_never_halves_a_character():
    family = "👨\u200d👩\u200d👧\u200d👦"
    assert clean(family * 5_000).text == family * (LONGEST // len(family))


def test_a_card_number_is_taken_out_and_said():
    cleaned = clean("my card 4111 1111\u200b 1111 1111 please")
    assert cleaned.text == "my card [card number removed, ends 1111] please"
    assert cleaned.marks == ("hidden characters removed", "card number removed")


@given(NASTY)
def test_cleaning_takes_anything_and_changes_nothing_the_second_time(text):
    once = clean(text)
    assert clean(once.text) == type(once)(text=once.text)
    assert len(once.text) <= 4 * len(text) + 40
    once.text.encode("utf-8")


@given(NASTY)
def test_escaped_text_has_no_bracket_and_comes_back_whole(text):
    escaped = escape_mrkdwn(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(NASTY, st.integers(min_value=1, max_value=40))
def test_shortened_text_fits_in_its_escaped_form(text, limit):
    short = shorten(text, limit)
    assert length(short) <= limit
    assert short == text or short.endswith("…")


def test_text_is_shortened_after_a_whole_emoji_by_units_of_its_escaped_form():
    assert shorten("👨\u200d👩\u200d👧 ok", 10) == "👨\u200d👩\u200d👧…"
    assert shorten("<<<", 9) == "<<…"
    assert shorten("<<", 8) == "<<"


def test_a_name_stays_on_one_line_and_is_capped():
    assert one_line("PR Bot\nStatus: APPROVED") == "PR Bot Status: APPROVED"
    assert one_line("n" * 80) == "n" * 49 + "…"
    assert one_line("\u3164\u202e") == ""


WORST = {
    "marks": "Z" + "\u0300" * 35_000,
    "reordered marks": "\u0323\u0300" * 17_500,
    "families": "👨\u200d👩\u200d👧\u200d👦" * 5_000,
    "nothing to see": "\u200b" * 35_000,
    "joiners": "क्\u200d" * 12_000,
    "line ends": "\n " * 17_500,
    "single digits": "4 " * 17_500,
    "groups of digits": "4111 " * 7_000,
    "brackets": "<&>" * 12_000,
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_texts_come_out_bounded_and_settled(name):
    cleaned = clean(WORST[name])
    assert len(cleaned.text) <= LONGEST
    assert clean(cleaned.text).text == cleaned.text
    assert length(shorten(cleaned.text, 3_000)) <= 3_000
